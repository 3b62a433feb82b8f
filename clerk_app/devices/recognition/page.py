"""A sheet of paper in a frame: found, pulled straight, freed from shadow, as a JPEG of at most 300 KB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.geometry import jpeg, rectify, sharpness, side_lengths
from clerk_app.devices.recognition.ocr import quarter_turns

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

PAGE_LIMIT = 300_000  # bytes
_A4 = 297 / 210
_SNAP = 0.09  # an aspect this close to A4 is taken for A4
_MOST_PIXELS = 2339  # 297 mm at 200 dots an inch
_INK_LEVEL, _COLOURED, _BLANK_SHARE = 205, 50, 0.0012
_MIN_SHARE = 0.10  # of the frame


@dataclass(frozen=True, slots=True)
class PageSeen:
    """The straightened page (BGR), its JPEG and its sharpness (see geometry.sharpness)."""

    image: Image8
    data: bytes
    sharpness: float


def looks_like_paper(frame: Image8, quad: Quad) -> bool:
    """Light, hardly coloured, and large enough to be a document."""
    import cv2
    import numpy as np

    height, width = frame.shape[:2]
    if float(cv2.contourArea(quad)) < _MIN_SHARE * height * width:
        return False
    patch = rectify(frame, quad, (120, 160))
    hsv = cv2.cvtColor(patch, cv2.COLOR_BGR2HSV)
    return float(np.median(hsv[:, :, 2])) > 110 and float(np.median(hsv[:, :, 1])) < 70


def straighten(frame: Image8, quad: Quad) -> PageSeen:
    """Pull the sheet straight at the resolution it was seen with, clean it, encode it."""
    width, height = side_lengths(quad)
    aspect = max(width, height) / max(1.0, min(width, height))
    if abs(aspect / _A4 - 1) < _SNAP:
        if height >= width:
            height = max(height, width * _A4)
            width = height / _A4
        else:
            width = max(width, height * _A4)
            height = width / _A4
    flat = rectify(frame, quad, (max(32, round(width)), max(32, round(height))))
    return finish(flat)


def finish(flat: Image8) -> PageSeen:
    """Clean and encode a page that already lies straight (or fills the whole frame); at most 200 dots an inch of A4."""
    import cv2
    import numpy as np

    sharp = sharpness(flat)
    most = max(flat.shape[:2])
    if most > _MOST_PIXELS:
        small = cv2.resize(flat, None, fx=_MOST_PIXELS / most, fy=_MOST_PIXELS / most, interpolation=cv2.INTER_AREA)
        flat = np.asarray(small, np.uint8)
    clean = without_shadow(flat)
    return PageSeen(clean, jpeg(clean, PAGE_LIMIT), sharp)


def upright(page: PageSeen) -> PageSeen:
    """The same page with its print the right way up (0.1 to 0.3 s)."""
    import numpy as np

    turns = quarter_turns(page.image)
    if not turns:
        return page
    image = np.ascontiguousarray(np.rot90(page.image, turns))
    return PageSeen(image, jpeg(image, PAGE_LIMIT), page.sharpness)


def is_blank(page: PageSeen) -> bool:
    """Nothing stands on it: within a rim that hides the desk and the sheet's own edge, hardly anything is dark or coloured."""
    import cv2
    import numpy as np

    height, width = page.image.shape[:2]
    inside = page.image[height // 25 : -height // 25 or None, width // 25 : -width // 25 or None]
    soft = cv2.GaussianBlur(inside, (0, 0), 2.5).astype(np.int16)
    marks = (soft.min(axis=2) < _INK_LEVEL) | (np.ptp(soft, axis=2) > _COLOURED)
    return float(np.mean(marks)) < _BLANK_SHARE


def black_and_white(image: Image8) -> Image8:
    """Black print on white, for a fax-like copy; stamps lose their colour, so nobody gets this unasked."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    block = max(15, (max(image.shape[:2]) // 40) | 1)
    flat = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, block, 15)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_GRAY2BGR), np.uint8)


def without_shadow(flat: Image8) -> Image8:
    """Divide by the paper's own brightness so that it becomes evenly white; stamps and signatures keep their colour."""
    import cv2
    import numpy as np

    height, width = flat.shape[:2]
    small = cv2.resize(flat, (max(8, width // 4), max(8, height // 4)), interpolation=cv2.INTER_AREA)
    grey = small.max(axis=2)
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((7, 7), np.uint8)), 21)
    light = cv2.resize(paper, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    even = flat.astype(np.float32) * (250.0 / np.maximum(light, 40.0))[:, :, None]
    return np.asarray(np.clip(even, 0, 255), np.uint8)
