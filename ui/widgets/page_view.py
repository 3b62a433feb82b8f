"""Pages of a PDF as they will come out of the printer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.services import PageImage
from ui.widgets.parts import clear, label


def image_of(page: PageImage) -> QImage:
    """A picture that owns its bytes."""
    return QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888).copy()


class PageView(QScrollArea):
    """All pages below each other, as wide as the view."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
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

    def show_pages(self, images: Sequence[QImage]) -> None:
        clear(self._box)
        self.images = tuple(images)
        width = max(self.viewport().width() - 4, 120)
        ratio = self.devicePixelRatioF()
        for image in images:
            scaled = image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
            scaled.setDevicePixelRatio(ratio)
            page = QLabel()
            page.setPixmap(QPixmap.fromImage(scaled))
            page.setProperty("look", "page")
            self._box.addWidget(page)
        self._box.addStretch(1)
