"""One whole case from scan to receipt with the X server's own key and pointer events, on the real vault, store and camera path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app.bootstrap.house import open_desk
from clerk_app.domain.hall import Role
from clerk_app.usecases.intake import drafts
from clerk_app.usecases.queries import case_rows
from tests.bootstrap.folder import PIN, found
from tests.e2e.display import display

MOST_KEYS = 140
"""PIN, item by initials, every field of the form, all steps: more than this is a detour."""


@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool (apt-packages.txt)"
)
def test_from_scan_to_receipt_with_real_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = found(tmp_path / "window", ("wangmin", Role.CLERK))
    with display() as there:
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.real_keys", str(data)],
            env={**os.environ, **there},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    effort = json.loads(done.stdout.splitlines()[-1])
    assert effort["keys"] <= MOST_KEYS
    monkeypatch.setenv("CLERK_APP_PIN", PIN)
    with open_desk(data, "wangmin") as desk:
        assert [row.local_number for row in case_rows(desk)] == [effort["number"]]
        assert drafts(desk) == ()
