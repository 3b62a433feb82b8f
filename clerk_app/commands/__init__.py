"""ADD A COMMAND HERE: one file with ``register(subparsers)`` and one line in ``COMMANDS``. They use the window's use cases."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Protocol

from clerk_app.commands import bench, case, catalogue, demo, doctor, gateway, paper, recognise, setup, sync, window

if TYPE_CHECKING:
    CommandGroup = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    CommandGroup = Any


class Command(Protocol):
    """What a command module offers."""

    def register(self, subparsers: CommandGroup) -> None: ...


COMMANDS: tuple[Command, ...] = (
    window,
    demo,
    setup,
    recognise,
    catalogue,
    case,
    paper,
    sync,
    doctor,
    gateway,
    bench,
)
