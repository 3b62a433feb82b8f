"""clerk-app hall find|take: cases of the hall that another window took, for a citizen who comes back here."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.hall import hall_cases
from clerk_app.bootstrap.house import open_desk_and_house
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.case import STATE_NAMES, CaseState
from clerk_app.domain.people import DocumentKind, looks_like_citizen_number
from clerk_app.errors import EXIT_DONE
from clerk_app.ports import FoundCase
from clerk_app.usecases.hall_cases import find, go_on_with

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

REASONS = ("returned", "delivery", "inquiry")


def register(subparsers: CommandGroup) -> None:
    """clerk-app hall …"""
    group = subparsers.add_parser("hall", help="本厅别的窗口收的办件").add_subparsers(metavar="动作", required=True)

    one = group.add_parser("find", help="按证件号码、回执号或平台编号查")
    common(one)
    one.add_argument("number")
    one.add_argument(
        "--document",
        default="",
        choices=["", *(kind.value for kind in DocumentKind)],
        help="居民身份证以外的证件写类型代码",
    )
    one.add_argument("--reason", default="returned", choices=REASONS, help="续办、领取、查询")
    one.set_defaults(run=run_find)

    one = group.add_parser("take", help="转到本窗口续办")
    common(one)
    one.add_argument("case")
    one.add_argument("--reason", default="returned", choices=REASONS)
    one.set_defaults(run=run_take)


def run_find(args: argparse.Namespace) -> int:
    with open_desk_and_house(args.data, args.clerk) as (house, desk), hall_cases(house, desk) as hall:
        found = find(desk, hall, args.number, args.document or _kind_of(args.number), reason=args.reason)
    for each in found:
        emit(_json(each)) if args.json else say(
            f"{each.receipt}  {each.item}  {each.applicant}  {_state(each)}  {each.owner} 号窗口"
        )
    if not found and not args.json:
        say("本厅没有查到。")
    return EXIT_DONE


def run_take(args: argparse.Namespace) -> int:
    with open_desk_and_house(args.data, args.clerk) as (house, desk), hall_cases(house, desk) as hall:
        case = go_on_with(desk, hall, args.case, reason=args.reason)
    told = {"case_id": case.id, "local_number": case.local_number, "state": case.state.value}
    emit(told) if args.json else say(f"{case.local_number} 已转到本窗口，可以续办。")
    return EXIT_DONE


def _kind_of(number: str) -> str:
    """An 18-digit citizen number tells its kind by its look; all others are numbers of a case unless said otherwise."""
    return DocumentKind.RESIDENT_ID.value if looks_like_citizen_number(number) else ""


def _json(found: FoundCase) -> dict[str, str | int]:
    return {name: getattr(found, name) for name in FoundCase.__slots__}


def _state(found: FoundCase) -> str:
    known = {state.value: STATE_NAMES[state] for state in CaseState}
    return known.get(found.state, found.state)
