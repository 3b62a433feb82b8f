"""ADD A COMMAND HERE: one file with ``register(subparsers)``, one line in ``COMMANDS`` and one in ``HELP``. They use the window's
use cases.

A command's module is imported only when it is asked for, so that neither another command nor the help pays for its libraries.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    CommandGroup = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    CommandGroup = Any


class Command(Protocol):
    """What a command module offers."""

    def register(self, subparsers: CommandGroup) -> None: ...


COMMANDS: Mapping[str, str] = {
    "window": "window",
    "demo": "demo",
    "train": "train",
    "init": "setup",
    "clerk": "setup",
    "recovery": "setup",
    "recognise": "recognise",
    "catalogue": "catalogue",
    "case": "case",
    "print": "paper",
    "press": "press",
    "sync": "sync",
    "bundle": "bundle",
    "hall": "hall",
    "person": "person",
    "doctor": "doctor",
    "support-bundle": "support",
    "journal": "journal",
    "backup": "rescue",
    "restore": "rescue",
    "salvage": "rescue",
    "handover": "rescue",
    "update": "update",
    "gateway": "gateway",
    "bench": "bench",
}
"""First word on the command line, and the module that registers it."""

FROM_A_CHECKOUT = frozenset({"bench"})
"""What the frozen program leaves out: it drives the tests' own parts."""

HELP: Mapping[str, str] = {
    "window": "打开窗口（不写命令就是它）",
    "demo": "演示大厅：自带前置、样例人员和模拟摄像头",
    "train": "训练模式：练习用的大厅，和正式数据分开，办的都不算数",
    "init": "登记一个窗口；登记信息丢了的，重新登记",
    "clerk": "人员",
    "recovery": "恢复钥匙",
    "recognise": "识别图片或视频里的码、证件、页面",
    "catalogue": "事项目录",
    "case": "办件",
    "print": "把一件办件的文书存为 PDF，核对存好的 PDF，印样张",
    "press": "",
    "sync": "和区县前置同步",
    "bundle": "用 U 盘送件：导出、导入，窗口和前置都用它",
    "hall": "本厅别的窗口收的办件",
    "person": "一个人的信息：查阅、更正、删除；证件号码从标准输入读",
    "doctor": "检查磁盘、数据库、日志链、密钥、时钟、摄像头、打印机、前置、目录",
    "support-bundle": "给技术支持的文件：检查结果、设置和日志，没有个人信息",
    "journal": "日志",
    "backup": "备份到一个文件（加密）；不写文件就做一份滚动副本",
    "restore": "从备份（或 copies 里的本机副本）恢复到一个空的数据文件夹",
    "salvage": "把损坏的数据文件夹里读得出的都救到新的文件夹（--data）",
    "handover": "搬到另一台电脑：旧机写出文件，新机确认，旧机再清空",
    "update": "程序的版本与更新",
    "gateway": "区县前置",
    "bench": "测速（只在源码目录里有）",
}
"""What ``clerk-app --help`` says of each; empty for what people do not call. A test holds it to the modules' own words."""


def register(wanted: str, subparsers: CommandGroup) -> None:
    """The one command asked for; all of them by name and help for ``--help`` and for a word that nobody knows."""
    here = [name for name in COMMANDS if name not in FROM_A_CHECKOUT or not getattr(sys, "frozen", False)]
    if wanted in here:
        module(wanted).register(subparsers)
        return
    for name in here:
        if name not in HELP:
            module(name).register(subparsers)
        elif HELP[name]:
            subparsers.add_parser(name, help=HELP[name])
        else:
            subparsers.add_parser(name)


def module(name: str) -> Command:
    """The module that serves a command, imported now."""
    return cast("Command", import_module(f"{__name__}.{COMMANDS[name]}"))
