"""The right-hand side of the day: 出门前, what to look at before leaving, and 回来后, how what was taken gets to the centre."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clerk_app.domain.visits import Check
from ui.widgets.parts import Card, button, chip, clear, column, for_fingers, label, line, row

MARK_WIDTH = 40


class Beside(QWidget):
    """``carry``: put what waits onto a stick."""

    carry = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._checks = QVBoxLayout()
        self._checks.setSpacing(9)
        before = Card((18, 14, 18, 14), gap=10)
        before.box.addWidget(label("出门前", "subtitle"))
        before.box.addLayout(self._checks)
        after = Card((18, 14, 18, 14), gap=8)
        after.box.addWidget(label("回来后", "subtitle"))
        after.box.addWidget(label("连上网会自己送达。没网也可以把办件拷到 U 盘，交到镇上。", "soft", wrap=True))
        stick = button("去同步，拷到 U 盘")
        for_fingers(stick)
        stick.clicked.connect(self.carry)
        after.box.addLayout(row(stick, None))
        self.setLayout(column(before, after, None, gap=14))

    def show_checks(self, checks: Sequence[Check]) -> None:
        clear(self._checks)
        for at, check in enumerate(checks):
            if at:
                self._checks.addWidget(line("faint-line"))
            words = column(label(check.text, wrap=True), gap=2)
            if check.advice:
                words.addWidget(label(check.advice, "small", wrap=True))
            mark = chip("✓" if check.fine else "！", "green" if check.fine else "amber")
            mark.setFixedWidth(MARK_WIDTH)
            mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside = row(mark, gap=10)
            inside.addLayout(words, 1)
            self._checks.addLayout(inside)
