"""暂存 at a shared window: one's own drafts and those of colleagues, how old each is, when a rule clears it, and taking one over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from clerk_app.domain.draft import Draft
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.intake import EMPTY_KEYS
from clerk_app.usecases.keeping import terms_of

AGED_DAYS = 3
"""From here on a draft is shown as old (拟); the day it will be cleared stands beside it."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """``owner``: their name, the login where nobody knows it. ``goes_on``: the day on which the rule clears it
    if nobody touches it. ``aged``: worth a look now."""

    draft: Draft
    owner: str
    mine: bool
    days: int
    goes_on: dt.date
    aged: bool


def shelf(desk: Desk) -> tuple[Shelved, ...]:
    """Everybody's open drafts at this window, one's own first, newest first; unused ones are left out."""
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin(reading=True) as uow:
        term = terms_of(uow).draft
        names = {clerk.login: clerk.name for clerk in uow.clerks.all()}
        found = [_shelved(desk, draft, now, term, names) for draft in uow.drafts.all() if _is_used(draft)]
    return tuple(sorted(found, key=lambda each: not each.mine))


def take_over(desk: Desk, draft_id: str) -> Draft:
    """Go on with a colleague's draft; it is this clerk's from now on, and the journal says so.

    Raises:
        Refused: the draft is gone.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        draft = uow.drafts.get(draft_id)
        if draft is None:
            raise Refused("这份暂存已经不在了。", what_to_do="请刷新看看，可能刚办完或刚删除。")
        if draft.owner != desk.session.login:
            uow.drafts.save(draft_id, {"taken_by": desk.session.login}, desk.clock.now().utc_ms)
            uow.journal.append(desk.happening("draft.handed", draft_id, before=draft.owner))
            uow.commit()
        found = uow.drafts.get(draft_id)
    return found or draft


def left_in_front(desk: Desk) -> str:
    """The draft that stood in front when the window ended (a crash, the power, closing), of today; empty when there is none."""
    must_take_cases(desk)
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=True) as uow:
        mine = [draft for draft in uow.drafts.all() if draft.owner == desk.session.login and _is_used(draft)]
    newest = mine[0] if mine else None
    if newest is None or newest.values.get("aside") or Stamp(newest.saved_ms).legal_date != today:
        return ""
    return newest.id


def _shelved(desk: Desk, draft: Draft, now: Stamp, term: int, names: Mapping[str, str]) -> Shelved:
    saved = Stamp(draft.saved_ms).legal_date
    days = max((now.legal_date - saved).days, 0)
    goes_on = saved + dt.timedelta(days=term)
    aged = days >= AGED_DAYS or goes_on <= now.legal_date + dt.timedelta(days=AGED_DAYS)
    owner = names.get(draft.owner, draft.owner)
    return Shelved(draft, owner, draft.owner == desk.session.login, days, goes_on, aged)


def _is_used(draft: Draft) -> bool:
    return not set(draft.values) <= EMPTY_KEYS
