"""Attachments coming in: where to go on, one more chunk, and the proof at the end that the page is the one the case names.

Half a page belongs to the window that sends it, and only what its own hall named counts: no other window can write into it, spoil it
with a wrong key, or keep it out with a wrong size. (What it would need is the ciphertext's hash, which a lost stick shows.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, exists, select, update

from clerk_app.domain.canonical import bytes_hash
from sync.gateway import forwarding, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import stored_page
from sync.gateway.store import storage_problem
from sync.gateway.windows import Denied, Window
from sync.protocol import Code

_BLOB: BindParameter[str] = bindparam("blob")
_HALL: BindParameter[str] = bindparam("hall")
_NAMED = select(schema.blob).where(
    schema.blob.c.blob_sha256 == _BLOB,
    exists().where(
        schema.attachment.c.blob_sha256 == _BLOB,
        schema.attachment.c.case_id == schema.case.c.case_id,
        schema.case.c.hall == _HALL,
    ),
)
_WHOLE = (
    update(schema.blob)
    .where(schema.blob.c.blob_sha256 == _BLOB)
    .values(complete_ms=bindparam("now"), blob_size=bindparam("proved"))
)
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
    .join(schema.attachment, schema.attachment.c.blob_sha256 == schema.blob.c.blob_sha256)
    .join(schema.message, schema.attachment.c.message_id == schema.message.c.message_id)
    .join(schema.case, schema.attachment.c.case_id == schema.case.c.case_id)
    .where(schema.blob.c.blob_sha256 == _BLOB, schema.case.c.hall == _HALL)
)
"""Built once: writing a statement anew for each request cost more than running it."""


def offset_of(gateway: Gateway, window: Window, blob_sha256: str, size: int) -> int:
    """How many bytes of it this window has sent durably.

    Raises:
        Denied: no message of the hall named this blob, or another size. StorageProblem.
    """
    sender = sender_of(window)
    try:
        with gateway.blobs.lock(blob_sha256):
            if _expected(gateway, window, blob_sha256, size):
                return size
            held = gateway.blobs.held(blob_sha256, sender)
            if 0 < held < size:
                return held
            return size if _finish(gateway, window, blob_sha256) else 0
    except OSError as error:
        raise storage_problem(error) from error


def add_chunk(
    gateway: Gateway, window: Window, blob_sha256: str, size: int, offset: int, chunk: bytes, chunk_sha256: str = ""
) -> int:
    """Append; a chunk that is here already changes nothing. Returns the new offset. ``chunk_sha256``: where it is known.

    Raises:
        Denied: not named, wrong size, past the end, beyond what is held, or the finished blob is not what it should be
        (it is dropped then). StorageProblem.
    """
    try:
        if len(chunk) == size > 0 and offset == 0:
            return _take_whole(gateway, window, blob_sha256, chunk, chunk_sha256 or bytes_hash(chunk))
        sender = sender_of(window)
        with gateway.blobs.lock(blob_sha256):
            if _expected(gateway, window, blob_sha256, size):
                return size
            if offset + len(chunk) > size:
                raise Denied(Code.BLOB_SIZE)
            held = gateway.blobs.held(blob_sha256, sender)
            if offset > held:
                raise Denied(Code.BLOB_OFFSET)
            if offset < held < size or not chunk:
                return held
            reached = gateway.blobs.append(blob_sha256, sender, offset, chunk) if held < size else held
            if reached >= size and not _finish(gateway, window, blob_sha256):
                raise Denied(Code.BLOB_HASH)
            return reached
    except OSError as error:
        raise storage_problem(error) from error


def sender_of(window: Window) -> str:
    """Whose half a page is; a window that is enrolled anew goes on with its own."""
    return f"{window.hall}-{window.window}"


def _take_whole(gateway: Gateway, window: Window, blob_sha256: str, blob: bytes, sha256: str) -> int:
    """A whole page in one piece: proved before it is written at all."""
    with gateway.blobs.lock(blob_sha256):
        rows = gateway.store.look(_NAMING, {"blob": blob_sha256, "hall": window.hall})
        if not rows:
            raise Denied(Code.UNKNOWN_BLOB)
        if not _is_owed(gateway, rows[0], rows, len(blob)):
            return len(blob)
        if sha256 != blob_sha256 or not _opens_to_one(gateway, rows, blob):
            raise Denied(Code.BLOB_HASH)
        gateway.blobs.keep(blob_sha256, sender_of(window), blob)
        _note_whole(gateway, blob_sha256, len(blob))
        return len(blob)


def _expected(gateway: Gateway, window: Window, blob_sha256: str, size: int) -> bool:
    """Whether the blob is complete already. Raises Denied when the hall did not name it or the sizes differ."""
    asked = {"blob": blob_sha256, "hall": window.hall}
    rows = gateway.store.look(_NAMED, asked)
    if not rows:
        raise Denied(Code.UNKNOWN_BLOB)
    naming = gateway.store.look(_NAMING, asked) if rows[0].blob_size != size else ()
    return not _is_owed(gateway, rows[0], naming, size)


def _is_owed(gateway: Gateway, blob: Row[*tuple[Any, ...]], naming: Sequence[Row[*tuple[Any, ...]]], size: int) -> bool:
    """Whether a named blob is not complete yet. Raises Denied when the sizes differ.

    ``naming``: who named it in the hall; looked at where the first word for the size, which may be another hall's, is not this one.
    """
    if blob.blob_size != size and (blob.complete_ms or not any(_says(gateway, row, size) for row in naming)):
        raise Denied(Code.BLOB_SIZE)
    return not blob.complete_ms


def _says(gateway: Gateway, row: Row[*tuple[Any, ...]], size: int) -> bool:
    try:
        return stored_page(gateway, row)[1].blob_size == size
    except ValueError:
        return False


def _finish(gateway: Gateway, window: Window, blob_sha256: str) -> bool:
    """Prove a half that has all its bytes, or a whole one that was not noted yet; a wrong half is dropped, and False told."""
    sender = sender_of(window)
    blob = gateway.blobs.read_half(blob_sha256, sender)
    if not blob:
        return False
    rows = gateway.store.look(_NAMING, {"blob": blob_sha256, "hall": window.hall})
    if bytes_hash(blob) != blob_sha256 or not _opens_to_one(gateway, rows, blob):
        gateway.blobs.drop(blob_sha256, sender)
        return False
    gateway.blobs.finish(blob_sha256, sender)
    _note_whole(gateway, blob_sha256, len(blob))
    return True


def _note_whole(gateway: Gateway, blob_sha256: str, size: int) -> None:
    def note(connection: Connection) -> None:
        connection.execute(_WHOLE, {"blob": blob_sha256, "now": gateway.clock.now().utc_ms, "proved": size})
        forwarding.pages_came(connection, blob_sha256)

    gateway.store.together(note)


def _opens_to_one(gateway: Gateway, rows: Sequence[Row[*tuple[Any, ...]]], blob: bytes) -> bool:
    """It is the page that a signed case gives the hash of. Who named it with a wrong key has its own case wait (forwarding.py)."""
    return any(_opens_to(gateway, row, blob) for row in rows)


def _opens_to(gateway: Gateway, row: Row[*tuple[Any, ...]], blob: bytes) -> bool:
    try:
        suite, page = stored_page(gateway, row)
        return bytes_hash(suite.open_blob(page.key, blob)) == str(row.sha256)
    except ValueError:
        return False
