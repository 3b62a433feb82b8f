"""``clerk-app bench recognise --seed N --count N [--group …]``: how well and how fast the recogniser sees.

Frames are drawn from the seed (``recognise_frames``); what is true of each is known, so everything is a count. Codes are
held against the union of all decoders on this machine; cards field by field, with the calibration of what is called sure, and
their time against the OCR engine alone over the whole of the same frames (one thread), for milliseconds say what machine it was.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from clerk_app.devices.recognition.ocr import read_lines, warm_up
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.domain.documents import mod_11_2
from clerk_app.domain.recognition import SURE, Seen, SeenKind
from tests.benchmarks.recognise_frames import GROUPS, LEVELS, Sample
from tests.benchmarks.recognise_union import readable_by_any

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8

TUNING_SEEDS = range(1, 100)
"""Seeds that thresholds were chosen on. Figures for anybody else's eyes come from seeds above these."""
MIX = {"code": 0.3, "card": 0.3, "page": 0.1, "negative": 0.3}
ENGINE_EVERY = 4
"""Every which card the engine alone reads too: enough for a median."""
GOAL_OF_ENGINE = round(450 / 377, 2)
"""The goal for cards (450 ms) where the engine alone took 377 ms for the whole frame."""
_IDS = {SeenKind.ID_FRONT, SeenKind.ID_BACK}


@dataclass(slots=True)
class Tally:
    """What one group at one level came to."""

    frames: int = 0
    kind_right: int = 0
    readable: int = 0  # by any decoder
    right: int = 0  # texts, or fields
    given: int = 0
    asked: int = 0
    sure: int = 0
    sure_right: int = 0
    false_texts: int = 0
    wrong_numbers: int = 0
    numbers: int = 0
    numbers_right: int = 0
    took: list[float] = field(default_factory=list)
    beside_engine: list[tuple[float, float]] = field(default_factory=list)  # ms: ours, and the engine alone
    by_field: dict[str, list[int]] = field(default_factory=dict)  # right, asked, sure, sure and right


def measure(
    seed: int = 1001, count: int = 240, groups: tuple[str, ...] = (), failures: Path | None = None
) -> Iterator[dict[str, str | int | float]]:
    """One line for each group and level, one for each field, and the sums. ``failures``: where pictures of the worst go."""
    warm_up()
    tallies: dict[tuple[str, str], Tally] = {}
    worst: list[tuple[float, Sample, Seen]] = []
    started = resident_mb()
    for group in groups or tuple(GROUPS):
        share = count if groups else round(count * MIX[group])
        for sample in GROUPS[group](seed, share):
            began = time.perf_counter()
            seen = recognise(sample.frame)
            took = (time.perf_counter() - began) * 1000
            tally = tallies.setdefault((group, sample.level), Tally())
            tally.frames += 1
            tally.took.append(took)
            if group == "card" and tally.frames % ENGINE_EVERY == 1:
                tally.beside_engine.append((took, engine_alone(sample.frame)))
            badness = judge(sample, seen, tally)
            if badness > 0 and failures is not None:
                worst = sorted([*worst, (badness, sample, seen)], key=lambda each: -each[0])[:10]
    yield from table(tallies)
    yield {"what": "memory", "start_mb": started, "end_mb": resident_mb()}
    if failures is not None:
        failures.mkdir(parents=True, exist_ok=True)
        for rank, (_, sample, _seen) in enumerate(worst, start=1):
            cv2.imwrite(str(failures / f"{rank:02d}-{sample.name}.jpg"), sample.frame, [cv2.IMWRITE_JPEG_QUALITY, 80])
            yield {"what": "failure", "frame": sample.name, "level": sample.level, "said": told(sample, _seen)}


def engine_alone(frame: Image8) -> float:
    """Milliseconds for the OCR engine to find and read all lines of a frame as it lies."""
    began = time.perf_counter()
    read_lines(frame)
    return (time.perf_counter() - began) * 1000


def judge(sample: Sample, seen: Seen, tally: Tally) -> float:
    """Count one look. Returns how bad it was: 0 fine, 1 nothing read, 10 and up something false."""
    badness = 0.0
    number = seen.fields.get("id_number", "")
    if seen.kind is SeenKind.CODE and seen.text != sample.text:
        tally.false_texts += 1
        badness += 20
    if seen.kind in _IDS and number and number != sample.fields.get("id_number") and plausible_number(number):
        tally.wrong_numbers += 1
        badness += 20
    if sample.group == "code":
        tally.right += seen.text == sample.text
        tally.readable += seen.text == sample.text or readable_by_any(sample.frame, sample.text)
        return badness + (seen.text != sample.text)
    if sample.group == "negative":
        taken = seen.kind in _IDS or seen.kind is SeenKind.CODE
        tally.kind_right += not taken
        return badness + 5 * taken
    tally.kind_right += seen.kind is sample.kind
    if sample.group == "card":
        badness += _judge_fields(sample, seen, tally)
    return badness + (seen.kind is not sample.kind)


