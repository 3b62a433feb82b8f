"""This very program, to be started again."""

from __future__ import annotations

import sys


def program() -> list[str]:
    """How to start this very program again: the frozen one, or this interpreter with the package."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "clerk_app"]
