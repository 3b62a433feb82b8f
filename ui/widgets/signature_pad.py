"""The signature pad: mouse, pen with pressure, or finger. Strokes are whole numbers 0..10000, so that they hash the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget

from ui import theme

SIDE = 10_000
LEAST_INK = 600  # the shortest path of the pen that can be a signature, in pad units

Point = tuple[int, int, int, int]


class SignaturePad(QWidget):
    """``changed`` after each stroke and when cleared."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("签名处")
        self.setMinimumSize(300, 200)
        self._strokes: list[list[Point]] = []
        self._drawing = False
        self._begun = 0

    def strokes(self) -> tuple[tuple[Point, ...], ...]:
        """Strokes of (x, y, t_ms, pressure in permille)."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def lay(self, strokes: Sequence[Sequence[Point]]) -> None:
        """What was drawn before stands there again, as it was; the pen goes on."""
        self._strokes, self._drawing = [list(stroke) for stroke in strokes], False
        self.update()
        self.changed.emit()

    def is_signed(self) -> bool:
        """More than a stray dot."""
        return sum(_length(stroke) for stroke in self._strokes) >= LEAST_INK

    def clear(self) -> None:
        self._strokes, self._drawing = [], False
        self.update()
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._down(event.position(), int(event.timestamp()), 500)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._on(event.position(), int(event.timestamp()), 500)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._up()

    def tabletEvent(self, event: QTabletEvent) -> None:
        pressure = round(event.pressure() * 1000)
        if event.type() == QEvent.Type.TabletPress:
            self._down(event.position(), int(event.timestamp()), pressure)
        elif event.type() == QEvent.Type.TabletMove and self._drawing:
            self._on(event.position(), int(event.timestamp()), pressure)
        elif event.type() == QEvent.Type.TabletRelease:
            self._up()
        event.accept()

    def event(self, event: QEvent) -> bool:
        kinds = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
        if isinstance(event, QTouchEvent) and event.type() in kinds and self.isEnabled():
            points = event.points()
            if points and event.type() == QEvent.Type.TouchBegin:
                self._down(points[0].position(), int(event.timestamp()), _force(points[0].pressure()))
            elif points and event.type() == QEvent.Type.TouchUpdate:
                self._on(points[0].position(), int(event.timestamp()), _force(points[0].pressure()))
            elif event.type() in kinds[2:]:
                self._up()
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.HAIRLINE), 3, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.CARD))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 12, 12)
        painter.setPen(QColor(theme.FAINT_INK))
        words = "请在此签名" if self.isEnabled() else "看完最后一页，在这里签名"
        area = self.rect().adjusted(12, 0, -12, -18)
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(area, int(below), words)
        for stroke in self._strokes:
            self._draw(painter, stroke)
        painter.end()

    def _draw(self, painter: QPainter, stroke: list[Point]) -> None:
        at = [QPointF(x * self.width() / SIDE, y * self.height() / SIDE) for x, y, _, _ in stroke]
        for before, after, point in zip(at, at[1:], stroke[1:], strict=False):
            width = 3.0 + 4.0 * point[3] / 1000
            painter.setPen(QPen(QColor(theme.INK), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(before, after)

    def _down(self, where: QPointF, time_ms: int, pressure: int) -> None:
        if not self._strokes:
            self._begun = time_ms
        self._drawing = True
        self._strokes.append([self._point(where, time_ms, pressure)])
        self.update()

    def _on(self, where: QPointF, time_ms: int, pressure: int) -> None:
        if self._drawing:
            self._strokes[-1].append(self._point(where, time_ms, pressure))
            self.update()

    def _up(self) -> None:
        if self._drawing:
            self._drawing = False
            self.changed.emit()

    def _point(self, where: QPointF, time_ms: int, pressure: int) -> Point:
        x = round(where.x() * SIDE / max(self.width(), 1))
        y = round(where.y() * SIDE / max(self.height(), 1))
        after = max(time_ms - self._begun, 0)
        return min(max(x, 0), SIDE), min(max(y, 0), SIDE), after, min(max(pressure, 0), 1000)


def _length(stroke: list[Point]) -> float:
    return sum(float(abs(after[0] - before[0]) + abs(after[1] - before[1])) for before, after in pairwise(stroke))


def _force(pressure: float) -> int:
    """Fingers report 1.0 or nothing: neither says anything about force."""
    return round(pressure * 1000) if 0.0 < pressure < 1.0 else 500
