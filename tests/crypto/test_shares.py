"""Papers of the recovery key: any two give it back, one tells nothing, a slip of the pen is noticed."""

from __future__ import annotations

import os
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.crypto.shares import ID, SECRET, Share, _inverse, _times, join, read, split, written

KEY_ID = b"abcd"


@given(st.binary(min_size=SECRET, max_size=SECRET), st.integers(2, 9))
def test_any_two_papers_give_the_secret_back(secret: bytes, people: int) -> None:
    papers = [read(written(each).lower().replace("-", " ")) for each in split(secret, KEY_ID, people, os.urandom)]
    assert all(join(one, other) == secret for one, other in combinations(papers, 2))


def test_the_field_is_a_field() -> None:
    assert all(_times(a, _inverse(a)) == 1 for a in range(1, 256))
    assert _times(0x57, 0x83) == 0xC1  # FIPS 197, 4.2


def test_one_paper_fits_every_secret() -> None:
    """For each value on one paper and each secret there is exactly one slope: the paper says nothing about the secret."""
    for x in (1, 2, 9):
        for secret in (0, 1, 200):
            assert {secret ^ _times(x, slope) for slope in range(256)} == set(range(256))


def test_two_times_the_same_or_of_another_key() -> None:
    one, other = split(os.urandom(SECRET), KEY_ID, 2, os.urandom)
    foreign = split(os.urandom(SECRET), b"zzzz", 2, os.urandom)[1]
    for pair in ((one, one), (one, foreign)):
        with pytest.raises(ValueError, match="two different"):
            join(*pair)
    assert len(one.key_id) == ID
    assert other.x == 2


@given(st.integers(0, 60), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_slip_of_the_pen_is_noticed(place: int, letter: str) -> None:
    text = written(Share(3, KEY_ID, bytes(range(32)))).replace("-", "")
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    if place == len(text) - 1:  # the last letter holds bits that mean nothing
        return
    with pytest.raises(ValueError, match=r"paper|slip"):
        read(changed)


@given(st.text(max_size=80))
def test_anything_else_is_no_paper(text: str) -> None:
    with pytest.raises(ValueError, match=r"paper|slip"):
        read(text)
