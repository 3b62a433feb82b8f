"""The way of an applicant who cannot write: first 单独同意, where it is wanted, then the application; both read aloud and witnessed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clerk_app.usecases.intake import Plan
from ui.context import Context
from ui.screens.intake.consent_aloud import ConsentPanel
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.screens.intake.thumb import ThumbPanel
from ui.widgets.parts import column


class CannotWrite(QWidget):
    """One of the two panels, or nothing. ``agreed``, ``refused``: the consents; ``signed``, ``wrong``: the application; ``left`` on
    Esc, ``turned(pages)`` to read on in what stands above (PgUp, PgDn)."""

    agreed = Signal()
    refused = Signal()
    signed = Signal()
    wrong = Signal()
    left = Signal()
    turned = Signal(int)

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__()
        self.consent = ConsentPanel(context, session, side)
        self.thumb = ThumbPanel(context, session, side)
        for panel in (self.consent, self.thumb):
            panel.hide()
            panel.left.connect(self.left)
        self.consent.agreed.connect(self.agreed)
        self.consent.refused.connect(self.refused)
        self.thumb.signed.connect(self.signed)
        self.thumb.wrong.connect(self.wrong)
        self.setLayout(column(self.consent, self.thumb, gap=0))

    def open(self, plan: Plan) -> None:
        """What is wanted next."""
        panel, other = (self.consent, self.thumb) if plan.unconsented else (self.thumb, self.consent)
        other.hide()
        self.show()
        panel.open(plan)

    def close_both(self) -> None:
        for panel in (self.consent, self.thumb):
            panel.hide()
        self.hide()

    @property
    def consenting(self) -> bool:
        """It is about the consents: the rows of the application are not read yet."""
        return not self.isHidden() and not self.consent.isHidden()

    def show_plan(self, plan: Plan | None) -> None:
        for panel in (self.consent, self.thumb):
            panel.show_plan(plan)

    def confirm(self) -> None:
        """Ctrl+Enter."""
        (self.consent if self.consenting else self.thumb).confirm()

    def capture(self) -> None:
        """F3."""
        (self.consent if self.consenting else self.thumb).present.capture()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._turn(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _turn(self, pages: int) -> None:
        if self.consenting:
            self.consent.turn(pages)
        else:
            self.turned.emit(pages)
