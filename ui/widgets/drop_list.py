"""A list that opens: the theme takes away the arrow of Qt's own, here it is drawn in the ink of the look that is worn."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox

from ui import theme

_ACROSS, _FROM_RIGHT = 5.0, 20.0


class DropList(QComboBox):
    """As QComboBox, with an arrow that says that there is more."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.SOFT_INK if self.isEnabled() else theme.FAINT_INK), 1.8))
        tip = QPointF(self.width() - _FROM_RIGHT, self.height() / 2 + _ACROSS / 2)
        painter.drawPolyline([tip + QPointF(-_ACROSS, -_ACROSS), tip, tip + QPointF(_ACROSS, -_ACROSS)])
        painter.end()
