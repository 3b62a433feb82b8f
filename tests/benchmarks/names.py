"""``clerk-app bench names --seed N --count N``: names that the recogniser cannot know, and names that it can.

Half of the unknown ones have a sign by chance of all that our fonts can draw, half one that nearly looks like a sign of many
names: those are what a recogniser makes a common sign of, and is sure. Cards are drawn with two weights of type, at all levels.
``sure`` of the unknown ones is what must not be; ``right_are_sure`` of the common ones what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from clerk_app.devices.recognition.look_alikes import is_common, look_alikes
from clerk_app.devices.recognition.ocr import known_signs, warm_up
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.devices.sample_drawings import draw_id_front
from clerk_app.devices.typeface import bundled_typeface
from clerk_app.domain.recognition import SURE
from printing.fonts import FALLBACK, REGULAR
from scripts.look_alikes import signs_of
from tests.benchmarks.recognise_frames import GIVEN, LEVELS, RARE, Rng, a_person, laid, scene_of

KINDS = ("chance", "twin", "common")
FACES = (bundled_typeface(), bundled_typeface(bold=True))


@dataclass(slots=True)
class _Tally:
    names: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    taken_for_common: int = 0


def measure(seed: int = 1001, count: int = 120) -> Iterator[dict[str, str | int | float]]:
    """A line for each kind and level; a line for each sure name that is not what stands on the card."""
    warm_up()
    known = known_signs()
    unknown = [sign for sign in dict.fromkeys((*signs_of(REGULAR), *signs_of(FALLBACK))) if sign not in known]
    tallies: dict[tuple[str, str], _Tally] = {}
    for n in range(count):
        rng = np.random.default_rng([seed, 5, n])
        kind, level, face = KINDS[n % 3], LEVELS[n // 3 % 4], FACES[n // 12 % 2]
        name = _a_name(kind, rng, unknown, known)
        drawn = draw_id_front(replace(a_person(rng), name=name), face)
        seen = recognise(laid(drawn, scene_of(level, rng), level, rng, n))
        said, sure = seen.fields.get("name", ""), seen.confidence.get("name", 0.0) >= SURE
        tally = tallies.setdefault((kind, level), _Tally())
        tally.names += 1
        tally.right += said == name
        tally.sure += sure
        tally.sure_right += sure and said == name
        tally.taken_for_common += bool(said) and said != name and all(map(is_common, said))
        if sure and said != name:
            yield {"what": "sure and wrong", "kind": kind, "level": level, "name": name, "said": said}
    for kind in KINDS:
        for level in LEVELS:
            if (some := tallies.get((kind, level))) is not None:
                yield {"what": kind, "level": level, **_told(some)}
        yield {"what": kind, "level": "all", **_told(_sum([t for (k, _), t in tallies.items() if k == kind]))}


def _a_name(kind: str, rng: Rng, unknown: list[str], known: frozenset[str]) -> str:
    name = a_person(rng).name
    while any(sign in RARE for sign in name):
        name = a_person(rng).name
    if kind == "chance":
        return name[:-1] + str(rng.choice(unknown))
    while kind == "twin":
        twins = [sign for sign in look_alikes(str(rng.choice(list(GIVEN)))) if sign not in known]
        if twins:
            return name[:-1] + str(rng.choice(twins))
    return name


def _sum(some: list[_Tally]) -> _Tally:
    names = ("names", "right", "sure", "sure_right", "taken_for_common")
    return _Tally(*(sum(getattr(each, name) for each in some) for name in names))


def _told(tally: _Tally) -> dict[str, str | int | float]:
    share = round(100 * tally.sure_right / tally.right, 1) if tally.right else 0.0
    return {"names": tally.names, "right": tally.right, "taken_for_common": tally.taken_for_common, "sure": tally.sure,
            "sure_wrong": tally.sure - tally.sure_right, "right_are_sure_%": share}  # fmt: skip
