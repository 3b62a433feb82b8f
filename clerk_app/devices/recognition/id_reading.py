"""What both sides of an ID card share: lines of print, rows of them, and the reading that comes out.

A field is *sure* from SURE up; anything less is doubtful and a person must look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from clerk_app.domain.people import DocumentKind
from clerk_app.domain.recognition import SURE, SeenKind

ALIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "|": "1", "Z": "2", "S": "5",
                        "B": "8", "x": "X", "×": "X"})  # fmt: skip
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－．", "0123456789-.")
CONTRADICTED = 0.5  # confidence of a number that passes its check digit and still contradicts the card
RARE_NAME = "姓名里有少见的字，请逐字核对"
FRONT_FIELDS = ("name", "sex", "ethnicity", "birth", "address", "id_number")
BACK_FIELDS = ("authority", "valid_from", "valid_to")
HMT_FIELDS = ("name", "sex", "birth", "address", "id_number")
PERMANENT_FIELDS = ("name", "sex", "birth", "nationality", "id_number", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Print:
    """A line of print on the upright card: ``x``, ``y`` its centre, ``left`` its start, ``height`` in one unit.

    With ``framed`` rules the unit is the card (0..1 in x and in y); else any unit will do. ``at``: the x of each
    character's centre, as the recogniser saw it; empty when not known.
    """

    text: str
    scores: tuple[float, ...]
    x: float
    y: float
    left: float
    right: float
    height: float
    at: tuple[float, ...] = ()

    def places(self) -> tuple[float, ...]:
        """The x of each character's centre; evenly spread where it is not known."""
        step = (self.right - self.left) / max(1, len(self.text))
        return self.at or tuple(self.left + (k + 0.5) * step for k in range(len(self.text)))


@dataclass(frozen=True, slots=True)
class PrintedSign:
    """One sign of the name: what was read, the recogniser's score for it, and its centre on the card (0..1 in x and y)."""

    sign: str
    score: float
    x: float
    y: float


@dataclass(slots=True)
class Reading:
    """The fields of one side with a confidence each, and why a person must look (sentences for the clerk)."""

    kind: SeenKind
    fields: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    document: str = DocumentKind.RESIDENT_ID.value
    name_signs: tuple[PrintedSign, ...] = ()  # as printed, where the card lies straight
    disputed: tuple[str, ...] = ()  # sentences of signs of the name that could be others, by their print

    def put(self, name: str, value: str, confidence: float) -> None:
        if value:
            self.fields[name] = value
            self.confidence[name] = round(confidence, 3)

    @property
    def expected(self) -> tuple[str, ...]:
        if self.kind is SeenKind.ID_BACK:
            return BACK_FIELDS
        others = {DocumentKind.HMT_RESIDENCE.value: HMT_FIELDS, DocumentKind.PERMANENT_RESIDENT.value: PERMANENT_FIELDS}
        return others.get(self.document, FRONT_FIELDS)

    @property
    def worth_another_look(self) -> bool:
        """Something is missing or was read badly. A clear contradiction or a rare character stays what it is."""
        number = self.confidence.get("id_number", 0.0)
        settled = {"id_number", "birth", "sex"} if number == CONTRADICTED else set()
        if "name" in self.fields:
            settled.add("name")  # read, but rare or blurred: the same engine will not do better
        return any(name not in settled for name in self.doubtful)

    @property
    def worth_whole_frame(self) -> bool:
        """A field is missing or the number is not sure: for anything less the frame as it is has never told more."""
        lost = [name for name in self.expected if name not in self.fields]
        unsure = self.confidence.get("id_number", SURE) < SURE
        return self.worth_another_look and (bool(lost) or unsure)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields not sure, missing ones included."""
        return tuple(name for name in self.expected if self.confidence.get(name, 0.0) < SURE)


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    scores: tuple[float, ...]
    y: float
    parts: tuple[Print, ...]

    def cut(self, start: int, end: int | None = None) -> tuple[str, tuple[float, ...]]:
        return self.text[start:end], self.scores[start:end]

    def before(self, x: float) -> int:
        """How many characters stand left of ``x``."""
        return sum(place < x for part in self.parts for place in part.places())


def rows_of(prints: Sequence[Print]) -> list[Row]:
    groups: list[list[Print]] = []
    for item in sorted(prints, key=lambda p: p.y):
        if groups and item.y - sum(p.y for p in groups[-1]) / len(groups[-1]) < 0.55 * item.height:
            groups[-1].append(item)
        else:
            groups.append([item])
    rows = []
    for group in groups:
        group.sort(key=lambda p: p.left)
        rows.append(
            Row(
                "".join(p.text for p in group).translate(_FULL_WIDTH),
                tuple(s for p in group for s in p.scores),
                sum(p.y for p in group) / len(group),
                tuple(group),
            )
        )
    return rows


def mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores) if scores else 0.0


def steady(scores: Sequence[float]) -> float:
    """The weakest character, but the first counts only half: the gap after a label lowers its score without cause."""
    if not scores:
        return 0.0
    return min([0.5 + scores[0] / 2, *scores[1:]])


def digits(text: str) -> str:
    return "".join(ch for ch in text.translate(ALIKE) if ch.isascii() and (ch.isdigit() or ch == "X"))


def date_of(year: str, month: str, day: str) -> str:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def merge(first: Reading, second: Reading) -> Reading:
    """Two readings of the same side: per field the surer one. Equal values do not back each other up: what blurs a sign blurs
    it for both looks."""
    if first.document != second.document:
        return first if sum(first.confidence.values()) >= sum(second.confidence.values()) else second
    best = Reading(first.kind, document=first.document)
    for name in first.expected:
        ours, theirs = first.fields.get(name, ""), second.fields.get(name, "")
        a, b = first.confidence.get(name, 0.0), second.confidence.get(name, 0.0)
        best.put(name, ours if a >= b else theirs, max(a, b))
    keep = first if len(first.doubtful) <= len(second.doubtful) else second
    best.disputed = tuple(dict.fromkeys((*first.disputed, *second.disputed)))
    if best.disputed and "name" in best.confidence:
        best.confidence["name"] = min(best.confidence["name"], 0.9)
    best.reasons = list(dict.fromkeys((*keep.reasons, *best.disputed)))
    return best
