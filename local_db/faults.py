"""What SQLite says, in the clerk's words. The one place that reads its error codes; no value ever enters a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from clerk_app.errors import AppError, Bug, DiskProblem, Refused, Stopped, StorageProblem
from local_db.disk_words import SAFE, full

_SUPPORT = "请不要重装或删除文件，先把整个数据文件夹复制一份，再联系技术支持。"


def damaged(message: str = "数据库文件有一处损坏。") -> StorageProblem:
    """A file that is not whole any more."""
    return StorageProblem(message, what_is_safe="程序没有改动它。", what_to_do=_SUPPORT)


def in_words(error: BaseException, *, reading: bool = False) -> AppError:
    """The error tree's member for an error of the driver; ``reading``: in a transaction that must not write."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    if reading and name == "SQLITE_READONLY":
        return Bug("只看不改的存取里写了数据。", what_is_safe=SAFE)
    if name.startswith("SQLITE_FULL"):
        return full()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return DiskProblem(
            "数据库正被另一个程序占用，刚才这一步没有存下。", what_is_safe=SAFE, what_to_do="请稍等几秒再试。"
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damaged()
    if name.startswith("SQLITE_IOERR"):
        return DiskProblem(
            "读写磁盘时出错，刚才这一步不一定存下了。",
            what_is_safe=SAFE,
            what_to_do="请先在办件列表里看一眼有没有，再决定要不要重做；再出现请检查磁盘。",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return DiskProblem("数据库文件打不开。", what_is_safe=SAFE, what_to_do="请检查数据文件夹的权限，再试一次。")
    if name.startswith("SQLITE_READONLY"):
        return DiskProblem(
            "数据文件夹是只读的，刚才这一步没有存下。", what_is_safe=SAFE, what_to_do="请检查文件夹权限，再试一次。"
        )
    if name.startswith("SQLITE_CONSTRAINT") and str(error).startswith("UNIQUE"):
        return Refused("这条记录已经存过了。", what_is_safe="原来的那份没有改动。", what_to_do="请在列表里查看。")
    if name.startswith("SQLITE_INTERRUPT"):
        return Stopped()
    if name.startswith("SQLITE_NOMEM"):
        return DiskProblem("电脑内存不够了。", what_is_safe=SAFE, what_to_do="请关掉别的程序，再试一次。")
    return Bug("存取数据时出了程序错误。", what_is_safe=SAFE, what_to_do="请把这句话告诉技术支持。")


@contextmanager
def spoken(*, reading: bool = False) -> Iterator[None]:
    """The adapter's edge: what SQLite raises inside leaves as a member of the error tree."""
    try:
        yield
    except DBAPIError as error:
        raise in_words(error.orig or error, reading=reading) from error
    except dbapi2.Error as error:
        raise in_words(error, reading=reading) from error
