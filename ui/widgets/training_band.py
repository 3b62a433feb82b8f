"""The band of 训练模式: on every screen, the applicant's too, in words and with stripes, so that nobody takes practice for real."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import theme

WORDS = "训练模式　练习用，办的都不算数，不会送出去"
HEIGHT = 28


class TrainingBand(QWidget):
    """As wide as its window, never to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(WORDS)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink, ground = theme.TONES["amber"]
        painter.fillRect(self.rect(), QColor(ground))
        painter.fillRect(self.rect(), QBrush(QColor(theme.AMBER_LINE), Qt.BrushStyle.BDiagPattern))
        painter.setFont(theme.font(theme.BASE, bold=True))
        words = painter.fontMetrics().boundingRect(self.rect(), int(Qt.AlignmentFlag.AlignCenter), WORDS)
        painter.fillRect(words.adjusted(-14, 0, 14, 0), QColor(ground))
        painter.setPen(QColor(ink))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), WORDS)
        painter.end()
