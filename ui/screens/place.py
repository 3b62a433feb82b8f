"""The common frame of the places that list things: title, buttons, body; read again when shown and on news."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import Context
from ui.widgets.parts import label


class Place(QWidget):
    """A listing screen. Subclasses fill ``body`` and override ``read``; nothing else is inherited."""

    def __init__(self, context: Context, screen_id: str, title: str) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self.context, self.screen_id = context, screen_id
        self.top = QHBoxLayout()
        self.top.setSpacing(10)
        self.top.addWidget(label(title, "title"))
        self.top.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 16, 18, 18)
        box.setSpacing(14)
        box.addLayout(self.top)
        box.addLayout(self.body, 1)

    @property
    def widget(self) -> QWidget:
        return self

    def place(self) -> str:
        return self.screen_id

    def enter(self) -> None:
        self.read()

    @Slot()
    def read(self) -> None:
        """Read again, as a job."""

    @Slot()
    def on_news(self) -> None:
        """What line and printer are connected to, for good: a slot that a subclass overrides is called after the window took the place
        down, so subclasses override ``hear``."""
        self.hear()

    def hear(self) -> None:
        """Something came in, or a paper went out."""
        if self.isVisible():
            self.read()

    def act(self, action_id: str) -> bool:
        if action_id == "refresh":
            self.read()
            return True
        return False

    def leave(self, then: Callable[[], None]) -> None:
        then()
