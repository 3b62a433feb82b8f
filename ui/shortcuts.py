"""The keys of the table of actions, on the view of a signed-in clerk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from ui.actions import ACTIONS
from ui.widgets.bars import is_composing, sequence


class Shortcuts(QObject):
    """``wanted(action_id)``; not while an input method composes."""

    wanted = Signal(str)

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        for action in ACTIONS:
            made = QShortcut(sequence(action), view)
            made.setObjectName(action.id)
            made.activated.connect(self._on_key)
            if action.id == "next":
                enter = QShortcut("Ctrl+Enter", view)  # the key of the number block
                enter.setObjectName("next")
                enter.activated.connect(self._on_key)
            if action.id == "take_back":
                made.setEnabled(False)  # Delete belongs to text fields; the places see it in keyPressEvent

    @Slot()
    def _on_key(self) -> None:
        if not is_composing(QApplication.focusWidget()):
            self.wanted.emit(self.sender().objectName())
