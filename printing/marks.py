"""What can stand on a page: text, rules, boxes, QR squares and pictures. Points (1/72 inch) from the top left corner."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.paper import Copy
from printing.lines import Line

INK, SOFT, FAINT, HAIR = 0.07, 0.36, 0.55, 0.74
"""Greys from 0 (black) to 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text at a baseline. ``spacing``: extra points between characters. ``meant``: what copying should give
    when the spacing would tear the words apart."""

    x: float
    y: float
    line: Line
    size: float
    grey: float = INK
    spacing: float = 0.0
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thick: float = 0.5
    grey: float = HAIR
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """An empty rectangle."""

    x: float
    y: float
    width: float
    height: float
    thick: float = 0.8
    grey: float = INK
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Squares:
    """A QR matrix, dark where True."""

    x: float
    y: float
    side: float
    rows: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in greys: an office's logo, or a name as the card shows it. ``data``: PNG or JPEG."""

    x: float
    y: float
    width: float
    height: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Only:
    """A mark that stands on one of the copies alone: 本联交申请人, or the slip that is cut off."""

    copy: Copy
    mark: Text | Rule | Box


Drawn = Text | Rule | Box | Squares | Picture
Mark = Drawn | Only


@dataclass(frozen=True, slots=True)
class Style:
    """Size and leading in points on A4 in normal type, weight and grey; a page scales them."""

    size: float
    leading: float
    bold: bool = False
    grey: float = INK

    def times(self, scale: float) -> Style:
        return Style(self.size * scale, self.leading * scale, self.bold, self.grey)


BODY = Style(11, 18)
SMALL = Style(9, 14, grey=SOFT)
CELL = Style(10.5, 15.5)
HEAD = Style(9.5, 14, grey=SOFT)
STRONG = Style(15, 22, bold=True)
LABEL = Style(10.5, 16, grey=SOFT)
VALUE = Style(10.5, 16)


def baseline(style: Style) -> float:
    """How far below the top of its line box the baseline lies (Noto Sans SC: 880 above, 120 below)."""
    return (style.leading - style.size) / 2 + style.size * 0.88
