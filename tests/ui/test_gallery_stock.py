"""What the gallery's halls hold: pictures that are taken across midnight show the same."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clerk_app.usecases import visiting
from tests.ui.counter import counter, unguarded
from tests.ui.gallery.stock import lay_visits


def test_the_visits_are_there_before_midnight_and_after(pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    hall = counter(pool, tmp_path / "hall")
    with unguarded(hall):
        today = hall.desk.clock.now().legal_date
        lay_visits(hall.desk, today)
        for day in (today, today + dt.timedelta(days=1)):
            stops = visiting.day_of(hall.desk, day).stops
            assert [stop.visit.at for stop in stops] == ["09:10", "10:30", "15:20"]
    hall.store.close()
