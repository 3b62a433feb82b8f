"""What came back: one feed entry applied inside the transaction that moves the cursor.

A pull never overwrites what the window has not sent: entries only add numbers, verifications and outcomes. An answer to
an older revision is applied by the state machine's rules or kept for a person, never by clock.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import MOVES, Case, CaseKind, CaseState, Move, Outcome
from clerk_app.domain.feed import FeedEntry, NewsKind
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput
from clerk_app.ports import UnitOfWork

ACTOR = "gateway"
_OVER = frozenset({CaseState.FINISHED, CaseState.DELIVERED, CaseState.ARCHIVED, CaseState.WITHDRAWN, CaseState.VOIDED})


def apply(uow: UnitOfWork, entry: FeedEntry, now: Stamp) -> None:
    """Apply one entry of a known kind. Entries about cases that are not here (another window's) change nothing.

    Raises:
        BadInput: the entry's body is not of its kind; nothing was changed.
    """
    if entry.kind not in set(NewsKind):
        return
    if entry.kind == NewsKind.NOTICE:
        uow.config.set("notice", {"text": _text(entry.body, "text"), "cursor": entry.cursor})
        return
    case = uow.cases.get(_text(entry.body, "case_id"))
    if case is None:
        return
    match NewsKind(entry.kind):
        case NewsKind.NUMBERED:
            uow.cases.set_numbers(case.id, case_number=_text(entry.body, "case_number"))
            _journal(uow, now, "news.numbered", case)
        case NewsKind.DECIDED:
            _decide(uow, case, entry, now)
        case NewsKind.CORRECTION:
            _ask_correction(uow, case, now)
        case NewsKind.VERIFIED:
            _journal(uow, now, "news.identity", case, verification=_text(entry.body, "verification"))


def _decide(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    try:
        outcome = Outcome(_text(entry.body, "result"))
    except ValueError as error:
        raise BadInput("前置传来的办理结果不认识。", what_is_safe="本地办件没有变。") from error
    if case.state in _OVER:
        _journal(uow, now, "news.decided_again", case)
        return
    finished = _finish(uow, case, outcome, str(entry.body.get("note", "")), now)
    if finished is None:
        _journal(uow, now, "news.needs_person", case, kind=entry.kind)
        return
    if finished.kind is CaseKind.PART:
        _finish_package(uow, finished.parent, now)


def _finish(uow: UnitOfWork, case: Case, outcome: Outcome, note: str, now: Stamp) -> Case | None:
    """The finished revision, or None when the state machine has no way there."""
    if case.state not in MOVES[Move.FINISH][0]:
        if case.state not in MOVES[Move.REVIEW][0]:
            return None
        case = case.moved(Move.REVIEW)
        uow.cases.save(case)
    done = replace(case.moved(Move.FINISH), outcome=outcome.value, outcome_note=note)
    uow.cases.save(done)
    _journal(uow, now, "news.decided", done, outcome=outcome.name)
    return done


def _finish_package(uow: UnitOfWork, package_id: str, now: Stamp) -> None:
    """A life event is finished when all its parts are; one failing alone does not stop the others."""
    package = uow.cases.get(package_id)
    if package is None or package.state in _OVER:
        return
    parts = uow.cases.parts_of(package_id)
    if all(part.state in _OVER for part in parts):
        granted = all(part.outcome == Outcome.GRANTED for part in parts)
        _finish(uow, package, Outcome.GRANTED if granted else Outcome.REFUSED, "", now)


def _ask_correction(uow: UnitOfWork, case: Case, now: Stamp) -> None:
    if case.state not in MOVES[Move.ASK_CORRECTION][0]:
        _journal(uow, now, "news.needs_person", case, kind=NewsKind.CORRECTION.value)
        return
    asked = case.moved(Move.ASK_CORRECTION)
    uow.cases.save(asked)
    _journal(uow, now, "news.correction_asked", asked)


def _journal(uow: UnitOfWork, now: Stamp, verb: str, case: Case, **detail: str) -> None:
    uow.journal.append(Happening(now, ACTOR, verb, case.id, case.revision, detail))


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadInput("前置传来的消息缺少内容。", what_is_safe="本地办件没有变。", what_to_do="请联系区县前置管理员。")
    return value
