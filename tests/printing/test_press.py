"""Papers from a process of their own: the same bytes, nothing lost when it dies, and the window's interpreter stays free."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from clerk_app.bootstrap.press import press
from clerk_app.crypto.window_key import WindowKey
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form
from clerk_app.errors import Refused
from printing.paper import ReportlabPaper
from printing.press import Press
from printing.signing import Verdict, check
from printing.specimens.orders import Length, specimen
from tests.fakes.desk import SUITE

HERE = ReportlabPaper()


@pytest.fixture(scope="module")
def away() -> Iterator[Press]:
    made = press(Office(header="样例区行政审批局"))
    made.warm()
    yield made
    made.close()


def test_the_same_bytes_as_made_here(away: Press) -> None:
    office = Office(header="样例区行政审批局")
    for form, length in ((Form.F2, Length.SHORT), (Form.F4, Length.EXTREME)):
        order = specimen(form, length)
        assert away.render(order) == HERE.render(replace(order, office=office))
    assert set(away.forms()) == set(Form)


def test_a_refusal_comes_back_in_its_words(away: Press) -> None:
    with pytest.raises(Refused, match="没有这种文书要写的内容") as told:
        away.render(replace(specimen(Form.F2), form=Form.F11))
    assert told.value.what_is_safe == "办件没有变。"


def test_the_key_stays_here_and_signs(away: Press) -> None:
    key = WindowKey(SUITE, *SUITE.new_signing_pair())
    assert check(away.file(specimen(Form.F2), key)).verdict is Verdict.INTACT


def test_a_press_that_dies_or_cannot_start_loses_no_paper() -> None:
    order = specimen(Form.F2)
    expected = HERE.render(order)
    dying = press(Office())
    dying.warm()
    assert dying._child is not None
    os.kill(dying._child.pid, signal.SIGKILL)
    assert dying.render(order) == expected
    assert dying.render(order) == expected
    dying.close()
    for command in (["/nowhere/at/all"], [sys.executable, "-c", "pass"], [sys.executable, "-c", "print('x' * 400)"]):
        broken = Press(Office(), command)
        assert broken.render(order) == expected
        broken.close()


def test_the_interpreter_is_free_while_a_paper_is_made(away: Press) -> None:
    """The longest time that another thread cannot run; made here, a long form holds it up far longer."""
    order = specimen(Form.F1, Length.EXTREME)

    def longest_stall(render: object) -> float:
        worst, stop = 0.0, threading.Event()

        def beat() -> None:
            nonlocal worst
            last = time.perf_counter()
            while not stop.is_set():
                stop.wait(0.0005)
                now = time.perf_counter()
                worst, last = max(worst, now - last), now

        thread = threading.Thread(target=beat)
        thread.start()
        for _ in range(3):
            render(order)  # type: ignore[operator]
        stop.set()
        thread.join()
        return worst

    used = time.thread_time()
    away.render(order)
    assert time.thread_time() - used < 0.02  # this process hardly works
    assert longest_stall(away.render) < 0.25
