"""What stands around the pages of an intake: the case's head and the steps above, the bar below, camera and notes at the right."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.screens.intake.bar import StepBar
from ui.screens.intake.head import CaseHead, Stepper
from ui.screens.intake.side import SidePanel
from ui.screens.intake.step import TITLES
from ui.widgets.parts import Card

NARROW = 1080
"""Below it (150 % on 1366x768) the column at the right is out of sight: the camera stands beside the case's head then."""


class IntakeFrame(QWidget):
    """``hold`` puts the pages into its middle, once."""

    def __init__(self, side: SidePanel) -> None:
        super().__init__()
        self._side = side
        self.head = CaseHead()
        self.stepper = Stepper(TITLES)
        self.bar = StepBar()
        self._body = Card((0, 0, 0, 0))
        over = QVBoxLayout()
        over.setSpacing(12)
        over.addWidget(self.head)
        over.addWidget(self.stepper)
        over.addStretch(1)
        self._top = QHBoxLayout()
        self._top.setSpacing(12)
        self._top.addLayout(over, 1)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(self._top)
        left.addWidget(self._body, 1)
        left.addWidget(self.bar)
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 12)
        box.setSpacing(16)
        box.addLayout(left, 1)
        box.addWidget(side)

    def hold(self, pages: QWidget) -> None:
        self._body.box.addWidget(pages)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_lent = self._side.view.parentWidget() is self
        if self.width() < NARROW and not is_lent:
            self._side.lend_camera(self._top)
        elif self.width() >= NARROW and is_lent:
            self._side.take_camera_back()
