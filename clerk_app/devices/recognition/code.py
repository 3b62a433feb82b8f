"""QR codes in a frame. The text is handed on as it is: whose code it is, is decided elsewhere.

Passes of zxing-cpp, each only when the one before saw nothing. Half the size comes first: of 143 frames that the frame itself
gives (seed 21) it gives 124, in a third of the time. Of 200 phones (seed 11) the frame itself gave 176, a sharpened one 188,
sharpened at twice the size 191, at three times 195; nothing else that was tried added one: not pyzbar, not OpenCV's two decoders,
not an evened-out grey, and pyzbar is known for wrong texts. It stays what the benchmark holds these passes against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

MAX_TEXT = 4096  # characters; longer ones are refused unread
_RIM = 12  # pixels around an outline
_HALVED_FROM = 480  # pixels of the shorter side: below that half the size tells little


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """One code: its text and its four corners in pixels of the frame."""

    text: str
    quad: Quad


def read_codes(frame: Image8, *, thorough: bool = True) -> list[CodeSeen]:
    """All readable QR codes, largest first. Never raises on odd bytes: what is no text is left out. Not ``thorough``: the
    frame at half and at its own size alone (1 to 3 ms at 720p)."""
    import cv2
    import numpy as np

    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    found = _halved(grey) or _zxing(grey)
    if found or not thorough:
        return found
    return _zxing(_sharp(grey, 1.5, 2.0)) or _enlarged(grey, 2, 3.0, 2.5)


def read_small_code(frame: Image8, quad: Quad) -> list[CodeSeen]:
    """A last try, at three times the size, where an outline shows that something small lies there (a phone far away)."""
    import cv2
    import numpy as np

    left, top = (max(0, int(edge) - _RIM) for edge in quad.min(axis=0))
    right, bottom = (int(edge) + _RIM for edge in quad.max(axis=0))
    cut = np.asarray(cv2.cvtColor(frame[top:bottom, left:right], cv2.COLOR_BGR2GRAY), np.uint8)
    return [CodeSeen(code.text, code.quad + np.array([left, top], np.float32)) for code in _enlarged(cut, 3, 4.0, 3.0)]


def _sharp(grey: Image8, sigma: float, strength: float) -> Image8:
    import cv2
    import numpy as np

    return np.asarray(cv2.addWeighted(grey, strength, cv2.GaussianBlur(grey, (0, 0), sigma), 1 - strength, 0), np.uint8)


def _halved(grey: Image8) -> list[CodeSeen]:
    import cv2
    import numpy as np

    if min(grey.shape) < _HALVED_FROM:
        return []

    return _zxing(np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), 0.5)


def _enlarged(grey: Image8, times: int, sigma: float, strength: float) -> list[CodeSeen]:
    import cv2
    import numpy as np

    how = cv2.INTER_LINEAR if times == 2 else cv2.INTER_CUBIC
    big = np.asarray(cv2.resize(grey, None, fx=times, fy=times, interpolation=how), np.uint8)
    return _zxing(_sharp(big, sigma, strength), float(times))


def _zxing(grey: Image8, scale: float = 1.0) -> list[CodeSeen]:
    import numpy as np
    import zxingcpp

    results = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=scale == 1.0,
        try_invert=scale == 1.0,
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
