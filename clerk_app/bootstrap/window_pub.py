"""The window's public key in the clear beside the vault, so that a saved paper can be checked without signing in."""

from __future__ import annotations

import contextlib
from pathlib import Path

from clerk_app.domain.paper import fingerprint
from clerk_app.durable import write_durably

KEY_FILE = "window.pub"


def own_key(data: Path) -> str:
    """Fingerprint of the window's key of a data folder; empty when this PC has none."""
    try:
        return fingerprint(bytes.fromhex((data / KEY_FILE).read_text(encoding="ascii").strip()))
    except (OSError, ValueError):
        return ""


def keep_own_key(data: Path, public: bytes) -> None:
    """Note the window's public key in the clear, so that a file can be checked without signing in."""
    with contextlib.suppress(OSError):  # a convenience: nothing hangs on it
        if not (data / KEY_FILE).exists() or own_key(data) != fingerprint(public):
            write_durably(data / KEY_FILE, public.hex().encode("ascii"))
