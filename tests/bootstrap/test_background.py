"""Work that no screen asked for: ended by asking, and what it did not expect is reported."""

from __future__ import annotations

import threading

from clerk_app.bootstrap.background import Background


def test_it_ends_when_asked_and_starts_anew() -> None:
    bugs = list[BaseException]()
    worker, rounds = Background("test", bugs.append), list[int]()
    for clerk in (1, 2):
        begun = threading.Event()

        def work(stopping: threading.Event, clerk: int = clerk, begun: threading.Event = begun) -> None:
            rounds.append(clerk)
            begun.set()
            stopping.wait(30)

        worker.start(work)
        assert begun.wait(30)
    worker.stop()
    assert rounds == [1, 2]
    assert bugs == []


def test_one_that_was_slow_to_end_does_not_go_on_beside_the_next() -> None:
    worker = Background("test", lambda _error: None)
    busy, free, ended = threading.Event(), threading.Event(), threading.Event()
    told = list[bool]()

    def slow(stopping: threading.Event) -> None:
        busy.set()
        free.wait(30)
        told.append(stopping.is_set())
        ended.set()

    worker.start(slow)
    assert busy.wait(30)
    worker.stop(timeout_s=0.0)
    worker.start(lambda stopping: None)
    free.set()
    assert ended.wait(30)
    assert told == [True]
    worker.stop()


def test_a_bug_is_reported_and_nothing_else_dies() -> None:
    told = threading.Event()
    bugs = list[BaseException]()

    def on_bug(error: BaseException) -> None:
        bugs.append(error)
        told.set()

    worker = Background("test", on_bug)

    def fail(_stopping: threading.Event) -> None:
        list[int]().pop()

    worker.start(fail)
    assert told.wait(30)
    assert isinstance(bugs[0], IndexError)
    worker.stop()
