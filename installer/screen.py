"""An X display without a screen (Xvfb), and pictures of what stands on it.

python -m installer.screen take DISPLAY FILE.png      for scripts: waits until a window stands there and nothing moves any more
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "1366x768"
_PATIENCE_S = 120.0


@contextmanager
def display() -> Iterator[str]:
    """The name of a new display; gone afterwards."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def wait_and_take(number: str, file: Path, still_runs: Callable[[], bool] = lambda: True) -> None:
    """Take a picture once something stands on the display and two looks a second apart are the same.

    Raises:
        RuntimeError: the program ended first, or nothing stood still in time.
    """
    end = time.monotonic() + _PATIENCE_S
    before = b""
    while time.monotonic() < end:
        if not still_runs():
            raise RuntimeError("the program ended before its window stood")
        _take(number, file)
        now = file.read_bytes()
        if now == before and _covered(file) > 0.5:
            return
        before = now
        time.sleep(1.0)  # how far apart two looks are
    raise RuntimeError(f"nothing stood still on the display: {file}")


def _take(number: str, file: Path) -> None:
    code = (
        "import sys; from PySide6.QtGui import QGuiApplication; a = QGuiApplication(['screen']);"
        "a.primaryScreen().grabWindow(0).save(sys.argv[1], 'PNG')"
    )
    env = {**os.environ, "DISPLAY": number, "QT_QPA_PLATFORM": "xcb"}
    subprocess.run([sys.executable, "-c", code, str(file)], env=env, check=True)


def _covered(file: Path) -> float:
    """The share of the picture that is not the bare display's black."""
    from PIL import Image

    with Image.open(file) as picture:
        counts = picture.convert("L").histogram()
    return 1 - counts[0] / sum(counts)


if __name__ == "__main__":
    wait_and_take(sys.argv[2], Path(sys.argv[3]))
