"""What comes back from the gateway: an append-only feed read from a cursor (ADR 0010).

Each entry has a scope (window, hall or district), a kind, and what to do with it when this program does not know the kind
yet: ``skip`` it, ``keep`` it for a newer version, or ``stop`` reading until the program is updated. An old client may
always deliver its cases, whatever it cannot read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.canonical import Json


class Scope(StrEnum):
    WINDOW = "window"
    HALL = "hall"
    DISTRICT = "district"


class IfUnknown(StrEnum):
    SKIP = "skip"
    KEEP = "keep"
    STOP = "stop"


class NewsKind(StrEnum):
    """Kinds that this version knows."""

    NUMBERED = "case.numbered"  # {"case_id","case_number"}
    DECIDED = "case.decided"  # {"case_id","revision","result","note"}
    CORRECTION = "case.correction_asked"  # {"case_id","revision","reasons":[...]}
    MOVED = "case.moved"  # {"case_id","window"}: another window of the hall goes on with it
    VERIFIED = "case.identity_verified"  # {"case_id","verification"}
    PROMISE_BROKEN = "person.promise_broken"  # {"people": [SHA-256 of document kind and number], "lifted": bool}
    CATALOGUE = "catalogue.published"  # {"version", "package": base64 of the signed package}
    NOTICE = "notice"  # {"text"}
    RESULT = "case.result"  # {"case_id","name","number","copies"}: a document that the applicant is to be handed
    CLERKS = "hall.clerks"  # {"clerks": [{"login","name","active"}]}: names and closed accounts, never keys
    CALENDAR = "calendar.published"  # {"table": a year's holiday table}
    PROGRAM_PINNED = "program.pinned"  # {"version"}: no update beyond it; empty: no such limit


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. ``cursor`` grows strictly; ``body`` is canonical JSON."""

    cursor: int
    scope: Scope
    kind: str
    body: Mapping[str, Json]
    if_unknown: IfUnknown = IfUnknown.KEEP


def entry_from_json(data: Json) -> FeedEntry:
    """Raises ValueError, KeyError or TypeError when the data is no feed entry."""
    cursor, kind, body = data["cursor"], data["kind"], data["body"]
    if not isinstance(cursor, int) or isinstance(cursor, bool) or cursor < 1:
        raise ValueError("a cursor is a positive whole number")
    if not isinstance(kind, str) or not isinstance(body, dict):
        raise ValueError("an entry has a kind and a body")
    return FeedEntry(cursor, Scope(data["scope"]), kind, body, IfUnknown(data["if_unknown"]))
