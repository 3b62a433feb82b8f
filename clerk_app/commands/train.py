"""clerk-app train: 训练模式, a practice hall in a folder of its own with its own gateway; --headless walks the main job once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.demo import LOGIN, PIN, walk_main_job
from clerk_app.bootstrap.eyes import DemoDesk
from clerk_app.bootstrap.front import open_window
from clerk_app.bootstrap.training import training_hall
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE
from clerk_app.settings import Settings

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app train."""
    one = subparsers.add_parser("train", help="训练模式：练习用的大厅，和正式数据分开，办的都不算数")
    common(one, unlock=False)
    one.add_argument("--headless", action="store_true", help="不开窗口，把整个流程走一遍")
    one.add_argument("--camera", default=None, help="用真摄像头代替样例画面")
    one.add_argument("--quit-at-once", action="store_true", help=argparse.SUPPRESS)
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    with training_hall(args.data) as hall:
        if args.headless:
            for step in walk_main_job(hall):
                emit(step) if args.json else say(f"{step['step']:>2}. {step['title']}：{step['text']}")
            return EXIT_DONE
        desk = DemoDesk(hall.data)
        desk.start()
        try:
            settings = Settings(hall.data, camera=args.camera or str(desk.folder), demo=True, training=True)
            arguments = ["--quit-at-once"] if args.quit_at_once else []
            return open_window(settings, hint=f"训练：登录名 {LOGIN}，PIN {PIN}", arguments=arguments)
        finally:
            desk.stop()
