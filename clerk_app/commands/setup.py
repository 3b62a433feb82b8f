"""clerk-app init, clerk add|list|pin|remove, recovery make|use: setting up a window and its people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.enrolling_anew import enrol_anew_by_command
from clerk_app.bootstrap.house import found_window, house
from clerk_app.bootstrap.people import (
    add_clerk,
    change_pin,
    change_role,
    make_recovery,
    people_of,
    remove_clerk,
    use_recovery,
)
from clerk_app.bootstrap.unattended import NEEDED, read_plan, set_up
from clerk_app.commands.output import common, emit, say
from clerk_app.crypto.suites import DEFAULT, SUITES, UNCERTIFIED
from clerk_app.crypto.vault import noted_suite
from clerk_app.domain.hall import Role
from clerk_app.domain.rights import ROLE_NAMES
from clerk_app.errors import EXIT_DONE, Usage
from clerk_app.settings import Settings
from local_db.engine import FILE_NAME as DATABASE

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app init / clerk add."""
    one = subparsers.add_parser("init", help="登记一个窗口；登记信息丢了的，重新登记")
    common(one)
    one.add_argument(
        "--from",
        dest="plan",
        type=Path,
        metavar="FILE",
        help="照一份设置文件登记（大厅、窗口、前置、登记码、打印机、摄像头）",
    )
    one.add_argument("--hall", help="大厅编码")
    one.add_argument("--window", help="窗口号")
    one.add_argument("--gateway", help="区县前置地址")
    one.add_argument("--enrol", metavar="TOKEN", help="一次性登记码")
    one.add_argument(
        "--suite",
        choices=tuple(SUITES),
        help="加密方式，定了不能改：intl-1 国际算法，gm-1 国密算法（未经认证）",
    )
    one.set_defaults(run=run_init)

    group = subparsers.add_parser("clerk", help="人员").add_subparsers(metavar="动作", required=True)
    one = group.add_parser("add", help="添加人员，PIN 从标准输入读")
    common(one)
    one.add_argument("name", help="登录名")
    one.add_argument("--role", required=True, choices=[role.value for role in Role])
    one.add_argument("--shown-as", default="", help="显示和打印的姓名；不写就用登录名")
    one.set_defaults(run=run_add)
    one = group.add_parser("list", help="所有人员")
    common(one)
    one.set_defaults(run=run_list)
    one = group.add_parser("pin", help="改自己的 PIN：旧的放在 CLERK_APP_PIN，新的从标准输入读")
    common(one)
    one.set_defaults(run=run_pin)
    one = group.add_parser("role", help="改一个人员的岗位（管理员）")
    common(one)
    one.add_argument("name", help="登录名")
    one.add_argument("--role", required=True, choices=[role.value for role in Role])
    one.set_defaults(run=run_role)
    one = group.add_parser("remove", help="停用一个人员（管理员）")
    common(one)
    one.add_argument("name", help="登录名")
    one.set_defaults(run=run_remove)

    group = subparsers.add_parser("recovery", help="恢复钥匙").add_subparsers(metavar="动作", required=True)
    one = group.add_parser("make", help="做一把恢复钥匙，分写在几张纸上，任意两张合起来才有用")
    common(one)
    one.add_argument("--people", type=int, default=2, help="分给几个人，2 到 9")
    one.set_defaults(run=run_make)
    one = group.add_parser("use", help="忘记 PIN：标准输入依次是两张纸和新的 PIN，各占一行")
    common(one, unlock=False)
    one.add_argument("name", help="谁要新的 PIN")
    one.add_argument("--new-pc", action="store_true", help="数据是从另一台电脑搬来的")
    one.set_defaults(run=run_use)


