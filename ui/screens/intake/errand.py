"""Papers that follow: a waiting case (补正) or one taken with 容缺 comes back to the intake, for its papers only.

The case lies in a draft of its own meanwhile, filled from what was taken and pinned to the same rules, so that nothing captured
is lost; applicant and item stand. What changed goes to the case at the end, and the draft with it, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.errors import Bug
from clerk_app.usecases import intake
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.completing import Brought, correct, supplement
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import For, open_in_full
from clerk_app.usecases.queries import case_detail
from clerk_app.usecases.writing import Accepted

CORRECT, SUPPLEMENT = "correct", "supplement"
NAMES = {CORRECT: "补正收件", SUPPLEMENT: "容缺补齐"}


@dataclass(frozen=True, slots=True)
class Errand:
    """``kind``: correct or supplement. ``held``: pages that the case has already, by SHA-256."""

    case_id: str
    kind: str
    number: str
    held: frozenset[str]

    @property
    def name(self) -> str:
        return NAMES[self.kind]


def errand_of(draft: Draft) -> Errand | None:
    """What a draft is for, when it is no intake of its own."""
    if not draft.text("errand.case"):
        return None
    held = draft.values.get("errand.held") or []
    pages = frozenset(str(page) for page in held)
    return Errand(draft.text("errand.case"), draft.text("errand.kind"), draft.text("errand.number"), pages)


def begin(desk: Desk, case_id: str, kind: str) -> str:
    """The draft in which the papers of this case come in; one that was begun before is opened again."""
    for draft in intake.drafts(desk):
        if draft.text("errand.case") == case_id and draft.text("errand.kind") == kind:
            return draft.id
    case = open_in_full(desk, case_id, For.COMPLETING).case
    before = Application.from_json(case.content)
    values: dict[str, Json] = {
        **draft_values(before, desk.clock.now()),
        "pinned": case.item.sha256,
        "signature": None,
        "step": "materials",
        "errand.case": case.id,
        "errand.kind": kind,
        "errand.number": case.local_number,
        "errand.held": sorted(before.pages),
    }
    opened = intake.open_draft(desk)
    intake.save(desk, opened.id, values)
    return opened.id


def finish(desk: Desk, draft_id: str) -> Accepted:
    """Hand over what changed. Raises Refused when nothing came or what came cannot count; then the draft stays."""
    draft = intake.load(desk, draft_id)
    errand = errand_of(draft)
    if errand is None:
        raise Bug("only a draft begun for a case can go to it")
    view = intake.plan(desk, draft)
    before, now = Application.from_json(case_detail(desk, errand.case_id).case.content), view.application
    chosen = {row.material.id for row in view.rows if not row.suggested} if errand.kind == SUPPLEMENT else now.materials
    materials = {
        key: given for key, given in now.materials.items() if key in chosen and before.materials.get(key) != given
    }
    signature = now.signature if view.signed else None
    brings = replace(now, materials=materials, signature=signature)
    fresh = sorted(set(brings.pages) - errand.held)
    brought = Brought(
        materials=materials,
        fields=_changed(now.fields, before.fields),
        answers=_changed(now.answers, before.answers),
        signature=signature,
        pages=[(intake.page_bytes(desk, draft_id, page), "image/jpeg") for page in fresh],
        draft_id=draft_id,
    )
    return (correct if errand.kind == CORRECT else supplement)(desk, errand.case_id, brought)


def _changed(now: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in now.items() if before.get(key) != value}
