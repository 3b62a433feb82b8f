"""The one recogniser: a frame is a code, a side of an ID card, a page, or nothing. Nobody chooses what to scan.

Order: code (1 to 30 ms), ID card (about 0.4 s on one core, 1 s when a second look is needed), page, nothing.
Pure: no clock but the stopwatch for ``ms``, no state but the OCR engine that is built once.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.code import CodeSeen, read_codes, read_small_code
from clerk_app.devices.recognition.geometry import (
    as_bgr,
    busy,
    find_quads,
    glare_share,
    is_colourless,
    jpeg,
    rectify,
    relative,
    sharpness,
    side_lengths,
)
from clerk_app.devices.recognition.id_card import (
    CARD,
    CardSeen,
    could_be_card,
    improve,
    read_in_frame,
    read_in_quad,
    shaped_like_card,
)
from clerk_app.devices.recognition.name_strip import name_strip
from clerk_app.devices.recognition.ocr import Line, print_area, read_lines
from clerk_app.devices.recognition.page import PageSeen, finish, looks_like_paper, straighten
from clerk_app.domain.recognition import Seen, SeenKind

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

_WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
BARE = 0.004  # busy() below this is a bare desk
BLURRED = 60.0
_GLARE = 0.012
_TOO_DARK = "太暗了，挪到亮的地方"
_FULL_PAGE_LINES = 6
_SMALLEST = 32  # pixels; a frame with a shorter side shows nothing
_SMALLEST_SHEET, _SMALLEST_CARD = 0.2, 0.12  # of the frame
_FAR, _DARK = 0.32, 60  # of the frame's width, a card's long side; grey level of what lies there


def recognise(frame: Image8) -> Seen:
    """Look once at a frame of any size from 32x32 up. Raises nothing for odd content."""
    start = perf_counter()
    picture = as_bgr(frame)
    seen = Seen(SeenKind.NOTHING) if picture is None or min(picture.shape[:2]) < _SMALLEST else _look(picture)
    return replace(seen, ms=round((perf_counter() - start) * 1000, 1))


def is_bare(frame: Image8) -> bool:
    """Cheap (1 to 2 ms): nothing lies there."""
    return busy(frame) < BARE


def _look(frame: Image8) -> Seen:
    import numpy as np

    if codes := read_codes(frame, thorough=False):
        return _code_seen(codes[0], frame)
    if is_bare(frame):
        return Seen(SeenKind.NOTHING)
    if codes := read_codes(frame):
        return _code_seen(codes[0], frame)
    quads = find_quads(frame)
    if quads and is_small(frame, quads[0], _SMALLEST_CARD) and (codes := read_small_code(frame, quads[0])):
        return _code_seen(codes[0], frame)
    words_inside = False
    for quad in quads:
        if could_be_card(quad):
            card, go_on = read_in_quad(frame, quad)
            if card is None and not go_on and shaped_like_card(quad):
                card, go_on = read_in_quad(frame, quad, harder=True)
            if card is not None:
                if card.upright is not None and card.colourless:
                    if float(np.median(card.upright)) < _DARK:
                        return Seen(SeenKind.NOTHING, advice=_TOO_DARK)  # in the dark every card is grey
                    return _copy_seen(frame, next((q for q in quads if looks_like_paper(frame, q)), quad))
                if card.reading.worth_another_look:
                    card = improve(card, frame)
                return _card_seen(card, frame)
            words_inside = words_inside or go_on
            if not go_on:
                break
    if words_inside and (inside := _card_by_its_words(frame, read_lines(frame), quads)) is not None:
        return inside  # a card on a sheet of paper, whose own edge is too faint
    for quad in quads:
        if looks_like_paper(frame, quad) and not (shaped_like_card(quad) and is_small(frame, quad)):
            page = straighten(frame, quad)
            if shaped_like_card(quad) and page.sharpness < BLURRED:
                break  # more likely a card out of focus than a sheet
            return _page_seen(page, relative(quad, frame))
    return _without_outline(frame, quads)


def _code_seen(code: CodeSeen, frame: Image8) -> Seen:
    return Seen(SeenKind.CODE, text=code.text, outline=relative(code.quad, frame))


def is_small(frame: Image8, quad: Quad, share: float = _SMALLEST_SHEET) -> bool:
    """Smaller than any sheet would be laid: then it is a card that could not be read, and not a page."""
    import cv2

    return bool(cv2.contourArea(quad) < share * frame.shape[0] * frame.shape[1])


def _without_outline(frame: Image8, quads: list[Quad]) -> Seen:
    """Fingers over a corner, a white desk, a sheet larger than the picture: read the whole frame."""
    lines = read_lines(frame)
    if (card := _card_by_its_words(frame, lines, quads)) is not None:
        return card
    if len(lines) >= _FULL_PAGE_LINES and not quads:
        page = finish(frame)
        return _page_seen(page, _WHOLE, "四角没进画面，往后一点")
    advice = _what_to_do(frame, quads[0], rectify(frame, quads[0], CARD)) if quads else ""
    return Seen(SeenKind.NOTHING, advice=advice or ("没认出来，放平、放到中间再试" if quads or lines else ""))


def _what_to_do(frame: Image8, quad: Quad, flat: Image8) -> str:
    """The one thing that would help most to read what lies in ``quad``; ``flat``: the same pulled straight."""
    import numpy as np

    if glare_share(flat) > _GLARE:
        return "反光了，斜一点"
    if max(side_lengths(quad)) < _FAR * frame.shape[1]:
        return "再近一点"
    if float(np.median(flat)) < _DARK:
        return _TOO_DARK
    return "有点糊，放稳一点" if sharpness(flat) < BLURRED else ""


def _card_by_its_words(frame: Image8, lines: list[Line], quads: list[Quad]) -> Seen | None:
    """A card known by its print alone, or the copy of one; None when these lines are of no card."""
    reading = read_in_frame(lines)
    if reading is None:
        return None
    if is_colourless(frame, print_area(lines)):
        return _copy_seen(frame, next((quad for quad in quads if looks_like_paper(frame, quad)), None))
    return _card_seen(CardSeen(reading, None, None), frame)


def _copy_seen(frame: Image8, quad: Quad | None) -> Seen:
    """A card without any colour is a photocopy: a page among others, and nobody's identity."""
    page = finish(frame) if quad is None else straighten(frame, quad)
    outline = _WHOLE if quad is None else relative(quad, frame)
    return _page_seen(page, outline, "像是身份证复印件：可以作材料，核身请放原件")


def _card_seen(card: CardSeen, frame: Image8) -> Seen:
    reading = card.reading
    advice = list(dict.fromkeys(reading.reasons))
    if reading.doubtful and card.upright is not None and card.quad is not None:
        advice += [words for words in [_what_to_do(frame, card.quad, card.upright)] if words]
    return Seen(
        reading.kind,
        fields=dict(reading.fields),
        confidence=dict(reading.confidence),
        doubtful=reading.doubtful,
        outline=relative(card.quad, frame) if card.quad is not None else (),
        page_jpeg=jpeg(card.upright if card.upright is not None else frame),
        advice="；".join(advice),
        document=reading.document,
        name_strip=name_strip(card.upright) if card.upright is not None and reading.kind is SeenKind.ID_FRONT else b"",
    )


def _page_seen(page: PageSeen, outline: tuple[tuple[float, float], ...], advice: str = "") -> Seen:
    if not advice and page.sharpness < BLURRED:
        advice = "有点糊，放稳一点"
    return Seen(SeenKind.PAGE, outline=outline, page_jpeg=page.data, advice=advice)
