"""A copy of the starter catalogue that a test may spoil."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clerk_app.catalogue.loader import STARTER

Json = Any
SHIPPED: str = json.loads((STARTER / "catalogue.json").read_text(encoding="utf-8"))["version"]
"""The version that comes with the program."""


def copy_to(folder: Path) -> Path:
    """Copy only the data files of the starter catalogue."""
    for name in ("vocabulary.json", "catalogue.json"):
        shutil.copy(STARTER / name, folder / name)
    for name in ("items", "life_events"):
        shutil.copytree(STARTER / name, folder / name)
    return folder


def spoil(folder: Path, file: str, change: Callable[[Json], object]) -> None:
    """Change the parsed file in place and write it back."""
    path = folder / file
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
