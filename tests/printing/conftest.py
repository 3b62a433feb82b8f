"""A real CUPS scheduler for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.printing.cups import Cups, scheduler_in


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cups]:
    """One cupsd for all tests of this process."""
    with scheduler_in(tmp_path_factory.mktemp("cups")) as cups:
        yield cups


@pytest.fixture
def cups(scheduler: Cups, monkeypatch: pytest.MonkeyPatch) -> Cups:
    """The scheduler, and the commands of this process pointed at it."""
    monkeypatch.setenv("CUPS_SERVER", str(scheduler.folder / "cups.sock"))
    return scheduler
