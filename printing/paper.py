"""Fulfils the Paper port: one order in, one PDF out."""

from __future__ import annotations

from collections.abc import Callable

from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame
from printing.documents.registry import DOCUMENTS
from printing.documents.words import sentence
from printing.pdf import paint
from printing.sheet import Mark, Sheet


class ReportlabPaper:
    """Prints the forms of the registry. The same order gives the same bytes."""

    def forms(self) -> tuple[Form, ...]:
        """Forms that can be printed."""
        return tuple(DOCUMENTS)

    def render(self, order: PaperOrder) -> bytes:
        """The PDF of one form. Safe from any thread, never on the UI thread.

        Raises:
            Refused: this form cannot be printed yet, or there is nothing that it would list.
        """
        draw = DOCUMENTS.get(order.form)
        if draw is None:
            raise Refused(
                f"{FORM_NAMES[order.form]}还不能打印。", what_is_safe="办件没有变。", what_to_do="请用纸质样表填写。"
            )
        pages = _laid_out(draw, order)
        return paint(
            pages,
            title=f"{FORM_NAMES[order.form]} {order.case.local_number}",
            author=order.hall.name,
            subject=sentence("sample") if facts.is_sample(order) else "",
        )


def _laid_out(draw: Callable[[Sheet, PaperOrder], None], order: PaperOrder) -> list[list[Mark]]:
    """The pages at normal distances; closer only as far as that saves a page."""

    def pages(air: float) -> list[list[Mark]]:
        sheet = Sheet(lambda: frame.heading(order), air=air)
        frame.opening(sheet, order)
        draw(sheet, order)
        return sheet.pages

    normal = pages(1.0)
    if len(normal) == 1:
        return normal
    closest = pages(0.0)
    if len(closest) == len(normal):
        return normal
    return next((tried for air in (0.7, 0.35) if len(tried := pages(air)) == len(closest)), closest)
