"""clerk-app window (also with no command at all): the window on a data folder that is set up."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.front import open_first, open_window, say_in_a_window
from clerk_app.commands.output import common
from clerk_app.errors import EXIT_DONE, AppError
from clerk_app.settings import Settings

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app [window]."""
    one = subparsers.add_parser("window", help="打开窗口（不写命令就是它）")
    common(one, unlock=False)
    one.add_argument("file", nargs="?", type=Path, help="前置给的回执（双击它就会这样打开）：登录后导入")
    one.add_argument("--camera", default=None, help="摄像头编号、设备、视频文件或图片文件夹")
    one.add_argument("--from-icon", action="store_true", help="从图标打开：打不开时，原因显示在一个小窗口里")
    one.add_argument("--quit-at-once", action="store_true", help=argparse.SUPPRESS)
    one.add_argument("--quit-when-ready", action="store_true", help=argparse.SUPPRESS)
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    arguments = [
        *(["--quit-at-once"] if args.quit_at_once else []),
        *(["--quit-when-ready"] if args.quit_when_ready else []),
    ]
    try:
        if not arguments and not open_first(args.data):
            return EXIT_DONE
        return open_window(Settings(args.data, camera=args.camera), arguments=arguments, brought=args.file)
    except AppError as error:
        if args.from_icon:
            say_in_a_window(error)
        raise
