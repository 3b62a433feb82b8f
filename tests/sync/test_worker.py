"""The line's thread: it delivers by itself, comes back by itself, says how things are, and stops in the middle."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clerk_app.domain.feed import FeedEntry
from clerk_app.errors import Bug
from clerk_app.ports import Centre, UnitOfWork
from clerk_app.usecases import news
from local_db.unit_of_work import SqlStore
from sync.http_line import line_problem
from sync.protocol import CHUNK
from sync.worker import LineStatus, SyncWorker
from tests.sync.hall import CountedIds, GatewayProcess, Proxy, ShiftedClock, Window, enrol, sample_case, take


class Watch:
    """Collects what the worker says and lets a test wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.seen: list[LineStatus] = []

    def __call__(self, status: LineStatus) -> None:
        with self._changed:
            self.seen.append(status)
            self._changed.notify_all()

    def until(self, **wanted: object) -> LineStatus:
        def matching() -> LineStatus | None:
            latest = self.seen[-1] if self.seen else None
            return latest if latest and all(getattr(latest, name) == value for name, value in wanted.items()) else None

        with self._changed:
            assert self._changed.wait_for(lambda: matching() is not None, 15), self.seen[-3:]
            return self.seen[-1]

    def forget(self) -> None:
        with self._changed:
            self.seen.clear()


def apply(uow: UnitOfWork, entry: FeedEntry) -> None:
    news.apply(uow, entry, ShiftedClock().now())


@contextlib.contextmanager
def working(store: SqlStore, window: Window, url: str, watch: Watch, **more: Any) -> Iterator[SyncWorker]:
    centre = window.centre(url)
    worker = SyncWorker(
        store,
        centre,
        window.clock,
        CountedIds(),
        more.pop("apply", apply),
        watch,
        interrupt=centre.interrupt,
        idle_s=0.2,
        **more,
    )
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop()


def test_it_delivers_and_brings_the_number_back(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    watch = Watch()
    with working(store, window, gateway.url, watch) as worker:
        watch.until(online=True, waiting=0, problem="")
        take(store, window, sample_case("work-1"), [os.urandom(1000)])
        worker.nudge()
        status = watch.until(online=True, waiting=0, attachments=0, sending="")
        assert status.last_ok_ms > 0
        number = ""
        while not number:
            watch.forget()
            watch.until(online=True, sending="")  # one more round
            with store.begin(reading=True) as uow:
                case = uow.cases.get("work-1")
                assert case is not None
                number = case.case_number
        assert number.startswith("DEMO-")


def test_offline_it_says_so_and_delivers_by_itself_when_the_gateway_is_back(tmp_path: Path, store: SqlStore) -> None:
    gateway, watch = GatewayProcess(tmp_path / "gateway"), Watch()
    with gateway:
        window = enrol(gateway.url, gateway.token())

    def brisk(event: threading.Event, seconds: float) -> None:
        assert seconds <= 20  # an outage never makes it look away for minutes
        event.wait(min(seconds, 0.1))

    take(store, window, sample_case("back-1"))
    with working(store, window, gateway.url, watch, wait=brisk):
        watch.until(online=False, waiting=1, problem=line_problem("连不上前置。").sentence())
        assert watch.seen[0].waiting == 1  # said before anything was tried
        with gateway:
            watch.until(online=True, waiting=0, problem="", sending="")
            assert [row["case_id"] for row in gateway.dump()] == ["back-1"]


def test_it_stops_in_the_middle_of_a_request(window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("mid-1"))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        watch, asked = Watch(), threading.Event()

        def swallow() -> None:
            client, _ = mute.accept()
            with client:
                client.recv(65536)
                asked.set()
                client.recv(65536)  # until the worker hangs up

        listener = threading.Thread(target=swallow)
        listener.start()
        with working(store, window, f"http://127.0.0.1:{mute.getsockname()[1]}", watch):
            assert asked.wait(10)
        listener.join(10)
        assert not listener.is_alive()
    with store.begin(reading=True) as uow:
        assert uow.outbox.counts().waiting == 1


def test_a_cut_during_an_attachment_is_taken_up_again(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("resume-1"), [os.urandom(8 * CHUNK)])
    proxy, watch = Proxy(gateway.port), Watch()
    proxy.cut_after = 3 * CHUNK
    with working(store, window, proxy.url, watch) as worker:
        watch.until(online=False, waiting=0, attachments=1)
        proxy.down = False
        worker.nudge()
        watch.until(online=True, attachments=0, sending="")
    proxy.close()
    assert any(status.sending == "正在送附件" for status in watch.seen)
    assert proxy.went_up < 11 * CHUNK


def test_a_fault_of_ours_is_reported_and_does_not_end_it(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("bug-1"))
    faults: list[BaseException] = []
    watch = Watch()

    def buggy(uow: UnitOfWork, entry: FeedEntry) -> None:
        if not faults:
            raise ZeroDivisionError
        apply(uow, entry)

    with working(store, window, gateway.url, watch, apply=buggy, on_bug=faults.append):
        watch.until(problem="同步出了内部错误，已记下。办件都在本机，稍后自动重试。")
        watch.until(online=True, problem="", waiting=0)
    assert isinstance(faults[0], ZeroDivisionError)
    with store.begin(reading=True) as uow:
        case = uow.cases.get("bug-1")
        assert case is not None
        assert case.case_number


@pytest.mark.parametrize("raised", [Bug("测试")])
def test_one_of_our_own_bugs_shows_as_a_problem(
    raised: Bug, gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    watch = Watch()

    class Broken:
        def greet(self) -> None:
            raise raised

    broken: Centre = Broken()  # type: ignore[assignment]
    worker = SyncWorker(store, broken, window.clock, CountedIds(), apply, watch, idle_s=0.1)
    worker.start()
    watch.until(online=False, problem="测试")
    assert worker.stop()
