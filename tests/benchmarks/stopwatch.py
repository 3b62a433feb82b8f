"""The main job by a keyboard script on a real display: how many keys it takes, and how long the machine lets one wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from clerk_app.domain.hall import Role
from tests.bootstrap.folder import found
from tests.e2e.display import display


def measure() -> Iterator[dict[str, str | int | float]]:
    """One case (养老保险待遇申领) from the PIN to the preview of its receipt, without a line.

    ``keys``: a chord counts as one, a typed sign as one; ``clicks`` are the applicant's, stroke of the pen included. ``waited_s``:
    from a key until its answer stood there, the camera's reading (``scanned_s``: a code and a card one after the other, as they are
    laid down) included; ``accept_s``: F9 until the receipt stood there. Needs Xvfb and xdotool.
    """
    with tempfile.TemporaryDirectory() as folder, display() as there:
        data = found(Path(folder) / "window", ("wangmin", Role.CLERK))
        command = [sys.executable, "-m", "tests.e2e.real_keys", str(data)]
        done = subprocess.run(command, env={**os.environ, **there}, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    yield {
        "keys": told["keys"],
        "clicks": told["clicks"],
        "waited_s": round(told["waited_s"], 1),
        "scanned_s": round(told["scanned_s"], 1),
        "machine_s_without_scan": round(told["waited_s"] - told["scanned_s"], 1),
        "accept_s": round(told["accept_s"], 2),
        "whole_s": round(told["whole_s"], 1),
    }
