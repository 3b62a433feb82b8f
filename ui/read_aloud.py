"""念给我听: the applicant's pages read aloud, the page in front and no more. Where there is no voice there is no button either.

The voice falls silent as soon as another page comes to the front, the window closes or the clerk locks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton

from clerk_app.domain.speaking import spoken
from clerk_app.errors import DeviceProblem
from clerk_app.ports import Speaker
from ui.widgets.parts import button

READ, STOP = "念给我听", "不念了"
LOOK_EVERY_MS = 250

Rows = Iterable[tuple[str, str]]


class ReadAloud(QObject):
    """``failed(error)`` when the voice could not be started; then nothing is offered any more."""

    failed = Signal(object)

    def __init__(self, speaker: Speaker | None, parent: QObject) -> None:
        super().__init__(parent)
        self._speaker = speaker
        self._pages: dict[QPushButton, Callable[[], Rows]] = {}
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY_MS)
        self._look.timeout.connect(self._on_look)

    def offer(self, rows: Callable[[], Rows]) -> QPushButton:
        """A button for one page; ``rows`` are what stands on it when it is pressed."""
        made = button(READ)
        made.setHidden(self._speaker is None)
        self._pages[made] = rows
        made.clicked.connect(self._on_button)
        return made

    @property
    def speaking(self) -> bool:
        return self._speaker is not None and self._speaker.speaking

    @Slot()
    def stop(self) -> None:
        """Be quiet now."""
        if self._speaker is not None:
            self._speaker.stop()
        self._look.stop()
        self._name(READ)

    @Slot()
    def _on_button(self) -> None:
        made, speaker = self.sender(), self._speaker
        if speaker is None or not isinstance(made, QPushButton):
            return
        if speaker.speaking:
            self.stop()
            return
        try:
            speaker.speak(spoken(self._pages[made]()))
        except DeviceProblem as error:
            self._speaker = None
            for each in self._pages:
                each.hide()
            self.failed.emit(error)
            return
        self._name(STOP)
        self._look.start()

    @Slot()
    def _on_look(self) -> None:
        if not self.speaking:
            self.stop()

    def _name(self, words: str) -> None:
        for each in self._pages:
            each.setText(words)
