"""The applicant of a case, masked; in full on demand, for a short while, and only after the journal has it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from clerk_app.domain.case import Case
from clerk_app.domain.people import mask_id, mask_name
from clerk_app.usecases.unmasking import REASONS, FullView, needs_reason, unmask
from ui.context import Context
from ui.widgets.choices import Choices
from ui.widgets.parts import button, column, label, row

SHOWN_MS = 20_000
"""So long it stays uncovered; the clerk may look again."""


class Applicant(QWidget):
    """``looked`` when the journal has one entry more. Esc covers it at once; so do another case, another place, the lock."""

    looked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._case: Case | None = None
        self._who = label("", wrap=True)
        self._more = label("", "small", wrap=True)
        self._button = button("看完整号码", "small", "Ctrl M")
        self._button.clicked.connect(self.toggle)
        self.why = Choices("为什么要看（会记下来）", tuple(REASONS.items()), per_row=2)
        self.why.picked.connect(self._look)
        self._cover = QTimer(self)
        self._cover.setSingleShot(True)
        self._cover.setInterval(SHOWN_MS)
        self._cover.timeout.connect(self.cover)
        self.setLayout(column(row(self._who, None, self._button, gap=10), self._more, self.why, gap=4))
        self.cover()

    @property
    def text(self) -> str:
        """What stands there now."""
        return self._who.text()

    @property
    def is_open(self) -> bool:
        return self._cover.isActive()

    def show_case(self, case: Case) -> None:
        """Another case is covered; the same one stays as it is."""
        if self._case is None or self._case.id != case.id:
            self._case = case
            self.cover()

    @Slot()
    def toggle(self) -> None:
        """Ctrl+M: show, or cover again."""
        if self.is_open or not self.why.isHidden():
            self.cover()
        elif self._case is None:
            return
        elif needs_reason(self._context.desk):
            self.why.show_value("")
            self.why.show()
            self.why.setFocus()
        else:
            self._look("")

    @Slot()
    def cover(self) -> None:
        """Masked, as lists show it."""
        self._cover.stop()
        self.why.hide()
        self._more.hide()
        self._more.clear()
        applicant = self._case.content.get("applicant") or {} if self._case else {}
        name, number = (str(applicant.get(key) or "") for key in ("name", "document_number"))
        self._who.setText(f"{mask_name(name)}　{mask_id(number)}" if applicant else "个人信息已按期清除")
        self._button.setText("看完整号码  Ctrl M")
        self._button.setVisible(bool(applicant))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.cover()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.why.isHidden():
            self.cover()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _look(self, reason: str) -> None:
        case, desk = self._case, self._context.desk
        if case is not None:
            self.why.hide()
            self._context.jobs.run(lambda: unmask(desk, case.id, reason), self._show_of(case.id), owner=self)

    def _show_of(self, case_id: str) -> Callable[[FullView], None]:
        def show(full: FullView) -> None:
            if self._case is None or self._case.id != case_id or not self.isVisible():
                return  # somebody looked away meanwhile: it stays covered
            self._who.setText(f"{full.name}　{grouped(full.document_number)}")
            self._more.setText("　".join(text for text in (full.phone, full.address) if text))
            self._more.setVisible(bool(self._more.text()))
            self._button.setText("盖上  Ctrl M")
            self._cover.start()
            self.looked.emit()

        return show


def grouped(number: str) -> str:
    """500199 19620314 2467: easier to compare with a card."""
    return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number
