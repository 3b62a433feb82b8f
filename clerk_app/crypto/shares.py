"""The recovery secret on paper, split so that any two papers give it back and one alone tells nothing (Shamir, 2 of n).

Over GF(256), byte by byte, each paper holds secret ⊕ x · slope at its own x: with one point every secret is equally likely.
The text of a paper carries its x, the recovery key's id and a check, so that a slip of the pen is told apart from a wrong
paper. Letters and digits are base32's: no 0, 1, 8 or 9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

SECRET = 32
ID = 4
CHECK = 4
MOST = 9
_GROUP = 5


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """One paper: ``x`` 1…9, the id of the recovery key that it belongs to, and its 32 bytes."""

    x: int
    key_id: bytes
    value: bytes


def split(secret: bytes, key_id: bytes, people: int, random: Callable[[int], bytes]) -> tuple[Share, ...]:
    """Papers for so many people. Raises ValueError unless 2 ≤ people ≤ 9."""
    if not 2 <= people <= MOST or len(secret) != SECRET or len(key_id) != ID:
        raise ValueError("not so many papers, or not such a secret")
    slope = random(SECRET)
    return tuple(
        Share(x, key_id, bytes(s ^ _times(x, a) for s, a in zip(secret, slope, strict=True)))
        for x in range(1, people + 1)
    )


def join(one: Share, other: Share) -> bytes:
    """The secret behind two papers. Raises ValueError when they are one and the same, or of two recovery keys."""
    if one.x == other.x or one.key_id != other.key_id:
        raise ValueError("two different papers of one recovery key are needed")
    inverse = _inverse(one.x ^ other.x)
    return bytes(a ^ _times(one.x, _times(inverse, a ^ b)) for a, b in zip(one.value, other.value, strict=True))


def written(share: Share) -> str:
    """The text of a paper, in groups of five."""
    raw = bytes([share.x]) + share.key_id + share.value
    text = base64.b32encode(raw + hashlib.sha256(raw).digest()[:CHECK]).decode("ascii").rstrip("=")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read(text: str) -> Share:
    """What ``written`` wrote, however it was typed. Raises ValueError for a slip of the pen."""
    tidy = "".join(char for char in text.upper() if char.isascii() and char.isalnum())
    try:
        raw = base64.b32decode(tidy + "=" * (-len(tidy) % 8))
    except binascii.Error as error:
        raise ValueError("not a paper of ours") from error
    body, check = raw[:-CHECK], raw[-CHECK:]
    if len(body) != 1 + ID + SECRET or hashlib.sha256(body).digest()[:CHECK] != check or not 1 <= body[0] <= MOST:
        raise ValueError("a slip of the pen")
    return Share(body[0], body[1 : 1 + ID], body[1 + ID :])


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    result = 1
    for _ in range(254):  # a^254 in a field of 256
        result = _times(result, a)
    return result
