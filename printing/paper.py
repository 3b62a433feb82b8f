"""Fulfils the Paper port: one order in, one PDF out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.office import Office
from clerk_app.domain.paper import FORM_NAMES, Form, Look
from clerk_app.errors import Refused
from clerk_app.ports import FileSigner, PaperOrder, SealPlace
from printing import lines, tables
from printing.archive import Label
from printing.documents import facts, frame, words
from printing.documents.closing import seal_box
from printing.documents.registry import DOCUMENTS
from printing.documents.titles import title_of
from printing.marks import Mark
from printing.page import PAGES
from printing.pdf import paint
from printing.seals import CommandSeal
from printing.sheet import Sheet
from printing.signing import signed

EDITION = "4"
"""Goes up when the layout of the forms changes."""


class ReportlabPaper:
    """Prints the forms of the registry. The same order gives the same bytes. ``office`` gives the office's own texts and look."""

    def __init__(self, office: Office | None = None) -> None:
        self._office = office

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
        if self._office is not None:
            order = replace(order, office=self._office)
        is_named = order.form is not Form.F17  # nothing of the case goes into the box, and no number into the file
        label = Label(
            title=f"{title_of(order)} {order.case.local_number}" if is_named else title_of(order),
            author=order.office.header or order.hall.name,
            subject=words.shipped()["sample"].text if facts.is_sample(order) else "",
            case_number=order.case.local_number if is_named else "",
            form=order.form.value,
            version=version_of(order.office),
        )
        footer = frame.footer(order) if is_named else ""
        return paint(laid_out(draw, order), PAGES[look_of(order)], label, footer, order.sheets)

    def file(self, order: PaperOrder, signer: FileSigner | None) -> bytes:
        """The same pages to be kept as a file: sealed where the office has an electronic seal, then signed with the window's key
        where there is one. Raises as ``render``, and DeviceProblem when the seal does not answer."""
        return self.finished(self.render(order), order, signer)

    def finished(self, pdf: bytes, order: PaperOrder, signer: FileSigner | None) -> bytes:
        """Seal and signature for pages that were made elsewhere."""
        if self._office is not None and self._office.seal_program:
            seal = CommandSeal(self._office.seal_program)
            for place in self.seal_places(order):
                pdf = seal.sealed(pdf, place)
        return signed(pdf, signer, order.hall, order.printed_at) if signer else pdf

    def seal_places(self, order: PaperOrder) -> tuple[SealPlace, ...]:
        """Where the seal belongs on each copy of this paper; nowhere where the form has no place for one."""
        order = replace(order, office=self._office) if self._office is not None else order
        page = PAGES[look_of(order)]
        pages = laid_out(DOCUMENTS[order.form], order)
        found = seal_box(pages)
        if found is None or page.is_strip:
            return ()
        number, box = found
        low = page.height - box.y - box.height
        return tuple(
            SealPlace(number + len(pages) * at, box.x, low, box.width, box.height) for at in range(len(order.sheets))
        )


def look_of(order: PaperOrder) -> Look:
    """As it was asked for, else as the office has this form."""
    return order.look or order.office.route(order.form).look


def laid_out(draw: Callable[[Sheet, PaperOrder], None], order: PaperOrder) -> list[list[Mark]]:
    """The pages at normal distances; closer only as far as that saves a page."""
    page = PAGES[look_of(order)]

    def pages(air: float) -> list[list[Mark]]:
        sheet = Sheet(lambda: frame.heading(order, page), page=page, air=air)
        frame.opening(sheet, order)
        draw(sheet, order)
        return sheet.pages

    try:
        normal = pages(1.0)
        if len(normal) == 1 or len(closest := pages(0.0)) == len(normal):
            return normal
        steps = (0.85, 0.7, 0.55, 0.4, 0.25, 0.1)
        return next((tried for air in steps if len(tried := pages(air)) == len(closest)), closest)
    finally:
        lines.forget()
        tables.forget()


def version_of(office: Office) -> str:
    """Edition of the layout and a short hash of the texts as this office has them: 2.3f9a01bc."""
    texts = sorted((key, each.text) for key, each in {**words.shipped(), **office.texts}.items())
    return f"{EDITION}.{hashlib.sha256(repr(texts).encode()).hexdigest()[:8]}"
