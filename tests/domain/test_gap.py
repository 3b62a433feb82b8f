"""What is passed over when an older state of a window comes back (ADR 0014)."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from clerk_app.domain.numbering import SKIPPED, Gap, LocalNumber, gap_at, local_scope
from clerk_app.domain.time import Stamp

DAY = dt.date(2026, 11, 30)
ROW = local_scope(1, DAY)


def at(hour: int, minute: int) -> Stamp:
    moment = dt.datetime(2026, 11, 30, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return Stamp(int(moment.timestamp() * 1000))


def test_two_restores_of_one_day_share_no_local_number() -> None:
    """Whatever minute they are made in: each has at least as many serials to itself as a window gives out in a day."""
    ends = [gap_at(at(minute // 60, minute % 60)).behind(ROW, 57) for minute in range(24 * 60)]
    assert all(later - earlier >= 600 for earlier, later in pairwise(ends))


def test_in_one_minute_the_note_beside_the_backup_tells_them_apart() -> None:
    first, second = (gap_at(at(9, 30), times) for times in (1, 2))
    assert second.behind(ROW, 57) - first.behind(ROW, 57) == SKIPPED
    assert second.behind("paper:F2:1:2026", 57) - first.behind("paper:F2:1:2026", 57) == SKIPPED


def test_every_serial_of_the_day_still_makes_a_local_number() -> None:
    latest = gap_at(at(23, 59), 2).behind(ROW, 0) + 600
    assert LocalNumber.parse(str(LocalNumber("500199", "03", 1, DAY, latest))).serial == latest


@pytest.mark.parametrize(
    ("scope", "known", "behind"),
    [
        ("local:1:2026-11-29", 9, 209),
        ("local:1:2026-12-01", 0, 0),
        ("paper:F2:1:2026", 9, 209),
        ("paper:F2:1:2026", 0, 200),
        ("paper:F2:1:2027", 0, 0),
        ("hand:1", 4, 204),
    ],
)
def test_other_rows_pass_over_what_the_lost_days_may_have_given_out(scope: str, known: int, behind: int) -> None:
    assert gap_at(at(9, 30)).behind(scope, known) == behind


def test_a_floor_that_an_earlier_version_wrote_is_read() -> None:
    assert Gap.from_json({"count": 200, "until": "2026-11-30"}) == Gap(200, "2026-11-30", 0)
