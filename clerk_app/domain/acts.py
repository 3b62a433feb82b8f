"""What was done to a case, act by act, kept in the case itself (rule 4 of §2.6): who, where, when, how far the clock and the
line could be trusted, and why.

Acts stand under ``acts`` in the case's content, sealed with it, since a reason may name somebody; the journal only refers to
them by revision. The papers and the pre-archive checks read them from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, Move
from clerk_app.domain.time import Stamp, Trust

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Act:
    """One move. ``day``: its legal date. ``reason``: free text; ``code``: a closed word of the act's own vocabulary.

    ``detail``: what the act's paper needs (where to go instead, who received, the mail number).
    """

    move: Move
    at: Stamp
    by: str
    window: str
    reason: str = ""
    code: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        return self.at.legal_date

    @property
    def online(self) -> bool:
        """Whether the window had spoken with the gateway since its start."""
        return self.at.trust is Trust.CHECKED

    def text(self, name: str) -> str:
        """One text of the detail; empty when it is not there."""
        value = self.detail.get(name, "")
        return value if isinstance(value, str) else ""

    def to_json(self) -> Json:
        return {
            "move": self.move.value,
            "at": self.at.to_json(),
            "by": self.by,
            "window": self.window,
            "reason": self.reason,
            "code": self.code,
            "detail": dict(self.detail),
        }

    @classmethod
    def from_json(cls, data: Json) -> Act:
        """Raises ValueError, KeyError or TypeError when the data is no act."""
        return cls(
            Move(data["move"]),
            Stamp.from_json(data["at"]),
            str(data["by"]),
            str(data["window"]),
            str(data["reason"]),
            str(data["code"]),
            dict(data["detail"]),
        )


def acts_of(case: Case) -> tuple[Act, ...]:
    """Every act kept in the case, oldest first; empty for an erased case."""
    return tuple(Act.from_json(data) for data in case.content.get("acts", []))


def last_act(case: Case, *moves: Move) -> Act | None:
    """The newest act that is one of these moves."""
    return next((act for act in reversed(acts_of(case)) if act.move in moves), None)


def with_act(content: Mapping[str, Json], act: Act) -> dict[str, Json]:
    """The content with one more act at its end."""
    return {**content, "acts": [*content.get("acts", []), act.to_json()]}
