"""Text lines in an image, by rapidocr (PP-OCRv6, models inside the wheel, no network), built once and lazily.

The three stages are called one by one: the classifier errs on single lines, so all lines of a picture are turned or none.
One engine serves one thread at a time (a lock); building takes about 0.3 s, a card about 0.3 s.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8, Quad

_lock = threading.Lock()
_COLUMN = 8 / 48  # of the line's height: the recogniser sees lines 48 pixels high and speaks once every 8
_SAME_WAY = 0.3  # sine of the angle between two lines that run the same way
_FEWEST_LINES = 2  # a stamp alone says nothing about which way up a page lies


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print. ``scores`` has one value 0..1 per character of ``text``; x, y are its centre and
    ``width``, ``height`` its size in pixels of the image; ``turned`` when it was read upside down."""

    text: str
    scores: tuple[float, ...]
    x: float
    y: float
    width: float
    height: float
    slope: float  # radians, of the long side, in (-pi/2, pi/2]
    turned: bool
    at: tuple[float, ...] = ()  # pixels from the line's beginning to each character's centre; empty when not known

    @property
    def left(self) -> float:
        return self.x - self.width / 2


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.return_word_box": True,  # per-character scores
            "Global.use_vertical_padding": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # the preview and the UI need the other core
            "Rec.rec_batch_num": 1,  # on one core, batches only pad short lines to the longest
            "Det.limit_type": "max",
            "Det.limit_side_len": 960,
        }
    )


def print_area(lines: Sequence[Line]) -> Quad:
    """The hull of the lines that run as the longest does, corners in pixels: it lies on the thing that bears them, and holds
    nothing of a coloured desk around it. ``lines``: at least one."""
    import cv2
    import numpy as np

    longest = max(lines, key=lambda line: line.width)
    along = [line for line in lines if abs(math.sin(line.slope - longest.slope)) < _SAME_WAY]
    boxes = [cv2.boxPoints(((a.x, a.y), (a.width, a.height), math.degrees(a.slope))) for a in along]
    return np.asarray(cv2.convexHull(np.concatenate(boxes))[:, 0], np.float32)


def warm_up() -> None:
    """Build the engine and load the models; call it from a worker before the first card comes."""
    import numpy as np

    read_lines(np.full((64, 320, 3), 255, np.uint8))
    with _lock:
        _engine().recognize_txt([np.full((48, 320, 3), 255, np.uint8)])


def known_signs() -> frozenset[str]:
    """Every sign that the recogniser can read at all: what it does not know comes out as one of these."""
    return frozenset(_engine()._load_rec_model().session.get_character_list())


def read_lines(image: Image8, *, side: int = 960, at_most: int = 24, give_up_over: int = 1000) -> list[Line]:
    """Find and read lines, top to bottom. ``side``: the detector's longest side in pixels (its cost grows with the
    square). Only the ``at_most`` lines with the largest print are read; with more than
    ``give_up_over`` none is (a page, not a card: no need to read it)."""
    import numpy as np
    from rapidocr.main import RapidOCRError

    engine = _engine()
    with _lock:
        detector = engine._load_det_model()
        detector.limit_side_len = side
        try:
            crops, found = engine.detect_and_crop(image, {})
        except RapidOCRError:
            return []  # how rapidocr says 'no text here'
        if len(crops) > give_up_over:
            return []
        order = sorted(range(len(crops)), key=lambda k: -min(crops[k].shape[:2]))[:at_most]
        chosen = [crops[k] for k in order]
        _, turns = engine.cls_and_rotate([crop.copy() for crop in chosen])
        turned = _vote(chosen, turns.cls_res)
        read = engine.recognize_txt([np.ascontiguousarray(np.rot90(crop, 2)) for crop in chosen] if turned else chosen)
        lines = []
        for slot, k in enumerate(order):
            line = _line(found.boxes[k], read.txts[slot], read.word_results[slot], turned, chosen[slot].shape[0])
            if line is not None:
                lines.append(line)
    return sorted(lines, key=lambda line: line.y)


def quarter_turns(image: Image8, *, side: int = 736, at_most: int = 12) -> int:
    """How many quarters, counter-clockwise, would put the print of a page upright; 0 when there is too little of it."""
    import numpy as np
    from rapidocr.main import RapidOCRError

    engine = _engine()
    with _lock:
        detector = engine._load_det_model()
        detector.limit_side_len = side
        try:
            crops, found = engine.detect_and_crop(image, {})
        except RapidOCRError:
            return 0
        order = sorted(range(len(crops)), key=lambda k: -max(crops[k].shape[:2]))[:at_most]
        if len(order) < _FEWEST_LINES:
            return 0
        boxes = [np.asarray(found.boxes[k]) for k in order]
        across = sum(float(np.ptp(box[:, 0])) for box in boxes)
        down = sum(float(np.ptp(box[:, 1])) for box in boxes)
        _, turns = engine.cls_and_rotate([crops[k].copy() for k in order])
        is_turned = _vote([crops[k] for k in order], turns.cls_res)
    return (1 if down > across else 0) + (2 if is_turned else 0)


def _vote(crops: Sequence[Image8], said: Sequence[tuple[str, float]]) -> bool:
    """Whether the print stands on its head: all lines of one thing do or none, so the wide and certain ones decide."""
    weight = 0.0
    for crop, (label, score) in zip(crops, said, strict=True):
        weight += (1 if label == "180" else -1) * crop.shape[1] / max(1, crop.shape[0]) * max(0.0, score - 0.5)
    return weight > 0


def _line(box: Any, text: str, words: Any, turned: bool, tall: int) -> Line | None:
    """``tall``: the crop's height in pixels, from which the recogniser's columns get their width."""
    import numpy as np

    confidences = list(getattr(words, "confs", ()))
    if len(confidences) != len(text):
        confidences = [0.5] * len(text)
    kept = [(ch, float(c)) for ch, c in zip(text, confidences, strict=True) if not ch.isspace()]
    if not kept:
        return None
    across, down = box[1] - box[0], box[3] - box[0]
    columns = [column for word in getattr(words, "word_cols", ()) for column in word]
    step = _COLUMN * tall
    return Line(
        text="".join(ch for ch, _ in kept),
        scores=tuple(c for _, c in kept),
        x=float(box[:, 0].mean()),
        y=float(box[:, 1].mean()),
        width=float(np.hypot(*across)),
        height=float(np.hypot(*down)),
        slope=float(np.arctan2(across[1], across[0])),
        turned=turned,
        at=tuple((column + 0.5) * step for column in columns) if len(columns) == len(kept) else (),
    )
