"""Starts Qt: theme, window, the excepthook seam. The only door of this package for the composition root.

What the sign-in page does not need is neither imported nor built here: it follows once the page is painted (main_window.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clerk_app.domain.display import DisplayChoice
from ui import theme
from ui.front_door import FrontDoor
from ui.main_window import MainWindow

QUIT_AT_ONCE, QUIT_WHEN_READY = "--quit-at-once", "--quit-when-ready"
SCALE_FACTOR = "QT_SCALE_FACTOR"
SWITCH_S = 0.0005
"""How long a job in Python may keep the interpreter while the window wants it. With Python's own 5 ms the turn in which the
receipt comes up took 374 ms while its preview was rendered, with this 143 ms (tests/ui/stalls.py)."""


def run(door: FrontDoor, argv: Sequence[str], brought: Path | None = None) -> int:
    """Show the window and stay until it is closed; everything typed is on disk when this returns.

    For measuring a start: with ``--quit-at-once`` among ``argv`` it closes as soon as the sign-in page was painted, with
    ``--quit-when-ready`` as soon as whoever signs in would not wait for anything but the PIN.

    ``brought``: the file that the program was opened with (a receipt from a stick).

    ``sys.excepthook`` as it stands is called first for each bug (bootstrap's crash report), then the clerk is told.
    """
    display = door.display.chosen() if door.display else DisplayChoice()
    application = QApplication.instance() or _application(argv, display.scale)
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    sys.setswitchinterval(SWITCH_S)
    application.setApplicationName("全科窗口")
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application, door.fonts, contrast=display.contrast, motion=display.motion)
    window = MainWindow(door, brought)
    window.resize(window.size().boundedTo(application.primaryScreen().availableSize()))
    report = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(kind, error, trace)
        window.say_bug()

    sys.excepthook = hook
    try:
        window.show()
        if QUIT_AT_ONCE in argv:
            QTimer.singleShot(0, window, window.close)  # before anything else that waits for the first picture
            window.repaint()
        if QUIT_WHEN_READY in argv:
            window.furnished.connect(window.close)
        return application.exec()
    finally:
        sys.excepthook = report


def _application(argv: Sequence[str], scale: int) -> QApplication:
    """Qt multiplies every size by its own factor, on top of what the screen asks for; read once, when it starts."""
    if scale != 100:
        os.environ[SCALE_FACTOR] = str(scale / 100)
    try:
        return QApplication(list(argv))
    finally:
        if scale != 100:
            del os.environ[SCALE_FACTOR]  # not for the programs that this one starts
