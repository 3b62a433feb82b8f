"""A published catalogue: one signed, versioned file (目录包).

    {"format": "catalogue-package/1", "suite": id, "public_key": base64, "signature": base64, "body": base64}

``body`` is the gzip of the canonical JSON {"version", "files": {name: JSON}, "hashes": {name: SHA-256}}; the signature is
over the gzip bytes after a fixed prefix. Nothing of a body is unpacked before its signature holds with a trusted key.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clerk_app.catalogue.reading import VERSION
from clerk_app.domain.canonical import Json, canonical_bytes, content_hash, parse_json
from clerk_app.errors import BadInput
from clerk_app.ports import CipherSuite

FORMAT = "catalogue-package/1"
LARGEST_PACKAGE = 20_000_000
LARGEST_BODY = 64_000_000
_PREFIX = b"clerk-app catalogue-package/1\n"
_NAME = re.compile(r"(?:vocabulary|catalogue|(?:items|life_events)/[a-z0-9][a-z0-9._-]{0,80})\.json")


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. ``files``: canonical JSON bytes by name; ``key``: the public key that signed it."""

    version: str
    files: Mapping[str, bytes]
    key: bytes
    data: bytes


def pack(files: Mapping[str, bytes], version: str, suite: CipherSuite, private: bytes, public: bytes) -> bytes:
    """Make a package of catalogue files that are known to be sound.

    Raises:
        ValueError: a file is no strict JSON or has a name that no catalogue has.
    """
    if not all(_NAME.fullmatch(name) for name in files):
        raise ValueError("a file name that no catalogue has")
    parsed = {name: parse_json(data) for name, data in files.items()}
    hashes = {name: content_hash(value) for name, value in parsed.items()}
    body = gzip.compress(canonical_bytes({"version": version, "files": parsed, "hashes": hashes}), mtime=0)
    return canonical_bytes(
        {
            "format": FORMAT,
            "suite": suite.id,
            "public_key": _text(public),
            "signature": _text(suite.sign(private, _PREFIX + body)),
            "body": _text(body),
        }
    )


class NotTrusted(BadInput):
    """Signed by a key that this PC does not trust (yet)."""


def open_package(data: bytes, suite: CipherSuite, trusted: Collection[bytes]) -> Package:
    """Check and unpack.

    Raises:
        NotTrusted: signed by another key. BadInput: no package, or changed after signing; says which in plain words.
    """
    if len(data) > LARGEST_PACKAGE:
        raise _no_package()
    try:
        outer = parse_json(data)
        if outer["format"] != FORMAT or outer["suite"] != suite.id:
            raise ValueError("another format")
        public, signature, body = (_raw(outer[key]) for key in ("public_key", "signature", "body"))
    except (ValueError, KeyError, TypeError) as error:
        raise _no_package() from error
    if public not in trusted:
        raise NotTrusted(
            "目录包的签名人不在这台电脑信任的名单里。",
            what_is_safe="正在用的目录没有动。",
            what_to_do="请核对来源；确认无误的，由管理员用 --trust 加上这把公钥。",
        )
    if not suite.verify(public, signature, _PREFIX + body):
        raise BadInput(
            "目录包被改过，签名对不上。", what_is_safe="正在用的目录没有动。", what_to_do="请重新取一份目录包。"
        )
    return _unpacked(body, public, data)


def _unpacked(body: bytes, public: bytes, data: bytes) -> Package:
    try:
        unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        plain = unzip.decompress(body, LARGEST_BODY)
        if unzip.unconsumed_tail or not unzip.eof or unzip.unused_data:
            raise ValueError("too large or cut short")
        inner = parse_json(plain)
        version, files, hashes = inner["version"], inner["files"], inner["hashes"]
        if not (isinstance(version, str) and VERSION.fullmatch(version) and isinstance(files, dict)):
            raise ValueError("no version or no files")
        if set(files) != set(hashes) or not all(_NAME.fullmatch(name) for name in files):
            raise ValueError("names and hashes disagree")
        if any(content_hash(value) != hashes[name] for name, value in files.items()):
            raise ValueError("a hash disagrees")
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise _no_package() from error
    return Package(version, {name: canonical_bytes(value) for name, value in files.items()}, public, data)


def _no_package() -> BadInput:
    return BadInput(
        "这个文件不是完整的目录包。", what_is_safe="正在用的目录没有动。", what_to_do="请重新取一份目录包。"
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: Json) -> bytes:
    if not isinstance(text, str):
        raise TypeError("base64 is text")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
