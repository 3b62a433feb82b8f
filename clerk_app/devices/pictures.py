"""Encoded pictures from outside (a file, a phone's photograph) as frames. How large one is, is read from its head before anything is
decoded: some kilobytes can claim gigabytes of pixels."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.geometry import as_bgr
from clerk_app.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]

LONGEST_SIDE = 8000  # pixels that are worked on
_HALVINGS = 3  # a JPEG is decoded at a half, a quarter or an eighth: phones take pictures of 16,000 pixels


def decoded(image: bytes) -> Image8:
    """Raises BadInput when it is no picture, or too large to be looked at."""
    import cv2
    import numpy as np

    longest, is_jpeg = _head(image)
    halvings = 0
    while is_jpeg and halvings < _HALVINGS and longest > LONGEST_SIDE << halvings:
        halvings += 1
    if longest > LONGEST_SIDE << halvings:
        raise BadInput(
            "这张图片太大，打不开。",
            what_is_safe="没有采用任何内容。",
            what_to_do=f"请把它缩小到长边 {LONGEST_SIDE} 像素以内，或直接用摄像头拍。",
        )
    how = (cv2.IMREAD_COLOR, cv2.IMREAD_REDUCED_COLOR_2, cv2.IMREAD_REDUCED_COLOR_4, cv2.IMREAD_REDUCED_COLOR_8)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        frame = cv2.imdecode(np.frombuffer(image, np.uint8), how[halvings]) if longest else None
    except cv2.error:
        frame = None
    picture = as_bgr(frame) if frame is not None else None
    if picture is None:
        raise BadInput(
            "这个文件不是能看的图片。",
            what_is_safe="没有采用任何内容。",
            what_to_do="请换一张图片，或直接用摄像头。",
        )
    return picture


def _head(image: bytes) -> tuple[int, bool]:
    """The longer side in pixels, 0 when it is no picture; whether it is a JPEG."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # nothing is decoded here
        try:
            with Image.open(BytesIO(image)) as picture:
                return max(picture.size), picture.format == "JPEG"
        except Image.DecompressionBombError:
            return 1 << 30, False
        except (OSError, ValueError, SyntaxError, EOFError):
            return 0, False
