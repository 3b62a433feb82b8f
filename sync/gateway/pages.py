"""Attachments coming in: where to go on, one more chunk, and the proof at the end that the page is the one the case names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select, update

from clerk_app.domain.canonical import bytes_hash
from sync.gateway import forwarding, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import open_page, stored_body
from sync.gateway.store import storage_problem
from sync.gateway.windows import Denied
from sync.protocol import Code

_BLOB: BindParameter[str] = bindparam("blob")
_NAMED = select(schema.blob).where(schema.blob.c.blob_sha256 == _BLOB)
_WHOLE = update(schema.blob).where(schema.blob.c.blob_sha256 == _BLOB).values(complete_ms=bindparam("now"))
_NAMING = (
    select(
        schema.attachment.c.position,
        schema.attachment.c.sha256,
        schema.message.c.header,
        schema.message.c.signatures,
        schema.message.c.sealed,
    )
    .join_from(schema.attachment, schema.message, schema.attachment.c.message_id == schema.message.c.message_id)
    .where(schema.attachment.c.blob_sha256 == _BLOB)
)
"""Built once: writing a statement anew for each request cost more than running it."""


def offset_of(gateway: Gateway, blob_sha256: str, size: int) -> int:
    """How many bytes are held durably.

    Raises:
        Denied: no message named this blob, or another size. StorageProblem.
    """
    if _expected(gateway, blob_sha256, size):
        return size
    try:
        with gateway.blobs.lock(blob_sha256):
            held = gateway.blobs.held(blob_sha256)
            if held < size:
                return held
            return size if _finish(gateway, blob_sha256) else 0
    except OSError as error:
        raise storage_problem(error) from error


def add_chunk(gateway: Gateway, blob_sha256: str, size: int, offset: int, chunk: bytes) -> int:
    """Append; a chunk that is here already changes nothing. Returns the new offset.

    Raises:
        Denied: not named, wrong size, past the end, beyond what is held, or the finished blob is not what it should be
        (it is dropped then). StorageProblem.
    """
    if _expected(gateway, blob_sha256, size):
        return size
    if offset + len(chunk) > size:
        raise Denied(Code.BLOB_SIZE)
    try:
        with gateway.blobs.lock(blob_sha256):
            if len(chunk) == size > 0:  # a whole page in one piece: proved before it is written at all
                if not _is_right(gateway, blob_sha256, chunk):
                    raise Denied(Code.BLOB_HASH)
                gateway.blobs.keep(blob_sha256, chunk)
                _note_whole(gateway, blob_sha256)
                return size
            held = gateway.blobs.held(blob_sha256)
            if offset > held:
                raise Denied(Code.BLOB_OFFSET)
            if offset < held < size or not chunk:
                return held
            reached = gateway.blobs.append(blob_sha256, offset, chunk) if held < size else held
            if reached >= size and not _finish(gateway, blob_sha256):
                raise Denied(Code.BLOB_HASH)
            return reached
    except OSError as error:
        raise storage_problem(error) from error


def _expected(gateway: Gateway, blob_sha256: str, size: int) -> bool:
    """Whether the blob is complete already. Raises Denied when nobody named it or the sizes differ."""
    with gateway.store.reading() as connection:
        row = connection.execute(_NAMED, {"blob": blob_sha256}).first()
    if row is None:
        raise Denied(Code.UNKNOWN_BLOB)
    if row.blob_size != size:
        raise Denied(Code.BLOB_SIZE)
    return bool(row.complete_ms)


def _finish(gateway: Gateway, blob_sha256: str) -> bool:
    """Prove a blob that has all its bytes; a wrong one is dropped, and False told."""
    if not _is_right(gateway, blob_sha256, gateway.blobs.read(blob_sha256)):
        gateway.blobs.drop(blob_sha256)
        return False
    gateway.blobs.finish(blob_sha256)
    _note_whole(gateway, blob_sha256)
    return True


def _note_whole(gateway: Gateway, blob_sha256: str) -> None:
    def note(connection: Connection) -> None:
        connection.execute(_WHOLE, {"blob": blob_sha256, "now": gateway.clock.now().utc_ms})
        forwarding.pages_came(connection, blob_sha256)

    gateway.store.together(note)


def _is_right(gateway: Gateway, blob_sha256: str, blob: bytes) -> bool:
    """The ciphertext is the one of its name, and the page inside is the one that each signed case gives the hash of."""
    if bytes_hash(blob) != blob_sha256:
        return False
    with gateway.store.reading() as connection:
        rows = connection.execute(_NAMING, {"blob": blob_sha256}).all()
    return all(_opens_to(gateway, row, blob) for row in rows)


def _opens_to(gateway: Gateway, row: Row[*tuple[Any, ...]], blob: bytes) -> bool:
    try:
        page = stored_body(gateway, row).attachments[row.position]
        return bytes_hash(open_page(gateway, row, page, blob)) == str(row.sha256)
    except ValueError:
        return False
