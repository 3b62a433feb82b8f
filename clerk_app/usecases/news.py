"""What came back: one feed entry applied inside the transaction that moves the cursor.

A pull never overwrites what the window has not sent: entries only add numbers, verifications and outcomes. An answer to
an older revision is applied by the state machine's rules or kept for a person, never by clock.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.acts import GATEWAY, Act, acts_of, last_act, with_act
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import MOVES, Case, CaseKind, CaseState, Move, Outcome
from clerk_app.domain.feed import FeedEntry, NewsKind
from clerk_app.domain.identity import identity_of, with_identity
from clerk_app.domain.journal import Happening
from clerk_app.domain.people import VERIFICATION_MOVES, Verification
from clerk_app.domain.time import Stamp
from clerk_app.domain.versions import Version
from clerk_app.errors import BadInput
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.clerk_list import told_of_clerks
from clerk_app.usecases.knowing import FEED, note_broken
from clerk_app.usecases.offered_catalogue import Taken, note

ACTOR = GATEWAY
TakeCatalogue = Callable[[bytes, Stamp], Taken]
"""Verify a signed package, keep it and use it from the next sign-in on; returns what changed. Taking one again changes nothing.
Raises BadInput or Refused (another's signature, older, damaged) and StorageProblem; then the catalogue in use is untouched."""

_DECIDED = frozenset({CaseState.FINISHED, CaseState.DELIVERED, CaseState.ARCHIVED})
_OVER = _DECIDED | {
    CaseState.WITHDRAWN,
    CaseState.RETURNED,
    CaseState.DECLINED,
    CaseState.NOT_OURS,
    CaseState.VOIDED,
}


TakePin = Callable[[str], None]
"""Keep durably that no update goes beyond this version; an empty one lets go. Raises StorageProblem."""

TakeCalendar = Callable[[Json], int]
"""Check a year's holiday table and keep it durably for the next sign-in; returns the year. Raises BadInput, StorageProblem."""


def apply(
    uow: UnitOfWork,
    entry: FeedEntry,
    now: Stamp,
    take: TakeCatalogue | None = None,
    take_calendar: TakeCalendar | None = None,
    take_pin: TakePin | None = None,
) -> None:
    """Apply one entry of a known kind. Entries about cases that are not here (another window's) change nothing.

    ``take``, ``take_calendar``, ``take_pin``: what takes a published catalogue, a holiday table, a version to stay at; without it
    the entry is kept.

    Raises:
        BadInput: the entry's body is not of its kind; nothing was changed.
    """
    if entry.kind not in set(NewsKind):
        return
    if entry.kind == NewsKind.NOTICE:
        uow.config.set("notice", {"text": _text(entry.body, "text"), "cursor": entry.cursor})
        return
    if entry.kind == NewsKind.PROMISE_BROKEN:
        _promise_broken(uow, entry, now)
        return
    if entry.kind == NewsKind.CATALOGUE:
        _catalogue(uow, entry, now, take)
        return
    if entry.kind == NewsKind.CALENDAR:
        _calendar(uow, entry, now, take_calendar)
        return
    if entry.kind == NewsKind.PROGRAM_PINNED:
        _pin(uow, entry, now, take_pin)
        return
    if entry.kind == NewsKind.CLERKS:
        told_of_clerks(uow, entry.body, now)
        return
    case = uow.cases.get(_text(entry.body, "case_id"))
    if case is None:
        return
    match NewsKind(entry.kind):
        case NewsKind.NUMBERED:
            _number(uow, case, entry, now)
        case NewsKind.DECIDED:
            _decide(uow, case, entry, now)
        case NewsKind.CORRECTION:
            _ask_correction(uow, case, entry, now)
        case NewsKind.VERIFIED:
            _verified(uow, case, entry, now)
        case NewsKind.RESULT:
            _result(uow, case, entry, now)
        case NewsKind.MOVED:
            detail = {"window": _text(entry.body, "window")[:6]}
            uow.journal.append(Happening(now, ACTOR, "news.moved", case.id, case.revision, detail))


def _calendar(uow: UnitOfWork, entry: FeedEntry, now: Stamp, take: TakeCalendar | None) -> None:
    """On disk before the cursor moves, like a catalogue."""
    if take is None:
        uow.news.keep(entry)
        return
    year = take(entry.body.get("table"))
    uow.journal.append(Happening(now, ACTOR, "news.calendar", detail={"year": str(year)}))


def _pin(uow: UnitOfWork, entry: FeedEntry, now: Stamp, take: TakePin | None) -> None:
    """On disk before the cursor moves."""
    version = entry.body.get("version")
    try:
        if not isinstance(version, str):
            raise ValueError("no version")
        told = str(Version.parse(version)) if version else ""
    except ValueError as error:
        raise BadInput("前置传来的版本号写法不对。", what_is_safe="正在用的版本没有动。") from error
    if take is None:
        uow.news.keep(entry)
        return
    take(told)
    uow.journal.append(Happening(now, ACTOR, "news.program_pinned", detail={"version": told or "none"}))


def _result(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    """A document to hand over: named in the case, once, for the one who hands it out. The case's state does not move."""
    copies = entry.body.get("copies", 1)
    if not isinstance(copies, int) or isinstance(copies, bool) or not 1 <= copies <= 100:
        raise BadInput("前置传来的办理结果写法不对。", what_is_safe="本地办件没有变。")
    paper = {"name": _text(entry.body, "name"), "number": str(entry.body.get("number") or ""), "copies": copies}
    papers = case.content.get("results", [])
    if paper in papers:
        return
    named = replace(case, revision=case.revision + 1, content={**case.content, "results": [*papers, paper]})
    uow.cases.save(named)
    _journal(uow, now, "news.result", named)


def _promise_broken(uow: UnitOfWork, entry: FeedEntry, now: Stamp) -> None:
    """People by hash only; ``lifted`` after 信用修复."""
    people, lifted = entry.body.get("people"), entry.body.get("lifted", False)
    if (
        not isinstance(people, list)
        or not all(isinstance(each, str) for each in people)
        or not isinstance(lifted, bool)
    ):
        raise BadInput("前置传来的失信名单写法不对。", what_is_safe="本地名单没有变。")
    note_broken(uow, people, FEED, lifted=lifted)
    uow.journal.append(Happening(now, ACTOR, "news.promises", detail={"count": str(len(people))}))


def _catalogue(uow: UnitOfWork, entry: FeedEntry, now: Stamp, take: TakeCatalogue | None) -> None:
    """The package is on disk before the cursor moves; after a crash in between it is taken again, to the same effect."""
    try:
        package = base64.b64decode(_text(entry.body, "package"), validate=True)
    except ValueError as error:
        raise BadInput("前置传来的目录包写法不对。", what_is_safe="正在用的目录没有动。") from error
    if take is None:
        uow.news.keep(entry)
        return
    taken = take(package, now)
    note(uow, taken, now)
    uow.journal.append(Happening(now, ACTOR, "news.catalogue", detail={"version": taken.after}))


def _number(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    number = _text(entry.body, "case_number")
    if case.case_number == number:
        return
    if case.case_number:
        _for_a_person(uow, case, entry, now)  # a number once given never changes
        return
    uow.cases.set_numbers(case.id, case_number=number)
    _journal(uow, now, "news.numbered", case)


def _verified(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    """The identity's own state machine: what the check on line found is kept in the case; a mismatch goes to a person."""
    try:
        result = Verification(_text(entry.body, "verification"))
    except ValueError as error:
        raise BadInput("前置传来的核验结果不认识。", what_is_safe="本地办件没有变。") from error
    before = identity_of(case)
    if result is before:
        return
    if result not in VERIFICATION_MOVES[before]:
        _for_a_person(uow, case, entry, now)
        return
    checked = with_identity(case, result, now)
    uow.cases.save(checked)
    _journal(uow, now, "news.identity", checked, verification=result.value)
    if result is Verification.MISMATCH:
        _for_a_person(uow, checked, entry, now)


def _decide(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    try:
        outcome = Outcome(_text(entry.body, "result"))
    except ValueError as error:
        raise BadInput("前置传来的办理结果不认识。", what_is_safe="本地办件没有变。") from error
    note = entry.body.get("note") or ""
    if not isinstance(note, str):
        raise BadInput("前置传来的办理结果写法不对。", what_is_safe="本地办件没有变。")
    _say_if_older(uow, case, entry, now)
    if case.state in _DECIDED and case.outcome == outcome.value:
        _journal(uow, now, "news.decided_again", case)
        return
    finished = _finish(uow, case, outcome, note, now)
    if finished is None:
        _for_a_person(uow, case, entry, now)
    elif finished.kind is CaseKind.PART:
        finish_package(uow, finished.parent, now)


def _for_a_person(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    """What came does not fit what is here: kept whole, and said in the case's life, until somebody looks."""
    uow.news.keep(entry)
    _journal(uow, now, "news.needs_person", case, kind=entry.kind)


def _finish(uow: UnitOfWork, case: Case, outcome: Outcome, note: str, now: Stamp) -> Case | None:
    """The finished revision, or None when the state machine has no way there. The note of an earlier correction goes.

    Who decides has ended its special procedure: that is kept as an act of its own; the promised day stays as it was told."""
    if case.state is CaseState.SPECIAL_PROCEDURE:
        over = Act(Move.END_SPECIAL, now, GATEWAY, case.window, "部门已经作出决定", _kind_of(case))
        case = replace(case.moved(Move.END_SPECIAL), content=with_act(case.content, over))
        uow.cases.save(case)
    if case.state not in MOVES[Move.FINISH][0]:
        if case.state not in MOVES[Move.REVIEW][0]:
            return None
        case = case.moved(Move.REVIEW)
        uow.cases.save(case)
    content = with_act(case.content, Act(Move.FINISH, now, GATEWAY, case.window, note, outcome.value))
    done = replace(case.moved(Move.FINISH), outcome=outcome.value, outcome_note=note, content=content)
    uow.cases.save(done)
    _journal(uow, now, "news.decided", done, outcome=outcome.name)
    return done


def _kind_of(case: Case) -> str:
    begun = last_act(case, Move.BEGIN_SPECIAL)
    return begun.code if begun else ""


def finish_package(uow: UnitOfWork, package_id: str, now: Stamp) -> None:
    """A life event is finished when all its chosen parts are; one failing alone does not stop the others.

    Parts that the applicant took back, or that were returned, do not make the whole a refusal.
    """
    package = uow.cases.get(package_id)
    if package is None or package.state in _OVER:
        return
    parts = uow.cases.parts_of(package_id)
    if parts and all(part.state in _OVER for part in parts):
        judged = [part.outcome for part in parts if part.state in _DECIDED]
        whole = Outcome.WITHDRAWN
        if judged:
            whole = Outcome.GRANTED if all(each == Outcome.GRANTED for each in judged) else Outcome.REFUSED
        _finish(uow, package, whole, "", now)


def _ask_correction(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> None:
    reasons = entry.body.get("reasons")
    if not isinstance(reasons, list) or not all(isinstance(reason, str) for reason in reasons):
        raise BadInput("前置传来的补正要求写法不对。", what_is_safe="本地办件没有变。")
    is_older = _say_if_older(uow, case, entry, now)
    asked = any(act.move is Move.ASK_CORRECTION and act.reason == "；".join(reasons) for act in acts_of(case))
    if is_older and (asked or case.state is CaseState.CORRECTION_RECEIVED):
        return  # it asks for what the applicant has handed in meanwhile; that is on its way and answers it
    if case.state not in MOVES[Move.ASK_CORRECTION][0]:
        _for_a_person(uow, case, entry, now)
        return
    act = Act(Move.ASK_CORRECTION, now, GATEWAY, case.window, "；".join(reasons))
    wanted = replace(
        case.moved(Move.ASK_CORRECTION), outcome_note="；".join(reasons), content=with_act(case.content, act)
    )
    uow.cases.save(wanted)
    _journal(uow, now, "news.correction_asked", wanted)


def _say_if_older(uow: UnitOfWork, case: Case, entry: FeedEntry, now: Stamp) -> bool:
    """Whether the answer is to an older version than the window has written for the platform; the case's life says so.

    The rule: what the platform decided stands wherever the state machine has a way there, and what the window wrote since goes
    to the platform all the same; nothing of it is overwritten. What has no way is kept for a person.
    """
    answered = entry.body.get("revision")
    written = max((message.revision for message in uow.outbox.of_case(case.id)), default=0)
    if not isinstance(answered, int) or isinstance(answered, bool) or answered >= written:
        return False
    _journal(uow, now, "news.older_answer", case, answered=str(answered), written=str(written))
    return True


def _journal(uow: UnitOfWork, now: Stamp, verb: str, case: Case, **detail: str) -> None:
    uow.journal.append(Happening(now, ACTOR, verb, case.id, case.revision, detail))


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadInput("前置传来的消息缺少内容。", what_is_safe="本地办件没有变。", what_to_do="请联系区县前置管理员。")
    return value
