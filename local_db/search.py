"""Search tokens inside the encrypted file: what a case is found by, cut so that a query needs few and exact ones.

    words    names, item, addresses, last four of the documents    every sign, every pair of neighbours, and every four
                                                                   neighbours of ASCII (digits share few pairs)
    numbers  local number, receipt, platform and paper numbers, phones  every four neighbours
    sounds   pinyin and initials of the names                      beginnings of each run of syllables

SQLite's own tokenizers stumble over characters beyond U+FFFF and private-use ones, so a token is written as hexadecimal code
points behind a letter for its kind. A hit only has all tokens somewhere; ``matches`` then looks at the texts themselves, as
LIKE would: words and sounds from one sign on, numbers from four on, an internal id as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.named_in_form import named_in_form
from clerk_app.domain.people import tidy_id_number
from local_db.sounds import BEGINNINGS, LONGEST_BEGINNING, sounds_of

LONGEST = 64
NUMBER_RUN = 4
CUT = 2
"""How rows are cut, noted in the database: one of an older cut is written anew in the background. 2: people inside the form, phones,
guardians, and documents other than 18 digits as a whole."""
_AT_THE_COUNTER = ("applicant", "agent", "guardian")
_OTHER_DOCUMENT = re.compile(r"[a-z]{1,3}[0-9]{6,15}|[0-9]{8}|[0-9]{10}")
"""Passports and permits, as far as their numbers have a form: found as a whole by their last four, like the 18 digits."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a case is found by, lower-cased. ``ids``: identity numbers, matched as a whole only. ``sounds`` are worked out when
    they are asked for: most looks need none."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    ids: tuple[str, ...]
    case_id: str

    @property
    def sounds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sound for name in self.names for sound in sounds_of(name)))


def texts_of(case: Case) -> Texts:
    """The texts of a case; an erased case has its numbers and item alone."""
    people = [person for who in _AT_THE_COUNTER if isinstance(person := case.content.get(who), dict)]
    fields = case.content.get("fields")
    told = named_in_form(fields)
    names = [*(_text(person.get("name")) for person in people), *(person.told("name") for person in told)]
    ids = [_text(person.get("document_number")).lower() for person in people]
    ids += [person.document_number.lower() for person in told]
    phones = [*(_text(person.get("phone")) for person in people), *(person.told("phone") for person in told)]
    addresses = [*(_text(person.get("address")) for person in people), *(person.told("address") for person in told)]
    if isinstance(fields, dict):
        addresses += [_text(value) for key, value in fields.items() if "address" in key]
    words = [*names, *(number[-4:] for number in ids), *addresses, case.item.id, case.item.name]
    numbers = [case.local_number, case.gateway_receipt, case.case_number, *case.document_numbers.values(), *phones]
    return Texts(
        words=_each_once(text.lower() for text in words),
        numbers=_each_once(text.lower() for text in numbers),
        names=_each_once(names),
        ids=_each_once(ids),
        case_id=case.id.lower(),
    )


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def tokens_of(texts: Texts) -> str:
    """The value of the FTS column."""
    tokens = {token for text in texts.words for size in (1, 2) for token in _runs("w", text, size)}
    tokens |= {token for text in texts.words for token in _ascii_runs(text)}
    tokens |= number_tokens(texts.numbers)
    tokens.update(_token("s", sound[:size]) for sound in texts.sounds for size in BEGINNINGS if len(sound) >= size)
    tokens.add(_token("i", texts.case_id))
    return " ".join(sorted(tokens))


def number_tokens(numbers: Iterable[str]) -> set[str]:
    """The tokens of numbers alone, for one that came later."""
    return {
        _number_token(text[start : start + NUMBER_RUN])
        for text in map(str.lower, numbers)
        for start in range(len(text) - NUMBER_RUN + 1)
    }


@lru_cache(maxsize=16384)
def _number_token(run: str) -> str:
    """Receipts of one hall and day have most of their runs in common."""
    return _token("n", run)


def query_of(text: str, *, all_new: bool = True) -> str:
    """The FTS query for what was typed; empty when there is nothing to look for.

    ``all_new``: no row of an older cut is left, one without the runs of four ASCII signs.
    """
    needle = needle_of(text)
    if not needle:
        return ""
    if all_new and needle.isascii() and len(needle) >= NUMBER_RUN:
        ways = [_all(_ascii_runs(needle))]
    else:
        ways = [_all(_runs("w", needle, 1 if len(needle) == 1 else 2))]
    if _is_id_number(_tidy(text)):
        return ways[0]
    ways.append(f'"{_token("i", needle)}"')
    if _OTHER_DOCUMENT.fullmatch(needle):
        ways.append(_all([*_runs("w", needle[-4:], 2), *(_ascii_runs(needle[-4:]) if all_new else ())]))
    if len(needle) >= NUMBER_RUN:
        ways.append(_all(_runs("n", needle, NUMBER_RUN)))
    if _is_sound(needle):
        kept = max(size for size in BEGINNINGS if size <= len(needle))
        ways.append(f'"{_token("s", needle[:kept])}"')
    return " OR ".join(f"({way})" for way in ways)


def needle_of(text: str) -> str:
    """What is looked for; of a whole identity number only the last four stand in the index."""
    tidy = _tidy(text)
    return tidy[-4:] if _is_id_number(tidy) else tidy


def matches(case: Case, text: str) -> bool:
    """True when one of the case's texts has what was typed."""
    needle, texts = _tidy(text), texts_of(case)
    if _is_id_number(needle):
        return needle in texts.ids
    return bool(needle) and (
        any(needle in each for each in texts.words)
        or (len(needle) >= NUMBER_RUN and any(needle in each for each in texts.numbers))
        or (_is_sound(needle) and any(each.startswith(needle) for each in texts.sounds))
        or needle == texts.case_id
        or needle in texts.ids
    )


def _tidy(text: str) -> str:
    return " ".join(text.lower().split())[:LONGEST]


def _is_id_number(text: str) -> bool:
    number = tidy_id_number(text)
    return len(number) == 18 and number[:17].isascii() and number[:17].isdigit()


def _is_sound(needle: str) -> bool:
    return needle.isascii() and needle.isalpha() and len(needle) <= LONGEST_BEGINNING


def _all(tokens: Iterable[str]) -> str:
    return " AND ".join(f'"{token}"' for token in sorted(set(tokens)))


def _runs(kind: str, text: str, size: int) -> Iterator[str]:
    for start in range(len(text) - size + 1):
        yield _token(kind, text[start : start + size])


def _ascii_runs(text: str) -> Iterator[str]:
    """Whatever text has an ASCII needle of four signs or more in it has all of that needle's runs of four."""
    for start in range(len(text) - NUMBER_RUN + 1):
        run = text[start : start + NUMBER_RUN]
        if run.isascii():
            yield _token("q", run)


def _token(kind: str, text: Sequence[str]) -> str:
    return kind + "z".join(f"{ord(char):x}" for char in text)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
