"""保存与清除: what is done and delivered loses its personal data after its term; what is not acknowledged never does.

Terms in days after the last acknowledgement (个人信息保护法 §47; 未满 14 岁 is sensitive by §28): ended cases, those of children, and
the longest stay of an acknowledged case that is still open. A draft nobody touched ages out by rule. A clock that is not to be
trusted (domain/time.py:may_erase) erases no case, and a draft only after so many days that were lived through (LIVED_DAYS).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.draft import Draft
from clerk_app.domain.journal import Happening
from clerk_app.domain.rights import Right
from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.domain.time import SURE, Stamp, Trust, may_erase
from clerk_app.errors import Refused
from clerk_app.ports import Clock, Settled, Store, UnitOfWork
from clerk_app.usecases.desk import Desk, must

TERMS = "keeping.terms"
ACTOR = "keeping"
DAY_MS = 86_400_000
CHILD_YEARS = 14
LONGEST_DAYS = 730
_AT_ONCE = 100
LIVED_DAYS = 20
"""Days with entries in the journal after which a draft may expire on a window that no gateway has vouched for: a month's working
days (拟)."""

ENDED = frozenset(
    {
        CaseState.DECLINED,
        CaseState.NOT_OURS,
        CaseState.FINISHED,
        CaseState.DELIVERED,
        CaseState.ARCHIVED,
        CaseState.WITHDRAWN,
        CaseState.RETURNED,
        CaseState.VOIDED,
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Days: ended cases, ended cases of children, acknowledged but open ones, drafts nobody touched, ended cases with other
    sensitive data (account, health, biometrics)."""

    ended: int = 30
    child: int = 7
    still_open: int = 180
    draft: int = 30
    sensitive: int = 14


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much one round erased. ``held``: something seems due, and was left because nobody vouches for the clock."""

    cases: int
    drafts: int
    held: bool = False


def terms_of(uow: UnitOfWork) -> Terms:
    """The window's own terms where somebody set them. Values below a day are not believed."""
    kept = uow.config.get(TERMS) or {}
    values = {name: kept[name] for name in Terms.__slots__ if isinstance(kept.get(name), int) and kept[name] >= 1}
    return Terms(**values)


def clock_will_do(uow: UnitOfWork, now: Stamp) -> bool:
    """Whether the clock is good enough to erase by."""
    return may_erase(now, uow.config.get(SURE) or 0)


def forget_what_is_due(store: Store, clock: Clock) -> Forgotten:
    """One round. Each family of cases goes in its own transaction, with its journal entry. A checked time is noted, for later
    starts without a line.

    Raises:
        StorageProblem: the disk failed; what was erased stays erased.
    """
    now = clock.now()
    if now.trust is Trust.SUSPECT:
        return Forgotten(0, 0)
    if now.trust is Trust.CHECKED:
        with store.begin() as uow:
            uow.config.set(SURE, now.utc_ms)
            uow.commit()
    with store.begin(reading=True) as uow:
        sure = clock_will_do(uow, now)
    cases, after, held = 0, 0, False
    while not held:
        with store.begin(reading=True) as uow:
            stretch = uow.keeping.settled(_AT_ONCE, after)
            terms = terms_of(uow)
            due = [each for each in stretch if each.done and _is_due(uow, each, terms, now)]
        held = bool(due) and not sure
        for family in due if sure else ():
            cases += _erase(store, family, now)
        if len(stretch) < _AT_ONCE:
            break
        after = stretch[-1].seq
    drafts = _clean_drafts(store, now, sure=sure)
    with store.begin(reading=True) as uow:
        return Forgotten(cases, drafts, held=held or (not sure and bool(_old_drafts(uow, now))))


@dataclass(frozen=True, slots=True)
class Due:
    """When one case's personal data go. ``erased_on`` None: not before something is done (``why``: in words)."""

    case_id: str
    local_number: str
    erased_on: dt.date | None
    why: str


def outlook(desk: Desk, limit: int = 200) -> tuple[Due, ...]:
    """The oldest cases that still hold personal data, and when each loses it. Numbers and days only, no content: an
    administrator looks at it."""
    now, found = desk.clock.now(), list[Due]()
    with desk.store.begin(reading=True) as uow:
        terms = terms_of(uow)
        for family in uow.keeping.settled(limit):
            case = uow.cases.get(family.case_ids[0])
            if case is None:
                continue
            if not family.done:
                found.append(Due(case.id, case.local_number, None, "还没有全部送达，送达前不清除"))
                continue
            at = _due_at(uow, family, terms, now)
            day = None if at is None else Stamp(at[0]).legal_date
            found.append(Due(case.id, case.local_number, day, at[1] if at else "还没有送达的记录"))
    return tuple(sorted(found, key=lambda each: (each.erased_on is None, each.erased_on or now.legal_date)))


def due_day(uow: UnitOfWork, family: Settled, now: Stamp) -> dt.date | None:
    """The day on which the rule erases a settled family; None while nobody has acknowledged it."""
    at = _due_at(uow, family, terms_of(uow), now)
    return Stamp(at[0]).legal_date if at else None


