"""How a name sounds: pinyin and initials of every run of its syllables, with every reading that a character has.

pypinyin costs 0.12 s to import, so it is imported at the first name; ``warm`` does that ahead of time.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

LONGEST_NAME = 8
MOST_READINGS = 16
LONGEST_BEGINNING = 24
BEGINNINGS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24)
"""Lengths whose beginnings stand in the index; what lies between is looked at in the case itself."""


def warm() -> None:
    """Read the table of readings now, off the path of a clerk who waits."""
    _readings("王")


@lru_cache(maxsize=4096)
def sounds_of(name: str) -> tuple[str, ...]:
    """For 单小明: danxiaoming, xiaoming, ming, dxm, xm, m and the same with shan. Characters without a reading are left out."""
    syllables = [found for char in name[:LONGEST_NAME] if (found := _readings(char))]
    ends: dict[str, None] = {}
    for start in range(len(syllables)):
        for number, reading in enumerate(product(*syllables[start:])):
            if number == MOST_READINGS:
                break
            ends["".join(reading)[:LONGEST_BEGINNING]] = None
            ends["".join(syllable[0] for syllable in reading)] = None
    return tuple(ends)


@lru_cache(maxsize=8192)
def _readings(char: str) -> tuple[str, ...]:
    if char.isascii():
        return ()
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(sound for sound in dict.fromkeys(found[0]) if sound.isascii() and sound.isalpha()) if found else ()
