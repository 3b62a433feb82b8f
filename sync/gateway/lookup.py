"""A citizen who comes back to another window of the hall: found by document or number, and gone on with there.

The index of people is keyed (gateway.person_tag), so that the database alone tells nobody; each question is written down in the
same transaction that answers it. A case has one owner at a time: taking it moves it, tells the window that had it, and from then on
that window's new revisions are kept aside (intake.py, R121).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.feed import IfUnknown, NewsKind
from clerk_app.ports import FoundCase
from sync import hall_cases
from sync.gateway import deeds, feed, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import open_body, stored_envelope
from sync.gateway.windows import Denied, Window
from sync.hall_cases import FOUND_LIMIT, PIECE, Question
from sync.protocol import CLOCK_TOLERANCE_MS, Code
from sync.quick_json import parse_json

_UNREADABLE: Mapping[str, Any] = {
    "local_number": "",
    "item": {"name": "（前置打不开这一件，请告诉管理员）"},
    "state": "",
    "content": {},
}
_log = logging.getLogger(__name__)


def find(gateway: Gateway, window: Window, data: bytes) -> bytes:
    """Answer a question about cases of the hall. Raises Denied."""
    question = _asked(gateway, window, data)
    if not question.may_see:
        raise Denied(Code.NOT_ALLOWED)
    if not question.number:
        raise Denied(Code.BAD_BODY)
    cases, people = schema.case, schema.person
    wanted: ColumnElement[bool]
    if question.document_kind:
        tag = gateway.person_tag(window.hall, question.document_kind, question.number)
        wanted, thing = cases.c.case_id.in_(select(people.c.case_id).where(people.c.tag == tag)), f"person {tag[:12]}"
    else:
        number = question.number.replace("\0", "")  # no number has one, and PostgreSQL takes none
        wanted = or_(cases.c.case_id == number, cases.c.receipt == number, cases.c.case_number == number)
        thing = f"number {bytes_hash(number.encode())[:12]}"
    query = select(cases).where(cases.c.hall == window.hall, wanted).order_by(cases.c.ordinal.desc()).limit(FOUND_LIMIT)
    with gateway.store.transaction() as connection:
        rows = connection.execute(query).all()
        found = [_found(row, _newest_body(gateway, connection, row.case_id)) for row in rows]
        _journal(
            gateway, connection, window, question, "case.looked_up", f"{thing} found {len(found)} {question.reason}"
        )
    return _sealed(gateway, window, question, {"found": [hall_cases.found_json(each) for each in found]})


def take(gateway: Gateway, window: Window, data: bytes) -> bytes:
    """Move a case of the hall to this window and hand it over whole. Taking one's own again changes nothing. Raises Denied."""
    question = _asked(gateway, window, data)
    if not question.may_take:
        raise Denied(Code.NOT_ALLOWED)
    cases, case_id = schema.case, question.case_id.replace("\0", "")
    mine = select(cases).where(cases.c.case_id == case_id, cases.c.hall == window.hall).with_for_update()
    with gateway.store.transaction() as connection:
        row = connection.execute(mine).first()
        if row is None:
            raise Denied(Code.UNKNOWN_CASE)
        before = row.owner or row.window
        if before != window.window:
            connection.execute(update(cases).where(cases.c.case_id == row.case_id).values(owner=window.window))
            now_ms, body = gateway.clock.now().utc_ms, {"case_id": row.case_id, "window": window.window}
            target = feed.window_target(window.hall, before)
            feed.append(connection, now_ms, NewsKind.MOVED.value, body, target=target, if_unknown=IfUnknown.KEEP)
            _journal(
                gateway,
                connection,
                window,
                question,
                "case.taken_over",
                f"{row.case_id} from {before} {question.reason}",
            )
        row = connection.execute(select(cases).where(cases.c.case_id == case_id)).one()
        told = _newest_body(gateway, connection, row.case_id)
        if told is None:
            raise Denied(Code.SEALED_WRONG)
        found = _found(row, told)
    answer = {"found": hall_cases.found_json(found), "document": told["case"], "attachments": told["attachments"]}
    return _sealed(gateway, window, question, answer)


