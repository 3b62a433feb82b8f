"""Pages of a PDF as they will come out of the printer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.services import PageImage
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import clear, label


def image_of(page: PageImage, width: int) -> QImage:
    """A picture of that width that owns its bytes. Takes some milliseconds: for a job."""
    whole = QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888)
    return whole.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation).copy()


class PageView(QScrollArea):
    """All pages below each other, as wide as the view."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        by_finger(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("文书预览")
        inner = QWidget()
        self._box = QVBoxLayout(inner)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self.setWidget(inner)
        self.images: tuple[QImage, ...] = ()

    def show_words(self, words: str) -> None:
        clear(self._box)
        self.images = ()
        self._box.addWidget(label(words, "small", wrap=True))
        self._box.addStretch(1)

    def fit_width(self) -> int:
        """How many device pixels wide a page should be."""
        return round(max(self.viewport().width() - 4, 120) * self.devicePixelRatioF())

    def show_pages(self, images: Sequence[QImage]) -> None:
        """Pages already scaled to ``fit_width``: scaling is work for a job."""
        clear(self._box)
        self.images = tuple(images)
        for image in images:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            page = QLabel()
            page.setPixmap(pixmap)
            self._box.addWidget(page)
        self._box.addStretch(1)
