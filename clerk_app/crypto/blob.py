"""Attachments as chunked ciphertext: the same bytes on disk and on the wire, readable again chunk by chunk.

    header   8 bytes: the suite id, padded with zeros       salt   16 bytes
    chunks   each 64 KiB of plain text (the last one shorter, or empty) + 16 bytes of tag

Every chunk is sealed (AES-256-GCM, or SM4-GCM) under a key derived from the blob's key and the salt, with the nonce 4
zero bytes ‖ 7 bytes chunk number ‖ 1 byte 'last', and the header and salt as associated data (the STREAM
construction). A chunk that is changed, moved, repeated or missing, and a blob that is cut or lengthened, do not open.
The salt makes it harmless to seal two blobs under one key, although the store never does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cryptography.exceptions import InvalidTag

CHUNK = 64 * 1024
TAG = 16
SALT = 16
HEADER = 8


class Aead(Protocol):
    """An authenticated cipher with its key inside; ``decrypt`` raises cryptography's InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: memoryview, associated_data: bytes | None, /) -> bytes: ...


def _nonce(number: int, last: bool) -> bytes:
    return b"\0\0\0\0" + number.to_bytes(7, "big") + (b"\1" if last else b"\0")


def seal_chunks(suite_id: str, cipher_of: Callable[[bytes], Aead], salt: bytes, plain: bytes) -> bytes:
    """The blob of ``plain``; ``cipher_of`` makes the cipher with its key from the salt."""
    head = suite_id.encode("ascii").ljust(HEADER, b"\0") + salt
    cipher = cipher_of(salt)
    count = max(1, -(-len(plain) // CHUNK))
    parts = [head]
    for number in range(count):
        part = plain[number * CHUNK : (number + 1) * CHUNK]
        parts.append(cipher.encrypt(_nonce(number, number == count - 1), part, head))
    return b"".join(parts)


def open_chunks(suite_id: str, cipher_of: Callable[[bytes], Aead], blob: bytes) -> bytes:
    """The plain bytes. Raises ValueError: another suite's, cut, lengthened, changed, or the wrong key."""
    head, body = blob[: HEADER + SALT], memoryview(blob)[HEADER + SALT :]
    if head[:HEADER] != suite_id.encode("ascii").ljust(HEADER, b"\0") or len(head) != HEADER + SALT:
        raise ValueError("not a blob of this suite")
    count = max(1, -(-len(body) // (CHUNK + TAG)))
    cipher = cipher_of(head[HEADER:])
    parts = []
    for number in range(count):
        part = body[number * (CHUNK + TAG) : (number + 1) * (CHUNK + TAG)]
        if len(part) < TAG:
            raise ValueError("the blob is cut short")
        try:
            parts.append(cipher.decrypt(_nonce(number, number == count - 1), part, head))
        except InvalidTag:
            raise ValueError("the blob was changed, or the key is another's") from None
    plain = b"".join(parts)
    if count > 1 and not parts[-1]:
        raise ValueError("an empty chunk at the end")
    return plain
