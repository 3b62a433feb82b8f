"""clerk-app update: check, apply, rollback, trust, set; ``publish`` is in update_publish.py. Over the line, or from one file.

What is refused (expired, older, another's signature, damaged, half a file) exits 3, no line or no room 4; the version in use goes on.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.applying import apply
from clerk_app.bootstrap.house import open_desk
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.proof import back_to
from clerk_app.bootstrap.updates import Updates, source_of
from clerk_app.commands import update_publish
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.canonical import Json
from clerk_app.domain.versions import Version
from clerk_app.errors import EXIT_DONE, Usage
from clerk_app.usecases import updating
from clerk_app.usecases.desk import must_keep_safe

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app update …"""
    group = subparsers.add_parser("update", help="程序的版本与更新").add_subparsers(metavar="动作", required=True)

    one = group.add_parser("check", help="有没有新版本（不改动任何东西）")
    common(one)
    one.add_argument("--from", dest="file", type=Path, metavar="FILE", help="更新文件；不写就问前置")
    one.set_defaults(run=run_check)

    one = group.add_parser("apply", help="下载、检查、备份，下次打开就用新版本")
    common(one)
    one.add_argument("--from", dest="file", type=Path, metavar="FILE", help="更新文件；不写就从前置下载")
    one.add_argument("--unasked", action="store_true", help="定时任务用：按流量计费的网络上不下载，办件没送完不下载")
    one.add_argument("--again", action="store_true", help="以前在这台电脑上没装成的版本，再试一次")
    one.set_defaults(run=run_apply)

    one = group.add_parser("rollback", help="换回上一版")
    common(one)
    one.set_defaults(run=run_rollback)

    one = group.add_parser("trust", help="第一次：认可发布单位的根证书")
    common(one, unlock=False)
    one.add_argument("root", type=Path)
    one.set_defaults(run=run_trust)

    one = group.add_parser("set", help="这个窗口怎么更新")
    common(one)
    one.add_argument("--metered", choices=["yes", "no"], help="网络按流量计费")
    one.add_argument("--by-itself", choices=["yes", "no"], help="准备好的新版本，关窗口时自动换上")
    one.add_argument("--pin", metavar="VERSION", help="不升到这个版本以上；none 解除")
    one.set_defaults(run=run_set)

    update_publish.register(group)


def run_check(args: argparse.Namespace) -> int:
    updates = Updates(args.data)
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(args.data, args.clerk)) if os.environ.get("CLERK_APP_PIN") else None
        gateway = "" if args.file else noted_hall(args.data).gateway
        source = stack.enter_context(source_of(args.file, gateway, desk))
        found = updates.look(source)
        size = updates.to_fetch(source, found) if found else 0
    told = _told(updates)
    told |= {"offered": str(found.version) if found else None, "notes": found.notes if found else "", "to_fetch": size}
    if args.json:
        emit(told)
    elif found:
        say(f"现在用 {told['running']}，有新版本 {found.version}，要下载 {_size(size)}。{found.notes}")
    else:
        pinned = f"（固定在 {told['pinned']}）" if told["pinned"] else ""
        say(f"现在用 {told['running']}，没有更新的版本{pinned}。")
    return EXIT_DONE


def run_apply(args: argparse.Namespace) -> int:
    def progress(done: int, whole: int) -> None:
        if sys.stderr.isatty() and whole:
            sys.stderr.write(f"\r已下载 {_size(done)}，共 {_size(whole)} ")

    done = apply(args.data, args.clerk, args.file, unasked=args.unasked, again=args.again, progress=progress)
    if args.json:
        emit({**_told(Updates(args.data)), "applied": done.version or None})
    elif done.version:
        say(f"{done.version} 已准备好，数据已备份；下次打开窗口就用它。连续两次打不开会自动换回来。")
    else:
        say("没有更新的版本。")
    return EXIT_DONE


def run_rollback(args: argparse.Namespace) -> int:
    """Without a PIN: it has to work when the program that knows the PIN does not come up."""
    updates = Updates(args.data)
    state = updating.go_back(None, updates.programs)
    if args.json:
        emit(_told(updates))
    else:
        say(
            f"下次打开用 {state.running or '安装时的版本'}。新版期间收过件、数据库也升过级的话，旧版会说打不开，"
            "办件都在，装回新版就能用。"
        )
    return EXIT_DONE


def run_trust(args: argparse.Namespace) -> int:
    try:
        root = args.root.read_bytes()
    except OSError as error:
        raise Usage("根证书文件读不出来。", what_to_do="请核对文件名。") from error
    told = Updates(args.data).trusted.trust(root)
    emit({"fingerprint": told}) if args.json else say(f"已认可。请和发布单位核对指纹：{told}")
    return EXIT_DONE


def run_set(args: argparse.Namespace) -> int:
    programs = Updates(args.data).programs
    if args.pin and args.pin != "none":
        try:
            Version.parse(args.pin)
        except ValueError as error:
            raise Usage("版本号写得不对。", what_to_do="请写成 0.2.0 这样，或写 none。") from error
    with open_desk(args.data, args.clerk) as desk:
        must_keep_safe(desk)
        if args.pin:
            updating.pin(desk, programs, "" if args.pin == "none" else args.pin)
        policy = programs.policy()
        if args.metered:
            policy = replace(policy, metered=args.metered == "yes")
        if args.by_itself:
            policy = replace(policy, by_itself=args.by_itself == "yes")
        programs.set_policy(policy)
    emit(_told(Updates(args.data))) if args.json else say("已设好。")
    return EXIT_DONE


def _told(updates: Updates) -> dict[str, Json]:
    state, policy = updates.programs.read(), updates.programs.policy()
    return {
        "running": str(updates.running),
        "next": state.running or None,
        "ready": state.ready or None,
        "on_trial": bool(state.trial),
        "back_to": back_to(state) or None,
        "outcome": state.outcome.value or None,
        "about": state.about or None,
        "failed": list(state.failed),
        "pinned": policy.pinned or None,
        "metered": policy.metered,
        "by_itself": policy.by_itself,
    }


def _size(size: int) -> str:
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(size // 1024, 1)} KB"
