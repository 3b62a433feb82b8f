"""Attachments coming in: where to go on, one more chunk, and the proof at the end that the page is the one the case names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select, update

from clerk_app.domain.canonical import bytes_hash
from sync.gateway import forwarding, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import stored_page
from sync.gateway.store import storage_problem
from sync.gateway.windows import Denied
from sync.protocol import Code

_BLOB: BindParameter[str] = bindparam("blob")
_NAMED = select(schema.blob).where(schema.blob.c.blob_sha256 == _BLOB)
_WHOLE = update(schema.blob).where(schema.blob.c.blob_sha256 == _BLOB).values(complete_ms=bindparam("now"))
_NAMING = (
    select(
        schema.blob.c.blob_size,
        schema.blob.c.complete_ms,
        schema.attachment.c.position,
        schema.attachment.c.sha256,
        schema.message.c.header,
        schema.message.c.sealed,
    )
    .select_from(schema.blob)
    .outerjoin(schema.attachment, schema.attachment.c.blob_sha256 == schema.blob.c.blob_sha256)
    .outerjoin(schema.message, schema.attachment.c.message_id == schema.message.c.message_id)
    .where(schema.blob.c.blob_sha256 == _BLOB)
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


def add_chunk(gateway: Gateway, blob_sha256: str, size: int, offset: int, chunk: bytes, chunk_sha256: str = "") -> int:
    """Append; a chunk that is here already changes nothing. Returns the new offset. ``chunk_sha256``: where it is known.

    Raises:
        Denied: not named, wrong size, past the end, beyond what is held, or the finished blob is not what it should be
        (it is dropped then). StorageProblem.
    """
    try:
        if len(chunk) == size > 0 and offset == 0:
            return _take_whole(gateway, blob_sha256, chunk, chunk_sha256 or bytes_hash(chunk))
        if _expected(gateway, blob_sha256, size):
            return size
        if offset + len(chunk) > size:
            raise Denied(Code.BLOB_SIZE)
        with gateway.blobs.lock(blob_sha256):
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


def _take_whole(gateway: Gateway, blob_sha256: str, blob: bytes, sha256: str) -> int:
    """A whole page in one piece: proved before it is written at all."""
    with gateway.blobs.lock(blob_sha256):
        rows = gateway.store.look(_NAMING, {"blob": blob_sha256})
        if not _is_owed(rows[0] if rows else None, len(blob)):
            return len(blob)
        if sha256 != blob_sha256 or not _opens_to_all(gateway, rows, blob):
            raise Denied(Code.BLOB_HASH)
        gateway.blobs.keep(blob_sha256, blob)
        _note_whole(gateway, blob_sha256)
        return len(blob)


def _expected(gateway: Gateway, blob_sha256: str, size: int) -> bool:
    """Whether the blob is complete already. Raises Denied when nobody named it or the sizes differ."""
    rows = gateway.store.look(_NAMED, {"blob": blob_sha256})
    return not _is_owed(rows[0] if rows else None, size)


def _is_owed(row: Row[*tuple[Any, ...]] | None, size: int) -> bool:
    """Whether a blob that is named is not complete yet. Raises Denied when it is not named, or the sizes differ."""
    if row is None:
        raise Denied(Code.UNKNOWN_BLOB)
    if row.blob_size != size:
        raise Denied(Code.BLOB_SIZE)
    return not row.complete_ms


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
    return _opens_to_all(gateway, gateway.store.look(_NAMING, {"blob": blob_sha256}), blob)


def _opens_to_all(gateway: Gateway, rows: Sequence[Row[*tuple[Any, ...]]], blob: bytes) -> bool:
    return all(_opens_to(gateway, row, blob) for row in rows if row.header is not None)


def _opens_to(gateway: Gateway, row: Row[*tuple[Any, ...]], blob: bytes) -> bool:
    try:
        suite, page = stored_page(gateway, row)
        return bytes_hash(suite.open_blob(page.key, blob)) == str(row.sha256)
    except ValueError:
        return False
