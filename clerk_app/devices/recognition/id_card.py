"""Resident ID card in a frame: find it, pull it straight, read it whichever way up it lies.

First the rectified card; only when something stays doubtful the whole frame too, and the two are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.geometry import clearer, is_colourless, print_sharpness, rectify, side_lengths
from clerk_app.devices.recognition.id_fields import read_side, side_of
from clerk_app.devices.recognition.id_reading import Print, Reading, merge
from clerk_app.devices.recognition.name_print import bear_out
from clerk_app.devices.recognition.ocr import Line, print_area, read_lines

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

CARD = (1012, 638)  # pixels; 85.6 mm x 54 mm (ISO/IEC 7810 ID-1) at 300 dpi
_CARD_ASPECT = (1.28, 1.95)
_DETECT = 512  # detector side for a rectified card: no field lost against 640, a fifth faster
_DETECT_HARDER = 736
_COMPARABLE = 8.0  # print_sharpness under which the print of a name is no witness: strokes run together


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card that was read. ``quad`` and ``upright`` (the straightened card) are None without a clear outline. ``colourless``: what
    lies between its lines is grey, as on a photocopy."""

    reading: Reading
    quad: Quad | None
    upright: Image8 | None
    colourless: bool = False


def could_be_card(quad: Quad) -> bool:
    """By proportion alone: 85.6 to 54, seen at a slant, lying or standing."""
    width, height = side_lengths(quad)
    aspect = max(width, height) / max(1.0, min(width, height))
    return _CARD_ASPECT[0] <= aspect <= _CARD_ASPECT[1]


def shaped_like_card(quad: Quad) -> bool:
    """As ``could_be_card``, but no sheet of A4 (1.41) seen straight."""
    width, height = side_lengths(quad)
    return 1.47 <= max(width, height) / max(1.0, min(width, height)) <= 1.75


def read_in_quad(frame: Image8, quad: Quad, *, harder: bool = False) -> tuple[CardSeen | None, bool]:
    """Read the card in ``quad``; None when what lies there is no ID card. The second value says whether a card's words
    stand somewhere inside all the same (a card on a sheet of paper): then a smaller outline is worth trying.

    ``harder``: enlarged, freed from noise and sharpened first, for a card that is far away or shaken."""
    import cv2
    import numpy as np

    width, height = side_lengths(quad)
    lying = quad if width >= height else np.roll(quad, 1, axis=0)
    long_side = max(width, height)
    scale = 1.0 if harder else min(1.0, max(0.6, long_side * 1.15 / CARD[0]))
    size = (round(CARD[0] * scale), round(CARD[1] * scale))
    plain = rectify(frame, lying, size)
    card = clearer(plain) if harder else plain
    lines = read_lines(card, side=_DETECT_HARDER if harder else _DETECT, give_up_over=20)
    if not lines:
        return None, False
    turned = _mostly_turned(lines)
    prints = [_on_card(line, size, turned=turned) for line in lines]
    kind = side_of(prints, framed=True)
    if kind is None:
        return None, side_of(prints, framed=False) is not None
    colourless = is_colourless(plain, print_area(lines))  # an outline often takes some of the desk in
    if turned:
        card = np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8)
        plain = np.asarray(cv2.rotate(plain, cv2.ROTATE_180), np.uint8)
    reading = read_side(prints, kind, framed=True)
    if print_sharpness(plain) >= _COMPARABLE:
        bear_out(reading, plain)
    return CardSeen(reading, quad, card, colourless), True


def read_in_frame(lines: Sequence[Line]) -> Reading | None:
    """Read a card from the lines of the whole frame, at any angle up to 45 degrees and upside down; None if no card."""
    if not lines:
        return None
    prints = _levelled(lines)
    kind = side_of(prints, framed=False)
    return None if kind is None else read_side(prints, kind, framed=False)


def improve(card: CardSeen, frame: Image8) -> CardSeen:
    """More looks for what the first left doubtful: the card enlarged and sharpened; then the whole frame, for what is still
    missing and for a number; merged by field."""
    if card.quad is not None:
        again, _ = read_in_quad(frame, card.quad, harder=True)
        if again is not None and again.reading.kind is card.reading.kind:
            card = replace(card, reading=merge(card.reading, again.reading))
    if not card.reading.worth_whole_frame:
        return card
    second = read_in_frame(read_lines(frame))
    if second is None or second.kind is not card.reading.kind:
        return card
    return replace(card, reading=merge(card.reading, second))


def _mostly_turned(lines: Sequence[Line]) -> bool:
    weight = sum((1 if line.turned else -1) * line.width for line in lines)
    return weight > 0


def _on_card(line: Line, size: tuple[int, int], *, turned: bool) -> Print:
    x, y = line.x / size[0], line.y / size[1]
    if turned:
        x, y = 1 - x, 1 - y
    half = line.width / size[0] / 2
    at = tuple(x - half + place / size[0] for place in line.at)
    return Print(line.text, line.scores, x, y, x - half, x + half, line.height / size[1], at)


def _levelled(lines: Sequence[Line]) -> list[Print]:
    """Turn the plane so that the print runs left to right, in pixels of the frame."""
    import math

    by_slope = sorted(lines, key=lambda line: line.slope)
    half, run = sum(line.width for line in lines) / 2, 0.0
    slope = 0.0
    for line in by_slope:
        run += line.width
        slope = line.slope
        if run >= half:
            break
    if _mostly_turned(lines):
        slope += math.pi
    cos, sin = math.cos(-slope), math.sin(-slope)
    prints = []
    for line in lines:
        x, y = line.x * cos - line.y * sin, line.x * sin + line.y * cos
        prints.append(Print(line.text, line.scores, x, y, x - line.width / 2, x + line.width / 2, line.height))
    return prints
