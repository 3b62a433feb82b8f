"""Chip and print of one card: the chip wins, a sure difference is shown, a misread print is none."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.draft import Draft
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.usecases.taking_cards import chip_values, differences, front_values

CARD = {
    "name": "刘桂芳",
    "sex": "女",
    "ethnicity": "土家族",
    "birth": "1962-03-14",
    "address": "重庆市演示区演示镇样例村3组12号",
    "id_number": "500199196203142467",
}
TERM = {"authority": "重庆市公安局演示区分局", "valid_from": "2012-05-20", "valid_to": "2032-05-20"}


def chip(**changes: str) -> Seen:
    fields = {**CARD, **TERM, **changes}
    return Seen(SeenKind.CHIP, fields=fields, confidence=dict.fromkeys(fields, 1.0), document="111")


def front(confidence: float = 0.98, doubtful: tuple[str, ...] = (), **changes: str) -> Seen:
    fields = {**CARD, **changes}
    sure = {name: 0.5 if name in doubtful else confidence for name in fields}
    return Seen(SeenKind.ID_FRONT, fields=fields, confidence=sure, doubtful=doubtful, document="111")


def after(draft: Draft, values: Mapping[str, object]) -> Draft:
    kept = {**draft.values, **values}
    return Draft(draft.id, draft.clerk, 0, 0, {key: value for key, value in kept.items() if value is not None})


EMPTY = Draft("d", "c", 0, 0, {})


def test_the_chip_fills_everything_and_nothing_is_doubtful() -> None:
    draft = after(EMPTY, chip_values(EMPTY, chip()))
    assert draft.text("applicant.name") == CARD["name"]
    assert draft.text("applicant.means") == "id_card_chip"
    assert draft.text("card.valid_to") == TERM["valid_to"]
    assert draft.values["doubtful"] == []


def test_the_chip_beats_a_doubtful_print() -> None:
    seen = front(doubtful=("name",), name="刘佳芳")
    draft = after(EMPTY, front_values(EMPTY, seen))
    assert draft.values["doubtful"] == ["name"]
    draft = after(draft, chip_values(draft, chip()))
    assert draft.text("applicant.name") == "刘桂芳"
    assert draft.values["doubtful"] == []
    assert "card.differs" not in draft.values, "a misread print is no difference"


def test_a_sure_difference_is_kept_whichever_came_first() -> None:
    other = "重庆市演示区新街9号"
    first_print = after(EMPTY, front_values(EMPTY, front(address=other)))
    print_then_chip = after(first_print, chip_values(first_print, chip()))
    first_chip = after(EMPTY, chip_values(EMPTY, chip()))
    chip_then_print = after(first_chip, front_values(first_chip, front(address=other)))
    for draft in (print_then_chip, chip_then_print):
        assert draft.values["card.differs"] == {"address": [CARD["address"], other]}
        assert draft.values["doubtful"] == ["address"]
        assert draft.text("applicant.address") == CARD["address"]
        assert draft.text("applicant.means") == "id_card_chip"


def test_another_persons_chip_leaves_nothing_behind() -> None:
    draft = after(EMPTY, {**front_values(EMPTY, front()), "applicant.phone": "13800000000"})
    other = chip(id_number="50019919551102031X", name="陈志强", address="")
    draft = after(draft, chip_values(draft, Seen(SeenKind.CHIP, fields={k: v for k, v in other.fields.items() if v})))
    assert draft.text("applicant.phone") == ""
    assert draft.text("applicant.address") == ""
    assert "card.differs" not in draft.values


def test_a_permit_is_noted_as_what_it_is() -> None:
    seen = Seen(SeenKind.ID_FRONT, fields={"name": "SMITH, ANNA", "id_number": "CAN500165051486"}, document="553")
    draft = after(EMPTY, front_values(EMPTY, seen))
    assert draft.text("applicant.document_kind") == "553"


@given(st.dictionaries(st.sampled_from(sorted(CARD)), st.text(max_size=5)))
def test_differences_are_only_where_both_speak(printed: dict[str, str]) -> None:
    for name, (ours, theirs) in differences(CARD, printed).items():
        assert ours == CARD[name] != theirs == printed[name] != ""
