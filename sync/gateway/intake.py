"""Taking a batch in: open and verify each envelope, then store all good ones in ONE transaction, then answer.

    same id, same body                     → duplicate, the same receipt
    other id, same case, revision, content → duplicate, kept, the same receipt
    same id or same revision, other content → conflict: both are kept, nothing is overwritten
    refused                                → what must follow it in this batch is held (R115), everything else goes on

A case has one receipt for ever; later revisions answer with the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clerk_app.domain.canonical import Json, bytes_hash, canonical_bytes, content_hash
from clerk_app.domain.case import Case, case_from_document
from clerk_app.domain.time import Stamp
from clerk_app.ports import Receipt
from sync import protocol
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.store import next_in
from sync.gateway.windows import Window
from sync.protocol import Code, Envelope, MessageBody, refused_receipt
from sync.strict import gunzipped

_ID = re.compile(r"[0-9A-Za-z._:-]{1,64}")
_HELD_STATUS = ("stored", "duplicate")


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """An envelope that proved right. No repr: personal."""

    envelope: Envelope
    body: MessageBody
    case: Case
    clerk: str
    content_sha256: str

    @property
    def id(self) -> str:
        return self.envelope.header.message_id


class _Wrong(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def take_batch(gateway: Gateway, window: Window, items: Sequence[Json]) -> tuple[Receipt, ...]:
    """One receipt for each item, in order; when this returns, everything receipted is on disk.

    Raises:
        StorageProblem: nothing of the batch was stored.
    """
    opened = [_open_item(gateway, window, item) for item in items]
    for last_try in (False, True):
        try:
            with gateway.store.transaction() as connection:
                return _store_all(gateway, connection, window, opened)
        except IntegrityError:
            if last_try:
                raise
    raise AssertionError("unreachable")


def open_body(gateway: Gateway, envelope: Envelope) -> bytes:
    """The plain body of a sealed envelope. Raises ValueError when it does not open."""
    plain = gateway.suite.open_sealed(gateway.keys.sealing_private, envelope.sealed, envelope.header.context())
    return gunzipped(plain, protocol.BODY_LIMIT) if envelope.header.encoding == "gzip" else plain


def _open_item(gateway: Gateway, window: Window, item: Json) -> Opened | tuple[str, str, Code]:
    """The opened envelope, or (message id, stream, what is wrong)."""
    message_id, stream = protocol.message_id_of(item), ""
    try:
        try:
            envelope = protocol.envelope_from_json(item)
        except ValueError:
            raise _Wrong(Code.BAD_ENVELOPE) from None
        stream = envelope.header.stream
        return _prove(gateway, window, envelope)
    except _Wrong as wrong:
        return message_id, stream, wrong.code


def _prove(gateway: Gateway, window: Window, envelope: Envelope) -> Opened:
    header = envelope.header
    if header.suite != gateway.suite.id:
        raise _Wrong(Code.UNKNOWN_SUITE)
    if header.window_id != window.window_id:
        raise _Wrong(Code.BAD_SIGNATURE)
    try:
        plain = open_body(gateway, envelope)
    except ValueError:
        raise _Wrong(Code.SEALED_WRONG) from None
    if bytes_hash(plain) != header.body_sha256:
        raise _Wrong(Code.BODY_HASH)
    clerk = _signed_by(gateway, window, plain, envelope)
    try:
        body = protocol.body_from_bytes(plain)
        case = case_from_document(body.case)
        content_sha256 = content_hash(body.case)
        canonical_bytes(dict(envelope.signatures))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise _Wrong(Code.BAD_BODY) from None
    told = (body.message_id, body.kind, case.revision)
    if told != (header.message_id, header.kind, header.revision) or case.hall != window.hall:
        raise _Wrong(Code.BAD_BODY)
    if not _ID.fullmatch(case.id) or not (case.parent == "" or _ID.fullmatch(case.parent)):
        raise _Wrong(Code.BAD_BODY)
    return Opened(envelope, body, case, clerk, content_sha256)


def _signed_by(gateway: Gateway, window: Window, plain: bytes, envelope: Envelope) -> str:
    """A message may have been signed before the window was enrolled anew, so its earlier keys count too."""
    for public in window.public_keys:
        try:
            clerk = gateway.verify(gateway.suite, plain, envelope.signatures, public)
        except ValueError:
            continue
        if len(clerk) <= 200:
            return clerk
    raise _Wrong(Code.BAD_SIGNATURE)


def _store_all(
    gateway: Gateway, connection: Connection, window: Window, opened: Sequence[Opened | tuple[str, str, Code]]
) -> tuple[Receipt, ...]:
    receipts: list[Receipt] = []
    broken = _Broken()
    now = gateway.clock.now()
    for each in opened:
        if isinstance(each, tuple):
            message_id, stream, code = each
            receipts.append(refused_receipt(message_id, code))
            broken.note(stream, "")
            continue
        stream = each.envelope.header.stream
        if broken.holds(stream, each.case.id):
            receipt = refused_receipt(each.id, Code.HELD)
        else:
            receipt = _store_one(connection, window, each, now)
        if receipt.status not in _HELD_STATUS:
            broken.note(stream, each.case.id)
        receipts.append(receipt)
    return tuple(receipts)


class _Broken:
    """The order of domain/outbox.py within one batch: a message waits for its case and its package, a package for all.

    Of an envelope that did not open only the stream is known, so its whole stream waits; the window sorts it out.
    """

    def __init__(self) -> None:
        self._cases: set[str] = set()
        self._streams: set[str] = set()
        self._unopened: set[str] = set()

    def note(self, stream: str, case_id: str) -> None:
        self._streams.add(stream)
        if case_id:
            self._cases.add(case_id)
        else:
            self._unopened.add(stream)

    def holds(self, stream: str, case_id: str) -> bool:
        is_head = stream == case_id
        return bool({stream, case_id} & self._cases) or stream in (self._streams if is_head else self._unopened)


def _store_one(connection: Connection, window: Window, opened: Opened, now: Stamp) -> Receipt:
    case = connection.execute(
        select(schema.case).where(schema.case.c.case_id == opened.case.id).with_for_update()
    ).first()
    known = schema.message
    same_id = connection.execute(
        select(known.c.body_sha256, known.c.case_id).where(known.c.message_id == opened.id)
    ).first()
    if same_id is not None:
        if case is not None and (same_id.body_sha256, same_id.case_id) == (_body_hash(opened), case.case_id):
            return Receipt(opened.id, "duplicate", case.receipt)
        return _keep_conflict(connection, opened, now)
    if case is not None:
        if case.hall != window.hall:
            return _keep_conflict(connection, opened, now)
        same_revision = (known.c.case_id == case.case_id) & (known.c.revision == opened.case.revision)
        held = connection.execute(select(known.c.content_sha256).where(same_revision)).first()
        if held is not None and held.content_sha256 != opened.content_sha256:
            return _keep_conflict(connection, opened, now)
        status = "duplicate" if held is not None else "stored"
    else:
        held, status = None, "stored"
    if not _name_blobs(connection, opened):
        return refused_receipt(opened.id, Code.BLOB_SIZE)
    receipt = case.receipt if case is not None else _add_case(connection, window, opened, now)
    if case is not None and opened.case.revision > case.revision:
        newer = {"revision": opened.case.revision, "content_sha256": opened.content_sha256}
        connection.execute(update(schema.case).where(schema.case.c.case_id == case.case_id).values(**newer))
    _add_message(connection, window, opened, now)
    return Receipt(opened.id, status, receipt)


def _add_case(connection: Connection, window: Window, opened: Opened, now: Stamp) -> str:
    day = f"{replace(now, offset_min=480).legal_date:%Y%m%d}"  # Chongqing's day, wherever the server's clock stands
    receipt = f"QZ{window.hall}-{day}-{next_in(connection, f'receipt {window.hall} {day}'):06d}"
    connection.execute(
        insert(schema.case).values(
            case_id=opened.case.id,
            ordinal=next_in(connection, "case"),
            receipt=receipt,
            hall=window.hall,
            window=window.window,
            kind=opened.case.kind.value,
            parent=opened.case.parent,
            revision=opened.case.revision,
            content_sha256=opened.content_sha256,
            received_ms=now.utc_ms,
            case_number=None,
            result="",
        )
    )
    return receipt


def _add_message(connection: Connection, window: Window, opened: Opened, now: Stamp) -> None:
    connection.execute(
        insert(schema.message).values(
            message_id=opened.id,
            case_id=opened.case.id,
            revision=opened.case.revision,
            kind=opened.body.kind,
            window_id=window.window_id,
            clerk=opened.clerk,
            body_sha256=_body_hash(opened),
            content_sha256=opened.content_sha256,
            received_ms=now.utc_ms,
            **_as_it_came(opened),
        )
    )
    rows = [
        {
            "message_id": opened.id,
            "position": position,
            "case_id": opened.case.id,
            "sha256": each.sha256,
            "blob_sha256": each.blob_sha256,
            "size": each.size,
        }
        for position, each in enumerate(opened.body.attachments)
    ]
    if rows:
        connection.execute(insert(schema.attachment), rows)


def _name_blobs(connection: Connection, opened: Opened) -> bool:
    """Expect the blobs that the message names; False when a size contradicts what another message said."""
    sizes: dict[str, int] = {}
    for each in opened.body.attachments:
        if sizes.setdefault(each.blob_sha256, each.blob_size) != each.blob_size:
            return False
    new = []
    for blob_sha256, size in sizes.items():
        blobs = schema.blob
        row = connection.execute(select(blobs.c.blob_size).where(blobs.c.blob_sha256 == blob_sha256)).first()
        if row is None:
            new.append({"blob_sha256": blob_sha256, "blob_size": size, "complete_ms": 0})
        elif row.blob_size != size:
            return False
    if new:
        connection.execute(insert(schema.blob), new)
    return True


def _keep_conflict(connection: Connection, opened: Opened, now: Stamp) -> Receipt:
    kept = schema.conflict
    same = (kept.c.message_id == opened.id) & (kept.c.body_sha256 == _body_hash(opened))
    if connection.execute(select(kept.c.message_id).where(same)).first() is None:
        own = {"message_id": opened.id, "body_sha256": _body_hash(opened), "case_id": opened.case.id}
        connection.execute(insert(kept).values(received_ms=now.utc_ms, **own, **_as_it_came(opened)))
    return refused_receipt(opened.id, Code.CONFLICT, "conflict")


def _as_it_came(opened: Opened) -> dict[str, str | bytes]:
    return {
        "header": opened.envelope.header.context().decode(),
        "signatures": canonical_bytes(dict(opened.envelope.signatures)).decode(),
        "sealed": opened.envelope.sealed,
    }


def _body_hash(opened: Opened) -> str:
    return opened.envelope.header.body_sha256
