"""Strict reading of what comes from outside: a value of the right shape, or ValueError; never anything else."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Mapping

from clerk_app.domain.canonical import Json

_HEX64 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9A-Za-z._:-]{1,64}")
INT64 = 2**63


class TooLarge(ValueError):
    """More bytes than anyone honest sends."""


def an_object(data: Json) -> dict[str, Json]:
    if not isinstance(data, dict):
        raise ValueError("an object is needed")
    return data


def a_text(data: Mapping[str, Json], name: str, longest: int = 200) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"{name} must be text")
    if not value.isascii():
        value.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
    return value


def a_number(data: Mapping[str, Json], name: str, least: int = 0, most: int = INT64 - 1) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number in range")
    return value


def a_list(data: Mapping[str, Json], name: str, longest: int) -> list[Json]:
    value = data.get(name)
    if not isinstance(value, list) or len(value) > longest:
        raise ValueError(f"{name} must be a list of at most {longest}")
    return value


def an_id(data: Mapping[str, Json], name: str) -> str:
    value = a_text(data, name)
    if not _ID.fullmatch(value):
        raise ValueError(f"{name} is no id")
    return value


def a_hash(data: Mapping[str, Json], name: str) -> str:
    value = a_text(data, name)
    if not _HEX64.fullmatch(value):
        raise ValueError(f"{name} is no SHA-256")
    return value


def is_hash(text: str) -> bool:
    """True for 64 lower-case hexadecimal digits."""
    return _HEX64.fullmatch(text) is not None


def from_base64(value: Json) -> bytes:
    """Raises ValueError when the value is no base64 text."""
    if not isinstance(value, str):
        raise ValueError("base64 text is needed")
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except ValueError as error:
        raise ValueError("this is not base64") from error


def to_base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def gzipped(data: bytes) -> bytes:
    """Fast gzip without a time stamp, so that the same bytes give the same bytes."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def gunzipped(data: bytes, limit: int) -> bytes:
    """Raises ValueError when the data is no whole gzip stream, or grows past ``limit`` bytes (a bomb)."""
    unpacker = zlib.decompressobj(31)
    try:
        plain = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise ValueError("this is not gzip") from error
    if len(plain) > limit:
        raise TooLarge("too large when unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("gzip is cut short or has a tail")
    return plain
