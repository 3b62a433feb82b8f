"""查错纠错: report an error in a guide. Journal entry and signed outbox message in one transaction; no case is touched."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.guide_report import (
    KIND,
    LONGEST,
    GuideReport,
    element_exists,
    elements_of,
    looks_personal,
    report_body,
    report_from_body,
)
from clerk_app.domain.outbox import DELIVERY_NAMES, Delivery, OutboxMessage
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_see_cases


@dataclass(frozen=True, slots=True)
class Reported:
    """``is_new`` False: the same report was made at this window before; nothing was added."""

    report: GuideReport
    is_new: bool


KEPT = 100
_LIST = "guide.reports"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report. ``names``: of the entry and of the element, as people call them. ``told``: how far it came, in words."""

    report: GuideReport
    names: tuple[str, str]
    when: str
    state: Delivery
    told: str


def report_error(desk: Desk, entry_id: str, element: str, wrong: str, proposed: str = "") -> Reported:
    """Report what is wrong in an item or life event, as it is shown now.

    Args:
        element: path in the entry, as ``catalogue show`` and the origins name it: fee, limits.promised, materials.id_card.
        wrong: what is wrong; proposed: what should stand there instead. At most 500 characters each.

    Raises:
        Refused: no such entry or element, nothing said, too long, or personal data in it.
    """
    wrong, proposed = wrong.strip(), proposed.strip()
    scheme = desk.catalogue.scheme(entry_id)
    entry = scheme.item or scheme.event
    if entry is None:
        raise Bug("目录里的一项既不是事项也不是一件事。")
    if not element_exists(entry, element):
        raise Refused(
            "这个事项里没有这个要素。",
            what_is_safe="没有报出去。",
            what_to_do="请写要素名，例如 fee、limits.promised、materials.id_card；缺一份材料的写 materials。",
        )
    if not wrong:
        raise Refused("请写明哪里错了。", what_is_safe="没有报出去。")
    if max(len(wrong), len(proposed)) > LONGEST:
        raise Refused(f"写得太长，每段最多 {LONGEST} 个字。", what_is_safe="没有报出去。")
    if looks_personal(wrong) or looks_personal(proposed):
        raise Refused(
            "纠错里不能写身份证号和手机号。",
            what_is_safe="没有报出去。",
            what_to_do="请去掉个人信息再报；只说指南错在哪里。",
        )
    hall = desk.hall
    report = GuideReport(
        item=entry.id,
        version=entry.version,
        sha256=entry.sha256,
        element=element,
        wrong=wrong,
        proposed=proposed,
        hall=hall.code,
        window=hall.window,
        generation=hall.generation,
    )
    with desk.store.begin() as uow:
        if uow.outbox.get(report.id) is not None:
            return Reported(report, is_new=False)
        body = report_body(report)
        uow.outbox.add(
            OutboxMessage(
                id=report.id,
                seq=0,
                stream=report.stream,
                case_id=report.stream,
                revision=1,
                kind=KIND,
                body=body,
                body_sha256=bytes_hash(body),
                suite=desk.signer.suite_id,
                signatures=desk.signer.sign(body),
                created_ms=desk.clock.now().utc_ms,
            )
        )
        uow.config.set(_LIST, [report.id, *_listed(uow)][:KEPT])
        uow.journal.append(
            desk.happening("catalogue.reported", item=report.item, element=report.element, report=report.id)
        )
        uow.commit()
    return Reported(report, is_new=True)


def reports(desk: Desk) -> tuple[ReportRow, ...]:
    """What was reported at this window, newest first, and how far each has come (the latest hundred)."""
    must_see_cases(desk)
    rows = list[ReportRow]()
    with desk.store.begin(reading=True) as uow:
        for message_id in _listed(uow):
            message = uow.outbox.get(message_id)
            if message is None or not message.body:
                continue
            report = report_from_body(message.body)
            told = message.refusal_reason if message.state is Delivery.REFUSED else DELIVERY_NAMES[message.state]
            when = Stamp(message.created_ms).local.strftime("%m-%d %H:%M")
            rows.append(ReportRow(report, _name(desk, report), when, message.state, told))
    return tuple(rows)


def _name(desk: Desk, report: GuideReport) -> tuple[str, str]:
    try:
        scheme = desk.catalogue.scheme(report.item)
    except Refused:  # the entry is gone
        return report.item, report.element
    entry = scheme.item or scheme.event
    words = dict(elements_of(entry)) if entry else {}
    return scheme.name, words.get(report.element, report.element)


def _listed(uow: UnitOfWork) -> list[str]:
    return list(uow.config.get(_LIST) or [])
