"""Hold the print of a sign against what was read: is it that sign, or one that nearly looks like it?

The recogniser reads a sign that it does not know as one that it knows, and its score need not tell (㬢 comes out as 曦 at
1.00). Here the sign is cut out of the straightened card and both are drawn with our own fonts, brought to the print's place, size,
weight and blur. Only where the two have different strokes is the print asked which of them it shows, so
that neither a blur nor another face of type decides. Pixels are those of a card 1012 wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from clerk_app.devices.recognition.id_reading import Reading
from clerk_app.devices.recognition.look_alikes import look_alikes
from clerk_app.devices.typeface import bundled_typeface

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from clerk_app.devices.recognition.geometry import Image8

    Ink = npt.NDArray[np.float32]

WIDE = 1012  # pixels of the card at which print is compared
_EM, _LARGE, _HALF, _ROOM = (
    44,
    66,
    36,
    5,
)  # pixels: a sign's body, as it is drawn first, half the cut-out, room around it
_SCALES = (0.86, 0.91, 0.96, 1.01, 1.06, 1.12)
_BLURS = (0.7, 1.2, 1.8, 2.5)
_WORTH_IT, _BORNE_OUT = 0.9, 0.98  # confidence of a name that is worth the comparison, and of one that it bears out
_SHOWS, _ALIKE = 0.8, 0.85
"""What the print of every sign must reach: its share against each look-alike, and its correlation with the sign itself. Of cards
drawn in five faces of type 52 of 71 right signs reached both and none of 165 that the recogniser cannot know did; in a face that is
ours the right ones reach 0.9 and the others 0.7 at most. Strokes are compared where they lie more than a pixel apart: with wider room
the faces agree more and the signs too, with none a face of type decides (a Gothic print of a sign that we have in a Ming type)."""
_OFF = 6  # pixels that a look-alike may lie beside the sign
_STROKE = 0.35  # ink from which a pixel is part of a stroke
_NO_DIFFERENCE = 1e-3
_Fit: TypeAlias = "tuple[float, float, bool, tuple[int, int]]"  # scale, blur, bold, where its square begins


@dataclass(frozen=True, slots=True)
class Rival:
    """``share``: 1 where the print shows the sign that was read, 0 where it shows this one, 0.5 where it cannot tell."""

    sign: str
    share: float


@dataclass(frozen=True, slots=True)
class SignPrint:
    """``likeness``: correlation, up to 1, of the print with the sign that was read, drawn."""

    sign: str
    likeness: float
    rivals: tuple[Rival, ...]


def bear_out(reading: Reading, upright: Image8) -> None:
    """Make the name of a straight card sure where its print bears out every sign, and say which signs it could be where it
    does not. ``upright``: the card as it was seen, not sharpened. A name with a rare sign, or read badly, is left as it is."""
    signs = reading.name_signs
    if reading.confidence.get("name", 0.0) < _WORTH_IT or not signs:
        return
    ink, held = ink_of(upright), True
    tall = WIDE * upright.shape[0] / upright.shape[1]
    for sign in signs:
        if sign.sign == "·":
            continue
        print_ = weigh(ink, sign.sign, sign.x * WIDE, sign.y * tall)
        others = [rival.sign for rival in sorted(print_.rivals, key=lambda each: each.share) if rival.share < _SHOWS]
        held = held and print_.likeness >= _ALIKE and not others
        if others:
            shown = "、".join(f"“{other}”" for other in others[:3])
            reading.disputed += (f"“{sign.sign}”也可能是{shown}，请对照身份证",)
    reading.reasons += reading.disputed
    if held:
        reading.confidence["name"] = _BORNE_OUT


def ink_of(upright: Image8) -> Ink:
    """The straightened card as ink on paper: 0 where it is bare, whatever the light."""
    import cv2
    import numpy as np

    tall, wide = upright.shape[:2]
    grey = cv2.cvtColor(upright, cv2.COLOR_BGR2GRAY) if upright.ndim == 3 else upright
    top = grey[: round(tall * 0.24)]  # the name's line with room below
    size = (WIDE, round(top.shape[0] * WIDE / wide))
    even = cv2.resize(top, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    small = cv2.resize(np.clip(even, 0, 255).astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    bare = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 3), np.ones((9, 9), np.uint8)), (0, 0), 3)
    paper = cv2.resize(bare, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(paper.astype(np.float32) - even, 0, None) / np.maximum(paper, 30), np.float32)


def weigh(ink: Ink, sign: str, x: float, y: float) -> SignPrint:
    """The sign whose centre lies at ``x``, ``y`` (pixels of ``ink``)."""
    import cv2
    import numpy as np

    window = np.asarray(cv2.getRectSubPix(ink, (2 * _HALF, 2 * _HALF), (x, y)), np.float32)
    best, fit = -1.0, (1.01, 1.2, False, (0, 0))
    for scale in _SCALES:
        score, at = _laid(window, sign, scale, 1.2, False)
        if score > best:
            best, fit = score, (scale, 1.2, False, at)
    for blur in _BLURS:
        for bold in (False, True):
            score, at = _laid(window, sign, fit[0], blur, bold)
            if score > best:
                best, fit = score, (fit[0], blur, bold, at)
    scale, blur, bold, at = fit
    ours, sharp = _placed(sign, scale, blur, bold, at), _placed(sign, scale, 0.5, bold, at)
    gain = float((window * ours).sum() / max(1e-6, (ours * ours).sum()))
    seen = np.asarray(window / max(gain, 1e-6), np.float32)
    rivals = [_against(window, seen, ours, sharp, other, fit) for other in look_alikes(sign)]
    return SignPrint(sign, best, tuple(rivals))


def _against(window: Ink, seen: Ink, ours: Ink, sharp: Ink, other: str, fit: _Fit) -> Rival:
    import cv2
    import numpy as np

    scale, blur, bold, at = fit
    left, top = max(0, at[0] - _OFF), max(0, at[1] - _OFF)
    size = _drawn(other, scale, blur, bold).shape
    near_by = window[top : at[1] + _OFF + size[0], left : at[0] + _OFF + size[1]]
    _, there = _laid(near_by, other, scale, blur, bold)
    place = (left + there[0], top + there[1])
    theirs, their_sharp = _placed(other, scale, blur, bold, place), _placed(other, scale, 0.5, bold, place)
    near = np.ones((3, 3), np.uint8)
    only_ours = (sharp > _STROKE) & ~(cv2.dilate(their_sharp, near) > _STROKE)
    only_theirs = (their_sharp > _STROKE) & ~(cv2.dilate(sharp, near) > _STROKE)
    where = only_ours | only_theirs
    apart = (ours - theirs) * where
    mass = float((apart * apart).sum())
    share = float((apart * (seen - theirs)).sum() / mass) if mass > _NO_DIFFERENCE else 0.5
    return Rival(other, share)


def _laid(window: Ink, sign: str, scale: float, blur: float, bold: bool) -> tuple[float, tuple[int, int]]:
    """How well the drawn sign fits, and where its square begins."""
    import cv2

    drawn = _drawn(sign, scale, blur, bold)
    if min(drawn.shape) < 8 or max(drawn.shape) > 2 * _HALF:
        return -1.0, (0, 0)
    scores = cv2.matchTemplate(window, drawn, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(scores)
    return float(best), (int(at[0]), int(at[1]))


def _placed(sign: str, scale: float, blur: float, bold: bool, at: tuple[int, int]) -> Ink:
    import numpy as np

    drawn, whole = _drawn(sign, scale, blur, bold), np.zeros((2 * _HALF, 2 * _HALF), np.float32)
    tall, wide = drawn.shape
    part = whole[at[1] : at[1] + tall, at[0] : at[0] + wide]
    part[:] = drawn[: part.shape[0], : part.shape[1]]
    return whole


@lru_cache(maxsize=1024)
def _drawn(sign: str, scale: float, blur: float, bold: bool) -> Ink:
    """The sign, cut to its ink with some room, 0 paper to 1 ink."""
    import cv2
    import numpy as np

    size = max(8, round(_EM * scale * 100)) / 100
    sharp = _sharp(sign, bold)
    shrunk = cv2.resize(sharp, None, fx=size / _LARGE, fy=size / _LARGE, interpolation=cv2.INTER_AREA)
    room = cv2.copyMakeBorder(shrunk, _ROOM, _ROOM, _ROOM, _ROOM, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), blur), np.float32)


@lru_cache(maxsize=512)
def _sharp(sign: str, bold: bool) -> Ink:
    """Larger than the card's print, cut to its ink."""
    import numpy as np

    mask, _ = bundled_typeface(bold=bold).font_of(sign, _LARGE).getmask2(sign, "L")
    return np.asarray(np.array(mask, np.float32).reshape(mask.size[1], mask.size[0]) / 255, np.float32)
