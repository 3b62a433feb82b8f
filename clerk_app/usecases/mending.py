"""What a clerk can do for a case on its way: put it first (置顶), send a refused one again as it is, or mend it (更正后重送).

A message is never changed. Mending makes the next revision of the case, signed anew, and a message of its own; the refused ones of
that case are kept with their reasons and sent no more. A mended datum voids the applicant's signature over the old one (ADR 0012):
the content says so, and the paper is to be signed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.message import MessageKind
from clerk_app.domain.outbox import Delivery, OutboxMessage, replaced, tried_anew
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.looking import For, note_in_full
from clerk_app.usecases.writing import find_case, send

FIRST = 1
CONTENT_CODES = frozenset({"R111", "R112", "R113", "R114", "R118", "R121"})
"""Refusals that the same bytes would meet again; the others were about the window, its keys or the gateway."""
APPLICANT_TEXTS: Mapping[str, str] = {"phone": "联系电话", "address": "住址"}


@dataclass(frozen=True, slots=True)
class Mendable:
    """A refused case as the mending page shows it. ``texts``: (key, what it is called, its value now); keys are
    ``fields.ID`` and ``applicant.NAME``. ``as_it_is``: whether sending it again unchanged can help."""

    case_id: str
    local_number: str
    item: str
    code: str
    reason: str
    texts: tuple[tuple[str, str, str], ...]
    as_it_is: bool


def pin(desk: Desk, case_id: str, *, on: bool = True) -> int:
    """置顶: what waits of this case, its package and its parts goes before the rest. Returns how many messages moved.

    Raises:
        Refused: nothing of it waits any more.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        case = find_case(uow, case_id)
        family = _family(uow, case)
        there = [each for one in family for each in uow.outbox.of_case(one)]
        waiting = [each for each in there if each.state is Delivery.WAITING or _owes(each)]
        if not waiting:
            raise Refused("这件没有要送的了。", what_is_safe="前置已经收到。")
        uow.outbox.save_all([replace(each, priority=FIRST if on else 0, next_try_ms=0) for each in waiting])
        uow.journal.append(desk.happening("sync.pinned", case.id, case.revision))
        uow.commit()
    return len(waiting)


def mendable(desk: Desk, case_id: str) -> Mendable:
    """What was refused of a case and what can be put right; all of it is shown, so the look is journalled first. Raises Refused when
    nothing was refused."""
    must_take_cases(desk)
    with desk.store.begin(reading=True) as uow:
        case = find_case(uow, case_id)
        refused = _refused(uow, case)
    names, picked = _field_names(desk, case)
    applicant = case.content.get("applicant", {})
    texts = [
        (f"applicant.{name}", words, str(applicant[name]))
        for name, words in APPLICANT_TEXTS.items()
        if isinstance(applicant.get(name), str)
    ]
    texts += [
        (f"fields.{name}", names.get(name, name), value)
        for name, value in case.content.get("fields", {}).items()
        if isinstance(value, str) and name not in picked
    ]
    first = refused[0]
    note_in_full(desk, case, For.MENDING)
    return Mendable(
        case.id,
        case.local_number,
        case.item.name,
        first.refusal_code,
        first.refusal_reason,
        tuple(texts),
        first.refusal_code not in CONTENT_CODES,
    )


def send_again(desk: Desk, case_id: str) -> int:
    """Out of quarantine unchanged. Returns how many messages. Raises Refused when nothing was refused."""
    must_take_cases(desk)
    with desk.store.begin() as uow:
        case = find_case(uow, case_id)
        refused = _refused(uow, case)
        uow.outbox.save_all([tried_anew(each) for each in refused])
        uow.journal.append(desk.happening("sync.sent_again", case.id, case.revision))
        uow.commit()
    return len(refused)


def mend(desk: Desk, case_id: str, changes: Mapping[str, str], reason: str) -> Case:
    """The next revision of a refused case with some texts put right, in one transaction with its message.

    Args:
        changes: new values by the keys of ``Mendable.texts``.
        reason: why, in the clerk's words; it stays in the case, sealed.

    Raises:
        Refused: nothing was refused, no reason, no change, or a key that cannot be mended.
    """
    must_take_cases(desk)
    if not reason.strip():
        raise Refused("请写明更正了什么、为什么。", what_is_safe="办件没有变。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, case_id)
        refused = _refused(uow, case)
        content = _changed(case, changes)
        note: dict[str, Json] = {
            "at": now.to_json(),
            "by": desk.session.login,
            "reason": reason.strip(),
            "refused": refused[0].refusal_code,
            "keys": sorted(changes),
            "revision": case.revision + 1,
            "signature": "resign",  # the signature of before is over other words (ADR 0012)
        }
        content["mended"] = [*content.get("mended", []), note]
        mended = replace(case, revision=case.revision + 1, content=content)
        uow.cases.save(mended)
        uow.outbox.save_all([replaced(each) for each in refused])
        send(desk, uow, mended, MessageKind(refused[-1].kind), now, share_from=mended.parent)
        uow.journal.append(desk.happening("sync.mended", mended.id, mended.revision, code=refused[0].refusal_code))
        uow.commit()
    return mended


def _changed(case: Case, changes: Mapping[str, str]) -> dict[str, Json]:
    applicant, fields = dict(case.content.get("applicant", {})), dict(case.content.get("fields", {}))
    before = (dict(applicant), dict(fields))
    for key, value in changes.items():
        group, _, name = key.partition(".")
        target = applicant if group == "applicant" and name in APPLICANT_TEXTS else fields if group == "fields" else {}
        if name not in target:
            raise Refused("这一项不能在这里更正。", what_is_safe="办件没有变。", what_to_do="请作废后重新受理。")
        target[name] = value.strip()
    if (applicant, fields) == before:
        raise Refused(
            "没有改动任何一项。", what_is_safe="办件没有变。", what_to_do="请改正退回原因说的那一项，或选“原样重送”。"
        )
    return {**case.content, "applicant": applicant, "fields": fields}


def _refused(uow: UnitOfWork, case: Case) -> list[OutboxMessage]:
    found = [each for each in uow.outbox.of_case(case.id) if each.state is Delivery.REFUSED]
    if not found:
        raise Refused("这件没有被退回。", what_is_safe="办件没有变。")
    return found


def _family(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    head = case.parent or case.id
    return (head, *(part.id for part in uow.cases.parts_of(head)))


def _owes(message: OutboxMessage) -> bool:
    there = {ref.blob_sha256 for ref in message.attachments}
    return message.state is Delivery.ACKNOWLEDGED and bool(there - message.blobs_done)


def _field_names(desk: Desk, case: Case) -> tuple[dict[str, str], frozenset[str]]:
    """What fields are called, and those that are picked from a list or asked of each member: no texts to put right here."""
    parts = case.content.get("parts") or None
    try:
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, parts)
    except Refused:  # the entry has left the catalogue; the case stays mendable by its field ids
        return {}, frozenset()
    picked = frozenset(each.id for each in scheme.fields if each.choices or each.members)
    return {each.id: each.label for each in scheme.fields}, picked
