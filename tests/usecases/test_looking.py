"""The access log: each look at sensitive data and each look at all that a case holds, by whatever door, once in ten minutes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from clerk_app.domain.case import Case
from clerk_app.domain.hall import Role
from clerk_app.domain.outbox import refused
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import IN_FULL, LOOKED, PAPER, For, look_at_case, look_at_paper, open_in_full
from clerk_app.usecases.mending import mendable
from clerk_app.usecases.persons import kept_of
from clerk_app.usecases.printing import order_to_save
from tests.fakes.desk import PERSON, a_desk, clock_of, fill, newborn, pension

ROOT = Path(__file__).parents[2]
BELOW = {"queries.case_detail", "printing.order_of", "printing.order_for_case", "printing.order_to_save"}
DOORS = {
    "clerk_app/commands/paper.py": {"case_detail": "which papers there are; the file is journalled by order_to_save",
                                    "order_to_save": "journals by itself"},
    "ui/screens/papers.py": {"order_to_save": "journals by itself"},
    "ui/screens/intake/errand.py": {"case_detail": "at the end of an errand that open_in_full began"},
    "ui/screens/intake/receipt.py": {"case_detail": "what this clerk has just accepted"},
    "ui/moves/menu.py": {"case_detail": "a masked row after a paper was ordered"},
}  # fmt: skip
"""Who may go past ``usecases/looking.py``, and why that gives nothing away unseen."""


def looks(desk: Desk, verb: str = LOOKED) -> list[dict[str, str]]:
    with desk.store.begin(reading=True) as uow:
        return [dict(each.happening.detail) for each in uow.journal.entries() if each.happening.verb == verb]


def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


def paper_of(desk: Desk, case: Case) -> str:
    with desk.store.begin(reading=True) as uow:
        return uow.print_jobs.of_case(case.id)[-1].id


def test_a_look_at_sensitive_data_is_kept_by_kind_and_once_in_ten_minutes(store: Store) -> None:
    desk = a_desk(store)
    case = taken(desk)
    assert look_at_case(desk, case.id).case == case
    clock_of(desk).move(minutes=9)
    look_at_case(desk, case.local_number)
    assert looks(desk) == [{"kinds": "account"}]
    clock_of(desk).move(minutes=2)
    look_at_case(desk, case.id)
    assert len(looks(desk)) == 2


def test_an_ordinary_case_leaves_no_trace(store: Store) -> None:
    desk = a_desk(store)
    case = accept_draft(desk, fill(desk, newborn()).id).case
    look_at_case(desk, case.id)
    assert looks(desk) == []


def test_who_may_not_see_leaves_none_either(store: Store) -> None:
    case = taken(a_desk(store))
    admin = a_desk(store, role=Role.ADMIN)
    with pytest.raises(Refused):
        look_at_case(admin, case.id)
    with pytest.raises(Refused):
        look_at_paper(admin, paper_of(admin, case))
    with pytest.raises(Refused):
        open_in_full(admin, case.id, For.COMPLETING)
    assert looks(admin) == looks(admin, IN_FULL) == looks(admin, PAPER) == []


def test_a_paper_on_screen_is_a_look_but_not_for_who_has_just_taken_the_case(store: Store) -> None:
    desk, other = a_desk(store), a_desk(store, login="zhouli")
    case = taken(desk)
    order = look_at_paper(desk, paper_of(desk, case))
    assert order.application.applicant.name == PERSON.name
    assert looks(desk, PAPER) == []
    look_at_paper(other, paper_of(other, case))
    look_at_paper(other, paper_of(other, case))
    assert looks(desk, PAPER) == [{"form": order.form.value}]
    clock_of(desk).move(minutes=11)
    look_at_paper(desk, paper_of(desk, case))
    assert len(looks(desk, PAPER)) == 2


def test_all_of_a_case_opened_to_be_mended_or_completed_is_a_look_at_any_case(store: Store) -> None:
    desk = a_desk(store)
    case = accept_draft(desk, fill(desk, newborn()).id).case
    open_in_full(desk, case.id, For.COMPLETING)
    with pytest.raises(Refused):
        mendable(desk, case.id)  # nothing was refused: nothing is shown
    with store.begin() as uow:
        uow.outbox.save_all([refused(each, "R112", "居住地编码已停用") for each in uow.outbox.of_case(case.id)])
        uow.commit()
    mendable(desk, case.id)
    assert looks(desk, IN_FULL) == [{"for": "completing"}, {"for": "mending"}]


def test_a_person_is_told_how_often_their_data_was_looked_at_by_every_door(store: Store) -> None:
    desk = a_desk(store)
    case = taken(desk)
    look_at_case(desk, case.id)
    open_in_full(desk, case.id, For.COMPLETING)
    order_to_save(desk, paper_of(desk, case))
    assert kept_of(desk, PERSON.document_number).looks == 3


def test_no_screen_and_no_command_goes_past_the_log() -> None:
    """Whoever shows content asks ``looking``; the few who may go below stand in the table with their reason."""
    found: dict[str, set[str]] = {}
    for root in ("ui", "clerk_app/commands"):
        for path in (ROOT / root).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    module = node.module.removeprefix("clerk_app.usecases.")
                    names = {each.name for each in node.names if f"{module}.{each.name}" in BELOW}
                    if names:
                        found.setdefault(str(path.relative_to(ROOT)), set()).update(names)
    assert found == {path: set(names) for path, names in DOORS.items()}
