"""The live picture, with a green line around what was recognised."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui import theme

OUTLINE_MS = 2000
LEAST_HEIGHT, MOST_HEIGHT = 120, 206
UNBOUNDED = 16_777_215  # QWIDGETSIZE_MAX
SMALL = QSize(168, 112)
"""Beside the case's head, where the window is too narrow for a column of its own."""


class CameraView(QWidget):
    """Shows the newest frame, fitted; without one a dark ground with words."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: QImage | None = None
        self._words = "正在打开摄像头"
        self._outline: tuple[tuple[float, float], ...] = ()
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self._forget)
        self._caption = ""
        self._is_small = False
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMaximumHeight(MOST_HEIGHT)
        self.setAccessibleName("摄像头画面")

    def sizeHint(self) -> QSize:
        return QSize(284, 206)

    def be_small(self, small: bool) -> None:
        """Of one small size, with its caption inside; or as wide as it may be, with the words beside it."""
        self._is_small = small
        if small:
            self.setFixedSize(SMALL)
        else:
            self.setMinimumSize(0, LEAST_HEIGHT)
            self.setMaximumSize(UNBOUNDED, MOST_HEIGHT)
        self.update()

    def show_caption(self, words: str) -> None:
        """What to do with the thing that lies there; empty: nothing to say."""
        self._caption = words
        self.update()

    def show_frame(self, image: QImage) -> None:
        self._frame, self._words = image, ""
        self.update()

    def show_words(self, words: str) -> None:
        """No picture: say why."""
        self._words = words
        if words:
            self._frame = None
        self.update()

    def show_outline(self, corners: tuple[tuple[float, float], ...]) -> None:
        """Four corners in 0..1 of the frame; they fade after some seconds, since the thing may have moved."""
        self._outline = corners
        self._fade.start(OUTLINE_MS)
        self.update()

    def _forget(self) -> None:
        self._outline = ()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        painter.setClipPath(clip)
        painter.fillRect(self.rect(), QColor("#2b323d"))
        if self._frame is None:
            painter.setPen(QColor("#dce2ea"))
            painter.setFont(theme.font(theme.SMALL))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(20, 0, -20, 0), flags, self._words)
        else:
            box = self._fitted(self._frame)
            painter.drawImage(box, self._frame)
            if len(self._outline) >= 3:
                pen = QPen(QColor(theme.OUTLINE_GREEN), 3)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                points = [QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in self._outline]
                painter.drawPolygon(QPolygonF(points))
            if self._is_small and self._caption:
                self._draw_caption(painter)
        painter.end()

    def _draw_caption(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.SMALL))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        wanted = painter.boundingRect(self.rect().adjusted(6, 0, -6, 0), flags, self._caption)
        band = QRect(0, self.height() - wanted.height() - 6, self.width(), wanted.height() + 6)
        painter.fillRect(band, QColor(20, 26, 34, 200))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(band.adjusted(6, 0, -6, 0), flags, self._caption)

    def _fitted(self, image: QImage) -> QRectF:
        """Fill the height or the width, never distort."""
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
