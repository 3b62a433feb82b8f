"""Every QR decoder that can be had here, together: what could be read at all. An oracle, not a part of the program."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

Image8 = np.typing.NDArray[np.uint8]


def readable_by_any(frame: Image8, text: str) -> bool:
    """Whether zxing-cpp, zbar or either decoder of OpenCV reads ``text``, from the frame, its double or an evened-out grey."""
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    double = np.asarray(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    even = np.asarray(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey), np.uint8)
    return any(text in _texts(picture) for picture in (grey, double, even))


def _texts(picture: Image8) -> set[str]:
    found = {result.text for result in zxingcpp.read_barcodes(picture)}
    found |= {
        code.data.decode("utf-8", "replace") for code in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    }
    for decoder in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        with contextlib.suppress(cv2.error, UnicodeDecodeError):
            found |= set(decoder.detectAndDecodeMulti(picture)[1])
    return found
