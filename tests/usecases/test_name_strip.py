"""A name that no font draws: the card's own picture of it is kept with the case and stands on its papers."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
from PIL import Image

from clerk_app.domain.application import Application
from clerk_app.domain.paper import Form
from clerk_app.domain.people import has_no_type
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.usecases import intake
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import order_for_case
from printing.paper import ReportlabPaper
from tests.fakes.desk import fill, pension, signed
from tests.printing.reading import squeezed, text_of

UNDRAWN = "冉\U000323b1"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (300, 60), 90).save(out, "PNG")
    return out.getvalue()


def seen(name: str, *doubtful: str, strip: bytes = b"") -> Seen:
    return Seen(SeenKind.ID_FRONT, fields={"name": name}, confidence={"name": 0.4}, doubtful=doubtful, name_strip=strip)


def taken(desk: Desk, name: str) -> Application:
    """The card is read with doubt, the clerk types the name, the applicant signs."""
    draft, person = fill(desk, pension(), sign=False), pension().applicant
    intake.take_seen(
        desk,
        draft.id,
        replace(
            seen(person.name, "name", strip=picture()),
            fields={"name": person.name, "id_number": person.document_number},
        ),
    )
    intake.save(desk, draft.id, {"applicant.name": name})
    case = accept_draft(desk, signed(desk, intake.looked_at(desk, draft.id, "name")).id).case
    order = order_for_case(desk, case.id, Form.F2)
    assert (order.name_picture == picture()) is has_no_type(name)
    pdf = ReportlabPaper().render(order)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pictures = [each for page in document.pages for each in page.get_images().values()]
    assert len(pictures) == (2 if has_no_type(name) else 0)  # one on each copy: the applicant's and the file's
    assert ("[U+323B1]" in squeezed(text_of(pdf))) is has_no_type(name)
    return order.application


def test_the_cards_picture_is_kept_and_printed_where_no_font_draws_the_name(desk: Desk) -> None:
    assert taken(desk, UNDRAWN).name_strip


def test_a_name_that_can_be_drawn_keeps_no_picture(desk: Desk) -> None:
    assert taken(desk, "冉𬭎").name_strip == ""


def test_another_card_takes_the_picture_away(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    intake.take_seen(desk, draft.id, seen("冉甲", "name", strip=picture()))
    assert intake.load(desk, draft.id).text("card.name_strip")
    intake.take_seen(desk, draft.id, seen("冉乙", strip=picture()))
    assert intake.load(desk, draft.id).text("card.name_strip") == ""


def test_which_names_have_no_type() -> None:
    assert not any(map(has_no_type, ("刘桂芳", "龚㛃䶮", "𬭎𫖯", "𠅤", "阿卜杜拉·艾合买提")))
    assert all(map(has_no_type, (UNDRAWN, "张\ue000", "甲\U00030000")))
