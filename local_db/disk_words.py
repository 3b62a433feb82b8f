"""Trouble with a file beside the database, in the clerk's words. Apart from faults.py: the lock of the window needs no SQL."""

from __future__ import annotations

import errno

from clerk_app.errors import DiskProblem

SAFE = "已经存好的办件没有受影响。"


def disk_problem(error: OSError) -> DiskProblem:
    """The error tree's member for an OSError."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full()
    return DiskProblem(
        "数据文件夹读写失败。", what_is_safe=SAFE, what_to_do="请检查磁盘是否还在、文件夹权限是否正确，再试一次。"
    )


def full() -> DiskProblem:
    """No room left."""
    return DiskProblem("磁盘满了，刚才这一步没有存下。", what_is_safe=SAFE, what_to_do="请清理磁盘空间，再做一次。")
