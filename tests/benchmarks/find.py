"""Finding an item by what people say: every spoken pair of the tests, whole and at each keystroke, beside a bare look for the
letters in the same phrases (no pinyin, no slips, no ranking)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

from clerk_app.catalogue.loader import load_catalogue
from clerk_app.catalogue.search import phrases_of
from tests.catalogue.spoken import MORE_SPOKEN, SPOKEN

TYPED = (
    "shb ka",
    "lin shi jiu zu",
    "yangnao baoxian",
    "cxjmjbylbxdysl",
    "gaoningjintie",
    "angangangangang",
    "shanzhanchang",
)
"""Letters cost the most: those a hostile reader found slow, and some that many syllables begin with."""


def measure() -> Iterator[dict[str, str | int | float]]:
    """Milliseconds of processor time for one search."""
    catalogue = load_catalogue()
    phrases = sorted(phrases_of(catalogue.items(), catalogue.life_events()))
    pairs = [(typed, wanted) for said in (SPOKEN, MORE_SPOKEN) for wanted, texts in said.items() for typed in texts]
    first = sum(catalogue.search(typed)[0].id == wanted for typed, wanted in pairs)
    whole = [typed for typed, _ in pairs]
    keys = [typed[:size] for typed in (*whole, *TYPED) for size in range(1, len(typed) + 1)]
    for kind, queries in (("spoken", whole), ("letters", TYPED * 10), ("each_key", keys)):
        spent = _times(catalogue.search, queries)
        bare = _times(lambda query: [text for text in phrases if query in text], queries)
        yield {
            "kind": kind,
            "queries": len(queries),
            "p50_ms": round(statistics.median(spent), 2),
            "p95_ms": round(spent[int(len(spent) * 0.95) - 1], 2),
            "worst_ms": round(spent[-1], 2),
            "bare_p50_ms": round(statistics.median(bare), 3),
            "times_bare": round(statistics.median(spent) / statistics.median(bare), 1),
            "goal_worst_ms": 20,
        }
    yield {"kind": "first_hits", "pairs": len(pairs), "right": first}


def _times(look: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    spent = []
    for query in queries:
        began = time.process_time()
        look(query)
        spent.append((time.process_time() - began) * 1000)
    return sorted(spent)
