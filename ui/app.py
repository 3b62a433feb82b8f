"""Starts Qt: theme, window, the excepthook seam. The only door of this package for the composition root."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clerk_app.ports import DisplayChoice
from ui import theme
from ui.first_run import FirstRun, FirstSteps
from ui.main_window import MainWindow
from ui.services import WindowServices

QUIT_AT_ONCE = "--quit-at-once"
SCALE_FACTOR = "QT_SCALE_FACTOR"
SWITCH_S = 0.0005
"""How long a job in Python may keep the interpreter while the window wants it. With Python's own 5 ms the turn in which the
receipt comes up took 374 ms while its preview was rendered, with this 143 ms (tests/ui/stalls.py)."""


def run(services: WindowServices, argv: Sequence[str]) -> int:
    """Show the window and stay until it is closed; everything typed is on disk when this returns.

    With ``--quit-at-once`` among ``argv`` it closes as soon as the sign-in page was painted: how long a start takes.

    ``sys.excepthook`` as it stands is called first for each bug (bootstrap's crash report), then the clerk is told.
    """
    display = services.display.chosen() if services.display else DisplayChoice()
    application = QApplication.instance() or _application(argv, display.scale)
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    sys.setswitchinterval(SWITCH_S)
    application.setApplicationName("全科窗口")
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application, services.fonts, contrast=display.contrast, motion=display.motion)
    window = MainWindow(services)
    window.resize(window.size().boundedTo(application.primaryScreen().availableSize()))
    report = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(kind, error, trace)
        window.say_bug()

    sys.excepthook = hook
    try:
        window.show()
        if QUIT_AT_ONCE in argv:
            window.repaint()
            QTimer.singleShot(0, window, window.close)
        return application.exec()
    finally:
        sys.excepthook = report


def first_run(steps: FirstSteps, executor: Executor, fonts: Sequence[Path]) -> bool:
    """Show the steps of the first start; whether they were gone through to the end."""
    application = QApplication.instance() or QApplication(["clerk-app"])
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application, fonts)
    page = FirstRun(steps, executor)
    page.show()
    application.exec()
    return page.done


def _application(argv: Sequence[str], scale: int) -> QApplication:
    """Qt multiplies every size by its own factor, on top of what the screen asks for; read once, when it starts."""
    if scale != 100:
        os.environ[SCALE_FACTOR] = str(scale / 100)
    try:
        return QApplication(list(argv))
    finally:
        if scale != 100:
            del os.environ[SCALE_FACTOR]  # not for the programs that this one starts
