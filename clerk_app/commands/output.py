"""What the commands share: the common arguments, and JSON that goes to standard output line by line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import platformdirs

from clerk_app.domain.canonical import Json


def common(parser: argparse.ArgumentParser, *, unlock: bool = True, data: bool = True) -> None:
    """--data, --json and, where the vault must be opened, --clerk (the PIN is in CLERK_APP_PIN)."""
    if data:
        parser.add_argument("--data", type=Path, default=default_folder(), help="数据文件夹")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    if unlock:
        parser.add_argument("--clerk", default="", help="登录名；PIN 放在环境变量 CLERK_APP_PIN 里")


def default_folder() -> Path:
    """The platform's user data folder."""
    return Path(platformdirs.user_data_dir("clerk-app", appauthor=False))


def emit(value: Json) -> None:
    """One JSON value on one line, flushed: a reader may act on each line at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def pairs(texts: list[str]) -> dict[str, str]:
    """KEY=VALUE arguments. Raises argparse's own usage error through ValueError."""
    result = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise argparse.ArgumentTypeError(f"应写成 问题=回答：{text}")
        result[key] = value
    return result
