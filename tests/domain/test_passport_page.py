"""A passport's lines found on a whole page as a camera reads it: mended only where the standard leaves no choice."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.mrz import find_passport_zone, read_passport_zone

TODAY = dt.date(2026, 11, 23)
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # the example of ICAO 9303 itself
RIGHT = read_passport_zone(FIRST + SECOND, TODAY)


@pytest.mark.parametrize(
    "page",
    [
        f"PASSPORT\nUTOPIA\n{FIRST}\n{SECOND}\n",
        f"{FIRST.lower()}\n{SECOND.lower()}",
        f"{FIRST[:40]}\n{SECOND}",  # four fillers lost at the end
        f"{FIRST.replace('<<', '«')}\n{SECOND}",
        f"{FIRST}\n{SECOND.replace('7408122F', '74O8I22F')}",  # O for 0 and I for 1 where only digits stand
        f"PASSPORT OF THE REPUBLIC OF UTOPIA AND OF ITS ISLES\nPERSONS TRAVELLING ON IT ARE THOSE NAMED BELOW NOW\n{FIRST}\n{SECOND}",
        f"{' '.join(FIRST)}\n{' '.join(SECOND)}",
    ],
)
def test_the_zone_is_found_on_the_page(page: str) -> None:
    assert find_passport_zone(page, TODAY) == RIGHT


@pytest.mark.parametrize("at", [*range(9), *range(13, 19), *range(21, 27)])
def test_a_sign_read_wrongly_is_never_taken_for_right(at: int) -> None:
    wrong = SECOND[:at] + ("7" if SECOND[at] != "7" else "3") + SECOND[at + 1 :]
    assert find_passport_zone(f"{FIRST}\n{wrong}", TODAY) is None


@given(st.text(max_size=300))
def test_anything_else_is_no_passport(page: str) -> None:
    assert find_passport_zone(page, TODAY) is None
