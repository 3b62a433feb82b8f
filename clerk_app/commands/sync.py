"""clerk-app sync: push what waits, pull what is new, one summary line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk_and_house
from clerk_app.bootstrap.line import sync_once
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app sync [--once]."""
    one = subparsers.add_parser("sync", help="和区县前置同步")
    common(one)
    one.add_argument("--once", action="store_true", help="只做一轮；不写就一直送到送完为止")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    with open_desk_and_house(args.data, args.clerk) as (house, desk):
        summary, trouble = sync_once(house, desk, until_empty=not args.once)
    problem = trouble.sentence() if trouble else ""
    if args.json:
        emit({**summary, "problem": problem or None})
    else:
        counts = f"送出 {summary['sent']}，已送达 {summary['acknowledged']}，退回 {summary['refused']}"
        say(f"{counts}，还在等 {summary['waiting']}。{problem}")
    return trouble.exit_code if trouble else EXIT_DONE
