"""What others made and this program ships, from THIRD_PARTY_NOTICES.md: beside the code in a checkout and in a frozen program."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

NAME = "THIRD_PARTY_NOTICES.md"


def third_party() -> tuple[tuple[str, str, str], ...]:
    """Work, terms as SPDX, and what is inside it, in the file's order; empty when the file was taken away."""
    rows = []
    for line in _text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and cells[1] != "licence" and not re.fullmatch(r"-+", cells[0]):
            rows.append((cells[0], cells[1], cells[2]))
    return tuple(rows)


def _text() -> str:
    beside = Path(__file__).resolve().parents[2] / NAME
    try:
        if beside.exists():
            return beside.read_text(encoding="utf-8")
        for file in metadata.files("clerk-app") or ():
            if file.name == NAME:
                return Path(str(file.locate())).read_text(encoding="utf-8")
    except (OSError, metadata.PackageNotFoundError):
        pass
    return ""
