"""A few connections side by side, each with a thread of its own: while one waits for its answer, the others go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from clerk_app.ports import Centre

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(slots=True)
class Lane:
    """One connection. ``chunk``: how many bytes of a page it carries at once, 0 while unknown."""

    centre: Centre
    chunk: int = 0


class Lanes:
    """Belongs to one thread, which alone takes lanes and gives them back. Leaving the block waits for what is under way."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._free = list(lanes)
        self._count = len(lanes)
        self._pool = ThreadPoolExecutor(max_workers=len(lanes) + 1, thread_name_prefix="lane")

    def __len__(self) -> int:
        return self._count

    def take(self) -> Lane:
        """A lane that is free; there is one whenever fewer than ``len`` are out."""
        return self._free.pop(0)

    def give_back(self, lane: Lane) -> None:
        self._free.insert(0, lane)

    def run(
        self, lane: Lane, act: Callable[Concatenate[Centre, Lane, _P], _T], *args: _P.args, **named: _P.kwargs
    ) -> Future[_T]:
        """Do something on a lane, in its thread."""
        return self._pool.submit(act, lane.centre, lane, *args, **named)

    def beside(self, act: Callable[_P, _T], *args: _P.args, **named: _P.kwargs) -> Future[_T]:
        """Do one thing at a time of our own while the lanes go on."""
        return self._pool.submit(act, *args, **named)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=True)
