"""保存与清除: what is done and delivered loses its personal data after its term; what is not acknowledged never does.

Terms in days after the last acknowledgement (个人信息保护法 §47; 未满 14 岁 is sensitive by §28): ended cases, those of children, and
the longest stay of an acknowledged case that is still open. A draft nobody touched ages out by rule. A clock that is not to be
trusted erases nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp, Trust
from clerk_app.ports import Clock, Settled, Store, UnitOfWork

TERMS = "keeping.terms"
ACTOR = "keeping"
DAY_MS = 86_400_000
CHILD_YEARS = 14
_AT_ONCE = 100

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
    """Days: ended cases, ended cases of children, acknowledged but open ones, drafts nobody touched."""

    ended: int = 30
    child: int = 7
    still_open: int = 180
    draft: int = 30


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much one round erased."""

    cases: int
    drafts: int


def terms_of(uow: UnitOfWork) -> Terms:
    """The window's own terms where somebody set them. Values below a day are not believed."""
    kept = uow.config.get(TERMS) or {}
    values = {name: kept[name] for name in Terms.__slots__ if isinstance(kept.get(name), int) and kept[name] >= 1}
    return Terms(**values)


def forget_what_is_due(store: Store, clock: Clock) -> Forgotten:
    """One round. Each family of cases goes in its own transaction, with its journal entry.

    Raises:
        StorageProblem: the disk failed; what was erased stays erased.
    """
    now = clock.now()
    if now.trust is Trust.SUSPECT:
        return Forgotten(0, 0)
    cases, after = 0, 0
    while True:
        with store.begin(reading=True) as uow:
            stretch = uow.keeping.settled(_AT_ONCE, after)
            terms = terms_of(uow)
            due = [each for each in stretch if each.done and _is_due(uow, each, terms, now)]
        for family in due:
            cases += _erase(store, family, now)
        if len(stretch) < _AT_ONCE:
            return Forgotten(cases, _clean_drafts(store, now))
        after = stretch[-1].seq


def gone_for_good_on(erased_on: dt.date, copies_kept_days: int) -> dt.date:
    """The day when the last rolling copy that still holds the key expires; backups made by hand live as long as their keeper
    keeps them."""
    return erased_on + dt.timedelta(days=copies_kept_days)


def _is_due(uow: UnitOfWork, family: Settled, terms: Terms, now: Stamp) -> bool:
    seen = [case for case_id in family.case_ids if (case := uow.cases.get(case_id)) is not None]
    if not seen:
        return False
    acknowledged = [
        entry.happening.at.utc_ms
        for case in seen
        for entry in uow.journal.of_case(case.id)
        if entry.happening.verb.startswith(("sync.", "case.", "news.", "print."))
    ]
    if not acknowledged:
        return False
    ended = all(case.state in ENDED for case in seen)
    days = (
        terms.still_open if not ended else terms.child if any(_is_childs(case, now) for case in seen) else terms.ended
    )
    return now.utc_ms - max(acknowledged) >= days * DAY_MS


def _is_childs(case: Case, now: Stamp) -> bool:
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


def _clean_drafts(store: Store, now: Stamp) -> int:
    with store.begin() as uow:
        limit_ms = now.utc_ms - terms_of(uow).draft * DAY_MS
        old = [draft for draft in uow.drafts.all() if draft.saved_ms < limit_ms]
        for draft in old:
            uow.drafts.close(draft.id)
        uow.journal.append_all([Happening(now, ACTOR, "draft.expired", draft.id) for draft in old])
        if old:
            uow.commit()
    return len(old)
