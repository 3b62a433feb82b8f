"""ADD A COMMAND HERE: one file with ``register(subparsers)`` and one line in ``COMMANDS``. They use the window's use cases.

A command's module is imported only when it is asked for (or for the help), so that no command pays for another's libraries.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    CommandGroup = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    CommandGroup = Any


class Command(Protocol):
    """What a command module offers."""

    def register(self, subparsers: CommandGroup) -> None: ...


COMMANDS: Mapping[str, str] = {
    "window": "window",
    "demo": "demo",
    "train": "train",
    "init": "setup",
    "clerk": "setup",
    "recovery": "setup",
    "recognise": "recognise",
    "catalogue": "catalogue",
    "case": "case",
    "print": "paper",
    "press": "press",
    "sync": "sync",
    "bundle": "bundle",
    "hall": "hall",
    "person": "person",
    "doctor": "doctor",
    "support-bundle": "support",
    "journal": "journal",
    "backup": "rescue",
    "restore": "rescue",
    "salvage": "rescue",
    "handover": "rescue",
    "gateway": "gateway",
    "bench": "bench",
}
"""First word on the command line, and the module that registers it."""

FROM_A_CHECKOUT = frozenset({"bench"})
"""What the frozen program leaves out: it drives the tests' own parts."""


def commands(wanted: str) -> tuple[Command, ...]:
    """The one module that serves ``wanted``, or all of them for the help and for a word that nobody knows."""
    here = {
        word: name
        for word, name in COMMANDS.items()
        if word not in FROM_A_CHECKOUT or not getattr(sys, "frozen", False)
    }
    names = [here[wanted]] if wanted in here else list(dict.fromkeys(here.values()))
    return tuple(cast("Command", import_module(f"{__name__}.{name}")) for name in names)
