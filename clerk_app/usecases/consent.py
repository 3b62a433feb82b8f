"""单独同意 to sensitive data (个人信息保护法 29 条): given, refused or taken back; journalled by kind, never with content."""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.domain.sensitive import BY_NAMES, KIND_NAMES, PURPOSES, Consent, SensitiveKind, who_consents
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.intake import Plan, load, plan, save


def consent_rows(view: Plan, desk: Desk) -> tuple[tuple[str, str], ...]:
    """What is asked, kind and purpose, as the applicant reads it; the last row says whose consent it is."""
    who = BY_NAMES[who_consents(view.application, _today(desk))]
    rows = [(KIND_NAMES[kind], PURPOSES[kind]) for kind in view.unconsented]
    return (*rows, ("谁来同意", f"{who}本人")) if rows else ()


def give_consent(desk: Desk, draft_id: str, how: str = "screen") -> Draft:
    """Consent to every kind that is still without one. ``how``: screen or paper (the sheet is kept with the case).

    Raises:
        Refused: nothing asks for consent, or a child's guardian is not entered yet.
    """
    must_take_cases(desk)
    view = plan(desk, load(desk, draft_id))
    if not view.unconsented:
        raise Refused("没有要单独同意的内容。", what_is_safe="已填的都在。")
    by = who_consents(view.application, _today(desk))
    if by.value == "guardian" and view.application.guardian is None:
        raise Refused("申请人未满 14 周岁，要由监护人同意。", what_to_do="请先填写监护人。")
    given: dict[str, Json] = {f"consent.{kind.value}": Consent(by, how).to_json() for kind in view.unconsented}
    draft = save(desk, draft_id, given)
    _note(desk, "consent.given", draft_id, view.unconsented, by.value)
    return draft


def refuse_consent(desk: Desk, draft_id: str) -> Draft:
    """The applicant does not consent: nothing of it is taken for granted; the journal keeps that they were asked."""
    must_take_cases(desk)
    draft = load(desk, draft_id)
    view = plan(desk, draft)
    _note(desk, "consent.refused", draft_id, view.unconsented, who_consents(view.application, _today(desk)).value)
    return draft


def take_back_consent(desk: Desk, draft_id: str) -> Draft:
    """撤回同意 (§15) while the case is not accepted yet: what was consented must be asked again."""
    must_take_cases(desk)
    view = plan(desk, load(desk, draft_id))
    kinds = tuple(SensitiveKind(kind) for kind in view.application.consents)
    draft = save(desk, draft_id, {f"consent.{kind.value}": None for kind in kinds})
    _note(desk, "consent.taken_back", draft_id, kinds, who_consents(view.application, _today(desk)).value)
    return draft


def _note(desk: Desk, verb: str, draft_id: str, kinds: tuple[SensitiveKind, ...], by: str) -> None:
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening(verb, draft_id, kinds="+".join(kinds), by=by))
        uow.commit()


def _today(desk: Desk) -> dt.date:
    return desk.clock.now().legal_date
