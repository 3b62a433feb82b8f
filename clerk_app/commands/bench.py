"""clerk-app bench: the figures behind the README, as ratios against a baseline in the same run (from a checkout)."""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE, BadInput, Usage

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app bench [NAME]."""
    one = subparsers.add_parser("bench", help="测速（只在源码目录里有）")
    common(one, unlock=False, data=False)
    one.add_argument(
        "name",
        nargs="?",
        default="",
        help="accept、sync、bad_line、chaos、recognise、search、find、start、crash、fuzz……；不写就全部",
    )
    one.add_argument("--seed", type=int, metavar="N", help="从这个种子画出样例（recognise、fuzz）")
    one.add_argument("--count", type=int, metavar="N", help="多少个样例（recognise）")
    one.add_argument(
        "--group",
        action="append",
        dest="groups",
        metavar="NAME",
        help="只测一类：code、card、page、negative（recognise）",
    )
    one.add_argument("--failures", type=Path, metavar="DIR", help="把最差的十个样例画面存到这里（recognise）")
    one.add_argument("--minutes", type=float, metavar="N", help="每一项测多少分钟（fuzz、camera）")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    checkout = Path(__file__).parents[2]
    if not (checkout / "tests" / "benchmarks").is_dir():
        raise BadInput("这里没有测速程序。", what_to_do="请在源码目录里运行。")
    sys.path.insert(0, str(checkout))  # a console script does not look in the checkout by itself
    suite = importlib.import_module("tests.benchmarks")
    if args.name and args.name not in suite.BENCHMARKS:
        raise Usage("没有这项测速。", what_to_do=f"可选：{'、'.join(suite.BENCHMARKS)}。")
    for name, measure in suite.BENCHMARKS.items():
        if args.name in ("", name):
            for line in measure(**_options(args, measure)):
                emit({"bench": name, **line}) if args.json else say(
                    f"{name}：" + "，".join(f"{k} {v}" for k, v in line.items())
                )
    return EXIT_DONE


def _options(args: argparse.Namespace, measure: Callable[..., object]) -> dict[str, object]:
    """What was asked for and this benchmark can be told; Usage when it cannot."""
    asked = {name: getattr(args, name) for name in ("seed", "count", "groups", "failures", "minutes")}
    asked = {
        name: tuple(value) if isinstance(value, list) else value for name, value in asked.items() if value is not None
    }
    known = set(inspect.signature(measure).parameters)
    if args.name and (foreign := set(asked) - known):
        raise Usage(f"这项测速没有这个选项：{'、'.join(sorted(foreign))}。")
    return {name: value for name, value in asked.items() if name in known}
