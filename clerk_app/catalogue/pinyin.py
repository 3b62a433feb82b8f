"""Syllables of catalogue phrases, kept ready in ``pinyin.json`` so that start-up does not pay for pypinyin (0.12 s).

Phrases are kept whole, not character by character, because 长 行 还 are read by their phrase. A phrase that is not in the
file (a catalogue that came later) is read with pypinyin, imported only then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "pinyin.json"


@cache
def _kept() -> dict[str, list[str]]:
    try:
        return {phrase: text.split() for phrase, text in json.loads(_FILE.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:  # only while the file is being made
        return {}


def syllables(phrase: str) -> tuple[str, ...]:
    """One entry for each character of the phrase: its reading without tone, or the character itself, in lower case."""
    if not any(is_hanzi(char) for char in phrase):
        return tuple(phrase.lower())
    return tuple(_kept().get(phrase) or read_with_pypinyin(phrase))


def is_hanzi(char: str) -> bool:
    """A CJK ideograph, rare planes included."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U000323af"


def read_with_pypinyin(phrase: str) -> list[str]:
    """The same as ``syllables``, never from the file."""
    from pypinyin import lazy_pinyin

    sounds = iter(lazy_pinyin("".join(char for char in phrase if is_hanzi(char))))
    return [next(sounds, char).lower().replace("ü", "v") if is_hanzi(char) else char.lower() for char in phrase]


def write(phrases: Iterable[str], file: Path = _FILE) -> int:
    """Make ``pinyin.json`` anew; returns how many phrases it holds."""
    table = {
        phrase: " ".join(read_with_pypinyin(phrase))
        for phrase in sorted(set(phrases))
        if any(is_hanzi(char) for char in phrase)
    }
    file.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return len(table)


def main() -> None:
    """Renew the file from the starter catalogue."""
    from clerk_app.catalogue.loader import STARTER, load_catalogue
    from clerk_app.catalogue.search import phrases_of

    catalogue = load_catalogue(STARTER)
    print(write(phrases_of(catalogue.items(), catalogue.life_events())))


if __name__ == "__main__":
    main()
