"""The specimens do not contradict themselves: whoever looks at the book must not wonder what is a fault of the form."""

from __future__ import annotations

import pytest

from clerk_app.domain.acts import last_act
from clerk_app.domain.case import Move, Outcome
from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.paper import Form
from printing.paper import ReportlabPaper
from printing.specimens.orders import Length, specimen
from tests.printing.reading import specimen_pdf, squeezed, text_of

ALL = [(form, length) for form in Form for length in Length]


@pytest.mark.parametrize(("form", "length"), ALL, ids=lambda value: value.name)
def test_outcome_and_document_fit_the_form(form: Form, length: Length) -> None:
    order = specimen(form, length)
    wanted = {Form.F10: Outcome.REFUSED, Form.F11: Outcome.GRANTED, Form.F13: Outcome.GRANTED}.get(form, "")
    assert order.case.outcome == wanted
    end = last_act(order.case, Move.FINISH)
    if end is not None:
        assert order.scheme.item is not None
        is_permit = order.scheme.item.task_type == "01"
        assert ("许可" in end.text("document")) is (is_permit and form is not Form.F10)


@pytest.mark.parametrize("length", Length)
@pytest.mark.parametrize("form", [Form.F1, Form.F4])
def test_what_is_said_to_be_missing_was_not_handed_in(form: Form, length: Length) -> None:
    order = specimen(form, length)
    names = {material.name: material.id for material in order.scheme.materials}
    given = order.application.materials
    for name, reasons in order.missing:
        is_missing = reasons == (f"缺少{name}",)
        assert (names[name] in given) is not is_missing, (name, reasons)
        assert not (is_missing and len(reasons) > 1)
    assert all(how.way in WAIVERS or how.pages or how.way.value == "commitment" for how in given.values())


def test_a_case_with_the_platforms_number_is_not_offline() -> None:
    assert {(bool(order.case.case_number), order.offline) for order in (specimen(*each) for each in ALL)} == {
        (True, False),
        (False, True),
    }


@pytest.mark.parametrize("form", [Form.F3, Form.F10])
def test_bodies_of_remedy_are_named_on_one_specimen_and_blank_on_another(form: Form) -> None:
    short, long = (
        squeezed(text_of(ReportlabPaper().render(specimen(form, each)))) for each in (Length.SHORT, Length.LONG)
    )
    assert "向＿＿＿＿＿＿＿＿（有管辖权的行政复议机关）申请" in short
    assert "向重庆市演示区人民政府申请行政复议" in long
    assert "向重庆市演示区人民法院提起" in long


@pytest.mark.parametrize(("form", "length"), ALL, ids=lambda value: value.name)
def test_what_a_mark_means_is_told_where_one_stands_and_nowhere_else(form: Form, length: Length) -> None:
    """F5 and F6 once told what 待联网核验 means of a case that had such a mark, but not on them."""
    text = squeezed(text_of(specimen_pdf(form, length)))
    meaning = "标“待联网核验”的"
    assert (meaning in text) is ("待联网核验" in text.replace(meaning, ""))


@pytest.mark.parametrize("length", Length)
@pytest.mark.parametrize("form", [Form.F3, Form.F9, Form.F10, Form.F12, Form.F13, Form.VOID])
def test_each_form_gives_a_reason_of_its_own_kind(form: Form, length: Length) -> None:
    """A permit refused after it was accepted was once refused for want of 受理条件, as was what its applicant took back."""
    assert "受理条件" not in squeezed(text_of(specimen_pdf(form, length)))


@pytest.mark.parametrize("form", list(Form))
def test_only_who_accepted_is_called_so(form: Form) -> None:
    """A receipt (不代表受理) and a refusal were once given by a 受理人."""
    text = squeezed(text_of(specimen_pdf(form)))
    assert ("受理人：" in text) is (form is Form.F2)
