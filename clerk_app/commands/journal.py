"""clerk-app journal export|verify: the journal for an auditor, and the proof that nobody touched it."""

from __future__ import annotations

import argparse
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk_and_house
from clerk_app.bootstrap.window_pub import own_key
from clerk_app.commands.output import common, emit, say
from clerk_app.crypto.suites import suite_by_id
from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.domain.paper import fingerprint
from clerk_app.durable import sync_file
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, StorageProblem
from clerk_app.usecases import setup
from clerk_app.usecases.journal_out import audit, export_journal, suite_of

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app journal …"""
    group = subparsers.add_parser("journal", help="日志").add_subparsers(metavar="动作", required=True)
    one = group.add_parser("export", help="导出日志（审计员、督导），带签名")
    common(one)
    one.add_argument("file", type=Path)
    one.set_defaults(run=run_export)
    one = group.add_parser("verify", help="核对一份导出的日志有没有被动过")
    common(one, unlock=False)
    one.add_argument("file", type=Path)
    one.add_argument(
        "--key", default="", help="认哪把窗口钥匙：纸上页脚印的 16 位，或窗口的 window.pub 文件；不写就认本机这一把"
    )
    one.set_defaults(run=run_verify)


def run_export(args: argparse.Namespace) -> int:
    count = 0
    with open_desk_and_house(args.data, args.clerk) as (home, desk):
        _window_id, keys, _gateway = setup.keys_of(desk.store)
        rows = export_journal(desk, lambda data: home.suite.sign(keys["private"], data), keys["public"])
        try:
            with os.fdopen(os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for row in rows:
                    file.write(canonical_bytes(row) + b"\n")
                    count += "seq" in row
            sync_file(args.file)
        except FileExistsError as error:
            raise BadInput("这个文件已经有了，没有覆盖它。", what_to_do="请换一个文件名。") from error
        except OSError as error:
            raise StorageProblem("日志没有导出成。", what_to_do="请检查路径和磁盘空间，再试一次。") from error
    emit({"file": str(args.file), "entries": count}) if args.json else say(f"已导出 {count} 条。")
    return EXIT_DONE


def run_verify(args: argparse.Namespace) -> int:
    try:
        lines = args.file.read_bytes().splitlines()
    except OSError as error:
        raise BadInput("读不到这个文件。", what_to_do="请核对路径。") from error
    found = audit(lines, suite_by_id(suite_of(lines), secrets.token_bytes).verify)
    expected = _expected(args.key) if args.key else own_key(args.data)
    known = bool(expected) and expected.replace(" ", "") == found.key.replace(" ", "")
    if args.json:
        values: dict[str, Json] = {"key": found.key, "expected": expected, "known": known}
        values |= {
            "hall": found.hall,
            "window": found.window,
            "entries": found.entries,
            "checkpoints": found.checkpoints,
        }
        emit({**values, "broken_at": found.broken_at, "text": found.words})
    else:
        say(found.words)
        say(
            f"文件里写的：大厅 {found.hall} 窗口 {found.window}，窗口钥匙 {found.key}。{_of_the_key(expected, known=known)}"
        )
    return EXIT_DONE if found.whole and known else EXIT_REFUSED


def _of_the_key(expected: str, *, known: bool) -> str:
    if known:
        return "是这把钥匙签的。"
    if expected:
        return f"不是要认的那把钥匙（{expected}）签的：不能当这个窗口的日志。"
    return "没有核对是谁签的：请和纸上页脚印的“窗口钥匙”核对，用 --key 写明再试。"


def _expected(key: str) -> str:
    """The fingerprint that was named, or of the key in the file that was named. Raises BadInput."""
    try:
        given = bytes.fromhex(Path(key).read_text("ascii").strip()) if Path(key).is_file() else b""
    except (OSError, ValueError) as error:
        raise BadInput("这个文件里不是窗口的公钥。", what_to_do="请用窗口数据文件夹里的 window.pub。") from error
    digits = "".join(key.split()).upper()
    if not given and not re.fullmatch("[0-9A-F]{16}", digits):
        raise BadInput("钥匙应是 16 位，或一个 window.pub 文件。", what_to_do="请看纸上页脚印的“窗口钥匙”。")
    return fingerprint(given) if given else digits
