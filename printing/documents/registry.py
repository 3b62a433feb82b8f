"""The printed forms by number. ADD A PRINTED FORM HERE: one file + one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clerk_app.domain.paper import Form
from clerk_app.ports import PaperOrder
from printing.documents import (
    acceptance_notice,
    commitment,
    completion_notice,
    correction_receipt,
    decline_notice,
    deferral_commitment,
    delivery_receipt,
    emergency_register,
    handover_list,
    mandate,
    one_time_notice,
    paper_rating,
    receipt_of_materials,
    referral_slip,
    refusal_notice,
    return_notice,
    special_notice,
    visit_record,
    void_notice,
)
from printing.sheet import Sheet

DOCUMENTS: Mapping[Form, Callable[[Sheet, PaperOrder], None]] = {
    Form.F1: receipt_of_materials.draw,
    Form.F2: acceptance_notice.draw,
    Form.F3: decline_notice.draw,
    Form.F4: one_time_notice.draw,
    Form.F5: correction_receipt.draw,
    Form.F6: deferral_commitment.draw,
    Form.F7: commitment.draw,
    Form.F8: mandate.draw,
    Form.F9: special_notice.draw,
    Form.F10: refusal_notice.draw,
    Form.F11: completion_notice.draw,
    Form.F12: return_notice.draw,
    Form.F13: delivery_receipt.draw,
    Form.F14: handover_list.draw,
    Form.F15: referral_slip.draw,
    Form.F16: emergency_register.draw,
    Form.F17: paper_rating.draw,
    Form.F18: visit_record.draw,
    Form.VOID: void_notice.draw,
}
