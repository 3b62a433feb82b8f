"""Identity numbers (GB 11643-1999), names (GB 18030-2022 level 3), masks, ages, contradictions."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from clerk_app.domain.people import (
    VERIFICATION_MOVES,
    DocumentKind,
    Person,
    Verification,
    age_on,
    birth_of,
    id_check_digit,
    id_number_fault,
    mask_id,
    mask_name,
    mask_phone,
    name_fault,
    needs_rare_check,
    person_faults,
    sex_of,
    tidy_id_number,
)

D = dt.date
TODAY = D(2026, 11, 21)
WOMAN_1960, MAN_1955 = "500199196003150120", "50019919550820007X"


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        (WOMAN_1960, "女", D(1960, 3, 15)),
        (MAN_1955, "男", D(1955, 8, 20)),
        ("500199201506010131", "男", D(2015, 6, 1)),
        ("500199202608010049", "女", D(2026, 8, 1)),  # a newborn
        ("810000198504120039", "男", D(1985, 4, 12)),  # 港
        ("830000199011050026", "女", D(1990, 11, 5)),  # 台
    ],
)
def test_the_check_valid_numbers_of_the_data_sheet(number: str, sex: str, birth: D) -> None:
    assert id_number_fault(number, TODAY) == ""
    assert (sex_of(number), birth_of(number)) == (sex, birth)


@given(
    area=st.sampled_from(["110101", "310115", "440305", "510221", "650105"]),
    birth=st.dates(D(1900, 1, 1), TODAY),
    serial=st.integers(0, 999),
    check=st.sampled_from("0123456789X"),
)
def test_the_check_digit_agrees_with_python_stdnum(area: str, birth: D, serial: int, check: str) -> None:
    first17 = f"{area}{birth:%Y%m%d}{serial:03d}"
    assert id_check_digit(first17) == ric.calc_check_digit(first17 + "0")
    is_right = check == ric.calc_check_digit(first17 + check)
    assert (id_number_fault(first17 + check, TODAY) == "") == is_right


@pytest.mark.parametrize("area", ["512301", "500105", "500112", "500383", "999999"])
def test_the_area_is_not_judged_since_abolished_ones_stay_valid(area: str) -> None:
    first17 = f"{area}19620314002"
    assert id_number_fault(first17 + id_check_digit(first17), TODAY) == ""


@pytest.mark.parametrize(
    "typed", ["50019919550820007x", "500199 19550820 007X", "５００１９９１９５５０８２０００７ｘ"]
)
def test_a_small_x_spaces_and_wide_digits_are_taken_and_stored_tidy(typed: str) -> None:
    assert tidy_id_number(typed) == MAN_1955
    assert id_number_fault(typed, TODAY) == ""
    person = Person.from_json({"name": "冉样例", "document_number": typed})
    assert (person.document_number, person.sex, person.birth) == (MAN_1955, "男", "1955-08-20")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("5001991960031501", "应为 18 位，现在是 16 位"),
        ("50019919600315012A", "只能有数字"),
        ("5001991960031X0120", "只能有数字"),
        ("500199196013150120", "没有 13 月"),
        ("500199196002300120", "1960 年没有 2 月 30 日"),
        ("500199202702280019", "不可能"),
        ("500199187902280010", "不可能"),
        ("500199196003150121", "校验位不对"),
        ("５００１９９１９６００３１５０１２²", "只能有数字"),
    ],
)
def test_each_fault_is_said_in_words(number: str, words: str) -> None:
    assert words in id_number_fault(number, TODAY)


@given(st.text(max_size=20))
def test_no_text_makes_it_fail(text: str) -> None:
    id_number_fault(text, TODAY)
    person = Person.from_json({"name": "冉样例", "document_number": text})
    assert person.age_on(TODAY) is None or person.birth
    person_faults(person, TODAY)


@given(st.text("0123456789Xx", min_size=18, max_size=18))
def test_half_a_number_while_typing_fills_nothing_and_raises_nothing(text: str) -> None:
    """A number with an X inside once raised ValueError in the middle of typing."""
    person = Person.from_json({"name": "冉样例", "document_number": text})
    assert bool(person.birth) == bool(person.sex)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (D(1966, 11, 21), TODAY, 60),  # on the birthday
        (D(1966, 11, 22), TODAY, 59),
        (D(2008, 2, 29), D(2026, 2, 28), 17),  # 29 February: of age on 1 March of a common year
        (D(2008, 2, 29), D(2026, 3, 1), 18),
        (D(2008, 2, 29), D(2024, 2, 29), 16),
        (TODAY, TODAY, 0),
    ],
)
def test_age_in_full_years(born: D, on: D, years: int) -> None:
    assert age_on(born, on) == years


@pytest.mark.parametrize(
    "name",
    ["㛃", "伦㛃䶮", "阿依古丽·买买提", "𠮷𡃁", "阿卜杜拉·" * 11, "\ue123某", "辻\U000e0100", "ᠪᠠᠲᠤ\u180e"],
)
def test_rare_long_dotted_and_private_names_stand(name: str) -> None:
    assert name_fault(name) == ""
    assert Person.from_json({"name": name}).name == name  # never normalised


@pytest.mark.parametrize(
    "name", ["", "  ", "冉\n样例", "冉\u200b样例", "冉\u202e样例", "冉\ud800", "冉" * 101, "冉\x85"]
)
def test_names_that_hide_something_are_refused(name: str) -> None:
    assert name_fault(name)


def test_private_use_characters_ask_for_a_look() -> None:
    assert needs_rare_check("\ue123某")
    assert needs_rare_check("\U000f0001")
    assert not needs_rare_check("㛃𠮷·")


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("李小敏", "李*敏"), ("欧阳小敏", "欧**敏"), ("张", "*"), ("", "*"), ("𠮷田", "𠮷*")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_numbers_are_masked() -> None:
    assert mask_id(WOMAN_1960) == "500199********0120"
    assert mask_id("E12345678") == "E12***678"
    assert mask_id("A") == "*"
    assert mask_phone("13812343210") == "138****3210"
    assert mask_phone("1234567") == "*******"


@given(st.text("0123456789X", max_size=30))
def test_a_mask_keeps_the_length_and_hides_a_third_at_least(number: str) -> None:
    masked = mask_id(number)
    assert len(masked) == len(number)
    assert masked.count("*") * 3 >= len(number)


def test_birth_and_sex_must_agree_with_the_number() -> None:
    person = Person("冉样例", document_number=WOMAN_1960, sex="男", birth="1960-03-16")
    faults = person_faults(person, TODAY)
    assert set(faults) == {"sex", "birth"}
    assert "1960-03-15" in faults["birth"]
    assert faults["sex"].endswith("女")


@pytest.mark.parametrize("kind", [DocumentKind.RESIDENT_ID, DocumentKind.TEMPORARY_ID, DocumentKind.HMT_RESIDENCE])
def test_documents_that_carry_a_citizens_number_are_judged_by_it(kind: DocumentKind) -> None:
    person = Person("冉样例", kind, "810000198504120038")
    assert "校验位" in person_faults(person, TODAY)["document_number"]
    right = Person.from_json({"name": "冉样例", "document_kind": kind.value, "document_number": "810000198504120039"})
    assert person_faults(right, TODAY) == {}
    assert right.age_on(TODAY) == 41


def test_other_documents_only_need_a_number() -> None:
    assert person_faults(Person("SAMPLE", DocumentKind.PASSPORT, "E12345678"), TODAY) == {}
    assert person_faults(Person("SAMPLE", DocumentKind.PASSPORT, " "), TODAY) == {"document_number": "请填写证件号码"}


def test_a_person_comes_back_from_json() -> None:
    person = Person("𠮷㛃", document_number=MAN_1955, phone="13812343210", verification=Verification.PENDING_ONLINE)
    assert Person.from_json(person.with_known_from_number().to_json()) == person.with_known_from_number()


def test_what_is_verified_stays_verified_and_nothing_else_ends() -> None:
    assert VERIFICATION_MOVES[Verification.VERIFIED] == frozenset()
    assert all(moves for state, moves in VERIFICATION_MOVES.items() if state is not Verification.VERIFIED)
    assert set(VERIFICATION_MOVES) == set(Verification)


@pytest.mark.parametrize("name", ["500199196003150120", "１２３", "· ·", "+-"])
def test_a_name_is_not_a_number(name: str) -> None:
    """Typed into the wrong field, a number would be shown unmasked where names are shown."""
    assert "填反" in name_fault(name)


@pytest.mark.parametrize("name", ["\ue000", "\U000f0000", "李1", "A·B", "𠅤"])
def test_old_chips_and_odd_names_stay_possible(name: str) -> None:
    assert name_fault(name) == ""
