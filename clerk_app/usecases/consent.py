"""单独同意 to sensitive data (个人信息保护法 29 条): given, refused or taken back; journalled by kind, never with content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from clerk_app.domain.canonical import Json
from clerk_app.domain.consents import who_consents
from clerk_app.domain.draft import Draft
from clerk_app.domain.sensitive import BY_NAMES, KIND_NAMES, PURPOSES, Consent, ConsentBy, SensitiveKind
from clerk_app.domain.signing import CONSENT_PICTURE, THUMB, Thumbprint, thumb_faults
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.intake import Plan, keep, load, plan, save
from clerk_app.usecases.thumbprint import entered


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
    with desk.store.begin() as uow:
        view = plan(desk, keep(desk, uow, draft_id, {}), uow)
        draft = _given(desk, uow, view, how)
        uow.commit()
    return draft


def consent_by_thumb(desk: Desk, draft_id: str, read: Collection[SensitiveKind]) -> Draft:
    """Of somebody who cannot write: each kind was read to them before a witness, who are entered as for a signature (thumbprint.py).

    ``read``: the kinds that were read aloud and agreed to, each by itself.

    Raises:
        Refused: as ``give_consent``; reader or witness is missing or cannot be one; other kinds are wanted than were read.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        draft = keep(desk, uow, draft_id, {})
        view = plan(desk, draft, uow)
        thumb = entered(draft, CONSENT_PICTURE)
        if faults := thumb_faults(thumb, view.application.names):
            raise Refused(
                "还不能记下同意。",
                reasons=tuple(faults.values()),
                what_is_safe="已填的都在。",
                what_to_do="请补上再按。",
            )
        if view.unconsented and set(read) != set(view.unconsented):
            raise Refused("要同意的内容在念过以后改了。", what_is_safe="已填的都在。", what_to_do="请再念一遍，再问。")
        draft = _given(desk, uow, view, THUMB, thumb)
        uow.commit()
    return draft


def _given(desk: Desk, uow: UnitOfWork, view: Plan, how: str, thumb: Thumbprint | None = None) -> Draft:
    if not view.unconsented:
        raise Refused("没有要单独同意的内容。", what_is_safe="已填的都在。")
    by = who_consents(view.application, _today(desk))
    if by is ConsentBy.GUARDIAN and view.application.guardian is None:
        raise Refused("申请人未满 14 周岁，要由监护人同意。", what_to_do="请先填写监护人。")
    given: dict[str, Json] = {f"consent.{kind.value}": Consent(by, how, thumb).to_json() for kind in view.unconsented}
    kinds = "+".join(view.unconsented)
    uow.journal.append(desk.happening("consent.given", view.draft.id, kinds=kinds, by=by.value, how=how))
    return keep(desk, uow, view.draft.id, given)


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
