"""A citizen comes back to another window of the hall: found by post and document, gone on with by one owner at a time."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace

import pytest
from sqlalchemy import update

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.errors import LineProblem, Refused
from sync.gateway import deeds, schema
from sync.hall_line import Asker, HallLine
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    SUITE,
    GatewayProcess,
    Window,
    enrol,
    paged_message,
    sample_case,
    sealed_page,
    signed_message,
)

NUMBER = "500199199003078888"


def of_a_person(case_id: str, revision: int = 1, **more: Json) -> Case:
    person = {"name": "样例 龚㛃䶮", "document_kind": "id_card", "document_number": NUMBER}
    case = sample_case(case_id, revision=revision)
    return replace(case, content={**case.content, "applicant": person, **more})


def asking(window: Window, gateway: GatewayProcess, role: str = "clerk") -> HallLine:
    asker = Asker(
        window.enrolled.window_id,
        "wangmin",
        role,
        SUITE,
        window.signer.sign,
        lambda body, context: SUITE.seal_to(window.enrolled.gateway_sealing_public, body, context),
        lambda: window.clock.now().utc_ms,
    )
    return HallLine(window.centre(gateway.url), asker)


def neighbour(gateway: GatewayProcess, number: str, hall: str = "500199") -> Window:
    return enrol(gateway.url, gateway.token(hall, number), hall, number)


def test_found_at_another_window_and_written_down(gateway: GatewayProcess, window: Window) -> None:
    window.centre(gateway.url).send([signed_message(window, of_a_person("hall-1"))])
    other = asking(neighbour(gateway, "A1"), gateway)
    found = {each.case_id: each for each in other.find(NUMBER, "id_card")}["hall-1"]
    assert (found.window, found.owner) == (window.enrolled.hall.window, window.enrolled.hall.window)
    assert "㛃" not in found.applicant  # enough to recognise, not to read
    assert [each.case_id for each in other.find(found.receipt)] == ["hall-1"]
    assert other.find("500199199003070000", "id_card") == ()
    with contextlib.closing(open_here(gateway.data)) as here:
        written = [each for each in deeds.newest(here) if "-WA1-" in str(each["actor"])]
    assert [str(each["object"]).split(" found ")[1] for each in written] == ["0 returned", "1 returned", "1 returned"]
    assert all("wangmin clerk" in str(each["actor"]) for each in written)
    assert NUMBER not in str(written)


def test_posts_halls_and_forgers_that_may_not_look(gateway: GatewayProcess, window: Window) -> None:
    window.centre(gateway.url).send([signed_message(window, of_a_person("hall-2"))])
    for role in ("admin", "auditor", "nobody", ""):
        with pytest.raises(Refused, match="岗位"):
            asking(window, gateway, role).find(NUMBER, "id_card")
    with pytest.raises(Refused, match="岗位"):
        asking(window, gateway, "supervisor").take("hall-2")  # may look, may not go on with it
    stranger = asking(neighbour(gateway, "1", "500199C"), gateway)
    assert stranger.find(NUMBER, "id_card") == ()
    with pytest.raises(Refused, match="没有这件"):
        stranger.take("hall-2")
    forged = asking(window, gateway)
    forged._asker = replace(forged._asker, clerk="somebody-else")
    with pytest.raises(Refused, match="签名"):
        forged.find(NUMBER, "id_card")


def test_a_case_that_the_gateway_cannot_open_hides_no_other(gateway: GatewayProcess, window: Window) -> None:
    number = f"{NUMBER}{window.enrolled.window_id}"

    def theirs(case_id: str) -> Case:
        case = of_a_person(case_id)
        return replace(
            case, content={**case.content, "applicant": {"document_kind": "other", "document_number": number}}
        )

    names = [f"{window.enrolled.window_id}-{n}" for n in (1, 2)]
    window.centre(gateway.url).send([signed_message(window, theirs(each)) for each in names])
    with contextlib.closing(open_here(gateway.data)) as here, here.store.transaction() as connection:
        torn = update(schema.message).where(schema.message.c.case_id == names[0])
        connection.execute(torn.values(sealed=b"torn"))
    line = asking(window, gateway)
    found = {each.case_id: each for each in line.find(number, "other")}
    assert set(found) == set(names)
    assert "打不开" in found[names[0]].item
    with pytest.raises(LineProblem, match="R110"):  # a numbered answer, not a fault of the gateway's
        line.take(names[0])
    assert line.take(names[1]).found.case_id == names[1]


@pytest.mark.parametrize("number", ["a\0b", "x' OR 1=1"])
def test_an_odd_number_finds_nothing(gateway: GatewayProcess, window: Window, number: str) -> None:
    assert asking(window, gateway).find(number) == ()


def test_one_owner_at_a_time(gateway: GatewayProcess, window: Window) -> None:
    page = sealed_page(os.urandom(300_000))
    first_centre = window.centre(gateway.url)
    (receipt,) = first_centre.send([paged_message(window, of_a_person("hall-3"), page)])
    first_centre.send_blob(page.ref.blob_sha256, page.ref.blob_size, 0, page.blob)
    second = neighbour(gateway, "A3")
    line = asking(second, gateway)
    taken = line.take("hall-3")
    assert taken.found.owner == "A3"
    assert taken.document["case_id"] == "hall-3"
    assert [(each.plain, each.media_type) for each in taken.pages] == [(page.plain, "image/jpeg")]
    assert line.take("hall-3").found.owner == "A3"  # taking one's own again changes nothing
    moved = [entry.body for entry in first_centre.news(0).entries if entry.kind == "case.moved"]
    assert moved == [{"case_id": "hall-3", "window": "A3"}]

    (late,) = first_centre.send([signed_message(window, of_a_person("hall-3", 2, at="first"))])
    assert (late.status, late.code) == ("conflict", "R121")  # kept aside, not thrown away, not mixed in
    (on,) = second.centre(gateway.url).send([signed_message(second, of_a_person("hall-3", 2, at="second"))])
    assert (on.status, on.receipt) == ("stored", receipt.receipt)
    with pytest.raises(Refused):  # a page of a case that is not this window's any more
        asking(neighbour(gateway, "A4"), gateway).take("no-such-case")
    asking(window, gateway).take("hall-3")
    (back,) = first_centre.send([signed_message(window, of_a_person("hall-3", 3, at="first again"))])
    assert back.status == "stored"
