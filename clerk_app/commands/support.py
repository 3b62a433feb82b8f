"""clerk-app support-bundle: a file for technical support, without personal data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.support import write_support_bundle
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app support-bundle FILE."""
    one = subparsers.add_parser("support-bundle", help="给技术支持的文件：检查结果、设置和日志，没有个人信息")
    common(one)
    one.add_argument("file", type=Path, help="写到哪个文件（zip）")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    inside = write_support_bundle(args.data, args.clerk, args.file)
    if args.json:
        emit({"file": str(args.file), "inside": list(inside)})
    else:
        say(f"已写好：{args.file}。里面没有办件内容和个人信息，发出之前可以打开看。")
    return EXIT_DONE
