"""The gateway's key files, one a suite: the pair that envelopes are sealed to, and the pair it signs with. Mode 0600, made once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.durable import sync_folder, write_durably
from clerk_app.errors import KeyProblem
from clerk_app.ports import CipherSuite
from sync.strict import a_text, an_object, from_base64, to_base64

FILE = "gateway.keys.json"
"""The first suite's; the others carry their name: gateway.keys.gm-1.json."""
_FIRST = "intl-1"


@dataclass(frozen=True, slots=True, repr=False)
class GatewayKeys:
    """No repr: it must never reach a log."""

    sealing_private: bytes
    sealing_public: bytes
    signing_private: bytes
    signing_public: bytes


def open_keys(folder: Path, suite: CipherSuite) -> GatewayKeys:
    """Read the key file, making it on first use (two processes at once agree on one).

    Raises:
        KeyProblem: the file is damaged or was made with other ciphers. OSError: it cannot be read or written.
    """
    path = folder / (FILE if suite.id == _FIRST else f"gateway.keys.{suite.id}.json")
    if not path.exists():
        _make(path, suite)
    try:
        data = an_object(parse_json(path.read_bytes()))
        if data.get("format") != "gateway-keys/1" or data.get("suite") != suite.id:
            raise ValueError("another format or suite")
        return GatewayKeys(*(from_base64(a_text(data, name)) for name in GatewayKeys.__slots__))
    except ValueError as error:
        raise KeyProblem(
            "前置的密钥文件读不懂。", what_is_safe="没有改动任何数据。", what_to_do="请用备份恢复密钥文件后再启动。"
        ) from error


def _make(path: Path, suite: CipherSuite) -> None:
    pairs = (*suite.new_sealing_pair(), *suite.new_signing_pair())
    keys = dict(zip(GatewayKeys.__slots__, (to_base64(each) for each in pairs), strict=True))
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    write_durably(mine, canonical_bytes({"format": "gateway-keys/1", "suite": suite.id, **keys}), mode=0o600)
    try:
        os.link(mine, path)  # fails when another process was first: then its keys count
        sync_folder(path.parent)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
