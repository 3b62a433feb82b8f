"""What is handed over is used or refused by name: nothing is left out in silence (promise 4)."""

from __future__ import annotations

import base64
import dataclasses

import pytest

from clerk_app.commands.case_json import read_case
from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import BadInput, Refused
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.desk import Desk
from tests.fakes.desk import OTHER_PAGE, PAGES, newborn, pension

ON_PAPER = Signature("paper", "")
CAPTURED = Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),))


def refused(desk: Desk, application: Application) -> tuple[str, ...]:
    with pytest.raises(Refused, match="用不上") as told:
        accept_application(desk, dataclasses.replace(application, signature=ON_PAPER), PAGES)
    with desk.store.begin(reading=True) as uow:
        assert not list(uow.cases.page(limit=1, offset=0))
    return told.value.reasons


def test_what_the_entry_does_not_have_is_refused_by_name(desk: Desk) -> None:
    own = pension()
    strange = dataclasses.replace(
        own,
        materials={**own.materials, "no_such": CAPTURED},
        fields={**own.fields, "no.field": "1"},
        answers={**own.answers, "no_question": "yes"},
        channel="火星",
        parts=("birth",),
    )
    told = "；".join(refused(desk, strange))
    for words in ("材料：no_such", "填写项：no.field", "问题：no_question", "没有“火星”这种渠道", "不能写 parts"):
        assert words in told


def test_pages_for_a_paper_this_situation_does_not_need_are_not_lost(desk: Desk) -> None:
    own = pension()  # contributed at one place only: 参保凭证 is not needed
    (told,) = refused(desk, dataclasses.replace(own, materials={**own.materials, "proof": CAPTURED}))
    assert "这次用不到，却交了 1 页" in told


def test_what_an_unchosen_part_would_ask_is_known(desk: Desk) -> None:
    own = newborn(signature=ON_PAPER)
    assert accept_application(desk, own, PAGES).case.item.id == "newborn"
    less = dataclasses.replace(own, parts=("birth",), materials={k: v for k, v in own.materials.items() if v.pages})
    assert [part.item.id for part in accept_application(desk, less, PAGES).parts] == ["birth"]


def test_what_the_second_look_saw_comes_back_with_the_case(desk: Desk) -> None:
    old = dataclasses.replace(pension().applicant, valid_to="2020-01-01")
    done = accept_application(desk, pension(applicant=old, signature=ON_PAPER), PAGES)
    assert {each.rule for each in done.findings} == {"card_expired", "repeat_elsewhere"}


def as_json(**more: Json) -> dict[str, Json]:
    data = pension().to_json()
    data["materials"]["register"]["pages"] = [
        {"media_type": "image/jpeg", "base64": base64.b64encode(OTHER_PAGE).decode()}
    ]
    return {**data, **more}


def test_a_case_in_json_is_read_whole_or_not_at_all() -> None:
    application, pages = read_case(as_json(key="k1", signature={"kind": "paper"}))
    assert (application.item_id, len(pages)) == ("pension", 1)
    data = as_json(colour="red", agent={"name": "冉代办", "adress": "x"})
    data["applicant"]["adress"] = "重庆"
    data["materials"]["register"]["rason"] = "x"
    data["materials"]["register"]["pages"][0]["dpi"] = 300
    with pytest.raises(BadInput) as told:
        read_case(data)
    assert set(told.value.reasons) == {
        f"不认识：{each}"
        for each in (
            "colour",
            "applicant.adress",
            "agent.adress",
            "materials.register.rason",
            "materials.register.pages.dpi",
        )
    }
