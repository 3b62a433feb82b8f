"""The one recogniser: a frame is a code, a side of an ID card, a page, or nothing. Nobody chooses what to scan.

Order: code (1 to 30 ms), ID card (about 0.4 s on one core, 1 s when a second look is needed), page, nothing.
Pure: no clock but the stopwatch for ``ms``, no state but the OCR engine that is built once.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from clerk_app.devices.recognition.code import read_codes
from clerk_app.devices.recognition.geometry import busy, find_quads, glare_share, jpeg, relative, sharpness
from clerk_app.devices.recognition.id_card import (
    CardSeen,
    could_be_card,
    improve,
    read_in_frame,
    read_in_quad,
    shaped_like_card,
)
from clerk_app.devices.recognition.ocr import read_lines
from clerk_app.devices.recognition.page import PageSeen, finish, looks_like_paper, straighten
from clerk_app.domain.recognition import Seen, SeenKind

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

BARE = 0.004  # busy() below this is a bare desk
_BLURRED = 60.0
_GLARE = 0.012
_FULL_PAGE_LINES = 6
_SMALLEST_SHEET = 0.2  # of the frame
_MIN_CARD_WIDTH = 0.26  # of the frame's width


def recognise(frame: Image8) -> Seen:
    """Look once at a BGR uint8 frame of any size from 32x32 up. Raises nothing for odd content."""
    import cv2
    import numpy as np

    start = perf_counter()
    if frame.ndim == 2:
        frame = np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    seen = _look(frame) if min(frame.shape[:2]) >= 32 else Seen(SeenKind.NOTHING)
    return replace(seen, ms=round((perf_counter() - start) * 1000, 1))


def is_bare(frame: Image8) -> bool:
    """Cheap (1 to 2 ms): nothing lies there."""
    return busy(frame) < BARE


def _look(frame: Image8) -> Seen:
    bare = is_bare(frame)
    codes = read_codes(frame, thorough=not bare)
    if codes:
        return Seen(SeenKind.CODE, text=codes[0].text, outline=relative(codes[0].quad, frame))
    if bare:
        return Seen(SeenKind.NOTHING)
    quads = find_quads(frame)
    for quad in quads:
        if could_be_card(quad):
            card, go_on = read_in_quad(frame, quad)
            if card is None and not go_on and shaped_like_card(quad):
                card, go_on = read_in_quad(frame, quad, harder=True)
            if card is not None:
                if card.reading.worth_another_look:
                    card = improve(card, frame)
                return _card_seen(card, frame)
            if not go_on:
                break
    for quad in quads:
        if looks_like_paper(frame, quad) and not (shaped_like_card(quad) and is_small(frame, quad)):
            return _page_seen(straighten(frame, quad), relative(quad, frame))
    return _without_outline(frame, quads)


def is_small(frame: Image8, quad: Quad) -> bool:
    """Smaller than any sheet would be laid: then it is a card that could not be read, and not a page."""
    import cv2

    return bool(cv2.contourArea(quad) < _SMALLEST_SHEET * frame.shape[0] * frame.shape[1])


def _without_outline(frame: Image8, quads: list[Quad]) -> Seen:
    """Fingers over a corner, a white desk, a sheet larger than the picture: read the whole frame."""
    lines = read_lines(frame)
    reading = read_in_frame(lines)
    if reading is not None:
        return _card_seen(CardSeen(reading, None, None), frame)
    if len(lines) >= _FULL_PAGE_LINES and not quads:
        page = finish(frame)
        return _page_seen(page, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "四角没进画面，往后一点")
    advice = "没认出来，放平、放到中间再试" if quads or lines else ""
    return Seen(SeenKind.NOTHING, advice=advice)


def _card_seen(card: CardSeen, frame: Image8) -> Seen:
    reading = card.reading
    advice = list(dict.fromkeys(reading.reasons))
    if reading.doubtful and card.upright is not None and card.quad is not None:
        if glare_share(card.upright) > _GLARE:
            advice.append("反光了，斜一点")
        elif float(card.quad[:, 0].max() - card.quad[:, 0].min()) < _MIN_CARD_WIDTH * frame.shape[1]:
            advice.append("再近一点")
        elif sharpness(card.upright) < _BLURRED:
            advice.append("有点糊，放稳一点")
    return Seen(
        reading.kind,
        fields=dict(reading.fields),
        confidence=dict(reading.confidence),
        doubtful=reading.doubtful,
        outline=relative(card.quad, frame) if card.quad is not None else (),
        page_jpeg=jpeg(card.upright if card.upright is not None else frame),
        advice="；".join(advice),
        document=reading.document,
    )


def _page_seen(page: PageSeen, outline: tuple[tuple[float, float], ...], advice: str = "") -> Seen:
    if not advice and page.sharpness < _BLURRED:
        advice = "有点糊，放稳一点"
    return Seen(SeenKind.PAGE, outline=outline, page_jpeg=page.data, advice=advice)
