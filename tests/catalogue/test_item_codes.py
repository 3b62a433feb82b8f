"""Codes: the real examples of the data sheet pass, each wrong place is named."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc  # the oracle

from clerk_app.domain.codes import (
    catalog_code_problem,
    handle_code_problem,
    task_code_problem,
    task_type_warning,
    uscc_check_digit,
    uscc_problem,
)

REAL = ["11440232MB2D06811W4000117051000", "12440100741854396C3442014055017"]


@pytest.mark.parametrize("code", REAL)
def test_real_codes_pass(code: str) -> None:
    assert task_code_problem(code) is None
    assert handle_code_problem(code + "01") is None
    assert uscc.is_valid(code[:18])


def test_every_single_wrong_character_of_a_uscc_is_caught() -> None:
    good = "12500199MB0DEM05XN"
    assert uscc_problem(good) is None
    for place in range(18):
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            wrong = good[:place] + char + good[place + 1 :]
            if wrong != good:
                assert uscc_problem(wrong), wrong


def test_the_check_digit_agrees_with_the_oracle() -> None:
    for number in range(0, 10**9, 7919 * 1013):
        body = f"91500199{number:09d}"
        assert uscc_check_digit(body) == uscc.calc_check_digit(body)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "31 位"),
        (REAL[0][:-1], "30 位"),
        (REAL[0][:17] + "X" + REAL[0][18:], "校验位"),
        (REAL[0][:18] + "0" + REAL[0][19:], "行使层级"),
        (REAL[0][:18] + "7" + REAL[0][19:], "行使层级"),
        (REAL[0][:-1] + "a", "基本编码"),
        ("I" * 31, "不含 I"),
        (REAL[0][:-1] + "１", "基本编码"),
    ],
)
def test_wrong_task_codes_say_why(code: str, says: str) -> None:
    assert says in (task_code_problem(code) or "")


def test_catalog_and_handle_codes() -> None:
    assert catalog_code_problem("000131128000") is None
    assert catalog_code_problem("00013112800") is not None
    assert catalog_code_problem("00013112800é") is not None
    assert handle_code_problem(REAL[0]) is not None
    assert handle_code_problem(REAL[0] + "0x") is not None
    assert handle_code_problem(REAL[0] + "２２") is not None


def test_an_unusual_type_is_a_hint_only() -> None:
    assert catalog_code_problem("442199806003") is None
    assert "21" in (task_type_warning("442199806003", "20") or "")
    assert task_type_warning("502014902000", "20") is None
    assert task_type_warning("502014902000", "01")
    with pytest.raises(ValueError, match="alphabet"):
        uscc_check_digit("O" * 17)
