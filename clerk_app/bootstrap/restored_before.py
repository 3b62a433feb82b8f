"""A note beside a backup or a rolling copy that it was put back already: who does it again is told, and passes over more serials.

It is a convenience and no promise: a medium that cannot be written bears none, and a copy of the backup elsewhere knows nothing of it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.domain.time import Stamp
from clerk_app.durable import write_durably

NOTE = ".restored"
_MOST = 100


def restored_before(path: Path) -> tuple[str, ...]:
    """When this file was put back, as far as the note beside it tells: ``2026-11-30 10:05``, oldest first."""
    try:
        told = parse_json(_note(path).read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(str(each) for each in told[-_MOST:]) if isinstance(told, list) else ()


def note_restored(path: Path, now: Stamp) -> None:
    """Where the medium can be written."""
    told = [*restored_before(path), now.local.strftime("%Y-%m-%d %H:%M")]
    with suppress(OSError):
        write_durably(_note(path), canonical_bytes(told[-_MOST:]))


def forget_note(path: Path) -> None:
    """The file is gone, or another one took its name. Raises OSError."""
    _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(path.name + NOTE)
