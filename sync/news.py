"""Pull: feed entries since a cursor; the cursor moves in the same transaction as the effect, never before it.

An entry of an unknown kind is skipped, kept for a newer version, or stops the reading, as the entry itself says. An entry
of a known kind that cannot be applied is kept too and counted, so that it neither blocks the rest nor vanishes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clerk_app.domain.feed import FeedEntry, IfUnknown, NewsKind
from clerk_app.errors import Refused
from clerk_app.ports import Centre, Store, UnitOfWork

PAGE = 200
_KNOWN = frozenset(kind.value for kind in NewsKind)


@dataclass(frozen=True, slots=True)
class PullSummary:
    """``stopped``: an entry that only a newer version may pass. ``unusable``: known kinds that could not be applied."""

    applied: int = 0
    kept: int = 0
    skipped: int = 0
    unusable: int = 0
    stopped: bool = False
    cursor: int = 0


def _never() -> bool:
    return False


def pull_once(
    store: Store,
    centre: Centre,
    apply: Callable[[UnitOfWork, FeedEntry], None],
    *,
    known: frozenset[str] = _KNOWN,
    page: int = PAGE,
    stopping: Callable[[], bool] = _never,
) -> PullSummary:
    """Read the feed to its end.

    Raises:
        LineProblem, Refused: from the centre. StorageProblem: from the store. What was applied before stays applied.
    """
    with store.begin(reading=True) as uow:
        cursor = uow.news.cursor()
    counts = {"applied": 0, "kept": 0, "skipped": 0, "unusable": 0, "seen": 0}
    more = True
    while more and not stopping():
        answer = centre.news(cursor, page)
        if answer.head is not None and answer.head < cursor:
            cursor = _begin_again(store)
            continue
        for entry in answer.entries:
            became = take_entry(store, entry, apply, known=known)
            if became == "stopped":
                return _summary(counts, cursor, stopped=True)
            counts[became] += 1
            cursor = entry.cursor
        more = answer.more
    return _summary(counts, cursor, stopped=False)


def take_entry(
    store: Store,
    entry: FeedEntry,
    apply: Callable[[UnitOfWork, FeedEntry], None],
    *,
    known: frozenset[str] = _KNOWN,
) -> str:
    """Effect and cursor in one transaction; what became of the entry: applied, kept, skipped, unusable, seen or stopped."""
    is_known = entry.kind in known
    if not is_known and entry.if_unknown is IfUnknown.STOP:
        return "stopped"
    try:
        with store.begin() as uow:
            if uow.news.cursor() >= entry.cursor:
                return "seen"  # another sender of this data folder was first
            done = "applied"
            if is_known:
                apply(uow, entry)
            elif entry.if_unknown is IfUnknown.KEEP:
                uow.news.keep(entry)
                done = "kept"
            else:
                done = "skipped"
            uow.news.move_cursor(entry.cursor)
            uow.commit()
            return done
    except (Refused, ValueError, KeyError, TypeError):
        with store.begin() as uow:
            uow.news.keep(entry)
            uow.news.move_cursor(entry.cursor)
            uow.commit()
        return "unusable"


def _begin_again(store: Store) -> int:
    """The gateway went back to an older backup: its feed is read from the front, which changes nothing that stands."""
    with store.begin() as uow:
        uow.news.begin_again()
        uow.commit()
    return 0


def _summary(counts: dict[str, int], cursor: int, *, stopped: bool) -> PullSummary:
    return PullSummary(
        counts["applied"], counts["kept"], counts["skipped"], counts["unusable"], stopped=stopped, cursor=cursor
    )
