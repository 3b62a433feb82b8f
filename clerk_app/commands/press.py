"""clerk-app press: the window's own helper that makes papers; nobody types it (see printing/press.py)."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from clerk_app.bootstrap.paper import serve_press
from clerk_app.errors import EXIT_DONE

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app press: orders on standard input, papers on standard output."""
    subparsers.add_parser("press").set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    serve_press(sys.stdin.buffer, sys.stdout.buffer)
    return EXIT_DONE
