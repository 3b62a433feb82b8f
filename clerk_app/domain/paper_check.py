"""The short check code of a paper: which print it is and what it says, under the window's own key (ADR 0024).

It stands beside the QR, so that a photocopy can be checked: the number leads to the case, the code to the one print that bears it, and
the window shows what that print says. Nobody without the key can make one up for words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from clerk_app.domain.canonical import Json, canonical_bytes, content_hash
from clerk_app.domain.case import Case
from clerk_app.domain.paper import Form

SIGNS: Final = "34679ACDEFGHJKMNPRTWXY"
"""Letters and digits that nobody takes for each other on a bad copy or by telephone: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V."""
_LENGTH, _HALF = 8, 4
_SINCE = frozenset({"identity", "results"})
"""What comes into a case from outside after a paper was made, and is no part of what it said."""


def facts_of(
    form: Form, case: Case, *, number: str, copy: int, made_ms: int, rows: Sequence[Sequence[str]] = ()
) -> bytes:
    """What a print says, as canonical bytes: form, 文号 (``number``), which print, the moment of its act, and everything of the
    case that can stand on it. Not: when and on what paper it was printed, nor numbers that came from outside later."""
    content = {key: value for key, value in case.content.items() if key not in _SINCE}
    told: dict[str, Json] = {
        "form": form.value,
        "number": number,
        "copy": copy,
        "made_ms": made_ms,
        "case": case.local_number,
        "item": [case.item.id, case.item.name, case.item.version, case.item.sha256],
        "received_at": case.received_at,
        "accepted_on": case.accepted_on.isoformat() if case.accepted_on else None,
        "deadline": case.deadline,
        "outcome": [case.outcome, case.outcome_note],
        "content_sha256": content_hash(content),
        "rows": [list(row) for row in rows],
    }
    return canonical_bytes(told)


def code_of(mark: str) -> str:
    """The code of a keyed hash (hexadecimal, 64 digits): A7KM-3XRP. 22 signs, 8 places: one guess in 55 thousand million hits."""
    left, signs = int(mark, 16), []
    for _ in range(_LENGTH):
        left, at = divmod(left, len(SIGNS))
        signs.append(SIGNS[at])
    return f"{''.join(signs[:_HALF])}-{''.join(signs[_HALF:])}"


def typed_code(text: str) -> str:
    """A code as somebody typed it, in its own form; empty when it can be none."""
    signs = re.sub(r"[\s\-－—–_.·]", "", text).upper()
    if len(signs) != _LENGTH or any(sign not in SIGNS for sign in signs):
        return ""
    return f"{signs[:_HALF]}-{signs[_HALF:]}"
