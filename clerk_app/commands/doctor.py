"""clerk-app doctor: what is well, what is not, and what to do about each. The first thing support asks for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from clerk_app.bootstrap.doctor import examine
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE, EXIT_ENVIRONMENT

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

SIGNS = {"ok": "好", "warning": "注意", "fault": "有问题"}


def register(subparsers: CommandGroup) -> None:
    """clerk-app doctor."""
    one = subparsers.add_parser("doctor", help="检查磁盘、数据库、日志链、密钥、时钟、摄像头、打印机、前置、目录")
    common(one)
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    findings = examine(args.data, args.clerk)
    if args.json:
        emit([{"check": f.check, "state": f.state, "text": f.text, "what_to_do": f.what_to_do} for f in findings])
    else:
        for finding in findings:
            say(f"[{SIGNS[finding.state]}] {finding.check}：{finding.text}{finding.what_to_do}")
    return EXIT_ENVIRONMENT if any(finding.state == "fault" for finding in findings) else EXIT_DONE
