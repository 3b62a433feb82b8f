"""A bundle's file: records that stand by themselves, so that a scratch costs what it hits and nothing else.

    magic line
    record*     mark (16 bytes) ‖ kind (1) ‖ length (4, big) ‖ SHA-256 of kind ‖ length ‖ payload (32) ‖ payload

    H   open head, canonical JSON: format, suite, window id, bundle id; nothing personal
    M   manifest, sealed to the gateway under the head: what is inside, the content key, the window's signature (at both ends)
    E   number (4, big) ‖ one envelope under the content key; the envelope is signed and sealed by itself too
    B   SHA-256 of the blob (32) ‖ offset (8, big) ‖ a stretch of its ciphertext as it lies on disk
    Z   the end

Whoever reads goes from mark to mark: damaged bytes are passed over, and the manifest says what is missing then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from sync.protocol import ATTACHMENT_LIMIT, BLOB_LIMIT
from sync.strict import a_hash, a_list, a_number, a_text, an_id, an_object, from_base64, to_base64

MAGIC = b"CLERKBUNDLE/1\n"
MARK = bytes.fromhex("f3a1c7e0954b2d86b80e71d35c9a4f12")
SUFFIX = ".bundle"
PIECE = 1024 * 1024
MESSAGES_LIMIT = 5000
LARGEST = 8 * 1024 * 1024
_FRAME = len(MARK) + 1 + 4 + 32
_STEP = 256 * 1024


class Kind(Enum):
    """What a record is."""

    HEAD = b"H"
    MANIFEST = b"M"
    ENVELOPE = b"E"
    BLOB = b"B"
    END = b"Z"


_KINDS = {each.value: each for each in Kind}


@dataclass(frozen=True, slots=True)
class Head:
    """The open part: who wrote it, and with which ciphers."""

    suite: str
    window_id: str
    bundle_id: str

    def to_bytes(self) -> bytes:
        own: dict[str, Json] = {name: getattr(self, name) for name in self.__slots__}
        return canonical_bytes({"format": "bundle/1", **own})


def head_from_bytes(data: bytes) -> Head:
    """Raises ValueError when the data is no head of ours."""
    fields = an_object(parse_json(data))
    if fields.get("format") != "bundle/1":
        raise ValueError("another format")
    return Head(an_id(fields, "suite"), an_id(fields, "window_id"), an_id(fields, "bundle_id"))


@dataclass(frozen=True, slots=True)
class Carried:
    """One message of a bundle. ``blobs``: the pages that travel with it, wholly or in part, in this file or another."""

    message_id: str
    case_id: str
    local_number: str
    body_sha256: str
    blobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarriedBlob:
    """A stretch of a blob in this file, [start, end) of its ``size`` bytes."""

    blob_sha256: str
    size: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, repr=False)
class Manifest:
    """What is inside. ``cursor``: how far the window has read the news. ``key`` opens the envelopes, ``reply_key`` is for the
    answer. No repr: it holds keys."""

    head: Head
    made_ms: int
    cursor: int
    key: bytes
    reply_key: bytes
    messages: tuple[Carried, ...]
    blobs: tuple[CarriedBlob, ...]

    def to_bytes(self) -> bytes:
        return canonical_bytes(
            {
                "format": "bundle-manifest/1",
                "window_id": self.head.window_id,
                "bundle_id": self.head.bundle_id,
                "made_ms": self.made_ms,
                "cursor": self.cursor,
                "key": to_base64(self.key),
                "reply_key": to_base64(self.reply_key),
                "messages": [
                    {
                        "message_id": each.message_id,
                        "case_id": each.case_id,
                        "local_number": each.local_number,
                        "body_sha256": each.body_sha256,
                        "blobs": list(each.blobs),
                    }
                    for each in self.messages
                ],
                "blobs": [
                    {"blob_sha256": each.blob_sha256, "size": each.size, "start": each.start, "end": each.end}
                    for each in self.blobs
                ],
            }
        )


def manifest_from_bytes(data: bytes, head: Head) -> Manifest:
    """Raises ValueError when the data is no manifest under that head."""
    fields = an_object(parse_json(data))
    if fields.get("format") != "bundle-manifest/1":
        raise ValueError("another format")
    if (an_id(fields, "window_id"), an_id(fields, "bundle_id")) != (head.window_id, head.bundle_id):
        raise ValueError("the manifest of another bundle")
    messages = [_carried(an_object(each)) for each in a_list(fields, "messages", MESSAGES_LIMIT)]
    blobs = [_blob(an_object(each)) for each in a_list(fields, "blobs", MESSAGES_LIMIT * ATTACHMENT_LIMIT)]
    return Manifest(
        head=head,
        made_ms=a_number(fields, "made_ms"),
        cursor=a_number(fields, "cursor"),
        key=from_base64(fields.get("key")),
        reply_key=from_base64(fields.get("reply_key")),
        messages=tuple(messages),
        blobs=tuple(blobs),
    )


def _carried(row: dict[str, Json]) -> Carried:
    blobs = [{"sha256": each} for each in a_list(row, "blobs", ATTACHMENT_LIMIT)]
    ids = an_id(row, "message_id"), a_text(row, "case_id", 64), a_text(row, "local_number")
    return Carried(*ids, a_hash(row, "body_sha256"), tuple(a_hash(each, "sha256") for each in blobs))


def _blob(row: dict[str, Json]) -> CarriedBlob:
    size = a_number(row, "size", least=1, most=BLOB_LIMIT)
    end = a_number(row, "end", least=1, most=size)
    return CarriedBlob(a_hash(row, "blob_sha256"), size, a_number(row, "start", most=end - 1), end)


def signed(manifest: Manifest, signature: bytes) -> bytes:
    """What is sealed as the manifest's record."""
    return canonical_bytes({"manifest": to_base64(manifest.to_bytes()), "signature": to_base64(signature)})


