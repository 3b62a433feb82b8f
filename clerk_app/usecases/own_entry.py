"""A person's entry in 特殊群体服务台账, for 查阅、更正、删除 (see persons.py): seen, put right and taken out with the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clerk_app.domain.own_data import KeptOf
from clerk_app.domain.sensitive import KIND_NAMES, SensitiveKind
from clerk_app.domain.special_groups import GROUP_NAMES, Listed
from clerk_app.domain.time import chinese_date
from clerk_app.domain.visits import VisitState
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk

LISTED = "特殊群体服务台账"
_WITH_THEM = "正在上门办理；记完这次上门就能删除"


def taken_in(uow: UnitOfWork, number: str) -> list[Listed]:
    """Entries with this very document number."""
    return [person for person in uow.visits.people() if number and person.document_number == number]


def entries_of(uow: UnitOfWork, listed: Sequence[Listed]) -> list[KeptOf]:
    """As the person reads them."""
    return [_entry(uow, person) for person in listed]


def corrected(desk: Desk, uow: UnitOfWork, listed: Sequence[Listed], wanted: Mapping[str, str]) -> int:
    """Name, phone or address put right; returns how many entries changed."""
    changed = 0
    for person in listed:
        right = replace(person, **wanted)  # type: ignore[arg-type]  # names of texts alone: persons.CORRECTABLE
        if right != person:
            uow.visits.keep(right)
            uow.journal.append(desk.happening("person.corrected", person.id, keys="+".join(sorted(wanted))))
            changed += 1
    return changed


def forget(desk: Desk, uow: UnitOfWork, listed: Sequence[Listed]) -> tuple[int, str]:
    """Take entries out with their visits; returns how many went, and why one stays (empty when none does)."""
    stays, gone = "", 0
    for person in listed:
        if _is_visited(uow, person):
            stays = _WITH_THEM
            continue
        uow.visits.forget(person.id)
        uow.journal.append(desk.happening("person.erased", person.id, rule="asked"))
        gone += 1
    return gone, stays


def _is_visited(uow: UnitOfWork, person: Listed) -> bool:
    return any(each.state is VisitState.SET_OUT for each in uow.visits.of_person(person.id))


def _entry(uow: UnitOfWork, person: Listed) -> KeptOf:
    visits = uow.visits.of_person(person.id)
    values = (
        ("姓名", person.name),
        ("证件号码", person.document_number),
        ("类别", "、".join(GROUP_NAMES[group] for group in person.groups)),
        ("要注意什么", person.needs),
        ("住址", person.address),
        ("联系电话", person.phone),
        ("网格", person.grid),
        ("监护人", person.guardian),
        ("什么快到期", "、".join(f"{each.what}（{each.on.isoformat()}）" for each in person.runs_out)),
        ("上门", "、".join(f"{each.day.isoformat()} {each.at}" for each in visits)),
    )
    return KeptOf(
        id=person.id,
        number="台账",
        item=LISTED,
        as_whom="本人",
        state="保存中",
        since=person.consent.on.isoformat() if person.consent else "",
        values=tuple(pair for pair in values if pair[1]),
        pages=0,
        sensitive=(KIND_NAMES[SensitiveKind.HEALTH],),
        why_not=_WITH_THEM if _is_visited(uow, person) else "",
        gone_by_itself=f"{chinese_date(person.consent.until)}自动清除" if person.consent else "",
    )
