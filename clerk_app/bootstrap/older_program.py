"""After a version of the program was taken back: the older program meets the database that the newer one left."""

from __future__ import annotations

from pathlib import Path

from clerk_app.domain.journal import CHECKPOINTS
from clerk_app.domain.versions import Outcome
from clerk_app.launching.folder import program_folder
from clerk_app.ports import CipherSuite
from local_db.engine import NewerDatabase
from local_db.stepping_back import step_back
from local_db.unit_of_work import SqlStore

SETS_ITSELF = ("handover", CHECKPOINTS)
"""Settings that a sign-in writes; they are nobody's work."""


def open_after_rollback(data: Path, key: bytes, suite: CipherSuite, error: NewerDatabase) -> SqlStore:
    """The store, with the database of before the update where nothing was taken since.

    Raises:
        NewerDatabase: something was taken with the newer program (or no update was taken back here); nothing was changed.
        StorageProblem: the disk.
    """
    if program_folder(data).read().outcome not in {Outcome.ROLLED_BACK, Outcome.TAKEN_BACK}:
        raise error
    if not step_back(data, key, suite, SETS_ITSELF):
        raise NewerDatabase(
            "新版本已经收过件，它的数据库旧版打不开。",
            what_is_safe="办件都在，一件没丢。",
            what_to_do=(
                "请装上修好的新版本再打开（clerk-app update apply，没有网络用 --from 更新文件）；"
                "急着开窗口，请管理员用 clerk-app salvage 把办件救到新文件夹。"
            ),
        ) from error
    return SqlStore(data, key, suite)
