"""The window after it was killed, opened again: ``python -m tests.e2e.window_again DATA`` signs in and prints where it stands.

One line of JSON: the step in front, the field under the cursor, the name that stands there.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.front import open_window
from clerk_app.settings import Settings
from tests.e2e.conftest import PIN
from tests.e2e.window_at_work import NAME, _Patience
from tests.ui.hall import Place
from tests.ui.hands import Hands
from ui.main_window import MainWindow


def where(window: MainWindow) -> dict[str, str]:
    """Sign in as a clerk does and see what comes up by itself."""
    hands = Hands(window, cast("Place", None), cast("QtBot", _Patience()))
    hands.until(hands.keyboard_is_here)
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None and hands.intake.session.text("applicant.name") == NAME)
    hands.until(hands.idle)
    hands.until(hands.keyboard_is_here)
    widget: QWidget | None = QApplication.focusWidget()
    while widget is not None and "." not in widget.objectName():
        widget = widget.parentWidget()
    focus = widget.objectName() if widget is not None else ""
    return {"step": hands.intake.at, "focus": focus, "name": hands.intake.session.text("applicant.name")}


def main(words: Sequence[str]) -> int:
    """Open the window in the folder DATA, look, and close it."""
    data = Path(words[0])

    class Again(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            QTimer.singleShot(200, self.begin)

        def begin(self) -> None:
            try:
                sys.stdout.write(json.dumps(where(self)) + "\n")
            finally:
                self.close()

    setattr(ui.app, "MainWindow", Again)  # noqa: B010 - the program's own window, with hands
    return open_window(Settings(data, camera=str(data / "no-camera")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
