"""From lines of print to the fields of an identity card or residence permit: rules only, no image."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clerk_app.devices.recognition.id_back import read_back
from clerk_app.devices.recognition.id_front import read_front
from clerk_app.devices.recognition.id_permits import is_permanent, note_hmt, read_permanent
from clerk_app.devices.recognition.id_reading import Print, Reading, digits, rows_of
from clerk_app.devices.recognition.tables import tables
from clerk_app.domain.people import id_check_digit
from clerk_app.domain.recognition import SeenKind

_FRONT_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份", "身份号码")
_BACK_LABELS = ("居民身份证", "签发机关", "有效期限", "中华人民共和国")
_OTHER_CARDS = ("驾驶证", "行驶证", "社会保障", "常住人口", "登记卡", "户主", "残疾人证", "准驾车型")


def side_of(prints: Sequence[Print], *, framed: bool) -> SeenKind | None:
    """Which side of an ID card these lines are; None when they are something else, such as a form or a photocopy."""
    if is_permanent(prints):
        return SeenKind.ID_FRONT
    text = "\n".join(tables().simplify(p.text) for p in prints)
    if any(word in text for word in _OTHER_CARDS):
        return None
    if framed and _borne_out(prints):
        return SeenKind.ID_FRONT
    front = sum(label in text for label in _FRONT_LABELS)
    back = sum(label in text for label in _BACK_LABELS)
    if max(front, back) < 2 or len(prints) > 18:
        return None
    kind = SeenKind.ID_FRONT if front >= back else SeenKind.ID_BACK
    if kind is SeenKind.ID_FRONT and front < 3 and not any(len(digits(p.text)) >= 15 for p in prints):
        return None
    return kind if not framed or _lies_like_a_card(prints, kind) else None


def _borne_out(prints: Sequence[Print]) -> bool:
    """Blurred labels, but a valid number at the foot of a card and its birth date, spelt as a card does, above the middle."""
    numbers = {digits(p.text)[-18:] for p in prints if 0.78 <= p.y <= 0.96}
    good = {n for n in numbers if len(n) == 18 and n[:17].isdigit() and id_check_digit(n[:17]) == n[17]}
    days = [re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", p.text) for p in prints if 0.28 <= p.y <= 0.48]
    births = {f"{int(y):04d}{int(m):02d}{int(d):02d}" for day in days if day for y, m, d in [day.groups()]}
    return any(number[6:14] in births for number in good)


def _lies_like_a_card(prints: Sequence[Print], kind: SeenKind) -> bool:
    expected = (
        {"姓名": (0.05, 0.28), "住址": (0.40, 0.68), "身份号码": (0.76, 0.97)}
        if kind is SeenKind.ID_FRONT
        else {"居民身份证": (0.22, 0.52), "签发机关": (0.60, 0.86), "有效期限": (0.72, 0.97)}
    )
    hits = [(low <= p.y <= high) for label, (low, high) in expected.items() for p in prints if label in p.text]
    return bool(hits) and sum(hits) * 2 > len(hits)


def read_side(prints: Sequence[Print], kind: SeenKind, *, framed: bool) -> Reading:
    """Read all fields of ``kind``. ``framed``: coordinates are those of the card itself."""
    kept = [p for p in prints if p.text != "样例" and not (framed and p.left > 0.62 and 0.1 < p.y < 0.78
                                                           and kind is SeenKind.ID_FRONT)]  # fmt: skip
    lines = rows_of(kept)
    if kind is SeenKind.ID_BACK:
        return read_back(lines)
    if is_permanent(kept):
        return read_permanent(lines)
    reading = read_front(lines, framed)
    note_hmt(reading)
    return reading
