"""Canonical bytes, the journal's chain, numbers and stamps: what must be the same for ever."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
import re
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.canonical import canonical_bytes, content_hash, parse_json
from clerk_app.domain.journal import GENESIS, Happening, JournalEntry, first_break, happening_json, link
from clerk_app.domain.numbering import (
    DocumentNumber,
    LocalNumber,
    case_qr,
    document_serial,
    number_in_qr,
)
from clerk_app.domain.paper_check import code_of, typed_code
from clerk_app.domain.time import Stamp, Trust, chinese_date, iso_minutes

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """The same value with every object's keys the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_canonical_bytes_go_round_and_do_not_depend_on_key_order(value: Any) -> None:
    data = canonical_bytes(value)
    assert parse_json(data) == value
    assert canonical_bytes(parse_json(data)) == data == canonical_bytes(shuffled(value))
    assert content_hash(value) == hashlib.sha256(data).hexdigest()


def test_the_form_is_fixed_to_the_byte() -> None:
    """A change here would void every signature ever made."""
    value = {"乙": [1, True, None], "a": {"β": "𠮷·", "b": ""}, "Z": -3}
    assert canonical_bytes(value) == '{"Z":-3,"a":{"b":"","β":"𠮷·"},"乙":[1,true,null]}'.encode()


def test_names_are_never_normalised() -> None:
    assert canonical_bytes("e\u0301") != canonical_bytes("\u00e9")


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        math.nan,
        {"a": [0.5]},
        {1: "a"},
        {"a": b"x"},
        {"a": {1, 2}},
        "\ud800",
        {"\udfff": 1},
        {"a": dt.date(2026, 1, 1)},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "text",
    [
        "1.0",
        "1e3",
        "NaN",
        "-Infinity",
        '{"a":1,"a":2}',
        '"\\ud800"',
        '{"\\ud800":1}',
        "",
        "{",
        "[1,]",
        b"\xff\xfe",
        "[" * 5000,
        "[" * 300 + "]" * 300,
        '{"a":' * 5000,
        "9" * 5000,
    ],
)
def test_json_from_outside_that_is_none_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_no_bytes_from_outside_do_worse_than_a_value_error(data: bytes | str) -> None:
    try:
        value = parse_json(data)
    except ValueError:
        return
    canonical_bytes(value)


def test_a_read_only_mapping_has_the_same_form_as_a_dict() -> None:
    assert canonical_bytes(MappingProxyType({"b": 1, "a": MappingProxyType({})})) == canonical_bytes({"a": {}, "b": 1})


def test_a_mapping_that_holds_a_float_is_refused_too() -> None:
    with pytest.raises(ValueError, match="float"):
        canonical_bytes(MappingProxyType({"a": 0.1}))


# --- the journal -------------------------------------------------------------------------------------------------------


def chain(length: int) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for n in range(1, length + 1):
        happening = Happening(Stamp(1_790_000_000_000 + n), "wangmin", "case.accepted", f"case-{n}", 1, {"n": str(n)})
        entries.append(link(n, entries[-1].digest if entries else GENESIS, happening))
    return entries


def test_a_whole_chain_is_whole() -> None:
    assert first_break([]) is None
    assert first_break(chain(30)) is None


@given(st.integers(1, 12), st.data())
def test_a_change_of_any_part_of_any_entry_is_found_and_located(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))
    happening = entries[at].happening
    changed = data.draw(
        st.sampled_from(
            [
                dataclasses.replace(happening, actor="somebody"),
                dataclasses.replace(happening, verb="unmask"),
                dataclasses.replace(happening, case_id="other"),
                dataclasses.replace(happening, revision=9),
                dataclasses.replace(happening, detail={}),
                dataclasses.replace(happening, at=dataclasses.replace(happening.at, utc_ms=0)),
            ]
        )
    )
    entries[at] = dataclasses.replace(entries[at], happening=changed)
    assert first_break(entries) == at + 1


def test_a_change_with_its_digest_made_again_breaks_at_the_next_link() -> None:
    entries = chain(5)
    forged = dataclasses.replace(entries[2].happening, actor="somebody")
    entries[2] = link(3, entries[1].digest, forged)
    assert first_break(entries) == 4


@pytest.mark.parametrize("at", range(5))
def test_a_removed_entry_is_found_and_located(at: int) -> None:
    entries = chain(6)
    del entries[at]
    assert first_break(entries) == at + 1


@pytest.mark.parametrize("at", range(5))
def test_two_entries_changed_round_are_found(at: int) -> None:
    entries = chain(6)
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    assert first_break(entries) == at + 1


def test_an_entry_doubled_or_put_before_the_first_is_found() -> None:
    entries = chain(3)
    assert first_break([entries[0], *entries]) == 2
    assert first_break([link(0, GENESIS, entries[0].happening), *entries]) == 1


