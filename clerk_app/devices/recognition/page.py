"""A sheet of paper in a frame: found, pulled straight, freed from shadow, as a JPEG of at most 300 KB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.geometry import jpeg, rectify, sharpness, side_lengths

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

PAGE_LIMIT = 300_000  # bytes
_A4 = 297 / 210
_SNAP = 0.09  # an aspect this close to A4 is taken for A4
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
    """Clean and encode a page that already lies straight (or fills the whole frame)."""
    sharp = sharpness(flat)
    clean = without_shadow(flat)
    return PageSeen(clean, jpeg(clean, PAGE_LIMIT), sharp)


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
