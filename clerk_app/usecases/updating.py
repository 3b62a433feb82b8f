"""Changing the version of the program: the rules about when, the rights, and the trace in the journal. The data stay where they are."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.releases import HOLD_WORDS, may_apply
from clerk_app.domain.rights import Right
from clerk_app.domain.versions import Versions, chosen, taken_back
from clerk_app.errors import Refused
from clerk_app.ports import Programs
from clerk_app.usecases.desk import Desk, must, must_keep_safe

HERE = "本机"
SAFE = "正在用的版本没有动，办件都在。"


def put_to_use(desk: Desk, programs: Programs, *, case_open: bool, copied: bool, unasked: bool = False) -> Versions:
    """What is ready runs from the next start on. ``copied``: a copy of the data was made and read back just now.

    ``unasked``: after work, by itself; then no right is asked for.

    Raises:
        Refused: a case is open, no copy, a version on trial, nothing ready, or no right to. StorageProblem.
    """
    if not unasked:
        must(desk, Right.DEVICES)
    may_be_put_to_use(programs, case_open=case_open, copied=copied)
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("program.chosen", version=programs.read().ready))
        uow.commit()
    return programs.change(chosen)


def may_be_put_to_use(programs: Programs, *, case_open: bool, copied: bool) -> None:
    """Raises Refused with the reason in words."""
    state = programs.read()
    if not state.ready and not state.trial:
        raise Refused("没有准备好的新版本。", what_is_safe=SAFE, what_to_do="请先下载，或插上 U 盘选更新文件。")
    hold = may_apply(state.ready, programs.policy(), case_open=case_open, copied=copied, on_trial=bool(state.trial))
    if hold is not None:
        raise Refused(HOLD_WORDS[hold], what_is_safe=SAFE)


def go_back(desk: Desk | None, programs: Programs) -> Versions:
    """The version from before runs from the next start on. Without a desk (the program does not come up) only the program folder's
    own state tells of it.

    Raises:
        Refused: the installed program is the one in use. StorageProblem.
    """
    if desk is not None:
        must(desk, Right.DEVICES)
    running = programs.read().running
    if not running:
        raise Refused("用的就是安装时的版本，没有上一版可以换回。", what_is_safe=SAFE)
    if desk is not None:
        with desk.store.begin() as uow:
            uow.journal.append(desk.happening("program.back", version=running))
            uow.commit()
    return programs.change(taken_back)


def pin(desk: Desk, programs: Programs, version: str) -> None:
    """Go no further than this version; an empty one lets go. Raises Refused without the right, StorageProblem."""
    must_keep_safe(desk)
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("program.pinned", version=version or "none"))
        uow.commit()
    told(programs, version, HERE)


def told(programs: Programs, version: str, by: str) -> None:
    """Keep a pin that came from the gateway or from here; the last word counts. Raises StorageProblem."""
    programs.set_policy(replace(programs.policy(), pinned=version, pinned_by=by if version else ""))
