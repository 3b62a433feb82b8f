"""Whether the applicant is who they say: the one state machine beside the case (people.Verification), kept in its content.

What was true at the counter stands in the signed application; what a check on line found later stands under ``identity``, so
that the signed part never changes.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.case import Case
from clerk_app.domain.people import Verification
from clerk_app.domain.time import Stamp


def identity_of(case: Case) -> Verification:
    """The newest state: of the check on line, else as it was at the counter."""
    found = case.content.get("identity")
    if isinstance(found, dict):
        return Verification(found["verification"])
    applicant = case.content.get("applicant") or {}
    return Verification(applicant.get("verification", Verification.MANUAL.value))


def with_identity(case: Case, found: Verification, now: Stamp, reason: str = "") -> Case:
    """The next revision, with the state found. The caller asks VERIFICATION_MOVES first."""
    kept = {"verification": found.value, "at": now.to_json(), "reason": reason}
    return replace(case, revision=case.revision + 1, content={**case.content, "identity": kept})
