"""With a second monitor the applicant's window fills it, and the clerk's stays where it is; with one it comes to the front."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def shown(screens: int, tmp_path: Path) -> dict[str, object]:
    """Where both windows are while an applicant reads, on a PC with so many monitors side by side."""
    sides = [{"name": f"s{n}", "x": n * 1366, "y": 0, "width": 1366 if n == 0 else 1280, "height": 768 if n == 0 else 1024,
              "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1} for n in range(screens)]  # fmt: skip
    config = tmp_path / "screens.json"
    config.write_text(
        json.dumps({"synchronousWindowSystemEvents": True, "windowFrameMargins": False, "screens": sides})
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.on_screens", str(config)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_applicant_has_the_second_monitor_to_themselves(tmp_path: Path) -> None:
    told = shown(2, tmp_path)
    assert told["applicant"] == [1366, 0, 1280, 1024]
    assert told["full"] is True
    assert told["clerk_active"] is True, "reading there takes no key away here"
    assert told["clerk_screen"] == "s0"
    assert told["quiet_full"] is True, "between clients a quiet page stands there"


def test_with_one_monitor_it_is_turned_to_the_citizen(tmp_path: Path) -> None:
    told = shown(1, tmp_path)
    assert told["applicant"] == [0, 0, 1366, 768]
    assert told["full"] is False
    assert told["quiet_full"] is False
