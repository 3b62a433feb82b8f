"""Work that no screen asked for: ended by asking, and what it did not expect is reported."""

from __future__ import annotations

import threading

from clerk_app.bootstrap.background import Background


def test_it_ends_when_asked_and_starts_anew() -> None:
    bugs = list[BaseException]()
    worker, rounds = Background("test", bugs.append), list[int]()
    for clerk in (1, 2):
        begun = threading.Event()

        def work(clerk: int = clerk, begun: threading.Event = begun) -> None:
            rounds.append(clerk)
            begun.set()
            worker.stopping.wait(30)

        worker.start(work)
        assert begun.wait(30)
    worker.stop()
    assert rounds == [1, 2]
    assert bugs == []


def test_a_bug_is_reported_and_nothing_else_dies() -> None:
    told = threading.Event()
    bugs = list[BaseException]()

    def on_bug(error: BaseException) -> None:
        bugs.append(error)
        told.set()

    worker = Background("test", on_bug)

    def fail() -> None:
        list[int]().pop()

    worker.start(fail)
    assert told.wait(30)
    assert isinstance(bugs[0], IndexError)
    worker.stop()
