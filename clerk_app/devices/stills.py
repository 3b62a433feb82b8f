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
        self._files, self._shown, self._image = files, 0, None

    _image: Image8 | None

    def read(self) -> Image8 | None:
        each = round(_RATE * _HOLD)
        at, within = divmod(self._shown, each)
        if at >= len(self._files):
            return None
        if within == 0 or self._image is None:
            reader = open_video_file(str(self._files[at]))
            try:
                self._image = reader.read()
            finally:
                reader.close()
        self._shown += 1
        return None if self._image is None else self._image.copy()

    def expose(self, level: int) -> bool:
        return False

    def close(self) -> None:
        self._image = None


def is_folder(source: str) -> bool:
    return Path(source).is_dir()


def open_folder(source: str) -> Reader:
    """Open a folder of pictures, played in the order of their names. Raises DeviceProblem when it has none."""
    files = sorted(file for file in Path(source).iterdir() if file.suffix.lower() in _SUFFIXES)
    if not files:
        raise DeviceProblem(
            "模拟摄像头的文件夹里没有图片。",
            what_is_safe="已填的内容都在。",
            what_to_do="请放入图片，或改用真的摄像头。",
        )
    return _Stills(files)
