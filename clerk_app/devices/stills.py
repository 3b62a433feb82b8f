"""Driver: a folder of pictures played as if each lay before the camera for a while."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.devices.video_capture import open_video_file
from clerk_app.errors import DeviceProblem

if TYPE_CHECKING:
    from clerk_app.devices.camera import Image8, Reader

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
_RATE, _HOLD = 10.0, 2.5  # frames a second, seconds for each picture


class _Stills:
    rate = _RATE

    def __init__(self, files: list[Path]) -> None:
        self._files = iter(files)
        self._left = 0  # how often the picture is still to be shown
        self._image: Image8 | None = None

    def read(self) -> Image8 | None:
        if self._left == 0:
            self._image, self._left = self._next(), round(_RATE * _HOLD)
        self._left -= 1
        return None if self._image is None else self._image.copy()

    def _next(self) -> Image8 | None:
        """The next picture that can be read: one that was taken away since, or is half written, is passed over."""
        for file in self._files:
            try:
                reader = open_video_file(str(file))
            except DeviceProblem:
                continue
            try:
                if (image := reader.read()) is not None:
                    return image
            finally:
                reader.close()
        return None

    def expose(self, level: int) -> bool:
        return False

    def close(self) -> None:
        self._image = None


def is_folder(source: str) -> bool:
    return Path(source).is_dir()


def open_folder(source: str) -> Reader:
    """Open a folder of pictures, played in the order of their names. Raises DeviceProblem when it has none or is gone."""
    try:
        files = sorted(file for file in Path(source).iterdir() if file.suffix.lower() in _SUFFIXES)
    except OSError:
        files = []
    if not files:
        raise DeviceProblem(
            "模拟摄像头的文件夹里没有图片。",
            what_is_safe="已填的内容都在。",
            what_to_do="请放入图片，或改用真的摄像头。",
        )
    return _Stills(files)
