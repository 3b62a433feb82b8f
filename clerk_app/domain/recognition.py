"""What the camera saw, as plain values: crosses from the devices to the screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SeenKind(StrEnum):
    """The one recogniser has no modes: each frame is one of these."""

    CODE = "code"
    ID_FRONT = "id_front"
    ID_BACK = "id_back"
    CHIP = "chip"  # by the card reader, not by the camera
    PAGE = "page"
    NOTHING = "nothing"


SURE = 0.95
"""A field at or above this confidence needs no second look (goals: 99 % of such fields are right)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at one frame.

    ``fields``: name sex ethnicity birth(YYYY-MM-DD) address id_number authority valid_from valid_to(YYYY-MM-DD or 长期);
    nationality for a permit, pass_number name_zh … from its chip.
    ``confidence``: per field, 0..1. ``doubtful``: names of the fields a person must look at.
    ``document``: a DocumentKind's value for a card, empty else. ``photo``: the chip's portrait as it stands there (WLT);
    ``portrait``: the same as a BMP, where a vendor's decoder is plugged in.
    ``outline``: four corners in relative coordinates 0..1 of the frame. ``page_jpeg``: the straightened page or card.
    ``name_strip``: a PNG of the name as the card shows it.
    """

    kind: SeenKind
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    outline: tuple[tuple[float, float], ...] = ()
    page_jpeg: bytes = b""
    advice: str = ""
    ms: float = 0.0
    document: str = ""
    photo: bytes = field(default=b"", repr=False)
    portrait: bytes = field(default=b"", repr=False)
    name_strip: bytes = field(default=b"", repr=False)
