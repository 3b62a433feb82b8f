"""Refusals and disk trouble of updates, as a clear word each. The version in use goes on working through all of them."""

from __future__ import annotations

from clerk_app.errors import Refused, StorageProblem
from sync.updates.sources import UNTOUCHED

_ASK = "请联系发布更新的单位，或换一个新的更新文件。"


def refused(what: str, what_to_do: str = _ASK) -> Refused:
    return Refused(what, what_is_safe=UNTOUCHED, what_to_do=what_to_do)


def not_what_was_signed() -> Refused:
    return refused("更新的内容和签名对不上：传坏了，或者被人改过。没有采用。")


def disk_trouble(error: OSError) -> StorageProblem:
    return StorageProblem(
        "更新写不进这台电脑：磁盘满了、文件夹不能写，或者盘坏了。",
        what_is_safe=UNTOUCHED,
        what_to_do="请先腾出空间，再试一次；已经下载的不用重下。",
    )
