"""Text and layout of the specimens against what a person looked at and found good."""

from __future__ import annotations

import pytest

from clerk_app.domain.paper import Form, Look
from printing.specimens.orders import Length
from tests.printing.golden import BOOK, FOLDER, golden_text, name_of


@pytest.mark.parametrize(("form", "length", "look"), BOOK, ids=[name_of(*entry) for entry in BOOK])
def test_words_and_places_are_as_they_were_approved(form: Form, length: Length, look: Look) -> None:
    golden = (FOLDER / f"{name_of(form, length, look)}.txt").read_text(encoding="utf-8").splitlines()
    found = golden_text(form, length, look).splitlines()
    assert [_words(line) for line in found] == [_words(line) for line in golden]
    moved = [
        (was, now)
        for was, now in zip(golden, found, strict=True)
        if any(abs(a - b) > 2 for a, b in zip(_place(was), _place(now), strict=True))
    ]
    assert moved == []


def test_every_golden_file_is_compared() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {name_of(*entry) for entry in BOOK}


def _words(line: str) -> str:
    return line.split(maxsplit=4)[4]


def _place(line: str) -> tuple[int, ...]:
    return tuple(int(each) for each in line.split(maxsplit=4)[:4])
