"""Write the table of look-alikes: for each common sign the signs that nearly look like it, so that print can be held against both.

    python -m scripts.look_alikes

What the text recogniser does not know it reads as something that it knows. For every sign of GB 2312 (what a name may be
made of and still be sure) the table holds the signs of our fonts that look most alike: some that the recogniser cannot know,
and some that it can confuse. Every sign is drawn, brought to one size and one weight of stroke (the fonts are of two styles), blurred,
and compared by correlation. Rebuild when the fonts or the recogniser's model change: a test compares the table's own note of both.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from clerk_app.devices.recognition.look_alikes import TABLE, is_common
from clerk_app.devices.recognition.ocr import known_signs
from printing import fonts

Array = np.typing.NDArray[np.float32]

UNKNOWN, KNOWN = 8, 2  # at most so many of each for one sign
LEAST = 0.72  # correlation of what counts as looking alike
_DRAWN, _SIDE, _INK = 56, 28, 0.30  # pixels drawn, compared; share of the square that ink is thickened to


def signs_of(path: Path) -> list[str]:
    """The hanzi that a font can draw, without those that Unicode only keeps for other standards' sake."""
    points = TTFont(path, lazy=True).getBestCmap()
    hanzi = [chr(point) for point in sorted(points) if unicodedata.name(chr(point), "").startswith("CJK UNIFIED")]
    return [sign for sign in hanzi if unicodedata.normalize("NFC", sign) == sign]


def features(path: Path, signs: list[str]) -> Array:
    """One row for each sign: drawn, cut to its ink, of one weight, blurred; zero mean and unit length."""
    font = ImageFont.truetype(str(path), _DRAWN)
    rows = np.zeros((len(signs), _SIDE * _SIDE), np.float32)
    for k, sign in enumerate(signs):
        image = Image.new("L", (_DRAWN * 2, _DRAWN * 2))
        ImageDraw.Draw(image).text((_DRAWN // 2, _DRAWN * 3 // 2), sign, font=font, fill=255, anchor="ls")
        box = image.getbbox()
        if box is None:
            continue
        rows[k] = _one_weight(np.asarray(image.crop(box), np.uint8)).ravel()
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return rows


def _one_weight(ink: np.typing.NDArray[np.uint8]) -> Array:
    tall, wide = ink.shape
    scale = (_SIDE - 4) / max(tall, wide)
    size = (max(2, round(wide * scale)), max(2, round(tall * scale)))
    square = np.zeros((_SIDE, _SIDE), np.float32)
    x, y = (_SIDE - size[0]) // 2, (_SIDE - size[1]) // 2
    thin = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    square[y : y + size[1], x : x + size[0]] = thin
    thick = cv2.dilate(square, np.ones((2, 2), np.uint8))
    local = cv2.GaussianBlur(thick, (0, 0), 2.5)
    even = thick / np.maximum(local, 0.15)  # hairlines of a Ming type count as much as the strokes of a Gothic one
    return np.asarray(cv2.GaussianBlur(np.minimum(even, 2.0), (0, 0), 1.1), np.float32)


def note() -> dict[str, str]:
    """What the table was built from: when one of these changes, so must the table."""
    prints = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (fonts.REGULAR, fonts.FALLBACK)}
    return prints | {"known": hashlib.sha256("".join(sorted(known_signs())).encode()).hexdigest()[:16]}


def build(target: Path = TABLE) -> None:
    """Write the table; about a minute on one core."""
    known = known_signs()
    gothic, ming = signs_of(fonts.REGULAR), signs_of(fonts.FALLBACK)
    ming = [sign for sign in ming if sign not in set(gothic)]
    signs = gothic + ming
    rows = np.concatenate([features(fonts.REGULAR, gothic), features(fonts.FALLBACK, ming)])
    common = [k for k, sign in enumerate(signs) if is_common(sign) and sign in known]
    is_known = np.array([sign in known for sign in signs])
    table: dict[str, str] = {}
    for start in range(0, len(common), 256):
        some = common[start : start + 256]
        for k, likeness in zip(some, rows[some] @ rows.T, strict=True):
            likeness[k] = -1
            near = np.flatnonzero(likeness >= LEAST)
            order = [int(other) for other in near[np.argsort(-likeness[near])]]
            chosen = [j for j in order if not is_known[j]][:UNKNOWN] + [j for j in order if is_known[j]][:KNOWN]
            if chosen:
                table[signs[k]] = "".join(signs[j] for j in chosen)
    lines = ",\n".join(
        f"{json.dumps(a, ensure_ascii=False)}:{json.dumps(b, ensure_ascii=False)}" for a, b in sorted(table.items())
    )
    target.write_text(f'{{"made_of":{json.dumps(note())},\n"alike":{{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    build()