def terms_now(desk: Desk) -> Terms:
    """The terms that hold now."""
    with desk.store.begin(reading=True) as uow:
        return terms_of(uow)


def set_terms(desk: Desk, terms: Terms) -> None:
    """The window's own terms, in days. Raises Refused: no right, a term below a day, or longer than two years."""
    must(desk, Right.SAFEKEEPING)
    values = {name: getattr(terms, name) for name in Terms.__slots__}
    if not all(1 <= days <= LONGEST_DAYS for days in values.values()):
        raise Refused(f"保存天数要在 1 到 {LONGEST_DAYS} 之间。", what_is_safe="原来的天数没有改。")
    with desk.store.begin() as uow:
        uow.config.set(TERMS, values)
        told = {name: str(days) for name, days in values.items()}
        uow.journal.append(Happening(desk.clock.now(), desk.session.login, "keeping.terms", detail=told))
        uow.commit()


def gone_for_good_on(erased_on: dt.date, copies_kept_days: int) -> dt.date:
    """The day when the last copy that still holds the key is gone: rolling copies and the copy from before a migration live
    that many days, and the second copy never holds a case longer than it is owed. That takes an open window and a second
    place that is plugged in; backups made by hand live as long as their keeper keeps them."""
    return erased_on + dt.timedelta(days=copies_kept_days)


def _is_due(uow: UnitOfWork, family: Settled, terms: Terms, now: Stamp) -> bool:
    at = _due_at(uow, family, terms, now)
    return at is not None and now.utc_ms >= at[0]


def _due_at(uow: UnitOfWork, family: Settled, terms: Terms, now: Stamp) -> tuple[int, str] | None:
    """When a settled family is due (milliseconds UTC) and by which term; None while nobody has acknowledged it."""
    seen = [case for case_id in family.case_ids if (case := uow.cases.get(case_id)) is not None]
    if not seen:
        return None
    acknowledged = [
        entry.happening.at.utc_ms
        for case in seen
        for entry in uow.journal.of_case(case.id)
        if entry.happening.verb.startswith(("sync.", "case.", "news.", "print."))
    ]
    if not acknowledged:
        return None
    if not all(case.state in ENDED for case in seen):
        days, why = terms.still_open, "还没有办结"
    elif any(_is_childs(case, now) for case in seen):
        days, why = terms.child, "已办结，未满 14 周岁"
    elif any(case.content.get("consents") for case in seen):
        days, why = min(terms.sensitive, terms.ended), "已办结，有敏感信息"
    else:
        days, why = terms.ended, "已办结"
    return max(acknowledged) + days * DAY_MS, f"{why}，{days} 天后清除"


def _is_childs(case: Case, now: Stamp) -> bool:
    if SensitiveKind.CHILD.value in (
        case.content.get("consents") or {}
    ):  # a newborn is in the form, not at the counter
        return True
    for who in ("applicant", "agent"):
        person = case.content.get(who)
        birth = person.get("birth") if isinstance(person, dict) else None
        try:
            born = dt.date.fromisoformat(str(birth))
        except ValueError:
            continue
        today = now.legal_date
        if today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < CHILD_YEARS:
            return True
    return False


def _erase(store: Store, family: Settled, now: Stamp) -> int:
    """Look again under the write lock: something may have been added since."""
    with store.begin() as uow:
        still = [each for each in uow.keeping.settled(1, family.seq - 1) if each.seq == family.seq and each.done]
        if not still:
            return 0
        uow.keeping.erase(still[0].case_ids)
        uow.journal.append_all(
            [Happening(now, ACTOR, "case.erased", case_id, detail={"rule": "term"}) for case_id in still[0].case_ids]
        )
        uow.commit()
    return len(still[0].case_ids)


def _old_drafts(uow: UnitOfWork, now: Stamp) -> list[Draft]:
    limit_ms = now.utc_ms - terms_of(uow).draft * DAY_MS
    return [draft for draft in uow.drafts.all() if draft.saved_ms < limit_ms]


def _days_lived(uow: UnitOfWork, draft: Draft) -> int:
    """On how many days something was written in the journal since it last tells of this draft. A clock that is wrong once, or steps
    to and fro, makes one day or a few; twenty of them make a month of opened windows, whatever the clock says of their date."""
    told = uow.journal.of_case(draft.id)
    if not told:
        return 0
    days, before = set[dt.date](), 0
    while stretch := uow.journal.page(_AT_ONCE, before):
        for entry in stretch:
            if entry.seq <= told[-1].seq or len(days) >= LIVED_DAYS:
                return len(days)
            days.add(entry.happening.at.legal_date)
        before = stretch[-1].seq
    return len(days)


def _clean_drafts(store: Store, now: Stamp, *, sure: bool) -> int:
    """``sure``: somebody vouches for the clock. Else a draft goes only after days that were lived through."""
    with store.begin() as uow:
        old = [draft for draft in _old_drafts(uow, now) if sure or _days_lived(uow, draft) >= LIVED_DAYS]
        for draft in old:
            uow.drafts.close(draft.id)
        uow.journal.append_all([Happening(now, ACTOR, "draft.expired", draft.id) for draft in old])
        if old:
            uow.commit()
    return len(old)
