"""clerk-app update publish: making and signing releases on the publisher's own machine, without a network.

The passphrase of the keys is in the environment variable CLERK_APP_UPDATE_PASSPHRASE. See docs/updates.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.commands.output import emit, say
from clerk_app.errors import EXIT_DONE, BadInput, KeyProblem
from clerk_app.launching.folder import PROGRAM
from local_db.schema import VERSION as SCHEMA
from sync.updates.carrying import ENDING, write_bundle
from sync.updates.publishing import Repository
from sync.updates.signing_keys import NAMES
from sync.updates.trusted import fingerprint

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

PASSPHRASE = "CLERK_APP_UPDATE_PASSPHRASE"  # noqa: S105 - the variable's name


def register(subparsers: CommandGroup) -> None:
    """clerk-app update publish …"""
    group = subparsers.add_parser("publish", help="发布单位用：制作、签名、换钥匙").add_subparsers(
        metavar="动作", required=True
    )
    _command(group, "init", "新建更新仓库和钥匙").set_defaults(run=run_init)

    one = _command(group, "add", "签发一个版本")
    one.add_argument("tree", type=Path, help="打好包的程序文件夹")
    one.add_argument("--version", required=True)
    one.add_argument("--platform", required=True, help="linux-x86_64、linux-aarch64、windows-x86_64")
    one.add_argument("--schema", type=int, default=SCHEMA, help="这个版本的数据库版本")
    one.add_argument("--notes", default="", help="有什么变化，给窗口人员看的一两句话")
    one.set_defaults(run=run_add)

    one = _command(group, "withdraw", "撤下一个版本：还没装的不再装")
    one.add_argument("version")
    one.set_defaults(run=run_withdraw)

    _command(group, "renew", "续签：内容不变，期限重算").set_defaults(run=run_renew)

    one = _command(group, "rotate", "换一把钥匙")
    one.add_argument("key", choices=NAMES)
    one.set_defaults(run=run_rotate)

    one = _command(group, "bundle", "做成一个更新文件，拷到 U 盘或交给前置")
    one.add_argument("out", type=Path)
    one.add_argument("--platform", required=True)
    one.add_argument("--since", default="", metavar="VERSION", help="只带这个版本的窗口所缺的内容")
    one.set_defaults(run=run_bundle)


def _command(group: CommandGroup, name: str, words: str) -> argparse.ArgumentParser:
    one = group.add_parser(name, help=words)
    one.add_argument("repository", type=Path, help="更新仓库文件夹")
    one.add_argument("--keys", type=Path, required=True, help="放钥匙的文件夹（平时锁起来）")
    one.add_argument("--json", action="store_true", help="输出 JSON")
    return one


def _repository(args: argparse.Namespace) -> Repository:
    passphrase = os.environ.get(PASSPHRASE, "")
    if len(passphrase) < 8:
        raise KeyProblem("没有给出钥匙的口令（至少 8 个字）。", what_to_do=f"请把口令放在环境变量 {PASSPHRASE} 里。")
    return Repository(args.repository, args.keys, passphrase.encode())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def run_init(args: argparse.Namespace) -> int:
    _repository(args).found(_now())
    root = args.repository / "metadata" / "1.root.json"
    told = fingerprint(root.read_bytes())
    if args.json:
        emit({"root": str(root), "fingerprint": told})
    else:
        say(f"已建好。根证书：{root}\n指纹：{told}\n请把 {args.keys} 里的根钥匙分给三个人保管。")
    return EXIT_DONE


def run_add(args: argparse.Namespace) -> int:
    if not (args.tree / (PROGRAM if "windows" not in args.platform else "clerk-app.exe")).is_file():
        raise BadInput(
            "这个文件夹里没有 clerk-app 程序。", what_is_safe="没有发布。", what_to_do="请指打好包的程序文件夹。"
        )
    contents = _repository(args).add(args.tree, args.version, args.platform, args.schema, args.notes, _now())
    pack = max((piece.offset + piece.stored for piece in contents.pieces), default=0)
    if args.json:
        emit({"version": args.version, "files": len(contents.files), "size": contents.size})
    else:
        say(
            f"{args.version} 已签发：{len(contents.files)} 个文件，{contents.size // 1024**2} MB，最大的包 {pack // 1024} KB。"
        )
    return EXIT_DONE


def run_withdraw(args: argparse.Namespace) -> int:
    count = _repository(args).withdraw(args.version, _now())
    emit({"withdrawn": count}) if args.json else say("已撤下。请重新做更新文件，送到各前置。")
    return EXIT_DONE


def run_renew(args: argparse.Namespace) -> int:
    _repository(args).renew(_now())
    emit({"renewed": True}) if args.json else say("已续签。请重新做更新文件，送到各前置。")
    return EXIT_DONE


def run_rotate(args: argparse.Namespace) -> int:
    version = _repository(args).rotate(args.key, _now())
    emit({"root": version}) if args.json else say(f"{args.key} 已换，根证书是第 {version} 版。各窗口会自己跟上。")
    return EXIT_DONE


def run_bundle(args: argparse.Namespace) -> int:
    out = args.out if args.out.suffix == ENDING else args.out.with_name(args.out.name + ENDING)
    size = write_bundle(_repository(args), out, args.platform, args.since)
    emit({"file": str(out), "size": size}) if args.json else say(f"已写好 {out}（{size // 1024} KB）。")
    return EXIT_DONE
