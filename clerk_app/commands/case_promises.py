"""clerk-app case promise list|check|back: what was accepted on a promise, and what the check afterwards found."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk
from clerk_app.commands.case_json import read_brought, read_input
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE, Usage
from clerk_app.usecases import promises

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

FOUND_NAMES = {"": "还没有核查", "kept": "属实", "broken": "不实"}


def add(group: CommandGroup) -> None:
    """``clerk-app case promise``."""
    one = group.add_parser("promise", help="承诺台账：list 列出，check 登记核查结果（督导），back 撤回承诺、交来材料")
    common(one)
    one.add_argument("action", choices=["list", "check", "back"])
    one.add_argument("case", nargs="?", default="", help="办件编号；list 不用写")
    one.add_argument("--file", default="-", help="back：JSON，写 materials")
    one.add_argument("--found", choices=["kept", "broken"], help="kept 属实；broken 不实，此人以后不能再用告知承诺")
    one.add_argument("--reason", default="", help="核查发现了什么")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        if args.action == "check":
            if not args.case or not args.found:
                raise Usage("请写办件编号和 --found kept 或 broken。")
            case = promises.settle_check(desk, args.case, kept=args.found == "kept", found=args.reason)
            told = {"case_id": case.id, "local_number": case.local_number, "found": args.found}
            emit({**told, "revision": case.revision}) if args.json else say(
                f"{case.local_number}  {FOUND_NAMES[args.found]}"
            )
            return EXIT_DONE
        if args.action == "back":
            if not args.case:
                raise Usage("请写办件编号。")
            case = promises.take_back(desk, args.case, read_brought(read_input(args.file)))
            told = {"case_id": case.id, "local_number": case.local_number, "revision": case.revision}
            emit(told) if args.json else say(f"{case.local_number}  承诺已撤回，材料已收")
            return EXIT_DONE
        for row in promises.ledger(desk):
            told = {"case_id": row.case_id, "local_number": row.local_number, "found": row.found or None}
            more = {"materials": list(row.materials), "due": row.due.isoformat(), "overdue": row.overdue}
            words = f"{'、'.join(row.materials)}；{FOUND_NAMES[row.found]}，{row.due.isoformat()} 前核查"
            shown = f"{row.local_number}  {row.item}  {row.applicant}  {words}{'（已过）' if row.overdue else ''}"
            emit({**told, **more}) if args.json else say(shown)
    return EXIT_DONE