def run_init(args: argparse.Namespace) -> int:
    given = {name: getattr(args, name) for name in (*NEEDED, "suite") if getattr(args, name)}
    plan = read_plan(args.plan, given) if args.plan else None
    if plan is None and (lacking := [f"--{name}" for name in NEEDED if name not in given]):
        raise Usage(f"还要写 {'、'.join(lacking)}，或者用 --from 给一份设置文件。")
    told = plan or args
    is_there = (args.data / DATABASE).exists()
    if is_there:
        suite = noted_suite(args.data)
        hall = enrol_anew_by_command(args.data, told.gateway, told.enrol, told.hall, told.window, by=args.clerk)
    elif plan:
        hall, suite = set_up(args.data, plan), plan.suite
    else:
        suite = given.get("suite", DEFAULT)
        hall = found_window(args.data, args.gateway, args.enrol, args.hall, args.window, suite)
    if suite in UNCERTIFIED:
        print("国密算法已启用，但本机用的是软件实现，未经密码认证；要过密评请换用认证的密码模块。", file=sys.stderr)
    if args.json:
        emit({"hall": hall.code, "name": hall.name, "window": hall.window, "generation": hall.generation})
    else:
        then = "办件和人员都留着，没送达的会照常送出。" if is_there else "请接着添加第一个人员。"
        say(f"已登记：{hall.name} · {hall.window} 号窗口（第 {hall.generation} 次登记）。{then}")
    return EXIT_DONE


def run_add(args: argparse.Namespace) -> int:
    pin = sys.stdin.readline().strip()
    clerk = add_clerk(args.data, args.name, args.shown_as or args.name, Role(args.role), pin, by=args.clerk)
    if args.json:
        emit({"login": clerk.login, "role": clerk.role.value})
    else:
        say(f"已添加 {clerk.login}（{clerk.role.value}）。")
    _warn(args.data, pin)
    return EXIT_DONE


def run_list(args: argparse.Namespace) -> int:
    for clerk, has_slot in people_of(args.data, by=args.clerk):
        state = "在用" if clerk.active and has_slot else "没有 PIN" if clerk.active else "已停用"
        if args.json:
            values = {"login": clerk.login, "name": clerk.name, "role": clerk.role.value, "active": clerk.active}
            emit({**values, "has_pin": has_slot})
        else:
            say(f"{clerk.login}  {clerk.name}  {clerk.role.value}  {state}")
    return EXIT_DONE


def run_pin(args: argparse.Namespace) -> int:
    pin = sys.stdin.readline().strip()
    change_pin(args.data, args.clerk, pin)
    emit({"changed": True}) if args.json else say("PIN 已改，旧的不能再用。")
    _warn(args.data, pin)
    return EXIT_DONE


def run_role(args: argparse.Namespace) -> int:
    role = Role(args.role)
    change_role(args.data, args.name, role, by=args.clerk)
    emit({"login": args.name, "role": role.value}) if args.json else say(f"{args.name} 现在是{ROLE_NAMES[role]}。")
    return EXIT_DONE


def run_remove(args: argparse.Namespace) -> int:
    remove_clerk(args.data, args.name, by=args.clerk)
    emit({"removed": args.name}) if args.json else say(f"{args.name} 已停用，做过的事都留着。")
    return EXIT_DONE


def run_make(args: argparse.Namespace) -> int:
    papers = make_recovery(args.data, args.people, by=args.clerk)
    if args.json:
        emit({"papers": list(papers)})
        return EXIT_DONE
    for number, paper in enumerate(papers, 1):
        say(f"第 {number} 张：{paper}")
    say("请每人抄一张，分开保管；任意两张合起来就能打开数据。这里不留底，以前做的那套从现在起作废。")
    return EXIT_DONE


def run_use(args: argparse.Namespace) -> int:
    one, other, pin = (sys.stdin.readline().strip() for _ in range(3))
    use_recovery(args.data, args.name, pin, (one, other), moving_in=args.new_pc)
    emit({"recovered": args.name}) if args.json else say(f"{args.name} 的新 PIN 可以用了，这件事已记入日志。")
    _warn(args.data, pin)
    return EXIT_DONE


def _warn(data: Path, pin: str) -> None:
    """What this PIN does not protect against goes to the person who chose it."""
    words = house(Settings(data)).vault.strength(pin)
    if words:
        print(words, file=sys.stderr)
