"""The shapes of paper: A4, A5 and the 80 mm strip, each in normal and in large type (适老化). The content is the same on all.

``scale`` multiplies every type size and distance; ``room`` in unscaled points tells how much stands beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.paper import Look, PaperSize

_ENDLESS = 14_000.0
"""PDF/A allows pages of up to 14,400 points; a longer strip goes on in a second one."""


@dataclass(frozen=True, slots=True)
class Page:
    """``left`` and ``right``: where text begins and ends; ``top``, ``next_top``, ``bottom``: of the first page, of later ones,
    and where text ends. ``is_strip``: one column, as long as it needs to be."""

    width: float
    height: float
    left: float
    right: float
    top: float
    next_top: float
    bottom: float
    scale: float = 1.0
    is_strip: bool = False

    @property
    def room(self) -> float:
        return self.right - self.left

    @property
    def is_narrow(self) -> bool:
        """Too narrow for two blocks beside each other."""
        return self.room / self.scale < 320


A4 = Page(595.28, 841.89, 57.0, 538.28, 46.0, 84.0, 796.0)
_A5 = Page(419.53, 595.28, 36.0, 383.53, 32.0, 65.0, 560.0, 0.82)
_STRIP = Page(226.77, _ENDLESS, 11.34, 215.43, 12.0, 12.0, _ENDLESS - 20, 0.82, is_strip=True)

PAGES: dict[Look, Page] = {
    Look(PaperSize.A4): A4,
    Look(PaperSize.A4, large=True): Page(595.28, 841.89, 48.0, 547.28, 46.0, 91.0, 794.0, 1.36),
    Look(PaperSize.A5): _A5,
    Look(PaperSize.A5, large=True): Page(419.53, 595.28, 30.0, 389.53, 30.0, 68.0, 560.0, 1.1),
    Look(PaperSize.STRIP): _STRIP,
    Look(PaperSize.STRIP, large=True): Page(
        226.77, _ENDLESS, 11.34, 215.43, 12.0, 12.0, _ENDLESS - 20, 1.1, is_strip=True
    ),
}

ROOM = 481.28
"""The width that columns of a table add up to, whatever the page: they are shares of it."""
