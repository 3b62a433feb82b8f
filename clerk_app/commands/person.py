"""clerk-app person show|correct|erase: what this window keeps of one person, for that person (个人信息保护法 45 to 47)."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED
from clerk_app.usecases.persons import CORRECTABLE, correct, erase, kept_of

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app person …; the document number comes from standard input, so that no shell keeps it."""
    group = subparsers.add_parser("person", help="一个人的信息：查阅、更正、删除；证件号码从标准输入读")
    actions = group.add_subparsers(metavar="动作", required=True)
    one = actions.add_parser("show", help="这个窗口存着他的什么")
    common(one)
    one.set_defaults(run=run_show)
    one = actions.add_parser("correct", help="更正姓名、电话、住址")
    common(one)
    for name, words in CORRECTABLE.items():
        one.add_argument(f"--{name}", default="", help=words)
    one.add_argument("--reason", required=True, help="凭什么更正，例如“核对了身份证”")
    one.set_defaults(run=run_correct)
    one = actions.add_parser("erase", help="能删的都删，不能删的说明原因")
    common(one)
    one.set_defaults(run=run_erase)


def run_show(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        kept = kept_of(desk, _number())
    if args.json:
        for each in kept.entries:
            emit({name: getattr(each, name) for name in each.__slots__})
        return EXIT_DONE
    say(f"{kept.name}　{kept.number}：办件和暂存 {len(kept.entries)} 份，完整信息被看过 {kept.looks} 次。")
    for each in kept.entries:
        say(f"{each.number}　{each.item}　{each.as_whom}　{each.state}　{each.since}")
        for label, text in each.values:
            say(f"    {label}：{text}")
        say(
            f"    材料 {each.pages} 页；{each.why_not or '现在可以删除'}；{each.gone_by_itself or '还没有自动清除的日子'}"
        )
    return EXIT_DONE


def run_correct(args: argparse.Namespace) -> int:
    changes = {name: getattr(args, name) for name in CORRECTABLE}
    with open_desk(args.data, args.clerk) as desk:
        count = correct(desk, _number(), changes, args.reason)
    emit({"corrected": count}) if args.json else say(f"已更正 {count} 份，有线路时会告诉平台。")
    return EXIT_DONE


def run_erase(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        gone = erase(desk, _number())
    if args.json:
        emit(
            {
                "cases": gone.cases,
                "drafts": gone.drafts,
                "listed": gone.listed,
                "stays": [list(each) for each in gone.stays],
            }
        )
    else:
        say(f"已删除：办件 {gone.cases} 件，暂存 {gone.drafts} 份，台账 {gone.listed} 条。")
        for number, why in gone.stays:
            say(f"留着：{number}，{why}。")
    return EXIT_DONE if not gone.stays else EXIT_REFUSED


def _number() -> str:
    return sys.stdin.readline().strip()