def claim_of(manifest_bytes: bytes) -> bytes:
    """What the window signs."""
    return b"clerk-bundle/1\n" + manifest_bytes


def signed_from_bytes(data: bytes) -> tuple[bytes, bytes]:
    """(manifest bytes, signature). Raises ValueError."""
    fields = an_object(parse_json(data))
    return from_base64(fields.get("manifest")), from_base64(fields.get("signature"))


def envelope_context(bundle_id: str, number: int) -> bytes:
    """What binds an envelope to its place in its bundle."""
    return f"bundle:{bundle_id}:{number}".encode()


# --- records ----------------------------------------------------------------------------------------------------------


def record(kind: Kind, payload: bytes) -> bytes:
    """One record as it stands in the file."""
    told = kind.value + len(payload).to_bytes(4, "big")
    return MARK + told + hashlib.sha256(told + payload).digest() + payload


@dataclass(frozen=True, slots=True)
class Record:
    """One record that is sound by its hash."""

    kind: Kind
    payload: bytes


def records(file: BinaryIO) -> Iterator[Record]:
    """Every sound record of a file, however much of the rest is damaged. Stretches that cannot be read are passed over.

    Raises:
        OSError: the file cannot even be sized.
    """
    size = file.seek(0, 2)
    at, spent = 0, 0
    while at < size and spent <= 4 * size + 8 * LARGEST:  # a hostile file of nothing but marks ends too
        at = _next_mark(file, at, size)
        if at < 0:
            return
        found, read = _record_at(file, at, size)
        if found is None:
            at, spent = at + 1, spent + read
            continue
        yield found
        at += _FRAME + len(found.payload)


def _record_at(file: BinaryIO, at: int, size: int) -> tuple[Record | None, int]:
    """The record that begins here, if it is sound, and how many bytes were looked at."""
    frame = _read(file, at, _FRAME)
    if len(frame) < _FRAME:
        return None, len(frame)
    told, digest = frame[len(MARK) : len(MARK) + 5], frame[len(MARK) + 5 :]
    kind, length = _KINDS.get(told[:1]), int.from_bytes(told[1:], "big")
    if kind is None or length > LARGEST or at + _FRAME + length > size:
        return None, _FRAME
    payload = _read(file, at + _FRAME, length)
    if len(payload) < length or hashlib.sha256(told + payload).digest() != digest:
        return None, _FRAME + length
    return Record(kind, payload), _FRAME + length


def _next_mark(file: BinaryIO, at: int, size: int) -> int:
    """Where the next mark begins, or -1."""
    if _read(file, at, len(MARK)) == MARK:
        return at
    while at < size:
        stretch = _read(file, at, _STEP)
        if (place := stretch.find(MARK)) >= 0:
            return at + place
        if len(stretch) <= len(MARK):  # the end, or a place that cannot be read
            at += 512
        else:
            at += len(stretch) - len(MARK) + 1
    return -1


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    """Up to ``count`` bytes; fewer where the medium does not give them."""
    try:
        file.seek(at)
        return file.read(count)
    except OSError:
        return b""


def blob_payload(blob_sha256: str, offset: int, data: bytes) -> bytes:
    return bytes.fromhex(blob_sha256) + offset.to_bytes(8, "big") + data


def blob_of(payload: bytes) -> tuple[str, int, bytes]:
    """(hash of the blob, offset, bytes). Raises ValueError when the payload is too short."""
    if len(payload) < 40:
        raise ValueError("no stretch of a blob")
    return payload[:32].hex(), int.from_bytes(payload[32:40], "big"), payload[40:]


def envelope_payload(number: int, sealed: bytes) -> bytes:
    return number.to_bytes(4, "big") + sealed


def numbered(payload: bytes) -> tuple[int, bytes]:
    """(number, sealed envelope). Raises ValueError when the payload is too short."""
    if len(payload) < 4:
        raise ValueError("no envelope")
    return int.from_bytes(payload[:4], "big"), payload[4:]
