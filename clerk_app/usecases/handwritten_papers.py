"""Papers that nobody's act orders by itself and that are filled in by hand: F17 好差评纸质评价表, F18 上门服务记录单."""

from __future__ import annotations

from clerk_app.domain.paper import FORM_NAMES, Form, PrintJob
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.writing import NUMBERED_FORMS, document_number, find_case, order_papers

BY_HAND = (Form.F17, Form.F18)


def order_by_hand(desk: Desk, number: str, form: Form) -> PrintJob:
    """Order one for a case, by its id or any of its numbers; a further one is a reprint.

    Raises:
        Refused: another form, no such case, its content was erased, or this paper was ordered before.
    """
    must_take_cases(desk)
    if form not in BY_HAND:
        raise Refused(
            "这种文书随办理自动出，不能单独要。",
            what_to_do=f"能单独要的：{'、'.join(FORM_NAMES[each] for each in BY_HAND)}。",
        )
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if not case.content.get("applicant"):
            raise Refused("这件办件的内容已按期清除，不能再出文书。")
        if any(job.form is form for job in uow.print_jobs.of_case(case.id)):
            raise Refused(f"这件办件已经有{FORM_NAMES[form]}。", what_to_do="再要一份请重打。")
        own = {"number": str(document_number(desk, uow, form, now.legal_date))} if form in NUMBERED_FORMS else {}
        (job,) = order_papers(desk, uow, case, (form,), now, by=desk.session.login, **own)
        uow.journal.append(desk.happening("print.by_hand", case.id, case.revision, form=form.value))
        uow.commit()
    return job
