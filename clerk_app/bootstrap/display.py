"""How the window looks on this PC, remembered in ``display.json`` (nothing personal)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.domain.display import SCALES, DisplayChoice
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem

FILE = "display.json"


def remembered(data: Path) -> DisplayChoice:
    """The choice of last time; the defaults where there is none or the file is not of its form."""
    try:
        values = parse_json((data / FILE).read_bytes())
    except (OSError, ValueError):
        return DisplayChoice()
    if not isinstance(values, dict):
        return DisplayChoice()
    contrast, scale, motion = (values.get(name) for name in ("contrast", "scale", "motion"))
    if isinstance(contrast, bool) and isinstance(motion, bool) and type(scale) is int and scale in SCALES:
        return DisplayChoice(contrast, scale, motion)
    return DisplayChoice()


class RememberedDisplay:
    """See ports.DisplayDesk."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._choice = remembered(data)

    def chosen(self) -> DisplayChoice:
        """See ports.DisplayDesk."""
        return self._choice

    def choose(self, choice: DisplayChoice) -> None:
        """See ports.DisplayDesk."""
        try:
            write_durably(self._data / FILE, canonical_bytes(asdict(choice)))
        except OSError as error:
            raise StorageProblem(
                "显示的选择没有存住。", what_is_safe="办件都在。", what_to_do="请检查磁盘空间。"
            ) from error
        self._choice = choice
