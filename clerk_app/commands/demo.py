"""clerk-app demo: a ready demo hall with its own gateway; --headless runs the whole main job once without a window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.demo import LOGIN, PIN, demo_hall, walk_main_job
from clerk_app.bootstrap.eyes import DemoDesk
from clerk_app.bootstrap.front import open_window
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE
from clerk_app.settings import Settings

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app demo."""
    one = subparsers.add_parser("demo", help="演示大厅：自带前置、样例人员和模拟摄像头")
    common(one, unlock=False, data=False)
    one.add_argument("--data", type=Path, default=Path(".demo"), help="演示数据文件夹")
    one.add_argument("--headless", action="store_true", help="不开窗口，把整个流程走一遍")
    one.add_argument("--camera", default=None, help="用真摄像头或别的录像代替样例画面")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    with demo_hall(args.data) as demo:
        if args.headless:
            for step in walk_main_job(demo):
                emit(step) if args.json else say(f"{step['step']:>2}. {step['title']}：{step['text']}")
            return EXIT_DONE
        desk = DemoDesk(args.data)
        desk.start()
        try:
            settings = Settings(args.data, camera=args.camera or str(desk.folder), demo=True)
            return open_window(settings, hint=f"演示：登录名 {LOGIN}，PIN {PIN}")
        finally:
            desk.stop()
