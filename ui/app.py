"""Starts Qt: theme, window, the excepthook seam. The only door of this package for the composition root."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.main_window import MainWindow
from ui.services import WindowServices

QUIT_AT_ONCE = "--quit-at-once"
SWITCH_S = 0.0005
"""How long a job in Python may keep the interpreter while the window wants it. With Python's own 5 ms the turn in which the
receipt comes up took 374 ms while its preview was rendered, with this 143 ms (tests/ui/stalls.py)."""


def run(services: WindowServices, argv: Sequence[str]) -> int:
    """Show the window and stay until it is closed; everything typed is on disk when this returns.

    With ``--quit-at-once`` among ``argv`` it closes as soon as the sign-in page was painted: how long a start takes.

    ``sys.excepthook`` as it stands is called first for each bug (bootstrap's crash report), then the clerk is told.
    """
    application = QApplication.instance() or QApplication(list(argv))
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    sys.setswitchinterval(SWITCH_S)
    application.setApplicationName("全科窗口")
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application, services.fonts)
    window = MainWindow(services)
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
