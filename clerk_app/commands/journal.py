"""clerk-app journal export|verify: the journal for an auditor, and the proof that nobody touched it."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk_and_house
from clerk_app.commands.output import common, emit, say
from clerk_app.crypto.suites import suite_by_id
from clerk_app.domain.canonical import canonical_bytes
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
    if args.json:
        values = {"entries": found.entries, "checkpoints": found.checkpoints}
        emit({**values, "broken_at": found.broken_at, "text": found.words})
    else:
        say(found.words)
    return EXIT_DONE if found.whole else EXIT_REFUSED