def test_the_hashed_form_of_an_entry_is_fixed() -> None:
    happening = Happening(Stamp(1, 480, 2, Trust.CHECKED), "wangmin", "unmask", "c", 3, {"k": "v"})
    assert happening_json(happening) == {
        "at": {"utc_ms": 1, "offset_min": 480, "monotonic_ms": 2, "trust": "checked"},
        "actor": "wangmin",
        "verb": "unmask",
        "case_id": "c",
        "revision": 3,
        "detail": {"k": "v"},
    }


# --- numbers -----------------------------------------------------------------------------------------------------------

windows = st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=1, max_size=6)


@given(
    st.text("0123456789ABCXYZ", min_size=2, max_size=20),
    windows,
    st.integers(1, 9999),
    st.dates(dt.date(2000, 1, 1), dt.date(2999, 12, 31)),
    st.integers(1, 999_999),
)
def test_a_local_number_reads_back_as_it_was(
    hall: str, window: str, generation: int, day: dt.date, serial: int
) -> None:
    number = LocalNumber(hall, window, generation, day, serial)
    assert LocalNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "渝临500199-W03G1-20260230-0001", "渝临500199-W03-20261121-0001", "500199-W03G1-20261121-0001", "渝临-WG--"],
)
def test_a_text_that_is_no_local_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        LocalNumber.parse(text)


def test_numbers_look_as_documented() -> None:
    assert str(LocalNumber("500199", "03", 1, dt.date(2026, 11, 21), 9)) == "渝临500199-W03G1-20261121-0009"
    assert str(DocumentNumber("演示受", 2026, 3_010_009)) == "演示受〔2026〕第 3010009 号"
    assert case_qr("渝临500199-W03G1-20261121-0009") == "渝临500199-W03G1-20261121-0009"  # the number, nothing else


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("渝临500199-W03G1-20261121-0009\r\n", "渝临500199-W03G1-20261121-0009"),
        ("渝临500199-W03G1-20261121-0009/2", "渝临500199-W03G1-20261121-0009/2"),
        ("yk-case:渝临500199-W03G1-20261121-0009", "渝临500199-W03G1-20261121-0009"),  # printed by an earlier version
        ("yk-case:", ""),
        ("渝临500199-W03G1-20261121-0009/", ""),
        ("渝临500199-W03G1-20261121", ""),
        ("https://example.invalid/渝临500199-W03G1-20261121-0009", ""),
    ],
)
def test_a_scanned_number_is_told_from_other_codes(text: str, number: str) -> None:
    assert number_in_qr(text) == number


@given(st.lists(st.tuples(windows, st.integers(1, 99), st.integers(1, 9999)), min_size=2, max_size=2, unique=True))
def test_two_windows_never_draw_the_same_document_serial(draws: list[tuple[str, int, int]]) -> None:
    """A3 and 3 once met; only names that differ in leading zeros alone (03, 3) are the same window."""
    (one, two) = draws
    same = one[1:] == two[1:] and one[0].lstrip("0") == two[0].lstrip("0")
    assert same or document_serial(*one) != document_serial(*two)


@pytest.mark.parametrize(
    ("window", "generation", "count"), [("03", 1, 10_000), ("03", 1, 0), ("03", 100, 1), ("三", 1, 1)]
)
def test_a_block_that_is_used_up_is_refused(window: str, generation: int, count: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        document_serial(window, generation, count)


def test_the_check_code_is_short_and_has_no_doubtful_signs() -> None:
    codes = {code_of(hashlib.sha256(str(n).encode()).hexdigest()) for n in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch("[34679ACDEFGHJKMNPRTWXY]{4}-[34679ACDEFGHJKMNPRTWXY]{4}", code) for code in codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a7km 3xrp", "A7KM-3XRP"), ("A7KM－3XRP", "A7KM-3XRP"), (" A7KM3XRP ", "A7KM-3XRP"), ("A7KM-3XR", ""), ("A7KM-3XR0", ""),
     ("", "")],
)  # fmt: skip
def test_a_check_code_is_taken_as_people_type_it(text: str, code: str) -> None:
    assert typed_code(text) == code


# --- time --------------------------------------------------------------------------------------------------------------


def test_the_legal_date_is_the_day_at_the_window() -> None:
    late = Stamp(int(dt.datetime(2026, 11, 21, 16, 30, tzinfo=dt.UTC).timestamp() * 1000))
    assert late.legal_date == dt.date(2026, 11, 22)  # 00:30 in Chongqing
    assert iso_minutes(late) == "2026-11-22 00:30"
    assert chinese_date(late.legal_date) == "2026 年 11 月 22 日"


@given(
    st.builds(Stamp, st.integers(0, 4_000_000_000_000), st.integers(-720, 840), st.integers(0), st.sampled_from(Trust))
)
def test_a_stamp_comes_back_from_json(stamp: Stamp) -> None:
    assert Stamp.from_json(json.loads(json.dumps(stamp.to_json()))) == stamp
