"""Which moves a case's state and the clerk's role allow, the likeliest first. What they are stands in ``menu.py``."""

from __future__ import annotations

from clerk_app.domain.case import MOVES, CaseState, Move
from clerk_app.domain.identity import identity_of
from clerk_app.domain.people import VERIFICATION_MOVES, Verification
from clerk_app.domain.rating import RATING_MOVES, RatingState
from clerk_app.domain.rights import Right, may
from clerk_app.usecases.correction_term import usual_until
from clerk_app.usecases.deciding import (
    ON_THE_SPOT,
    may_be_decided_here,
)
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.grounds import basis_of_case, own_basis
from clerk_app.usecases.handwritten_papers import BY_HAND
from clerk_app.usecases.planning import Plan
from clerk_app.usecases.queries import CaseDetail
from ui.moves import menu
from ui.moves.offer import Offer


def offers(desk: Desk, detail: CaseDetail, *, can_check_pin: bool) -> tuple[Offer, ...]:
    """What this clerk may do to this case now, the likeliest first."""
    case, role = detail.case, desk.session.role
    takes, supervises = may(role, Right.TAKE_CASES), may(role, Right.SUPERVISE)

    def possible(move: Move) -> bool:
        return case.state in MOVES[move][0]

    def decidable() -> bool:
        return may(role, Right.DECIDE) and possible(Move.DECIDE) and may_be_decided_here(desk, case)

    invited = detail.rating
    rateable = not case.parent and case.state not in (CaseState.CONSULTING, CaseState.VOIDED)
    asked = RatingState.INVITED if invited is RatingState.NOT_INVITED else invited
    waiting = (CaseState.RECEIVED, CaseState.CORRECTION_ASKED, CaseState.CORRECTION_RECEIVED)
    listed = (
        (menu.SEND_LOST, takes and detail.row.sync == "never_sent"),
        (menu.DELIVER, may(role, Right.DELIVER) and possible(Move.DELIVER)),
        (menu.CORRECT, takes and not case.parent and case.state in waiting),
        (menu.SUPPLEMENT, takes and not case.parent and case.state is CaseState.ACCEPTED_DEFERRED),
        (menu.DECIDE, decidable()),
        (menu.NOTICE, takes and case.state in (CaseState.RECEIVED, CaseState.CORRECTION_RECEIVED)),
        (menu.RATE, rateable and RatingState.RATED in RATING_MOVES[asked]),
        (menu.WITHDRAW, takes and possible(Move.WITHDRAW)),
        (menu.DECLINE, takes and possible(Move.DECLINE)),
        (menu.REFER, takes and possible(Move.REFER)),
        (menu.TRANSFER, takes and possible(Move.TRANSFER)),
        (menu.BEGIN_SPECIAL, (takes or supervises) and possible(Move.BEGIN_SPECIAL)),
        (menu.END_SPECIAL, (takes or supervises) and possible(Move.END_SPECIAL)),
        (menu.RETURN, (takes or supervises) and possible(Move.RETURN)),
        (menu.VOID, takes and can_check_pin and not case.parent and possible(Move.VOID)),
        (menu.DEEM, supervises and case.state is CaseState.RECEIVED),
        (menu.SETTLE, takes and Verification.MANUAL in VERIFICATION_MOVES[identity_of(case)]),
        (menu.ARCHIVE, (takes or supervises) and possible(Move.ARCHIVE)),
        *((menu.by_hand(form), takes and form not in {job.form for job in detail.jobs}) for form in BY_HAND),
    )
    place = str((case.content.get("elsewhere") or {}).get("place", ""))
    there = {menu.TRANSFER: menu.transfer_to(place)} if place else {}
    own = basis_of_case(desk, case)
    chosen = (there.get(offer, offer) for offer, holds in listed if holds)
    return tuple(_proposed(desk, offer, own) for offer in chosen)


def _proposed(desk: Desk, offer: Offer, basis: str) -> Offer:
    """With the usual day of a notice, and beside a refusal the provisions that the item itself names."""
    if offer is menu.NOTICE:
        return menu.proposing(offer, "until", default=usual_until(desk).isoformat())
    return menu.proposing(offer, "basis", hint=f"{menu.BASIS_HINT}；本事项依据 {basis}") if basis else offer


def of_a_draft(desk: Desk, plan: Plan) -> tuple[Offer, ...]:
    """What may become of an intake beside 受理 and 一次性告知."""
    every = ((menu.ACCEPT_DECIDE,) if ends_at_once(desk, plan) else ()) + menu.OF_A_DRAFT
    basis = own_basis(plan.scheme)
    return tuple(_proposed(desk, offer, basis) for offer in every)


def ends_at_once(desk: Desk, plan: Plan) -> bool:
    """Whether this clerk may take and decide it in one step: 当场, an item of this place, a chief representative."""
    item = plan.scheme.item if plan.scheme else None
    if not may(desk.session.role, Right.DECIDE) or item is None or plan.application.elsewhere is not None:
        return False
    return item.project_type == ON_THE_SPOT or item.limit(plan.facts).on_the_spot
