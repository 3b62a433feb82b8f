"""The back of a resident ID card: 签发机关 有效期限."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clerk_app.devices.recognition.id_reading import ALIKE, Reading, Row, date_of, steady
from clerk_app.devices.recognition.tables import closest, tables
from clerk_app.domain.recognition import SeenKind


def read_back(rows: Sequence[Row]) -> Reading:
    reading = Reading(SeenKind.ID_BACK)
    at = next((k for k, row in enumerate(rows) if "签发" in row.text or "机关" in row.text), -1)
    term = next((k for k, row in enumerate(rows) if re.search(r"有效|期限|\d{4}\D?\d{2}\D?\d{2}\D", row.text)), -1)
    if at >= 0:
        text = ""
        scores: list[float] = []
        for row in rows[at : max(at + 1, term)]:
            label = re.search("签发机关|机关|签发", row.text) if not text else None
            piece, marks = row.cut(label.end() if label else 0)
            text, scores = text + piece, [*scores, *marks]
        _judge_authority(reading, tables().simplify(text), scores)
    if term >= 0:
        _read_term(reading, rows[term])
    if reading.doubtful:
        reading.reasons.append("这一面有没看清的，请核对")
    return reading


def _judge_authority(reading: Reading, text: str, scores: Sequence[float]) -> None:
    known = tables().authorities
    if text in known:
        reading.put("authority", text, 0.98)
    elif near := closest(text, known, differing=1):
        reading.put("authority", near, 0.9)
    else:
        elsewhere = not text.startswith("重庆")  # every office of this city is in the table
        fine = elsewhere and text.endswith(("公安局", "分局")) and steady(scores) >= 0.9
        reading.put("authority", text, 0.96 if fine else 0.7)


def _read_term(reading: Reading, row: Row) -> None:
    """有效期限: five, ten or twenty years, or 长期 from 46 years of age (居民身份证法 art. 5)."""
    digits = "".join(ch for ch in row.text.translate(ALIKE) if ch.isdigit())
    text = tables().simplify(row.text)
    start = date_of(digits[:4], digits[4:6], digits[6:8]) if len(digits) >= 8 else ""
    forever = "长" in text or "期" in text.split(digits[-1] if digits else "限")[-1]
    end = "长期" if forever and len(digits) < 16 else ""
    if len(digits) == 16:
        end = date_of(digits[8:12], digits[12:14], digits[14:16])
    plausible = bool(start) and (
        end == "长期" or (bool(end) and int(end[:4]) - int(start[:4]) in (5, 10, 20) and _same_day(start, end))
    )
    reading.put("valid_from", start, 0.98 if plausible else 0.6)
    reading.put("valid_to", end, 0.98 if plausible else 0.6)


def _same_day(start: str, end: str) -> bool:
    return start[5:] == end[5:] or {start[5:], end[5:]} <= {"02-28", "02-29", "03-01"}
