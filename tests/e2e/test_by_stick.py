"""The USB way by the commands: window → stick → gateway → receipt → window, with no line at any time."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Hall
from tests.e2e.test_offline import sample_cases


def test_cases_go_by_stick_and_are_settled_by_the_receipt(hall: Hall, tmp_path: Path) -> None:
    hall.stop_gateway()
    stick = tmp_path / "stick"
    stick.mkdir()
    answers = hall.run("case", "accept", "-", *hall.at(), stdin=sample_cases(hall, "pension-claim", 3))
    (first,) = hall.run("bundle", "export", str(stick), "--case", answers[0]["local_number"], *hall.at())
    assert (first["cases"], first["left"]) == (1, 0)
    (rest,) = hall.run("bundle", "export", str(stick), "--next", *hall.at())
    assert rest["cases"] == 2
    gateway = ("--data", str(hall.gateway_data), "--json")
    files = sorted(str(each) for each in stick.glob("*.bundle"))
    told = hall.run("bundle", "import", *files, *gateway)
    assert sorted(number for each in told for number in each["whole"]) == sorted(
        each["local_number"] for each in answers
    )
    assert len(hall.dump()) == 3
    receipts = sorted(str(each) for each in stick.glob("*.receipt"))
    came = hall.run("bundle", "import", *receipts, *hall.at())
    assert sum(each["acknowledged"] for each in came) == 3
    assert {row["sync"] for row in hall.run("case", "list", *hall.at())} <= {"acknowledged", "numbered"}
    (by_now,) = hall.run("bundle", "export", str(stick), *gateway)  # how things stand by now, for every bundle
    assert len(by_now["files"]) == 2
    wrong = hall.raw("bundle", "import", files[0], *hall.at())
    assert wrong.returncode == 3
    assert "送往前置的办件包" in wrong.stderr.decode()
