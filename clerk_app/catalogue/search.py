"""Finding an item by what a person says or types: name, plain speech, code, department, pinyin, initials, mixed.

Each hanzi may be typed as itself, as its pinyin or the start of it; usual slips (n/l, z/zh, in/ing) cost a little.
The index is a plain list of phrases: a catalogue of a few hundred items is searched in a few milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from clerk_app.catalogue.pinyin import is_hanzi, syllables
from clerk_app.domain.life_event import ITEM, LIFE_EVENT
from clerk_app.domain.service_item import LifeEvent, ServiceItem

_NAME, _ALIAS, _DEPARTMENT = 100, 92, 55  # what a full match of each kind of phrase is worth
_STUB = 0.93  # an item that is only a name steps back behind a whole one, unless it was named outright
_SLIP = 0.9  # worth of a match that needed a usual slip
_LONGEST_QUERY = 60
_SPEECH = 64  # worth of plain speech whose every pair of characters belongs to the entry
_UNHEARD = 0.5  # weight of a pair that no entry has
_SAY_NOTHING = frozenset(
    re.findall(
        r"\S+",
        """
        怎么 么办 么领 么交 什么 哪些 办哪 要办 办什 手续 一起 起办 一下 有没 没有 需要 我想 想办 要啥 啥子 子手 要什
        么证 哪里 里办 里领 可以 以办 能办 要不 不要 办理 一次 次办 办完 准备 了要 了怎 我要 我的 你们 这边 这里 名字
        """,
    )
)
"""Pairs that people say whatever they come for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One find; ``kind`` is ``item`` or ``life_event``, ``score`` 1–1000, higher is better."""

    id: str
    name: str
    kind: str
    department: str
    score: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    worth: int
    sounds: tuple[str, ...]  # per character of ``text``
    initials: str


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    name: str
    kind: str
    department: str
    phrases: tuple[_Phrase, ...]
    codes: tuple[str, ...]
    pairs: frozenset[str]  # of all its phrases but the department
    stub: bool = False


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """All entries, in catalogue order."""

    entries: tuple[_Entry, ...]
    weights: Mapping[str, float]  # of each pair: the fewer entries it belongs to, the more it says

    @classmethod
    def of(cls, items: Sequence[ServiceItem], events: Sequence[LifeEvent]) -> SearchIndex:
        """Build the index; reads ``pinyin.json`` once."""
        entries = [
            _Entry(
                item.id,
                item.name,
                ITEM,
                item.department.name,
                tuple(_phrases(item)),
                tuple(map(_joined, (item.catalog_code, item.task_code, item.handle_code, item.id))),
                _spoken_pairs(item),
                item.stub,
            )
            for item in items
        ]
        entries += [
            _Entry(
                event.id,
                event.name,
                LIFE_EVENT,
                event.lead,
                tuple(_phrases(event)),
                (_joined(event.id),),
                _spoken_pairs(event),
            )
            for event in events
        ]
        counts = Counter(pair for entry in entries for pair in entry.pairs)
        return cls(tuple(entries), {pair: count**-0.5 for pair, count in counts.items()})

    def search(self, text: str, limit: int = 10) -> tuple[Hit, ...]:
        """Best first; nothing for blank text or ``limit`` under 1."""
        words = _tidy(text).split()
        query = "".join(words)
        if not query or limit < 1:
            return ()
        hits: list[Hit] = []
        stubs = {entry.id for entry in self.entries if entry.stub}
        said = _pairs(query) - _SAY_NOTHING if len(query) >= 3 else frozenset()
        whole = sum(self.weights.get(pair, _UNHEARD) for pair in said)
        for entry in self.entries:
            score = _entry_score(entry, query)
            if common := said & entry.pairs:
                score = max(score, _SPEECH * sum(self.weights[pair] for pair in common) / whole)
            if len(words) > 1:
                score = max(score, 0.95 * _mean_of_all(entry, words))
            if entry.stub and score < _ALIAS:
                score *= _STUB
            if score >= 1:
                hits.append(Hit(entry.id, entry.name, entry.kind, entry.department, round(min(score, 100) * 10)))
        hits.sort(key=lambda hit: (-hit.score, hit.kind == ITEM and hit.id in stubs, len(hit.name), hit.id))
        return tuple(hits[:limit])


def phrases_of(items: Iterable[ServiceItem], events: Iterable[LifeEvent]) -> set[str]:
    """Every phrase whose pinyin is wanted."""
    entries: list[ServiceItem | LifeEvent] = [*items, *events]
    return {text for entry in entries for text, _ in _worded(entry)}


def _worded(entry: ServiceItem | LifeEvent) -> Iterator[tuple[str, int]]:
    """What an entry is found by, each with its worth; a name also without what stands in brackets."""
    department = entry.department.name if isinstance(entry, ServiceItem) else entry.lead
    short = re.sub(r"[(（].*?[)）]", "", entry.name)
    aliases = [(alias, _ALIAS) for alias in entry.aliases]
    texts = [(entry.name, _NAME), (short, _NAME), *aliases, (department, _DEPARTMENT)]
    tidied = {_joined(text): worth for text, worth in reversed(texts)}
    yield from ((text, worth) for text, worth in tidied.items() if text)


def _phrases(entry: ServiceItem | LifeEvent) -> Iterator[_Phrase]:
    for text, worth in _worded(entry):
        sounds = syllables(text)
        if len(sounds) != len(text):  # a reading that does not go character by character: compare text only
            sounds = tuple(text)
        yield _Phrase(text, worth, sounds, "".join(sound[:1] for sound in sounds))


def _spoken_pairs(entry: ServiceItem | LifeEvent) -> frozenset[str]:
    return frozenset[str]().union(*(_pairs(text) for text, worth in _worded(entry) if worth > _DEPARTMENT))


def _tidy(text: str) -> str:
    """Half width, lower case, punctuation as blanks; a query is cut where no name is that long."""
    text = unicodedata.normalize("NFKC", text[: _LONGEST_QUERY * 2]).lower()
    text = "".join(char if char.isalnum() else " " for char in text)
    return " ".join(text.split())[:_LONGEST_QUERY]


@lru_cache(maxsize=8192)
def _joined(text: str) -> str:
    """A catalogue's own words as the index holds them: the same ones at each loading. What a person types is not kept here."""
    return _tidy(text).replace(" ", "")


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1) if is_hanzi(text[i]) and is_hanzi(text[i + 1]))


