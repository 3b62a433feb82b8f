"""What is said aloud: names and values, days as people say them, and never a number that others should not hear."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.speaking import LONG_NUMBER, spoken


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("姓名", "冉样例", "姓名：冉样例。"),
        ("身份证号码", "50019919600315012X", "身份证号码：号码请看屏幕。"),
        ("身份证号码", "500199********012X", "身份证号码：号码请看屏幕。"),
        ("电话", "138 0000 0000", "电话：号码请看屏幕。"),
        ("账号", "开户行某某银行 6217000000000000001", "账号：开户行某某银行 ，号码请看屏幕。"),
        ("出生日期", "1960-03-05", "出生日期：1960年3月5日。"),
        ("缴费月数", "204", "缴费月数：204。"),
        ("备注", "", "备注：没有填。"),
    ],
)
def test_rows_as_they_are_said(name: str, value: str, said: str) -> None:
    assert spoken([(name, value)]) == said


@given(st.lists(st.tuples(st.text(max_size=8), st.text(alphabet="0123456789X 年-*样例", max_size=40)), max_size=5))
def test_no_long_number_is_ever_said(rows: list[tuple[str, str]]) -> None:
    said = spoken([("x", value) for _, value in rows])
    assert not re.search(rf"[0-9*]{{{LONG_NUMBER},}}", said)
