"""Line breaking the Chinese way, as properties over made-up texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.glyphs import printable, width
from printing.lines import NEVER_FIRST, NEVER_LAST, Span, wrap

SIZE = 10.0
PIECES = st.sampled_from(
    [
        "中",
        "文字",
        "，",
        "。",
        "（",
        "）",
        "《",
        "》",
        "：",
        "2026",
        "渝临500199-W03G1",
        " ",
        "word",
        "“",
        "”",
        "·",
        "𬭎",
        "𠅤",
        "㐀",
        "\u3000",
    ]
)


def plain(line: tuple[Span, ...]) -> str:
    return "".join(span.text for span in line)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(120, 400))
def test_nothing_is_lost_and_nothing_runs_over(text: str, room: int) -> None:
    lines = wrap(text, SIZE, room)
    assert "".join("".join(plain(line).split()) for line in lines) == "".join(printable(text).split())
    assert all(width(plain(line), SIZE) <= room + 0.01 for line in lines)


@given(
    st.lists(st.sampled_from(["中", "文字", "（中", "中）", "字，", "字。", "“文”", "2026", " 年"]), max_size=60).map(
        "".join
    ),
    st.integers(60, 400),
)
def test_no_line_starts_or_ends_with_the_wrong_mark(text: str, room: int) -> None:
    for line in wrap(text, SIZE, room):
        assert not plain(line) or plain(line)[0] not in NEVER_FIRST
        assert not plain(line) or plain(line)[-1] not in NEVER_LAST


def test_numbers_and_glued_dates_stay_whole() -> None:
    lines = [plain(line) for line in wrap("办件编号是渝临500199-W03G1-20261121-0009号", SIZE, 160)]
    assert any("500199-W03G1-20261121-0009" in line for line in lines)
    date = "2026\u00a0年\u00a011\u00a0月\u00a021\u00a0日"
    assert [plain(line) for line in wrap(f"您于本年的那个时候也就是{date}提出", SIZE, 130)][1].startswith(date)


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert [plain(line) for line in wrap("x" * 50, SIZE, 100)] != ["x" * 50]


def test_a_character_without_any_glyph_is_spelled_out() -> None:
    assert printable("甲\U00030000乙\n丙") == "甲[U+30000]乙 丙"


@pytest.mark.parametrize(
    "whole",
    ["2026\u00a0年\u00a011\u00a0月\u00a027\u00a0日（含）", "11\u00a0月\u00a027\u00a0日", "□没有", "【√】直接送达"],
)
def test_a_day_and_a_box_with_its_word_stay_whole(whole: str) -> None:
    room = width(whole, 10) + 1
    for before in range(1, 12):
        lines = ["".join(span.text for span in line) for line in wrap(f"{'字' * before}　{whole}　字字", 10, room)]
        assert any(whole in line for line in lines), lines


def test_a_word_exactly_as_wide_as_its_column_is_not_broken() -> None:
    for size in (8.61, 9.7, 10.5, 11.55):
        assert len(wrap("免交", size, 2 * size)) == 1