def _entry_score(entry: _Entry, query: str) -> float:
    best = 0.0
    if query.isascii() and any(char.isdigit() for char in query):
        best = max((_code_score(code, query) for code in entry.codes), default=0.0)
    elif query in entry.codes:
        best = 100.0
    latin = any("a" <= char <= "z" for char in query)
    for phrase in entry.phrases:
        if phrase.worth <= best:
            continue
        share = _text_share(phrase, query)
        if latin and share < 0.98:
            share = max(share, _sound_share(phrase, query))
        best = max(best, phrase.worth * share)
    return best


def _mean_of_all(entry: _Entry, words: Sequence[str]) -> float:
    """The mean of what each word scores; 0 as soon as one finds nothing here, which spares most entries most words."""
    total = 0.0
    for word in words:
        if not (score := _entry_score(entry, word)):
            return 0.0
        total += score
    return total / len(words)


def _code_score(code: str, query: str) -> float:
    if len(query) < 4 or query not in code:
        return 0.0
    return 100.0 if code == query else 90.0 if code.startswith(query) else 70.0


def _text_share(phrase: _Phrase, query: str) -> float:
    """How well the text itself fits, 0–1."""
    text = phrase.text
    if query == text:
        return 1.0
    if query in text:
        return 0.7 + 0.2 * len(query) / len(text) + (0.05 if text.startswith(query) else 0)
    if len(text) > 1 and text in query:
        return 0.7 + 0.25 * len(text) / len(query)
    if len(query) < 3 or not is_hanzi(query[0]):
        return 0.0
    if len(text) >= 4 and _in_order(text, query):
        return 0.68 + 0.22 * len(text) / len(query)
    if _in_order(query, text):
        return 0.5 + 0.2 * len(query) / len(text)
    return 0.0


