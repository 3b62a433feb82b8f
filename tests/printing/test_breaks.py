"""How rows and names break over lines and pages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from clerk_app.domain.paper import Look, PaperSize
from printing.lines import wrap
from printing.marks import Text
from printing.page import PAGES
from printing.sheet import ROOM, Column, Sheet

COLUMNS = (Column("材料", 120), Column("缺少或不符之处", ROOM - 120))


@pytest.mark.parametrize("look", [Look(PaperSize.A5, large=True), Look()], ids=["a5-large", "a4"])
@pytest.mark.parametrize("length", range(300, 1500, 90))
def test_a_row_over_several_pages_fills_each_but_the_last_and_leaves_three_lines_there(look: Look, length: int) -> None:
    """It once kept three lines back for the next page, and then put one of them below a gap on this one."""
    sheet = Sheet(list, page=PAGES[look])
    sheet.y = PAGES[look].bottom * 0.7
    sheet.table(COLUMNS, [("一份材料", "缺少"), ("另一份", "地" * length), ("最后一份", "缺少")])
    parts = [
        sorted(mark.y for mark in page if isinstance(mark, Text) and set("".join(s.text for s in mark.line)) == {"地"})
        for page in sheet.pages
    ]
    parts = [part for part in parts if part]
    assert len(parts) > 1 or length < 500
    for part in parts:
        steps = [after - before for before, after in pairwise(part)]
        assert len(part) >= 3
        assert max(steps) == pytest.approx(min(steps)), "no gap inside a part"


@pytest.mark.parametrize("room", range(60, 200, 7))
def test_a_name_stays_whole_beside_its_time(room: int) -> None:
    lines = [
        "".join(span.text for span in line) for line in wrap("应急一号 2026-11-20 15:20 王敏 补录", 10.0, float(room))
    ]
    assert not any(line.startswith("敏") for line in lines), lines
