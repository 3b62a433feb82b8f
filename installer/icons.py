"""Draw the program's icon from its one drawing: PNGs for Linux desktops, one .ico for Windows. Run after the drawing changed.

python -m installer.icons
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).parent
DRAWING = HERE / "linux" / "clerk-app.svg"
ICON = HERE / "windows" / "clerk-app.ico"
LINUX_SIZES = (32, 48, 128, 256)
WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)


def png(size: int) -> bytes:
    """The drawing as a square PNG of ``size`` dots."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(DRAWING.read_bytes())).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def main() -> None:
    """Write them all beside the drawing."""
    for size in LINUX_SIZES:
        (HERE / "linux" / f"clerk-app-{size}.png").write_bytes(png(size))
    pictures = [Image.open(BytesIO(png(size))) for size in WINDOWS_SIZES]
    ICON.parent.mkdir(exist_ok=True)
    pictures[-1].save(ICON, sizes=[(size, size) for size in WINDOWS_SIZES], append_images=pictures[:-1])


if __name__ == "__main__":
    main()
