"""A store whose next commit fails: before it is done, or after it was done (the outcome then looks like a failure)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from clerk_app.errors import StorageProblem
from clerk_app.ports import Store, UnitOfWork


class FaultyStore:
    """Wraps a store. ``fail_at``: which commits from now on fail (0 is the next); ``after``: really done before failing.

    ``commits`` counts those that were tried. ``watch`` looks just after each commit that worked, from a thread of its own,
    as a printer worker or the courier would; what it raises is raised by the commit.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fail_at: set[int] = set()
        self.after = False
        self.commits = 0
        self.watch: Callable[[], None] | None = None

    def begin(self, *, reading: bool = False) -> UnitOfWork:
        return _Watched(self, self.store.begin(reading=reading))

    def quick_check(self) -> tuple[str, ...]:
        return self.store.quick_check()

    def close(self) -> None:
        self.store.close()

    def arm(self, *commits: int, after: bool = False) -> None:
        self.fail_at, self.after, self.commits = set(commits), after, 0


class _Watched:
    def __init__(self, owner: FaultyStore, inner: UnitOfWork) -> None:
        self._owner, self._inner = owner, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self) -> None:
        owner, turn = self._owner, self._owner.commits
        owner.commits += 1
        if turn in owner.fail_at and not owner.after:
            raise StorageProblem("磁盘写不进去。")
        self._inner.commit()
        if owner.watch:
            with ThreadPoolExecutor(1) as beside:
                beside.submit(owner.watch).result()
        if turn in owner.fail_at:
            raise StorageProblem("磁盘没有答复。")

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)
