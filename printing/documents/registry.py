"""The printed forms by number. ADD A PRINTED FORM HERE: one file + one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clerk_app.domain.paper import Form
from clerk_app.ports import PaperOrder
from printing.documents import (
    acceptance_notice,
    commitment,
    deferral_commitment,
    one_time_notice,
    receipt_of_materials,
)
from printing.sheet import Sheet

DOCUMENTS: Mapping[Form, Callable[[Sheet, PaperOrder], None]] = {
    Form.F1: receipt_of_materials.draw,
    Form.F2: acceptance_notice.draw,
    Form.F4: one_time_notice.draw,
    Form.F6: deferral_commitment.draw,
    Form.F7: commitment.draw,
}
