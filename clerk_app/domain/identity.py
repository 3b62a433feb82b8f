"""Whether the applicant is who they say: the one state machine beside the case (people.Verification), kept in its content.

What was true at the counter stands in the signed application; what a check on line found later stands under ``identity``, so
that the signed part never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

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


class CodeStatus(StrEnum):
    """What became of a scanned identity code."""

    RESOLVED = "resolved"
    EXPIRED = "expired"  # it was good when it was shown; nobody can tell any more
    UNKNOWN = "unknown"  # the platform does not know it
    UNSUPPORTED = "unsupported"  # nobody is there to ask


@dataclass(frozen=True, slots=True, repr=False)
class CodeAnswer:
    """Who a code is, or why that cannot be told. ``label`` is shown beside it (演示码). No repr: it names a person."""

    status: CodeStatus
    label: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


CODE_REASONS = {
    CodeStatus.EXPIRED: "渝快码在联网前已过期，改为人工核验",
    CodeStatus.UNKNOWN: "平台不认识这个渝快码，改为人工核验",
    CodeStatus.UNSUPPORTED: "前置还没有接通渝快码核验，改为人工核验",
}


def judged(answer: CodeAnswer, number: str, name: str) -> Verification:
    """What the answer makes of the applicant taken here: the same number and name, another person, or a person's task.

    A number must agree whole. A name must too where the code tells one: a code lent to somebody is what this is for.
    """
    if answer.status is not CodeStatus.RESOLVED:
        return Verification.MANUAL
    same = answer.fields.get("id_number") == number and answer.fields.get("name", name) == name
    return Verification.VERIFIED if same else Verification.MISMATCH
