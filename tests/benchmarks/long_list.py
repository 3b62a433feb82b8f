"""查询 over many cases, on the encrypted store: turns of the GUI thread while a clerk goes down to the last row, and while they type.

``CLERK_APP_BENCH_CASES`` sets how many (100,000 unless told). Milliseconds of the GUI thread's own processor time, and of the clock
for what a job reads; each against the same list with its first page only.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.search import CASES, SURNAMES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tests.ui.hall import Place

STEPS = 200
QUERIES = 40
_IDLE_MS = 0.2
"""A shorter turn only looked whether there was anything to do; kept, they would be most of the memory that is measured."""


def measure() -> Iterator[dict[str, str | int | float]]:
    """Both times and memory at the first page and with every row read."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from printing.fonts import BOLD, FALLBACK, REGULAR
    from tests.ui.counter import counter, taken, unguarded
    from tests.ui.hall import place
    from ui import theme
    from ui.app import SWITCH_S

    sys.setswitchinterval(SWITCH_S)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, (REGULAR, BOLD, FALLBACK))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(3) as pool:
        hall = counter(pool, Path(folder) / "hall", colleague=False)
        rng = random.Random(11)
        like = taken(place(pool), "social-card")
        who = like.content["applicant"]
        with unguarded(hall):
            for start in range(0, CASES, 1000):
                with hall.store.begin() as uow:
                    for n in range(start, min(start + 1000, CASES)):
                        name = rng.choice(SURNAMES) + rng.choice("伟芳娜秀敏静强") + rng.choice("明英华平")
                        content = {**like.content, "applicant": {**who, "name": name}}
                        number = f"{like.local_number}-{n}"
                        uow.cases.add(replace(like, id=f"{n:032x}", local_number=number, content=content))
                    uow.commit()
        yield from _walk(app, hall)
        hall.store.close()


def _walk(app: QApplication, hall: Place) -> Iterator[dict[str, str | int | float]]:
    from tests.ui.counter import search_of
    from tests.ui.hall import PIN
    from tests.ui.hands import Hands
    from ui.main_window import MainWindow

    turns: list[float] = []

    def turn(work: Callable[[], object]) -> None:
        began = time.thread_time()
        work()
        took = (time.thread_time() - began) * 1000
        if took > _IDLE_MS:
            turns.append(took)

    class Patience:
        @staticmethod
        def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as pytest-qt calls it
            end = time.monotonic() + 600
            while not holds():
                assert time.monotonic() < end
                turn(app.processEvents)

    window = MainWindow(hall.services)
    window.furnish(hall.services)
    hands = Hands(window, hall, Patience())  # type: ignore[arg-type]
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None and hands.idle())
    hands.view.go("search")
    search = search_of(hands)
    hands.until(lambda: hands.idle() and bool(search.found.rows))

    def told(what: str, **more: float) -> dict[str, str | int | float]:
        spent = sorted(turns)
        turns.clear()
        over = sum(each > 50 for each in spent)
        at = {
            "rows": len(search.found.rows),
            "turn_p50_ms": round(median(spent), 2),
            "turn_max_ms": round(spent[-1], 1),
            "over_50_ms": over,
        }
        return {"what": what, **at, **{key: round(value, 2) for key, value in more.items()}}

    bar = search.table.verticalScrollBar()

    def scroll() -> None:
        for step in range(STEPS):
            bar.setValue(max(bar.maximum() - 40 * (STEPS - step), 0))
            turn(search.table.viewport().repaint)

    turns.clear()
    scroll()
    yield told("scroll", rss_mb=_rss())
    search.table.setFocus()
    first = last = 0.0
    while len(search.found.rows) < CASES:
        held, began = len(search.found.rows), time.perf_counter()
        turn(lambda: hands.press("End"))  # a key, as the clerk's: a window without any locks itself
        if search.table.rows.more:
            search.table.rows.fetchMore(search.table.rootIndex())
        hands.until(lambda held=held: len(search.found.rows) > held and hands.idle())  # type: ignore[misc]
        last = (time.perf_counter() - began) * 1000
        first = first or last
    yield told("go down", first_page_ms=first, last_page_ms=last, rss_mb=_rss())
    scroll()
    yield told("scroll", rss_mb=_rss())
    rng, spent = random.Random(5), list[float]()
    for _ in range(QUERIES):
        wanted = rng.choice(SURNAMES) + rng.choice("伟芳娜秀敏静强")
        began = time.perf_counter()
        search.field.setText(wanted)
        hands.until(lambda: hands.idle() and not search._wait.isActive())
        spent.append((time.perf_counter() - began) * 1000)
    yield told("type", until_shown_p50_ms=median(spent), until_shown_max_ms=max(spent), of_it_waiting_ms=120)
    turns.clear()
    window.close()
    hands.until(lambda: window.closed)


def _rss() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
