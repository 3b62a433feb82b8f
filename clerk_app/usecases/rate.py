"""好差评 at the counter: invited, rated or not rated; each rides the outbox like any other change of a case.

A rating belongs to the service: for a life event to the package. It is sealed with the case; the journal holds neither level nor
reasons, and no list shows who gave which (protect the rater).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.message import MessageKind
from clerk_app.domain.rating import RATING_MOVES, RatingState, rating_fault
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk, must_see_cases
from clerk_app.usecases.writing import find_case, send

_NO_SERVICE = frozenset({CaseState.CONSULTING, CaseState.VOIDED})


def rating_of(case: Case) -> RatingState:
    """Where the rating of a case stands."""
    kept = case.content.get("rating")
    return RatingState(kept["state"]) if isinstance(kept, dict) else RatingState.NOT_INVITED


def rate(desk: Desk, number: str, level: int, reasons: Sequence[str] = (), comment: str = "") -> Case:
    """The applicant rated: at the device, on the second screen, or later (补评).

    Raises:
        Refused: rated already, no such level, reasons of another level, or no service to rate.
    """
    if fault := rating_fault(level, reasons):
        raise Refused(f"{fault}。")
    given: dict[str, Json] = {
        "state": RatingState.RATED.value,
        "level": level,
        "reasons": sorted(set(reasons)),
        "comment": comment.strip(),
    }
    return _keep(desk, number, given)


def not_rated(desk: Desk, number: str) -> Case:
    """The applicant did not want to, or the time ran out: 未评价, never a default level."""
    return _keep(desk, number, {"state": RatingState.NOT_RATED.value})


def _keep(desk: Desk, number: str, given: dict[str, Json]) -> Case:
    must_see_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if case.parent:
            raise Refused("一件事只评一次。", what_to_do="请在主件上评价。")
        if case.state in _NO_SERVICE:
            raise Refused("这件办件没有可以评价的服务。")
        before, after = rating_of(case), RatingState(given["state"])
        if before is RatingState.NOT_INVITED:
            before = RatingState.INVITED  # asking and answering are one step at this counter
        if after not in RATING_MOVES[before]:
            raise Refused("一次服务只评一次，已经评过了。", what_is_safe="原来的评价没有变。")
        content = {**case.content, "rating": {**given, "at": now.to_json(), "window": desk.hall.window}}
        rated = replace(case, revision=case.revision + 1, content=content)
        uow.cases.save(rated)
        send(desk, uow, rated, MessageKind.RATED, now)
        uow.journal.append(desk.happening(f"rating.{after.value}", rated.id, rated.revision))
        uow.commit()
    return rated