def _in_order(query: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in query)


def _sound_share(phrase: _Phrase, query: str) -> float:
    """How well query letters spell the phrase, from some character on without gaps (or, poorer, with gaps)."""
    size = len(phrase.sounds)
    if query == phrase.initials:
        return 1.0
    if (at := phrase.initials.find(query)) >= 0:
        return 0.72 + 0.2 * len(query) / size + (0.04 if at == 0 else 0)
    best = 0.0
    for start in _beginnings(phrase, query[0]):
        for covered, slips, partial in _spell(phrase, start, query, 0):
            share = 0.68 + 0.22 * covered / size + (0.04 if start == 0 else 0) - 0.02 * min(partial, 3)
            best = max(best, share * _SLIP**slips)
    if not best and len(query) >= 4 and _in_order(query, phrase.initials):
        best = 0.4 + 0.15 * len(query) / size
    return best


def _beginnings(phrase: _Phrase, first: str) -> list[int]:
    """The characters from which spelling can begin at all; spares most of the work."""
    if is_hanzi(first):
        return [start for start, char in enumerate(phrase.text) if char == first]
    heads = "nl" if first in "nl" else first
    return [start for start, initial in enumerate(phrase.initials) if initial in heads]


def _spell(phrase: _Phrase, char: int, query: str, at: int) -> Iterator[tuple[int, int, int]]:
    """Ways to spell ``query[at:]`` from character ``char`` on: characters covered, slips, syllables cut short."""
    if at == len(query):
        yield 0, 0, 0
        return
    if char == len(phrase.sounds):
        return
    if is_hanzi(query[at]):
        if query[at] == phrase.text[char]:
            for covered, slips, partial in _spell(phrase, char + 1, query, at + 1):
                yield covered + 1, slips, partial
        return
    for taken, slip, cut in _taken(phrase.sounds[char], query, at):
        for covered, slips, partial in _spell(phrase, char + 1, query, at + taken):
            yield covered + 1, slips + slip, partial + cut


@lru_cache(maxsize=4096)
def _taken(sound: str, query: str, at: int) -> tuple[tuple[int, int, int], ...]:
    """Letters of ``query[at:]`` that may stand for one syllable: how many, slips, whether it is cut short. The same for each of the
    hundreds of phrases with that syllable, so it is kept; a slip is allowed only in three letters and more."""
    found: list[tuple[int, int, int]] = []
    for spelling, slip in _spellings(sound) if len(query) >= 3 else ((sound, 0),):
        shared = _shared(spelling, query, at)
        fewest = min(3, len(spelling)) if slip else 1
        sizes = [taken for taken in dict.fromkeys((shared, 2, 1)) if fewest <= taken <= shared]
        found += [(taken, slip, 1 < taken < len(spelling)) for taken in sizes]
    return tuple(found)


def _shared(spelling: str, query: str, at: int) -> int:
    length = 0
    while length < len(spelling) and at + length < len(query) and spelling[length] == query[at + length]:
        length += 1
    return length


@cache
def _spellings(sound: str) -> tuple[tuple[str, int], ...]:
    """The syllable, then what it is often typed as (n/l, z/zh, in/ing and the like), each with its count of slips."""
    heads = [sound]
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(one):
            heads.append(other + sound[2:])
        elif sound.startswith(other):
            heads.append(one + sound[1:])
    if sound[:1] in ("n", "l") and len(sound) > 1:
        heads.append(("l" if sound[0] == "n" else "n") + sound[1:])
    ends = []
    for head, tail in product(heads, ("ing", "in", "eng", "en", "ang", "an")):
        if head.endswith(tail):
            ends.append(head[:-1] if tail.endswith("g") else head + "g")
    plain = dict.fromkeys((sound, *heads, *ends))
    return tuple((spelling, 0 if spelling == sound else 1) for spelling in plain)
