"""The rules behind the fields, without images."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from clerk_app.devices.recognition.id_fields import read_side, side_of
from clerk_app.devices.recognition.id_front import Place, repair_place
from clerk_app.devices.recognition.id_reading import Print, Reading, merge
from clerk_app.devices.recognition.tables import closest, tables
from clerk_app.domain.recognition import SURE, SeenKind


def _prints(*texts: str) -> list[Print]:
    return [
        Print(text, tuple([1.0] * len(text)), 200, 50.0 * row, 20, 380, 30) for row, text in enumerate(texts, start=1)
    ]


GOOD = ("姓名刘桂芳", "性别女民族土家", "出生1962年3月14日", "住址重庆市演示区演示镇样例", "村3组12号")
NUMBER = "公民身份号码500199196203142467"


def _front(*texts: str) -> Reading:
    prints = _prints(*texts)
    assert side_of(prints, framed=False) is SeenKind.ID_FRONT
    return read_side(prints, SeenKind.ID_FRONT, framed=False)


def test_plain_card() -> None:
    reading = _front(*GOOD, NUMBER)
    assert reading.doubtful == ("name",), "no name is sure until its print was looked at"
    assert reading.fields["address"] == "重庆市演示区演示镇样例村3组12号"


def test_birth_and_sex_come_from_a_valid_number_when_unread() -> None:
    reading = _front("姓名刘桂芳", "民族土家", "出生", *GOOD[3:], NUMBER)
    assert reading.fields["birth"] == "1962-03-14"
    assert reading.fields["sex"] == "女"


def test_wrong_number_gives_neither_birth_nor_sex() -> None:
    reading = _front("姓名刘桂芳", "民族土家", "出生", *GOOD[3:], NUMBER[:-1] + "1")
    assert "birth" not in reading.fields
    assert {"birth", "sex", "id_number"} <= set(reading.doubtful)


def test_traditional_forms_are_mended_outside_names_only() -> None:
    reading = _front("姓名陳志強", "性别女民族漢", GOOD[2], "住址重慶市演示區演示鎮樣例", GOOD[4], NUMBER)
    assert reading.fields["ethnicity"] == "汉族"
    assert reading.fields["address"].startswith("重庆市演示区演示镇")
    assert reading.fields["name"] == "陳志強"
    assert "name" in reading.doubtful


def test_one_wrong_character_in_ethnicity_and_district_is_mended_but_doubtful() -> None:
    reading = _front(GOOD[0], "性别女民族上家", GOOD[2], "住址重庆市酋阳土家族苗族自治县", "样例村1组", NUMBER)
    assert reading.fields["ethnicity"] == "土家族"
    assert reading.fields["address"].startswith("重庆市酉阳土家族苗族自治县")
    assert {"ethnicity", "address"} <= set(reading.doubtful)


def test_lookalikes_in_the_number() -> None:
    assert _front(*GOOD, "公民身份号码5OO19919620314246７").fields["id_number"] == "500199196203142467"


def test_short_number_asks_for_another_try() -> None:
    reading = _front(*GOOD, "公民身份号码5001991962031424")
    assert "id_number" in reading.doubtful
    assert any("没看全" in reason for reason in reading.reasons)


def test_back_with_known_and_mended_authority() -> None:
    prints = _prints("中华人民共和国", "居民身份证", "签发机关重庆市公安局万州区分局", "有效期限2016.02.29-2036.02.28")
    reading = read_side(prints, SeenKind.ID_BACK, framed=False)
    assert reading.doubtful == ()
    assert reading.fields["valid_to"] == "2036-02-28"
    prints = _prints("居民身份证", "签发机关", "重庆市公安局培陵区分局", "有效期限2016.02.29-长期")
    reading = read_side(prints, SeenKind.ID_BACK, framed=False)
    assert reading.fields["authority"] == "重庆市公安局涪陵区分局"
    assert reading.doubtful == ("authority",)


def test_authority_that_could_be_two_is_left_and_doubtful() -> None:
    prints = _prints("居民身份证", "签发机关重庆市公安局方州区分局", "有效期限2016.02.29-长期")
    reading = read_side(prints, SeenKind.ID_BACK, framed=False)
    assert reading.fields["authority"] == "重庆市公安局方州区分局", "万州 or 开州: a person decides"
    assert reading.doubtful == ("authority",)


def test_impossible_term_is_doubtful() -> None:
    prints = _prints("居民身份证", "签发机关重庆市公安局万州区分局", "有效期限2016.05.20-2033.05.20")
    assert set(read_side(prints, SeenKind.ID_BACK, framed=False).doubtful) == {"valid_from", "valid_to"}


def test_a_form_that_mentions_a_card_is_not_a_card() -> None:
    form = _prints("居民基本养老保险登记表", "姓名", "联系电话", "经办人签字", "日期")
    assert side_of(form, framed=False) is None


def test_merge_takes_the_surer_field() -> None:
    one, two = Reading(SeenKind.ID_FRONT), Reading(SeenKind.ID_FRONT)
    one.put("name", "刘桂芳", 0.98)
    two.put("name", "刘佳芳", 0.7)
    two.put("sex", "女", 0.99)
    best = merge(one, two)
    assert best.fields == {"name": "刘桂芳", "sex": "女"}


def test_tables() -> None:
    assert len(tables().ethnic) == 56
    assert "酉阳土家族苗族自治县" in tables().divisions
    assert len(tables().divisions["万州区"]) > 40
    assert closest("上家族", tables().ethnic, differing=1) == "土家族"
    assert closest("口口族", tables().ethnic, differing=1) == ""
    assert closest("淮南区", ("潼南区", "巴南区"), differing=1) == "潼南区"
    assert closest("口南区", ("潼南区", "巴南区"), differing=1) == ""


def test_unknown_places_are_left_as_they_are() -> None:
    assert repair_place("四川省成都市青羊区某路1号") == Place("四川省成都市青羊区某路1号")
    assert repair_place("重庆市") == Place("重庆市")
    known = repair_place("重庆市演示区演示镇样例村3组12号")
    assert known == Place("重庆市演示区演示镇样例村3组12号", "演示区", "演示镇")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("重庆市培陵区李渡街道", "重庆市涪陵区李渡街道"),
        ("重庆市西阳土家族苗族自治县", "重庆市酉阳土家族苗族自治县"),
        ("重庆市壁山县新华路", "重庆市璧山县新华路"),
        ("重庆市纂江区南桐镇河坝村", "重庆市綦江区南桐镇河坝村"),
        ("重庆市纂江区某某村", "重庆市綦江区某某村"),
        ("重庆市口江区南桐镇河坝村", "重庆市綦江区南桐镇河坝村"),  # the township decides between 綦江, 黔江
        ("重庆市口江区某某村", "重庆市口江区某某村"),  # and nothing does here
    ],
)
def test_districts_that_engines_misread(read: str, meant: str) -> None:
    place = repair_place(read)
    assert place.text == meant
    assert place.mended == (read != meant)


def test_an_address_with_a_hole_is_never_sure() -> None:
    """Eleven signs to a line; a sign that glare took leaves a gap, or ends a line early that goes on in the next."""
    whole = _laid("重庆市演示区演示镇样例"), _laid("村3组12号", y=0.6)
    assert read_side(_front_around(*whole), SeenKind.ID_FRONT, framed=True).confidence["address"] >= SURE
    gap = replace(whole[0], text="重庆市演示演示镇样例", scores=(1.0,) * 10, at=whole[0].at[:5] + whole[0].at[6:])
    short, one_short = _laid("重庆市演示区演示镇"), _laid("重庆市演示区演示镇样")
    for first in (gap, short, one_short):
        reading = read_side(_front_around(first, whole[1]), SeenKind.ID_FRONT, framed=True)
        assert reading.confidence["address"] < SURE


def test_labels_spoilt_by_blur_are_told_by_their_place() -> None:
    prints = [
        _laid("务吕志银", y=0.14, left=0.07, label=1),
        replace(_laid("物脚男我旗汉", y=0.27), at=(0.081, 0.12, 0.199, 0.328, 0.367, 0.446)),
        _laid("1972年4月11日", y=0.39),
        replace(_laid("住城重庆市演示区演示镇样例", y=0.52), at=(0.085, 0.12, *_laid("重庆市演示区演示镇样例").at)),
        _laid("村3组12号", y=0.6),
        _laid("500199197204111018", y=0.87, left=0.35),
    ]
    reading = read_side(prints, SeenKind.ID_FRONT, framed=True)
    assert {name: reading.fields.get(name) for name in ("name", "sex", "ethnicity", "address")} == {
        "name": "吕志银", "sex": "男", "ethnicity": "汉族", "address": "重庆市演示区演示镇样例村3组12号",
    }  # fmt: skip


def test_no_name_is_sure_by_its_scores_alone() -> None:
    """秦鑫骉 came out as 秦鑫弱, its last sign at 0.87, and 㬢 comes out as 曦 at 1.00: the print is asked (``name_print``)."""
    address = _laid("重庆市演示区演示镇样例"), _laid("村3组12号", y=0.6)
    name, *others = _front_around(*address)
    plain = read_side([name, *others], SeenKind.ID_FRONT, framed=True)
    assert "".join(sign.sign for sign in plain.name_signs) == plain.fields["name"]
    assert plain.confidence["name"] < SURE
    guessed = replace(name, scores=(1.0, 1.0, 1.0, 1.0, 0.6))
    assert read_side([guessed, *others], SeenKind.ID_FRONT, framed=True).confidence["name"] < plain.confidence["name"]


def test_the_rest_of_a_label_is_no_part_of_the_address() -> None:
    lines = _laid("准护重庆市演示区演示镇"), _laid("样例村3组12号", y=0.6)
    reading = read_side(_front_around(*lines), SeenKind.ID_FRONT, framed=True)
    assert reading.fields["address"] == "重庆市演示区演示镇样例村3组12号"


def _laid(text: str, y: float = 0.52, left: float = 0.183, label: int = 0) -> Print:
    """A line on a card that lies straight; ``label``: how many of its signs stand where the label does."""
    at, x = [], left
    for number, sign in enumerate(text):
        wide = 0.0376 * (0.6 if sign.isascii() else 1.0)
        at.append(x + wide / 2)
        x = 0.183 if number + 1 == label else x + wide
    return Print(text, (1.0,) * len(text), (left + x) / 2, y, left, x, 0.08, tuple(at))


def _front_around(*address: Print) -> list[Print]:
    rest = [
        _laid("姓名刘桂芳", y=0.14, left=0.07, label=2),
        _laid("性别女", y=0.27, left=0.07, label=2),
        _laid("出生1980年1月1日", y=0.39, left=0.07, label=2),
        _laid("公民身份号码", y=0.87, left=0.07),
    ]
    return [*rest, *address]


_words = st.text(
    st.sampled_from("姓名性别男女民族汉土家出生年月日住址公民身份号码签发机关有效期限长0123456789X.-㛃䶮𬭎 "),
    max_size=24,
)


@given(st.lists(_words, max_size=12), st.booleans(), st.sampled_from([SeenKind.ID_FRONT, SeenKind.ID_BACK]))
def test_any_lines_are_survived_and_no_bad_number_is_sure(texts: list[str], framed: bool, kind: SeenKind) -> None:
    prints = [
        Print(text, tuple([1.0] * len(text)), 0.3, 0.08 * row, 0.05, 0.6, 0.06)
        for row, text in enumerate(texts)
        if text
    ]
    side_of(prints, framed=framed)
    reading = read_side(prints, kind, framed=framed)
    number = reading.fields.get("id_number", "")
    if reading.confidence.get("id_number", 0.0) >= SURE:
        assert mod_11_2.is_valid(number), "GB 11643 uses ISO 7064 MOD 11-2"