def piece(gateway: Gateway, window: Window, blob_sha256: str, offset: int) -> bytes:
    """A piece of the ciphertext of a page that a case of this window names. Raises Denied, OSError."""
    cases, named, blobs = schema.case, schema.attachment, schema.blob
    own = or_(cases.c.owner == window.window, (cases.c.owner == "") & (cases.c.window == window.window))
    query = (
        select(blobs.c.blob_size)
        .join_from(named, cases, named.c.case_id == cases.c.case_id)
        .join(blobs, blobs.c.blob_sha256 == named.c.blob_sha256)
        .where(named.c.blob_sha256 == blob_sha256, blobs.c.complete_ms > 0, cases.c.hall == window.hall, own)
    )
    with gateway.store.reading() as connection:
        size = connection.execute(query.limit(1)).scalar()
    if size is None:
        raise Denied(Code.UNKNOWN_BLOB)
    return hall_cases.piece_bytes(gateway.blobs.read_piece(blob_sha256, offset, PIECE), int(size))


def _asked(gateway: Gateway, window: Window, data: bytes) -> Question:
    """The question, proved: sealed to us, signed by a clerk and this window, and of now."""
    try:
        suite_id, sealed = hall_cases.sealed_from_bytes(data)
    except ValueError:
        raise Denied(Code.BAD_JSON) from None
    cipher = gateway.ciphers.get(suite_id)
    if cipher is None or suite_id != window.suite:
        raise Denied(Code.UNKNOWN_SUITE)
    keys = cipher.keys
    try:
        question, body, signatures = hall_cases.question_from(
            sealed, lambda box, context: cipher.suite.open_sealed(keys.sealing_private, box, context)
        )
    except ValueError:
        raise Denied(Code.SEALED_WRONG) from None
    try:
        clerk = gateway.verify(cipher.verifier, body, signatures, window.public_keys[0][1])
    except ValueError:
        raise Denied(Code.BAD_SIGNATURE) from None
    if clerk != question.clerk or question.window_id != window.window_id:
        raise Denied(Code.BAD_SIGNATURE)
    if abs(question.asked_ms - gateway.clock.now().utc_ms) > CLOCK_TOLERANCE_MS:
        raise Denied(Code.CLOCK)
    return question


def _newest_body(gateway: Gateway, connection: Connection, case_id: str) -> dict[str, Any] | None:
    """None where it does not open any more (a hurt disk, other keys): that is no reason to find nothing at all."""
    messages = schema.message
    newest = select(messages).where(messages.c.case_id == case_id).order_by(messages.c.revision.desc()).limit(1)
    try:
        told: dict[str, Any] = parse_json(open_body(gateway, stored_envelope(connection.execute(newest).one())))
    except ValueError:
        _log.error("a stored case does not open")
        return None
    return told


def _found(row: Row[*tuple[Any, ...]], told: Mapping[str, Any] | None) -> FoundCase:
    document = told["case"] if told is not None else _UNREADABLE
    applicant = document["content"].get("applicant")
    name = applicant.get("name", "") if isinstance(applicant, dict) else ""
    return FoundCase(
        case_id=row.case_id,
        local_number=str(document["local_number"]),
        receipt=row.receipt,
        case_number=row.case_number or "",
        item=str(document["item"].get("name", ""))[:200],
        applicant=_masked(name) if isinstance(name, str) else "",
        state=str(document["state"]),
        revision=row.revision,
        window=row.window,
        owner=row.owner or row.window,
        result=row.result,
        received_ms=row.received_ms,
    )


def _masked(name: str) -> str:
    """Enough to recognise, not to read: the first and, of three and more, the last sign."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1:] if len(name) > 2 else "") if name else ""


def _journal(
    gateway: Gateway, connection: Connection, window: Window, question: Question, act: str, thing: str
) -> None:
    actor = f"{window.window_id} {question.clerk} {question.role}"
    deeds.note(connection, gateway.clock.now().utc_ms, actor, act, thing)


def _sealed(gateway: Gateway, window: Window, question: Question, told: Json) -> bytes:
    suite = gateway.ciphers[window.suite].suite
    now_ms = gateway.clock.now().utc_ms
    return hall_cases.answer_bytes(told, lambda plain, context: suite.seal(question.answer_key, plain, context), now_ms)
