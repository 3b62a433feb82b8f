"""补送: what a clerk does for a case whose message, or the record that it went, a damaged disk lost (没有送出的记录)."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.message import MessageKind
from clerk_app.domain.outbox import SENT_ANEW, never_sent
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.writing import find_case, send


def send_lost(desk: Desk, case_id: str) -> Case:
    """补送: a damaged disk lost what was to go to the gateway, or the record that it went (没有送出的记录). The case goes whole, as it
    stands now, as its next revision, signed anew by this clerk: the lost message cannot be made again, for it bore the signature of
    whoever acted then. Had the gateway got that one after all, this is a further revision of the same case and no second case.

    Raises:
        Refused: nothing of it was lost, or a page that belongs to it is gone.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, case_id)
        told = [entry.happening for entry in uow.journal.of_case(case.id)]
        lost = lost_revisions(uow, case)
        if not lost:
            raise Refused("这件该送的都有记录，不用补送。", what_is_safe="办件没有变。")
        verbs = {each.revision: each.verb for each in told if each.verb.startswith("case.")}
        kinds = {kind.value: kind for kind in MessageKind}
        kind = kinds.get(verbs.get(lost[-1], ""), MessageKind.AMENDED)
        note: dict[str, Json] = {
            "at": now.to_json(),
            "by": desk.session.login,
            "lost": list(lost),
            "revision": case.revision + 1,
        }
        content = {**case.content, "sent_anew": [*case.content.get("sent_anew", []), note]}
        again = replace(case, revision=case.revision + 1, content=content)
        uow.cases.save(again)
        try:
            send(desk, uow, again, kind, now, share_from=again.parent)
        except Bug as error:
            raise Refused(
                "这件有材料页在损坏时丢了，不能原样补送。",
                what_is_safe="办件没有变。",
                what_to_do="请从备份或第二份里找回；找不回的，请联系申请人补材料，作废后重新受理。",
            ) from error
        uow.journal.append(desk.happening(SENT_ANEW, again.id, again.revision))
        uow.commit()
    return again


def lost_revisions(uow: UnitOfWork, case: Case) -> tuple[int, ...]:
    """Revisions that had to go to the gateway and of which no message and no acknowledgement is known."""
    written = {message.revision for message in uow.outbox.of_case(case.id)} | ({1} if case.gateway_receipt else set())
    if len(written) >= case.revision:
        return ()
    told = (entry.happening for entry in uow.journal.of_case(case.id))
    return never_sent(case.revision, written, told, by_word=True)
