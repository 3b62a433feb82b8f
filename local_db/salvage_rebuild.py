"""Cases out of their own messages: each message carries its case whole, sealed under the case's key. Where the row is gone, does not
open, or came from an older copy, the newest message tells what the case was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import delete

from clerk_app.domain.canonical import parse_json
from clerk_app.domain.case import Case, case_from_document
from clerk_app.errors import EnvironmentProblem, Refused
from local_db.schema import case as table
from local_db.unit_of_work import SqlStore, SqlUnitOfWork

_ERASED = frozenset({"case.erased", "person.erased"})


def rebuild(store: SqlStore, case_ids: Iterable[str]) -> list[str]:
    """Returns the ids that came back, or came forward. Raises StorageProblem."""
    found = []
    for case_id in case_ids:
        with store.begin() as uow:
            told, held = _told(uow, case_id), _held(uow, case_id)
            if told is None or (held is not None and held.content and held.revision >= told.revision):
                continue
            if any(entry.happening.verb in _ERASED for entry in uow.journal.of_case(case_id)):
                continue
            if held is not None:
                receipt = told.gateway_receipt or held.gateway_receipt
                told = replace(told, gateway_receipt=receipt, case_number=held.case_number)
            uow.attachments.transaction.execute(delete(table).where(table.c.id == case_id))
            try:
                uow.cases.add(told)
            except Refused:  # its local number stands in another row
                continue
            uow.commit()
            found.append(case_id)
    return found


def put_away_without_key(store: SqlStore, case_ids: Iterable[str]) -> None:
    """What is sealed under a key that is gone opens for nobody: messages that could never be sent would stop lists and the courier."""
    for case_id in case_ids:
        with store.begin() as uow:
            try:
                uow.attachments.transaction.key_of(case_id, create=False)
            except EnvironmentProblem:
                uow.keeping.erase([case_id])
                uow.commit()


def _told(uow: SqlUnitOfWork, case_id: str) -> Case | None:
    try:
        messages = uow.outbox.of_case(case_id)
        if not messages:
            return None
        newest = max(messages, key=lambda message: message.revision)
        told = case_from_document(parse_json(newest.body)["case"])
    except (EnvironmentProblem, ValueError, KeyError, TypeError):
        return None
    receipt = next((message.receipt for message in messages if message.receipt), "")
    return replace(told, gateway_receipt=receipt) if told.id == case_id else None


def _held(uow: SqlUnitOfWork, case_id: str) -> Case | None:
    try:
        return uow.cases.get(case_id)
    except EnvironmentProblem:
        return None