def _judge_fields(sample: Sample, seen: Seen, tally: Tally) -> float:
    badness = 0.0
    for name, truth in sample.fields.items():
        said = seen.fields.get(name, "") if seen.kind is sample.kind else ""
        right = said == truth
        sure = bool(said) and seen.confidence.get(name, 0.0) >= SURE
        tally.asked += 1
        tally.right += right
        tally.given += bool(said)
        tally.sure += sure
        tally.sure_right += sure and right
        if name == "id_number":
            tally.numbers += 1
            tally.numbers_right += right
        row = tally.by_field.setdefault(name, [0, 0, 0, 0])
        for at, more in enumerate((right, True, sure, sure and right)):
            row[at] += more
        badness += (4.0 if sure else 0.2) * (not right)
    return badness


def plausible_number(number: str) -> bool:
    """Whether a clerk's program would take it: eighteen signs whose last one fits, or the older permit's form."""
    if len(number) == 18 and number[:17].isdigit():
        return mod_11_2(number[:17]) == number[17]
    return len(number) == 15 and number[:3].isalpha() and number[3:].isdigit()


def table(tallies: dict[tuple[str, str], Tally]) -> Iterator[dict[str, str | int | float]]:
    """The rows in order: codes, cards by level, cards by field, pages, negatives, sums."""
    for (group, level), tally in tallies.items():
        line: dict[str, str | int | float] = {"what": group, "level": level, "frames": tally.frames}
        if group == "code":
            line |= {"read": tally.right, "any_decoder": tally.readable, "of_union": _part(tally.right, tally.readable)}
        elif group == "card":
            line |= {
                "kind": _part(tally.kind_right, tally.frames),
                "fields": _part(tally.right, tally.asked),
                "number": _part(tally.numbers_right, tally.numbers),
                "sure_right": _part(tally.sure_right, tally.sure),
                "right_are_sure": _part(tally.sure_right, tally.right),
            }
        else:
            line |= {"right": _part(tally.kind_right, tally.frames)}
        yield line | _times(tally.took)
    cards = {level: tally for (group, level), tally in tallies.items() if group == "card"}
    for title, chosen in (("easy-hard", LEVELS[:3]), ("all", LEVELS)):
        some = [tally for level, tally in cards.items() if level in chosen]
        if some:
            yield {"what": "card", "level": title, **_sum_of(some)}
    pairs = [pair for tally in cards.values() for pair in tally.beside_engine]
    if pairs:
        ours, engine = (statistics.median(each) for each in zip(*pairs, strict=True))
        yield {"what": "card beside the engine alone", "frames": len(pairs), "median_ms": round(ours, 1),
               "engine_ms": round(engine, 1), "of_engine": round(ours / engine, 2), "goal": GOAL_OF_ENGINE}  # fmt: skip
    names = dict.fromkeys(name for tally in cards.values() for name in tally.by_field)
    for name in names:
        rows = [tally.by_field[name] for tally in cards.values() if name in tally.by_field]
        right, asked, sure, both = (sum(row[at] for row in rows) for at in range(4))
        by_level = {level: _part(*t.by_field[name][:2]) for level, t in cards.items() if name in t.by_field}
        yield {"what": "field", "field": name, "right": _part(right, asked), **by_level,
               "sure_right": _part(both, sure), "right_are_sure": _part(both, right)}  # fmt: skip
    codes = [tally for (group, _), tally in tallies.items() if group == "code"]
    if codes:
        read, union = sum(t.right for t in codes), sum(t.readable for t in codes)
        took = [each for t in codes for each in t.took]
        yield {"what": "code", "level": "all", "of_union": _part(read, union), "missed": union - read, **_times(took)}
    yield {
        "what": "sum",
        "frames": sum(t.frames for t in tallies.values()),
        "false_texts": sum(t.false_texts for t in tallies.values()),
        "wrong_numbers": sum(t.wrong_numbers for t in tallies.values()),
    }


def _sum_of(some: list[Tally]) -> dict[str, str | int | float]:
    def total(name: str) -> int:
        return sum(getattr(each, name) for each in some)

    return {
        "fields": _part(total("right"), total("asked")),
        "number": _part(total("numbers_right"), total("numbers")),
        "sure_right": _part(total("sure_right"), total("sure")),
        "right_are_sure": _part(total("sure_right"), total("right")),
        **_times([each for tally in some for each in tally.took]),
    }


def told(sample: Sample, seen: Seen) -> str:
    """What came out against what is true, for the list of failures; sample people only."""
    wrong = {
        name: seen.fields.get(name, "-") for name, truth in sample.fields.items() if seen.fields.get(name) != truth
    }
    return f"{seen.kind.value} {seen.text} {wrong}".strip()


def _part(some: int, whole: int) -> str:
    return f"{100 * some / whole:.1f}% ({some}/{whole})" if whole else "-"


def _times(took: list[float]) -> dict[str, str | int | float]:
    ranked = sorted(took)
    return {"median_ms": round(statistics.median(ranked), 1), "p95_ms": round(ranked[int(0.95 * (len(ranked) - 1))], 1)}


def resident_mb() -> int:
    """Resident memory of this process, MB (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024
