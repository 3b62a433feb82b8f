"""Search tokens: every character and every pair of neighbours, so that names of any length are found, 龚㛃䶮 too.

SQLite's own tokenizers stumble over characters beyond U+FFFF and private-use ones, so each token is written as hexadecimal
code points. A hit only has all tokens somewhere; ``matches`` then looks at the texts themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.people import tidy_id_number

LONGEST = 64


def texts_of(case: Case) -> tuple[str, ...]:
    """What a case is found by: names, numbers, last four of the documents, item. Lower-cased."""
    people = [
        person for person in (case.content.get("applicant"), case.content.get("agent")) if isinstance(person, dict)
    ]
    found = [
        *(_text(person.get("name")) for person in people),
        *(_text(person.get("document_number"))[-4:] for person in people),
        case.id,
        case.local_number,
        case.gateway_receipt,
        case.case_number,
        *case.document_numbers.values(),
        case.item.id,
        case.item.name,
    ]
    return tuple(text.lower() for text in found if text)


def tokens_of(texts: Sequence[str]) -> str:
    """The value of the FTS column."""
    return " ".join(sorted({token for text in texts for token in _tokens(text, singles=True)}))


def query_of(text: str) -> str:
    """The FTS query for what was typed; empty when there is nothing to look for."""
    return " AND ".join(f'"{token}"' for token in sorted(set(_tokens(needle_of(text), singles=False))))


def needle_of(text: str) -> str:
    """What is looked for; of a whole identity number only the last four stand in the index."""
    tidy = " ".join(text.lower().split())[:LONGEST]
    return tidy[-4:] if _is_id_number(tidy) else tidy


def matches(case: Case, text: str) -> bool:
    """True when one of the case's texts contains what was typed, or one of its people has the whole number typed."""
    tidy = " ".join(text.lower().split())[:LONGEST]
    if _is_id_number(tidy):
        people = (case.content.get("applicant"), case.content.get("agent"))
        numbers = {_text(person.get("document_number")).lower() for person in people if isinstance(person, dict)}
        return tidy in numbers
    return any(tidy in each for each in texts_of(case))


def _is_id_number(text: str) -> bool:
    number = tidy_id_number(text)
    return len(number) == 18 and number[:17].isascii() and number[:17].isdigit()


def _tokens(text: str, *, singles: bool) -> Iterator[str]:
    codes = [f"{ord(char):x}" for char in text]
    if singles or len(codes) == 1:
        yield from codes
    yield from (f"{first}x{second}" for first, second in pairwise(codes))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
