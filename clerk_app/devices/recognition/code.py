"""QR codes in a frame. The text is handed on as it is: whose code it is, is decided elsewhere.

Three passes of zxing-cpp, each only when the one before saw nothing: the frame, the frame at twice its size, and an
evened-out, sharpened grey. On 120 badly degraded phone frames the first pass read 60, all three 69; pyzbar (25) and
cv2.QRCodeDetectorAruco (34) read none that these missed, and both are known for wrong texts: so neither is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

MAX_TEXT = 4096  # characters; longer ones are refused unread


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """One code: its text and its four corners in pixels of the frame."""

    text: str
    quad: Quad


def read_codes(frame: Image8, *, thorough: bool = True) -> list[CodeSeen]:
    """All readable QR codes, largest first. Never raises on odd bytes: what is no text is left out."""
    import cv2
    import zxingcpp

    found = _zxing(frame, 1.0)
    if found or not thorough:
        return found
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    found = _zxing(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 2.0)
    if found:
        return found
    even = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey)
    soft = cv2.GaussianBlur(even, (0, 0), 2.0)
    sharp = cv2.addWeighted(even, 2.2, soft, -1.2, 0)
    return _zxing(sharp, 1.0, zxingcpp.Binarizer.LocalAverage)


def _zxing(image: Any, scale: float, binariser: Any = None) -> list[CodeSeen]:
    import numpy as np
    import zxingcpp

    results = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=zxingcpp.Binarizer.LocalAverage if binariser is None else binariser,
    )
    seen = []
    for result in results:
        text = _text_of(bytes(result.bytes), result.text)
        if not text or len(text) > MAX_TEXT:
            continue
        p = result.position
        corners = [(c.x, c.y) for c in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)]
        seen.append(CodeSeen(text, np.array(corners, np.float32) / scale))
    return sorted(seen, key=lambda code: -float(np.ptp(code.quad[:, 0]) * np.ptp(code.quad[:, 1])))


def _text_of(raw: bytes, guessed: str) -> str:
    """UTF-8 when the bytes are UTF-8, else GB 18030 (older Chinese makers), else what zxing guessed."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return guessed.encode("utf-8", "ignore").decode("utf-8")
