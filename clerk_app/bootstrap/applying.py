"""Putting a version to use, in the order that keeps everything: rules, a copy of the data that was read back, the choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.house import House, house, only_login, pin_from_environment, sign_in
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.safekeeping import next_copy, rolling_copy, store_of
from clerk_app.bootstrap.updates import Progress, Updates, source_of
from clerk_app.domain.releases import HOLD_WORDS, may_fetch
from clerk_app.domain.versions import Versions, chosen
from clerk_app.errors import Refused
from clerk_app.settings import Settings
from clerk_app.usecases import updating
from clerk_app.usecases.desk import Desk
from local_db.engine import FILE_NAME, NewerDatabase, copy_database
from local_db.single_instance import WindowLock


@dataclass(frozen=True, slots=True)
class Applied:
    """``version`` runs from the next start on; empty: there was nothing newer."""

    version: str
    state: Versions


def copied(home: House, desk: Desk) -> bool:
    """A rolling copy, read back page by page; False when there is no room for one. Raises StorageProblem."""
    return rolling_copy(home, store_of(desk), force=True) is not None


def apply(
    data: Path,
    login: str,
    file: Path | None,
    *,
    unasked: bool = False,
    again: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Applied:
    """clerk-app update apply: bring what is offered, and put it to use, with no window open.

    ``unasked``: not a person but a timetable asks, so metered lines and waiting cases count. ``again``: also what failed here before.

    Raises:
        Refused, LineProblem, StorageProblem, KeyProblem: the version in use goes on working.
    """
    hall = noted_hall(data)
    home = house(Settings(data))
    updates = Updates(data)
    programs = updates.programs
    with WindowLock(data), _opened(home, login or only_login(home)) as (desk, copy):
        with source_of(file, hall.gateway, desk) as source:
            release = updates.look(source, again=again)
            if release is not None:
                hold = may_fetch(programs.policy(), waiting=_waiting(desk), by_hand=not unasked or bool(file))
                if hold is not None:
                    raise Refused(HOLD_WORDS[hold], what_is_safe=updating.SAFE)
                updates.bring(source, release, progress=progress)
        if not programs.read().ready:
            return Applied("", programs.read())
        updating.may_be_put_to_use(programs, case_open=False, copied=True)
        is_copied = copy()
        if desk is not None:
            state = updating.put_to_use(desk, programs, case_open=False, copied=is_copied, unasked=unasked)
        else:
            updating.may_be_put_to_use(programs, case_open=False, copied=is_copied)
            state = programs.change(chosen)
        return Applied(state.trial, state)


@contextmanager
def _opened(home: House, login: str) -> Iterator[tuple[Desk | None, Callable[[], bool]]]:
    """The clerk's desk, and how to copy the data; no desk where the database is a newer program's: it is copied as it stands."""
    try:
        desk = sign_in(home, login, pin_from_environment())
    except NewerDatabase:
        key = home.vault.unlock(login, pin_from_environment()).database_key
        target = next_copy(home.data, home.clock.now().utc_ms)

        def as_it_stands() -> bool:
            copy_database(home.data / FILE_NAME, key, target)
            return True

        yield None, as_it_stands
        return
    try:
        yield desk, lambda: copied(home, desk)
    finally:
        desk.store.close()


def _waiting(desk: Desk | None) -> int:
    if desk is None:
        return 0
    with desk.store.begin(reading=True) as uow:
        counts = uow.outbox.counts()
    return counts.waiting + counts.attachments
