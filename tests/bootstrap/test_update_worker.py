"""The worker behind the window: it brings what is offered only while that costs nothing and no case waits, and says why it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clerk_app.bootstrap.house import house, sign_in
from clerk_app.bootstrap.line import LineDesk
from clerk_app.bootstrap.update_desk import LOOK_EVERY_S, TRY_AGAIN_S, UpdateDeskOfWindow
from clerk_app.bootstrap.updates import Updates, source_of
from clerk_app.domain.hall import Role
from clerk_app.domain.releases import Policy
from clerk_app.settings import Settings
from clerk_app.usecases.desk import Desk
from sync.updates.sources import Source
from sync.worker import LineStatus
from tests.bootstrap.folder import PIN, found
from tests.sync.updates.publisher import Publisher


class Worker(UpdateDeskOfWindow):
    """On a bundle in place of the line; its thread is not started."""

    bundle: Path
    interrupt_after = 2**31

    @contextmanager
    def _source(self, file: Path | None) -> Iterator[tuple[Updates, Source]]:
        with source_of(file or self.bundle, "", None) as source:
            yield Updates(self._home.data), source

    def _may_go_on(self) -> bool:
        self.interrupt_after -= 1
        if self.interrupt_after <= 0:
            self._line._changed(LineStatus(online=True, waiting=1))
        return super()._may_go_on()


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path / "publisher")
    made.publish("0.2.0", ballast=400_000)
    return made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    data = found(tmp_path / "d", ("wangmin", Role.CLERK))
    made = sign_in(house(Settings(data)), "wangmin", PIN)
    yield made
    made.store.close()


@pytest.fixture
def worker(tmp_path: Path, desk: Desk, publisher: Publisher) -> Worker:
    home = house(Settings(tmp_path / "d"))
    Updates(home.data).trusted.trust(publisher.root.read_bytes())
    line = LineDesk(home)
    line._changed(LineStatus(online=True))
    made = Worker(home, line, on_bug=lambda error: pytest.fail(str(error)))
    made.bundle = publisher.bundle()
    made._desk = desk
    return made


def test_with_a_free_line_it_brings_what_is_offered_and_puts_nothing_to_use(worker: Worker) -> None:
    assert worker.round() == LOOK_EVERY_S
    state = worker.state()
    assert (state.versions.ready, state.versions.trial) == ("0.2.0", "")
    worker.after_work()
    assert worker.state().versions.trial == "0.2.0"


def test_on_a_metered_line_it_says_so_and_a_person_may_all_the_same(worker: Worker) -> None:
    worker._programs.set_policy(Policy(metered=True))
    assert worker.round() == LOOK_EVERY_S
    assert "按流量计费" in worker.state().words
    assert worker.state().offered == "0.2.0"
    assert worker.state().to_fetch > 100_000
    assert worker.fetch(lambda _done, _all: None, lambda: False).versions.ready == "0.2.0"


def test_cases_go_first_and_one_that_comes_in_between_breaks_it_off(worker: Worker) -> None:
    worker._line._changed(LineStatus(online=True, waiting=2))
    assert worker.round() == TRY_AGAIN_S
    assert "先送办件" in worker.state().words
    worker._line._changed(LineStatus(online=True))
    worker.interrupt_after = 2
    assert worker.round() == TRY_AGAIN_S
    assert worker.state().versions.ready == ""
    worker.interrupt_after = 2**31
    worker._line._changed(LineStatus(online=True))
    assert worker.round() == LOOK_EVERY_S
    assert worker.state().versions.ready == "0.2.0"


def test_a_person_who_stops_it_finds_it_where_it_was(worker: Worker) -> None:
    answers = iter([False, True])
    state = worker.fetch(lambda _done, _all: None, lambda: next(answers, True))
    assert state.versions.ready == ""
    assert worker.fetch(lambda _done, _all: None, lambda: False).versions.ready == "0.2.0"


def test_what_is_refused_is_said_and_a_program_without_a_publisher_is_quiet(worker: Worker, tmp_path: Path) -> None:
    stranger = Publisher(tmp_path / "stranger")
    stranger.publish("0.9.0")
    worker.bundle = stranger.bundle()
    assert worker.round() == LOOK_EVERY_S
    assert "签名不对" in worker.state().words
    (worker._programs.folder.path / "trust" / "trusted_root.json").unlink()
    worker._say("", "")
    assert worker.round() == LOOK_EVERY_S
    assert worker.state().words == ""
