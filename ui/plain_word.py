"""A small window that says one thing and closes: for a start from an icon, where nobody reads what a program prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.errors import AppError
from ui import theme
from ui.widgets.parts import Card, button, column, label, row

WIDTH = 560


class PlainWord(QWidget):
    """What happened, what is safe, what to do; Enter or Esc closes it."""

    def __init__(self, error: AppError) -> None:
        super().__init__()
        self.setWindowTitle("全科窗口")
        self.setProperty("look", "ground")
        self.setFixedWidth(WIDTH)
        card = Card((24, 22, 24, 22), gap=10)
        card.box.addWidget(label(error.message, "subtitle", wrap=True))
        for text in (error.what_is_safe, error.what_to_do):
            if text:
                card.box.addWidget(label(text, "", wrap=True))
        self.close_it = button("知道了", "main")
        self.close_it.clicked.connect(self.close)
        card.box.addLayout(row(None, self.close_it))
        self.setLayout(column(label("全科窗口", "brand"), card, gap=10, margins=(18, 16, 18, 18)))
        self.close_it.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close()
        else:
            super().keyPressEvent(event)


def say_plainly(error: AppError, fonts: Sequence[Path]) -> None:
    """Show it and stay until it is closed."""
    application = QApplication.instance() or QApplication(["clerk-app"])
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    theme.apply(application, fonts)
    window = PlainWord(error)
    theme.dress(window)
    window.show()
    application.exec()
