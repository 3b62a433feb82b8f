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


@pytest.mark.parametrize("look", [Look(large=True), Look(PaperSize.A5, large=True), Look()], ids=["large", "a5", "a4"])
@pytest.mark.parametrize("at", range(3))
def test_a_cell_that_would_run_down_the_page_stands_below_its_row(look: Look, at: int) -> None:
    """It was once a strip of five signs in a line over three pages."""
    columns = (Column("材料", 104), Column("缺少或不符之处", 118), Column("应当怎样", ROOM - 222))
    page = PAGES[look]
    sheet = Sheet(list, page=page)
    sheet.y = page.bottom * 0.6
    rows = [("甲", "缺少", "纸质"), ("乙", "地" * 600, "纸质"), ("丙", "缺少", "纸质")]
    sheet.table(columns, rows[1 - at :] + rows[: 1 - at] if at < 2 else [rows[0], rows[2], rows[1]])
    lines = ["".join(s.text for s in m.line) for p in sheet.pages for m in p if isinstance(m, Text)]
    strip = [line for line in lines if "地" in line]
    assert sum(line.count("地") for line in strip) == 600
    assert len(strip) < 600 * 12 / page.room * page.scale * 1.2
    assert strip[0].startswith("缺少或不符之处：地")
    assert lines.index("见下") < lines.index(strip[0])
    assert lines.count("丙") == 1
    assert max(m.y for p in sheet.pages for m in p if isinstance(m, Text)) <= page.bottom


@pytest.mark.parametrize("room", range(60, 200, 7))
def test_a_name_stays_whole_beside_its_time(room: int) -> None:
    lines = [
        "".join(span.text for span in line) for line in wrap("应急一号 2026-11-20 15:20 王敏 补录", 10.0, float(room))
    ]
    assert not any(line.startswith("敏") for line in lines), lines
