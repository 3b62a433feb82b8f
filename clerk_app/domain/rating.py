"""好差评: one service, one rating; voluntary; a time-out is 'not rated' and never a default (data sheet §3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RatingState(StrEnum):
    """Its own state machine beside the case."""

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    RATED = "rated"
    NOT_RATED = "not_rated"  # declined or timed out


RATING_MOVES: Mapping[RatingState, frozenset[RatingState]] = {
    RatingState.NOT_INVITED: frozenset({RatingState.INVITED}),
    RatingState.INVITED: frozenset({RatingState.RATED, RatingState.NOT_RATED}),
    RatingState.NOT_RATED: frozenset({RatingState.RATED}),  # 补评: may be added later
    RatingState.RATED: frozenset(),
}

LEVELS: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
