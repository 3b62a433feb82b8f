"""Line icons, drawn here on a 24 x 24 grid; no icon font, no files."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui import theme

_SHAPES = {
    "intake": '<rect x="4" y="4.5" width="16" height="15" rx="2"/><path d="M8 9.5h8M8 14h5"/>',
    "drafts": '<path d="M6.5 4.5h11v15.5l-5.5-4.2-5.5 4.2z"/>',
    "delivery": '<path d="M12 3.5l8 4v9l-8 4-8-4v-9zM4 7.5l8 4 8-4M12 11.5v9"/>',
    "sync": '<path d="M19.5 10a8 8 0 0 0-14.2-2.6L4 9M4 4.5V9h4.5M4.5 14a8 8 0 0 0 14.2 2.6L20 15M20 19.5V15h-4.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
    "stats": '<path d="M5 20v-7M12 20V5M19 20v-10"/>',
    "visits": '<path d="M4 11.5l8-7 8 7M6.5 10v9.5h11V10M10 19.5v-5h4v5"/>',
    "settings": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c0-4 3-6.5 7-6.5s7 2.5 7 6.5"/>',
    "emergency": '<path d="M12 4.5l8.5 15h-17zM12 10v4.5M12 16.8v.4"/>',
    "guide": '<path d="M5 5h6.5v14.5H5zM12.5 5H19v14.5h-6.5"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "done": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
}
NAMES = tuple(_SHAPES)


def picture(name: str, colour: str, size: int = 22, ratio: float = 2.0) -> QPixmap:
    """The icon in one colour, sharp on dense screens."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
        f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">{_SHAPES[name]}</svg>'
    )
    image = QImage(QSize(round(size * ratio), round(size * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def icon(name: str, colour: str = "") -> QIcon:
    """In the soft ink of the look that is worn, unless a colour is given."""
    return QIcon(picture(name, colour or theme.SOFT_INK))
