"""告知承诺 afterwards: every promise is checked later (D2 第13点), and a broken one bars the next (必知 17).

What is found stands in the case and goes to the platform; the list of broken promises names nobody, only hashes. This window's
own finding is taken back by a later one here; what the city's list says only the city takes back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.materials import fault_of
from clerk_app.domain.message import MessageKind
from clerk_app.domain.people import mask_name
from clerk_app.domain.rights import Right
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.completing import Brought
from clerk_app.usecases.desk import Desk, must, must_see_cases, must_take_cases
from clerk_app.usecases.knowing import LOCAL, note_broken, promiser_hash
from clerk_app.usecases.writing import find_case, send

CHECK_WITHIN_DAYS = 30
"""Natural days after the acceptance (data sheet §8.2 item 23, 识疑); only a reminder, no deadline of the law."""

_RUNNING = frozenset({CaseState.ACCEPTED, CaseState.ACCEPTED_DEFERRED, CaseState.UNDER_REVIEW})
_UNDONE = frozenset({CaseState.VOIDED, CaseState.WITHDRAWN, CaseState.RETURNED})


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """``found``: kept, broken, or empty while nobody has checked. ``due``: the day by which somebody should."""

    case_id: str
    local_number: str
    item: str
    applicant: str
    materials: tuple[str, ...]
    due: dt.date
    found: str
    overdue: bool


def ledger(desk: Desk) -> tuple[PromiseRow, ...]:
    """承诺台账: what was accepted on a promise; unchecked ones first, the earliest day first."""
    must_see_cases(desk)
    today = desk.clock.now().legal_date
    rows = list[PromiseRow]()
    with desk.store.begin(reading=True) as uow:
        offset = 0
        while page := uow.cases.page(limit=500, offset=offset):
            offset += len(page)
            rows += [_row(desk, case, today) for case in page if _is_listed(case)]
    return tuple(sorted(rows, key=lambda row: (bool(row.found), row.due, row.local_number)))


def settle_check(desk: Desk, number: str, *, kept: bool, found: str) -> Case:
    """What the check found. Broken: the next 告知承诺 of the applicant (of the organisation where one applied)
    at this window is refused; kept after all: no longer.

    Raises:
        Refused: not a supervisor, nothing was promised in this case, or it is not said what was found.
    """
    must(desk, Right.SUPERVISE)
    if not found.strip():
        raise Refused("请写明核查发现了什么。", what_is_safe="办件没有变。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if not _is_listed(case):
            raise Refused("这件办件没有告知承诺。", what_to_do="一件事请在主件上登记。")
        word = "kept" if kept else "broken"
        checked: Json = {"found": word, "note": found.strip(), "at": now.to_json(), "by": desk.session.login}
        case = replace(case, revision=case.revision + 1, content={**case.content, "promise_check": checked})
        uow.cases.save(case)
        send(desk, uow, case, MessageKind.PROMISE_CHECKED, now)
        note_broken(uow, [promiser_hash(Application.from_json(case.content))], LOCAL, lifted=kept)
        uow.journal.append(desk.happening(f"promise.{word}", case.id, case.revision))
        uow.commit()
    return case


def take_back(desk: Desk, number: str, brought: Brought) -> Case:
    """撤回承诺 (必知 17: free to promise, free to take it back): the papers come after all instead. No mark on anybody.

    Raises:
        Refused: the case is over or a part, one of the papers was not promised or cannot count, or a page is missing.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if case.state not in _RUNNING or case.parent:
            raise Refused("这件办件现在不能撤回承诺。", what_is_safe="办件没有变。", what_to_do="一件事请在主件上办。")
        _must_replace(desk, case, brought, now.legal_date)
        here = {bytes_hash(data): (data, media_type) for data, media_type in brought.pages}
        for page in dict.fromkeys(page for given in brought.materials.values() for page in given.pages):
            uow.attachments.put(case.id, *here[page])
        done = _with_papers(desk, uow, case, brought, now)
        for part in uow.cases.parts_of(case.id):
            if part.state in _RUNNING and set(brought.materials) & set(_promised(part)):
                _with_papers(desk, uow, part, brought, now)
        uow.commit()
    return done


def _must_replace(desk: Desk, case: Case, brought: Brought, today: dt.date) -> None:
    application = Application.from_json(case.content)
    facts = application.facts(today)
    scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, application.parts or None, facts)
    materials = {material.id: material for material in scheme.materials}
    faults = [] if brought.materials else ["没有交来任何材料"]
    for key, given in brought.materials.items():
        if key not in _promised(case) or given.way in (WayKind.COMMITMENT, WayKind.DEFER):
            faults.append(f"{materials[key].name if key in materials else key}不是承诺过、现在交来的材料")
        else:
            faults += fault_of(materials[key], given, facts, None, today)
    named = {page for given in brought.materials.values() for page in given.pages}
    if named - {bytes_hash(data) for data, _ in brought.pages}:
        faults.append("有材料页没有一起交上来")
    if faults:
        raise Refused("承诺还不能撤回。", reasons=tuple(faults), what_is_safe="办件没有变。")


def _with_papers(desk: Desk, uow: UnitOfWork, case: Case, brought: Brought, now: Stamp) -> Case:
    own = {key: given.to_json() for key, given in brought.materials.items() if key in _promised(case)}
    back: Json = {"materials": sorted(own), "at": now.to_json(), "by": desk.session.login}
    materials = {**case.content["materials"], **own}
    content = {**case.content, "materials": materials, "promise_taken_back": back}
    case = replace(case, revision=case.revision + 1, content=content)
    uow.cases.save(case)
    send(desk, uow, case, MessageKind.PROMISE_TAKEN_BACK, now, share_from=case.parent)
    uow.journal.append(desk.happening("promise.taken_back", case.id, case.revision))
    return case


def _promised(case: Case) -> tuple[str, ...]:
    given = case.content.get("materials", {})
    return tuple(key for key, how in given.items() if how.get("way") == WayKind.COMMITMENT.value)


def _is_listed(case: Case) -> bool:
    return bool(case.accepted_on and not case.parent and case.state not in _UNDONE and _promised(case))


def _row(desk: Desk, case: Case, today: dt.date) -> PromiseRow:
    names: dict[str, str] = {}
    try:
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, case.content.get("parts") or None)
        names = {material.id: material.name for material in scheme.materials}
    except Refused:  # the entry is gone: the ids still tell which they were
        pass
    accepted = case.accepted_on or today
    due = accepted + dt.timedelta(days=CHECK_WITHIN_DAYS)
    found = str(case.content.get("promise_check", {}).get("found", ""))
    return PromiseRow(
        case.id,
        case.local_number,
        case.item.name,
        mask_name(str(case.content.get("applicant", {}).get("name", ""))),
        tuple(names.get(key, key) for key in _promised(case)),
        due,
        found,
        not found and today > due,
    )
