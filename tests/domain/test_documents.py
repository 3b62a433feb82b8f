"""Identity documents other than the resident card, and the passport's machine-readable zone, against published examples."""

from __future__ import annotations

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2 as oracle

from clerk_app.domain.documents import mod_11_2, permanent_resident_fault, permit_birth
from clerk_app.domain.mrz import check_digit, read_passport_zone
from clerk_app.domain.people import DocumentKind, Person, id_check_digit, mask_id, person_faults

TODAY = dt.date(2026, 11, 21)
# The specimen of ICAO 9303 part 4, appendix: Anna Maria Eriksson of Utopia.
ERIKSSON = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"

K = DocumentKind


def fault(kind: DocumentKind, number: str, **more: str) -> dict[str, str]:
    return person_faults(
        Person.from_json({"name": "样例", "document_kind": kind.value, "document_number": number, **more}), TODAY
    )


@pytest.mark.parametrize("number", ["810000198504120039", "830000199011050026"])
def test_the_data_sheets_own_residence_permits_are_fine(number: str) -> None:
    assert fault(K.HMT_RESIDENCE, number) == {}


@pytest.mark.parametrize("area", ["500199", "840000", "810001", "110101"])
def test_a_residence_permit_begins_with_one_of_three_areas(area: str) -> None:
    body = f"{area}19850412003"
    assert "810000" in fault(K.HMT_RESIDENCE, body + id_check_digit(body))["document_number"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (K.HK_MACAO_PERMIT, ("H12345678", "M1234567801", "h12345678"), ("A12345678", "H1234567", "H123456789", "")),
        (K.TAIWAN_PERMIT, ("12345678", "1234567890"), ("1234567", "123456789", "T2345678")),
        (K.PASSPORT, ("E12345678", "G1234567", "L898902C3"), ("E1234", "ABCDEFGH", "E12345678901", "E1234-678")),
        (K.PERMANENT_RESIDENT, ("USA310190010101",), ("US0310190010101", "USA31019001010", "911234567890123455")),
    ],
)
def test_patterns_of_travel_documents(kind: DocumentKind, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    for number in good:
        assert fault(kind, number) == {}, number
    for number in bad:
        assert "document_number" in fault(kind, number), number


@given(st.text(string.digits, min_size=16, max_size=16))
def test_the_check_of_new_permits_agrees_with_an_independent_one(body: str) -> None:
    first17 = "9" + body
    assert mod_11_2(first17) == oracle.calc_check_digit(first17)
    assert permanent_resident_fault(first17 + mod_11_2(first17)) == ""


@given(st.text(string.digits, min_size=16, max_size=16), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_new_permit_is_always_found(body: str, place: int, by: int) -> None:
    whole = "9" + body
    number = whole + mod_11_2(whole)
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert permanent_resident_fault(changed) != ""


@given(st.text(string.digits, min_size=17, max_size=17), st.integers(0, 15))
def test_neighbours_that_changed_places_are_found(body: str, place: int) -> None:
    number = body + id_check_digit(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or id_check_digit(swapped[:17]) != swapped[17]


def test_the_birth_inside_a_new_permit_must_be_the_persons() -> None:
    body = "91015619800131001"
    number = body + mod_11_2(body)
    assert permit_birth(number) == dt.date(1980, 1, 31)
    assert fault(K.PERMANENT_RESIDENT, number, birth="1980-01-31") == {}
    assert "1980-01-31" in fault(K.PERMANENT_RESIDENT, number, birth="1981-01-31")["birth"]


def test_the_specimen_passport_reads_as_printed() -> None:
    zone = read_passport_zone(ERIKSSON, TODAY)
    assert (zone.issuer, zone.number, zone.nationality, zone.sex) == ("UTO", "L898902C3", "UTO", "女")
    assert (zone.name, zone.birth, zone.valid_to) == ("ERIKSSON ANNA MARIA", "1974-08-12", "2012-04-15")


@pytest.mark.parametrize("place", [45, 46, 54, 58, 63, 66, 71, 73, 87])
def test_a_misread_sign_in_the_second_line_is_found(place: int) -> None:
    text = ERIKSSON.replace("\n", "")
    place -= 1
    other = "8" if text[place] != "8" else "3"
    with pytest.raises(ValueError, match=r"校验位|看不清"):
        read_passport_zone(text[:place] + other + text[place + 1 :], TODAY)


@pytest.mark.parametrize(
    "text", ["", "P<UTO", "I" + ERIKSSON[1:], ERIKSSON.replace("<", " "), ERIKSSON.replace("A", "Ä")]
)
def test_what_is_no_zone_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="护照"):
        read_passport_zone(text, TODAY)


@given(st.text(string.ascii_uppercase + string.digits + "<", max_size=44))
def test_a_check_digit_is_a_digit(text: str) -> None:
    assert check_digit(text) in string.digits


@given(st.text(string.ascii_uppercase + string.digits, min_size=7, max_size=18))
def test_no_number_is_shown_whole(number: str) -> None:
    assert mask_id(number).count("*") >= 3
    assert len(mask_id(number)) == len(number)
