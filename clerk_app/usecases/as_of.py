"""A case as it stood at one of its revisions: a paper printed again says what it said, not what became of the case since.

What was sent is kept word for word in the outbox; the numbers that came from outside are the case's own for ever and go along.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.canonical import parse_json
from clerk_app.domain.case import Case, case_from_document
from clerk_app.ports import UnitOfWork


def as_of(uow: UnitOfWork, case: Case, revision: int) -> Case:
    """The case at that revision. One that was never sent (a number or an answer came in) shows what was sent last before it;
    an erased case has nothing to show and answers itself."""
    if case.revision <= revision:
        return case
    sent = [message for message in uow.outbox.of_case(case.id) if message.body and 0 < message.revision <= revision]
    if not sent:
        return case
    then = case_from_document(parse_json(max(sent, key=lambda message: (message.revision, message.seq)).body)["case"])
    return replace(then, gateway_receipt=case.gateway_receipt, case_number=case.case_number)
