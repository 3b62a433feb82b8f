"""A table cuts no row in half at its lower edge, whatever its height and however many rows it has."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.screens.intake.precheck import gathered
from ui.widgets.choices import Choices
from ui.widgets.row_table import LEAST_ROW, Cell, RowTable


@pytest.mark.parametrize("height", [300, 341, 380, 405, 487, 700])
@pytest.mark.parametrize("count", [1, 5, 6, 7, 40])
def test_rows_are_whole(qapp_themed: QApplication, qtbot: QtBot, height: int, count: int) -> None:
    table = RowTable(("材料", ""), (0, 100), name="材料")
    qtbot.addWidget(table)
    table.resize(600, height)
    with qtbot.waitExposed(table):
        table.show()
    table.show_rows([(Cell("户口簿", "数据共享"), Cell("必要"))] * count)
    row, room = table.verticalHeader().defaultSectionSize(), table.viewport().height()
    assert row >= LEAST_ROW
    if count * row > room:
        assert room % row < room // row, "what is left over is less than a pixel for each row"
        assert row < 2 * theme.ROW_HEIGHT
    else:
        assert row <= theme.ROW_HEIGHT


def test_rows_that_all_fit_stand_as_they_are(qapp_themed: QApplication, qtbot: QtBot) -> None:
    table = RowTable(("材料",), (0,), name="材料")
    qtbot.addWidget(table)
    table.resize(600, 600)
    table.show_rows([(Cell("户口簿"),)] * 3)
    assert table.verticalHeader().defaultSectionSize() == theme.ROW_HEIGHT


def test_fields_that_are_merely_empty_are_told_in_one_sentence() -> None:
    told = gathered(["请填写姓名", "住址：请填写住址", "请填写手机号", "申请人还没有签字确认"])
    assert told == ["还有 3 项没填：姓名、住址、手机号", "申请人还没有签字确认"]
    assert gathered(["请填写姓名", "出生：没有这一天"]) == ["请填写姓名", "出生：没有这一天"]


def test_only_answers_with_a_key_of_their_own_bear_its_number(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made = Choices("文书", [(str(number), f"第{number}种") for number in range(1, 13)], per_row=5)
    qtbot.addWidget(made)
    words = [each.text() for each in made._buttons]
    assert (words[8], words[9]) == ("9  第9种", "第10种")
