"""Taking a batch in: open and verify each envelope, then store all good ones in ONE transaction, then answer.

    same id, same body                     → duplicate, the same receipt
    other id, same case, revision, content → duplicate, kept, the same receipt
    same id or same revision, other content → conflict: both are kept, nothing is overwritten
    a case that went on at another window  → conflict too (R121): one owner at a time, and nothing is thrown away
    refused                                → what must follow it in this batch is held (R115), everything else goes on

A case has one receipt for ever; later revisions answer with the same. A report about a guide is no case (reports.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseState, case_from_document
from clerk_app.domain.guide_report import KIND as GUIDE_REPORT
from clerk_app.domain.guide_report import report_from_body
from clerk_app.domain.time import Stamp
from clerk_app.ports import Receipt
from sync import protocol
from sync.gateway import checkpoints, refusals
from sync.gateway.gateway import Gateway
from sync.gateway.opening import open_body
from sync.gateway.reports import OpenedReport, put_report
from sync.gateway.shelf import HeldCase, Shelf
from sync.gateway.windows import Window
from sync.protocol import Code, Envelope, MessageBody, refused_receipt
from sync.quick_json import sound_bytes

_ID = re.compile(r"[0-9A-Za-z._:-]{1,64}")
_ENDED_HERE = frozenset({CaseState.VOIDED, CaseState.DECLINED, CaseState.NOT_OURS})
_HELD_STATUS = ("stored", "duplicate")
OPENED_LIMIT = 24 * 1024 * 1024
"""Bytes of bodies that one batch may hold in memory, and one body more: 50 small envelopes can swell to 200 MB."""
_Items = Sequence["Opened | OpenedReport | tuple[str, str, Code]"]


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """An envelope that proved right. No repr: personal."""

    envelope: Envelope
    body: MessageBody
    case: Case
    clerk: str
    content_sha256: str
    came: dict[str, Json]
    person: str = ""

    @property
    def id(self) -> str:
        return self.envelope.header.message_id


class _Wrong(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def take_batch(
    gateway: Gateway, window: Window, items: Sequence[Json], before: Broken | None = None
) -> tuple[Receipt, ...]:
    """One receipt for each item, in order; when this returns, everything receipted is on disk. ``before``: what is known of earlier
    ones that did not come in.

    Raises:
        StorageProblem: nothing of the batch was stored.
    """
    opened = _open_all(gateway, window, items)
    cases = sum(1 for each in opened if isinstance(each, Opened))
    ordinals = tuple(gateway.store.ordinals(cases)) if cases else ()
    for last_try in (False, True):
        try:
            receipts = gateway.store.together(
                lambda connection: _store_all(gateway, connection, window, opened, iter(ordinals), Broken(before)),
                order=window.hall,
            )
            gateway.metrics.took(receipts)
            return receipts
        except IntegrityError:
            if last_try:
                raise
    raise AssertionError("unreachable")


def _open_all(gateway: Gateway, window: Window, items: Sequence[Json]) -> _Items:
    """Each as ``_open_item`` gives it; what would make the opened ones more than OPENED_LIMIT together is held for another batch."""
    opened: list[Opened | OpenedReport | tuple[str, str, Code]] = []
    room = OPENED_LIMIT
    for item in items:
        if room <= 0:
            opened.append((protocol.message_id_of(item), stream_of(item), Code.HELD))
            continue
        each, size = _open_item(gateway, window, item)
        room -= size
        opened.append(each)
    return opened


def _open_item(
    gateway: Gateway, window: Window, item: Json
) -> tuple[Opened | OpenedReport | tuple[str, str, Code], int]:
    """The opened envelope, or (message id, stream, what is wrong); and how many bytes of body it holds."""
    message_id, stream = protocol.message_id_of(item), ""
    try:
        try:
            envelope = protocol.envelope_from_json(item)
        except ValueError:
            raise _Wrong(Code.BAD_ENVELOPE) from None
        stream = envelope.header.stream
        return _prove(gateway, window, envelope)
    except _Wrong as wrong:
        return (message_id, stream, wrong.code), 0


def stream_of(item: Json) -> str:
    """The stream that an unopened envelope names, so that what follows in it waits too."""
    header = item.get("header") if isinstance(item, dict) else None
    stream = header.get("stream") if isinstance(header, dict) else None
    return stream if isinstance(stream, str) else ""


def _prove(gateway: Gateway, window: Window, envelope: Envelope) -> tuple[Opened | OpenedReport, int]:
    header = envelope.header
    if header.suite not in gateway.ciphers:
        raise _Wrong(Code.UNKNOWN_SUITE)
    if header.window_id != window.window_id:
        raise _Wrong(Code.BAD_SIGNATURE)
    try:
        context = header.context()
        plain = open_body(gateway, envelope, context)
    except ValueError:
        raise _Wrong(Code.SEALED_WRONG) from None
    if bytes_hash(plain) != header.body_sha256:
        raise _Wrong(Code.BODY_HASH)
    clerk = _signed_by(gateway, window, plain, envelope)
    if header.kind == GUIDE_REPORT:
        return _a_report(window, envelope, plain, clerk), len(plain)
    try:
        body = protocol.body_from_bytes(plain)
        case = case_from_document(body.case)
        content_sha256 = bytes_hash(sound_bytes(body.case))
        came = _as_it_came(envelope, context)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise _Wrong(Code.BAD_BODY) from None
    told = (body.message_id, body.kind, case.revision)
    if told != (header.message_id, header.kind, header.revision) or case.hall != window.hall:
        raise _Wrong(Code.BAD_BODY)
    if not _ID.fullmatch(case.id) or not (case.parent == "" or _ID.fullmatch(case.parent)):
        raise _Wrong(Code.BAD_BODY)
    return Opened(envelope, body, case, clerk, content_sha256, came, _person(gateway, case)), len(plain)


def _person(gateway: Gateway, case: Case) -> str:
    """The tag that the applicant is found by in this hall; empty where nobody is named by a number."""
    applicant = case.content.get("applicant")
    if not isinstance(applicant, dict):
        return ""
    kind, number = applicant.get("document_kind"), applicant.get("document_number")
    return (
        gateway.person_tag(case.hall, kind, number)
        if isinstance(kind, str) and isinstance(number, str) and number
        else ""
    )


def _a_report(window: Window, envelope: Envelope, plain: bytes, clerk: str) -> OpenedReport:
    try:
        report = report_from_body(plain)
        sound_bytes(dict(envelope.signatures))
    except (ValueError, TypeError):
        raise _Wrong(Code.BAD_BODY) from None
    header = envelope.header
    told = (report.id, report.stream, report.hall, report.window)
    if told != (header.message_id, header.stream, window.hall, window.window):
        raise _Wrong(Code.BAD_BODY)
    return OpenedReport(envelope, report, clerk)


def _signed_by(gateway: Gateway, window: Window, plain: bytes, envelope: Envelope) -> str:
    """A message may have been signed before the window was enrolled anew, so its earlier keys count too."""
    suite_id = envelope.header.suite
    for suite, public in window.public_keys:
        if suite != suite_id:
            continue
        try:
            clerk = gateway.verify(gateway.ciphers[suite_id].verifier, plain, envelope.signatures, public)
        except ValueError:
            continue
        if len(clerk) <= 200 and "\0" not in clerk:
            return clerk
    raise _Wrong(Code.BAD_SIGNATURE)


def _store_all(
    gateway: Gateway, connection: Connection, window: Window, opened: _Items, ordinals: Iterator[int], broken: Broken
) -> tuple[Receipt, ...]:
    receipts: list[Receipt] = []
    now = gateway.clock.now()
    cases = [each for each in opened if isinstance(each, Opened)]
    shelf = _shelf_for(connection, window, now, cases, ordinals)
    for each in opened:
        if isinstance(each, OpenedReport):
            came = _as_it_came(each.envelope, each.envelope.header.context())
            receipts.append(put_report(connection, window, _day(now), now.utc_ms, each, came))
            continue
        if isinstance(each, tuple):
            message_id, stream, code = each
            receipts.append(refused_receipt(message_id, code))
            broken.note(stream, "")
            continue
        stream = each.envelope.header.stream
        is_held = broken.holds(stream, each.case.id)
        receipt = refused_receipt(each.id, Code.HELD) if is_held else _store_one(shelf, each)
        if receipt.status not in _HELD_STATUS:
            broken.note(stream, each.case.id)
        receipts.append(receipt)
    shelf.write()
    refusals.note(connection, window, now.utc_ms, receipts)
    checkpoints.note(gateway, connection, window, now.utc_ms, [each.envelope.signatures for each in cases])
    return tuple(receipts)


class Broken:
    """The order of domain/outbox.py within one batch, or going on from ``before``: a message waits for its case and package, a package
    for all.

    Of an envelope that did not open only the stream is known, so its whole stream waits; the window sorts it out.
    """

    def __init__(self, before: Broken | None = None) -> None:
        self._cases: set[str] = set(before._cases) if before else set()
        self._streams: set[str] = set(before._streams) if before else set()
        self._unopened: set[str] = set(before._unopened) if before else set()

    def note(self, stream: str, case_id: str) -> None:
        self._streams.add(stream)
        if case_id:
            self._cases.add(case_id)
        else:
            self._unopened.add(stream)

    def holds(self, stream: str, case_id: str) -> bool:
        is_head = stream == case_id
        return bool({stream, case_id} & self._cases) or stream in (self._streams if is_head else self._unopened)


def _shelf_for(
    connection: Connection, window: Window, now: Stamp, opened: Sequence[Opened], ordinals: Iterator[int]
) -> Shelf:
    return Shelf(
        connection,
        window,
        _day(now),
        now.utc_ms,
        message_ids={each.id for each in opened},
        case_ids={each.case.id for each in opened},
        blobs={page.blob_sha256 for each in opened for page in each.body.attachments},
        ordinals=ordinals,
    )


def _day(now: Stamp) -> str:
    """Chongqing's day, wherever the server's clock stands."""
    return f"{replace(now, offset_min=480).legal_date:%Y%m%d}"


def _store_one(shelf: Shelf, opened: Opened) -> Receipt:
    case, held = shelf.case(opened.case.id), shelf.content(opened.case.id, opened.case.revision)
    same_id = shelf.message(opened.id)
    if same_id is not None:
        if case is not None and same_id == (opened.envelope.header.body_sha256, opened.case.id):
            return Receipt(opened.id, "duplicate", case.receipt)
        return _keep_conflict(shelf, opened)
    is_foreign = case is not None and case.hall != shelf.window.hall
    if is_foreign or held not in {None, opened.content_sha256}:
        return _keep_conflict(shelf, opened)
    if case is not None and held is None and not _goes_on_here(shelf, case, opened):
        return _keep_conflict(shelf, opened, Code.NOT_OWNER)
    if not shelf.expect_blobs((page.blob_sha256, page.blob_size) for page in opened.body.attachments):
        return refused_receipt(opened.id, Code.BLOB_SIZE)
    receipt = shelf.put_case(
        opened.case.id,
        kind=opened.case.kind.value,
        parent=opened.case.parent,
        revision=opened.case.revision,
        content_sha256=opened.content_sha256,
        outcome=opened.case.outcome or ("终止" if opened.case.state in _ENDED_HERE else ""),
        receipt=_given_before(opened.envelope),
        person=opened.person,
    )
    shelf.put_message(
        {
            "message_id": opened.id,
            "case_id": opened.case.id,
            "revision": opened.case.revision,
            "kind": opened.body.kind,
            "clerk": opened.clerk,
            "content_sha256": opened.content_sha256,
            **opened.came,
        },
        [(page.sha256, page.blob_sha256, page.size) for page in opened.body.attachments],
    )
    return Receipt(opened.id, "stored" if held is None else "duplicate", receipt)


def _goes_on_here(shelf: Shelf, case: HeldCase, opened: Opened) -> bool:
    """The owner alone adds revisions; what the first window wrote before the case moved may still come, late."""
    return case.owner == shelf.window.window or opened.case.revision <= case.revision


def _given_before(envelope: Envelope) -> str:
    receipt = envelope.header.extra.get("receipt")
    return receipt if isinstance(receipt, str) else ""


def _keep_conflict(shelf: Shelf, opened: Opened, code: Code = Code.CONFLICT) -> Receipt:
    shelf.put_conflict({"message_id": opened.id, "case_id": opened.case.id, **opened.came})
    return refused_receipt(opened.id, code, "conflict")


def _as_it_came(envelope: Envelope, context: bytes) -> dict[str, Json]:
    return {
        "body_sha256": envelope.header.body_sha256,
        "header": context.decode(),
        "signatures": sound_bytes(dict(envelope.signatures)).decode(),
        "sealed": envelope.sealed,
    }
