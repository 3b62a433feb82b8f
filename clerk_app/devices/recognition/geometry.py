"""Where a flat thing lies in a frame: find its four corners, pull it straight.

A quad is four (x, y) points in pixels: top-left, top-right, bottom-right, bottom-left as they lie in the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8: TypeAlias = npt.NDArray[np.uint8]
    Quad: TypeAlias = npt.NDArray[np.float32]  # shape (4, 2)

_WORK_WIDTH = 640  # quads are looked for at this width; corners are good to about 2 px of a 1280 px frame
_LIT = 120.0  # grey level: the brightest twentieth of a frame is above this in anything but dim light
_PAPER = 200.0  # grey level to which what is held against colour is lifted
_GREY = 4.5  # tint_spread below this is nothing but greys: copies come up to 2.0 (3.5 in the dark), cards from 6.2 on
_SLIVER = 12  # times as long as wide: no camera gives that, and no sheet is like it
_MIN_AREA = 0.025  # of the frame: a card seen from too far away is no use to OCR either


def as_bgr(picture: npt.NDArray[Any]) -> Image8 | None:
    """Whatever a driver gives (grey, with alpha, wide or fractional numbers, strides of its own) as BGR of 8 bits in one piece of
    memory; None when it is no picture at all, or a sliver (enlarged to a working width it would fill the memory). Costs nothing
    where the frame is what it should be."""
    import cv2
    import numpy as np

    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    if picture.ndim not in {2, 3} or 0 in picture.shape or picture.dtype.kind not in "buif":
        return None
    if max(picture.shape[:2]) > _SLIVER * min(picture.shape[:2]):
        return None
    if picture.dtype != np.uint8:
        picture = np.clip(np.nan_to_num(picture.astype(np.float32)), 0, 255).astype(np.uint8)
    picture = np.ascontiguousarray(picture)
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    if picture.shape[2] == 3:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), np.uint8) if picture.shape[2] == 4 else None


def busy(frame: Image8) -> float:
    """Share of pixels with a strong edge, 0..1; a bare desk is under 0.001, print is far above. In dim light edges count as they
    would in good light, down to a fifth of it."""
    import cv2
    import numpy as np

    small = cv2.resize(frame, (_WORK_WIDTH // 2, max(1, frame.shape[0] * _WORK_WIDTH // (2 * frame.shape[1]))),
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    light = min(1.0, max(0.2, float(np.percentile(grey[::4, ::4], 95)) / _LIT))
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return float(np.mean(np.hypot(across, down) > 110 * light))


def order_corners(points: npt.NDArray[np.float32]) -> Quad:
    """Sort four points into top-left, top-right, bottom-right, bottom-left."""
    import numpy as np

    centre = points.mean(axis=0)
    around = points[np.argsort(np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0]))]
    first = int(np.argmin(around.sum(axis=1)))
    return np.roll(around, -first, axis=0).astype(np.float32)


def side_lengths(quad: Quad) -> tuple[float, float]:
    """(width, height): means of the opposite sides, in pixels."""
    import numpy as np

    def span(a: int, b: int) -> float:
        return float(np.hypot(*(quad[a] - quad[b])))

    return (span(0, 1) + span(3, 2)) / 2, (span(0, 3) + span(1, 2)) / 2


def find_quads(frame: Image8) -> list[Quad]:
    """Convex four-cornered outlines in the frame, the largest of the three most convincing first. Empty when there is none."""
    import cv2
    import numpy as np

    height, width = frame.shape[:2]
    scale = _WORK_WIDTH / width
    size = (_WORK_WIDTH, max(1, round(height * scale)))
    small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    total = float(small.shape[0] * small.shape[1])
    found: list[tuple[float, Quad]] = []
    for mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:4]:
            hull = np.asarray(cv2.convexHull(contour), np.int32)
            area = float(cv2.contourArea(hull))
            if not _MIN_AREA * total < area < 0.97 * total:
                continue
            quad = _four_corners(hull)
            if quad is None:
                continue
            fit = area / max(1.0, float(cv2.contourArea(quad)))
            fill = float(cv2.contourArea(contour)) / area
            if 0.9 < fit < 1.1 and fill > 0.6:
                score = min(fit, 1 / fit) * fill * (area / total) ** 0.25
                found.append((score, quad))
    found.sort(key=lambda pair: -pair[0])
    kept: list[Quad] = []
    for _, quad in found:
        if all(float(np.abs(quad - other).mean()) > 12 for other in kept):
            kept.append(quad)
    kept = sorted(kept[:3], key=lambda quad: -float(cv2.contourArea(quad)))
    return [order_corners(quad / scale) for quad in kept]


def _masks(small: Image8) -> list[Image8]:
    """Two guesses at 'not the desk': colour unlike the frame's rim, and closed strong edges."""
    import cv2
    import numpy as np

    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = np.concatenate([lab[:8].reshape(-1, 3), lab[-8:].reshape(-1, 3), lab[:, :8].reshape(-1, 3),
                          lab[:, -8:].reshape(-1, 3)])  # fmt: skip
    far = np.sqrt(((lab - np.median(rim, axis=0)) ** 2 * np.array([0.5, 1.6, 1.6], np.float32)).sum(axis=2))
    level, _ = cv2.threshold(np.clip(far, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    colour = ((far > max(14.0, level * 0.9)) * 255).astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    colour = cv2.morphologyEx(cv2.morphologyEx(colour, cv2.MORPH_CLOSE, kernel, iterations=3), cv2.MORPH_OPEN, kernel)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    edges = cv2.dilate(cv2.Canny(grey, 30, 90), np.ones((3, 3), np.uint8))
    solid = np.zeros_like(edges)
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(solid, contours, -1, 255, cv2.FILLED)
    solid = cv2.erode(solid, np.ones((3, 3), np.uint8))
    return [np.asarray(colour, np.uint8), np.asarray(solid, np.uint8)]


def _four_corners(hull: npt.NDArray[np.int32]) -> Quad | None:
    import cv2
    import numpy as np

    around = cv2.arcLength(hull, True)
    for tolerance in (0.015, 0.025, 0.04, 0.06):
        corners = cv2.approxPolyDP(hull, tolerance * around, True)
        if len(corners) == 4 and cv2.isContourConvex(corners):
            return np.asarray(corners.reshape(4, 2), np.float32)
    return None


def rectify(frame: Image8, quad: Quad, size: tuple[int, int]) -> Image8:
    """Pull the quad straight into ``size`` (width, height) pixels."""
    import cv2
    import numpy as np

    width, height = size
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    return np.asarray(cv2.warpPerspective(frame, matrix, size, flags=cv2.INTER_CUBIC,
                                          borderMode=cv2.BORDER_REPLICATE), np.uint8)  # fmt: skip


def relative(quad: Quad, frame: Image8) -> tuple[tuple[float, float], ...]:
    """The quad as fractions of the frame, clipped to 0..1, for the green outline on screen."""
    height, width = frame.shape[:2]
    return tuple((min(1.0, max(0.0, float(x) / width)), min(1.0, max(0.0, float(y) / height))) for x, y in quad)


def sharpness(image: Image8) -> float:
    """Variance of the Laplacian at 640 px width; under about 25 print is too blurred to read."""
    import cv2

    height, width = image.shape[:2]
    small = cv2.resize(image, (640, max(1, round(height * 640 / width))), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def print_sharpness(image: Image8) -> float:
    """As ``sharpness``, but with sensor noise smoothed away first; under 30 characters are misread."""
    import cv2
    import numpy as np

    return sharpness(np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8))


def clearer(image: Image8) -> Image8:
    """Noise smoothed along the edges, light evened out, edges steepened: for print that is small and shaken."""
    import cv2
    import numpy as np

    smooth = cv2.bilateralFilter(image, 5, 28, 3)
    soft = cv2.GaussianBlur(smooth, (0, 0), 2.2)
    return np.asarray(cv2.addWeighted(smooth, 2.0, soft, -1.0, 0), np.uint8)


def is_colourless(image: Image8, within: Quad | None = None) -> bool:
    """Nothing but greys, whatever the light's own tint and strength: a photocopy. ``within``: corners of a convex part of the image,
    at least three; the whole unless told."""
    return tint_spread(image, within) < _GREY


def tint_spread(image: Image8, within: Quad | None = None) -> float:
    """How far the most coloured twentieth lies from the usual tint, in CIELAB at one brightness, for dim light mutes colours."""
    import cv2
    import numpy as np

    inside = np.full(image.shape[:2], 1 if within is None else 0, np.uint8)
    if within is not None:
        cv2.fillConvexPoly(inside, within.round().astype(np.int32), (1,))
    soft = cv2.GaussianBlur(image, (0, 0), 2.5)
    if not inside.any():
        return 0.0
    seen = soft[inside > 0].astype(np.float32)
    lit = np.clip(seen * (_PAPER / max(1.0, float(np.median(seen)))), 0, 255) / 255
    tints = cv2.cvtColor(lit[None], cv2.COLOR_BGR2LAB)[0, :, 1:]
    return float(np.percentile(np.linalg.norm(tints - np.median(tints, axis=0), axis=1), 95))


def glare_share(image: Image8) -> float:
    """Share of burnt-out pixels, 0..1; above about 0.01 on a card the print under it is gone."""
    import numpy as np

    return float(np.mean(image.min(axis=2) >= 252))


def clearness(frame: Image8) -> float:
    """Which of two frames of the same scene is the better to read: print that is sharp, and no burnt-out spot on it. About
    1 ms; no absolute scale. A quarter of a hundredth of the frame burnt out (a hundredth of a card) costs half."""
    import cv2

    height, width = frame.shape[:2]
    small = cv2.resize(frame, (640, max(1, round(height * 640 / width))), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if small.ndim == 3 else small
    burnt = cv2.countNonZero(cv2.inRange(grey, (250,), (255,))) / grey.size
    return float(cv2.Laplacian(grey, cv2.CV_16S, ksize=1).var()) / (1 + 400 * burnt)


def jpeg(image: Image8, limit: int = 300_000) -> bytes:
    """Encode as JPEG of at most ``limit`` bytes: lower quality first, then smaller."""
    import cv2

    while True:
        for quality in (90, 82, 74, 64, 52):
            done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if done and len(data) <= limit:
                return bytes(data)
        image = cv2.resize(image, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
