"""clerk-app init and clerk add: setting up a window and its people."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import add_clerk, found_window
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.hall import Role
from clerk_app.errors import EXIT_DONE

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app init / clerk add."""
    one = subparsers.add_parser("init", help="登记一个窗口")
    common(one, unlock=False)
    one.add_argument("--hall", required=True, help="大厅编码")
    one.add_argument("--window", required=True, help="窗口号")
    one.add_argument("--gateway", required=True, help="区县前置地址")
    one.add_argument("--enrol", required=True, metavar="TOKEN", help="一次性登记码")
    one.set_defaults(run=run_init)

    group = subparsers.add_parser("clerk", help="人员").add_subparsers(metavar="动作", required=True)
    one = group.add_parser("add", help="添加人员，PIN 从标准输入读")
    common(one)
    one.add_argument("name", help="登录名")
    one.add_argument("--role", required=True, choices=[role.value for role in Role])
    one.add_argument("--shown-as", default="", help="显示和打印的姓名；不写就用登录名")
    one.set_defaults(run=run_add)


def run_init(args: argparse.Namespace) -> int:
    hall = found_window(args.data, args.gateway, args.enrol, args.hall, args.window)
    if args.json:
        emit({"hall": hall.code, "name": hall.name, "window": hall.window, "generation": hall.generation})
    else:
        say(f"已登记：{hall.name} · {hall.window} 号窗口（第 {hall.generation} 次登记）。请接着添加第一个人员。")
    return EXIT_DONE


def run_add(args: argparse.Namespace) -> int:
    pin = sys.stdin.readline().strip()
    clerk = add_clerk(args.data, args.name, args.shown_as or args.name, Role(args.role), pin, by=args.clerk)
    if args.json:
        emit({"login": clerk.login, "role": clerk.role.value})
    else:
        say(f"已添加 {clerk.login}（{clerk.role.value}）。")
    return EXIT_DONE
