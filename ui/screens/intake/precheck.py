"""预审: what of the plan is settled, step by step and in words, for the stepper and the right column."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.domain.precheck import Finding
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import Plan
from ui.screens.intake.errand import errand_of


def steps_done(plan: Plan | None) -> tuple[bool, ...]:
    """Which of the six steps have nothing open."""
    if plan is None:
        return (False,) * 6
    person = not (plan.applicant_faults or plan.doubtful or plan.agent_faults or plan.beside)
    answered = bool(plan.scheme) and all(plan.facts.answers.get(each.id) for each in plan.questions)
    papers = bool(plan.checklist) and not (plan.checklist.missing if plan.checklist else ())
    form = bool(plan.scheme) and not plan.field_faults
    return person, answered, answered and papers, answered and form, plan.signed, False


def precheck(desk: Desk, plan: Plan) -> list[tuple[str, list[tuple[str, str]]]]:
    """The parts of a life event and the pre-check, for the right column."""
    blocks: list[tuple[str, list[tuple[str, str]]]] = []
    if plan.scheme and plan.scheme.event:
        chosen = {part.id: part for part in plan.scheme.parts}
        texts = []
        for part in plan.scheme.event.parts:
            name = desk.catalogue.item(part.item_id).name
            here = part.item_id in chosen
            texts.append((f"✓ {name}" if here else f"— {name}　这次不办", "green" if here else "grey"))
        blocks.append(("这件事包含", texts))
    checks = [(f"！{text}", "amber") for text in gathered(plan.obstacles)]
    if not plan.applicant_faults:
        checks.insert(0, ("✓ 证件号码校验通过", "green"))
    if plan.checklist and not plan.checklist.missing:
        checks.insert(1, ("✓ 材料按这种情形齐了", "green"))
    blocks.append(("预审", checks))
    itself = errand_of(plan.draft) is not None  # the case that the papers are for is no repetition of itself
    findings = [finding for finding in plan.findings if not (itself and finding.rule.startswith("repeat"))]
    if findings:
        blocks.append(("请再看一眼", [line for finding in findings for line in _told(finding)]))
    return blocks


ASKED = "请填写"
SEVERAL = 2
"""So many empty fields are told one by one; more in one sentence."""


def gathered(obstacles: Sequence[str]) -> list[str]:
    """What stands in the way, in its order; fields that are merely empty yet in one sentence where they are many."""
    short = [in_short(text) for text in obstacles]
    empty = [text.removeprefix(ASKED) for text in short if text.startswith(ASKED)]
    if len(empty) <= SEVERAL:
        return short
    rest = [text for text in short if not text.startswith(ASKED)]
    return [f"还有 {len(empty)} 项没填：{'、'.join(empty)}", *rest]


def in_short(text: str) -> str:
    """单位：请填写单位 says its name twice: 请填写单位 is enough."""
    name, _, fault = text.partition("：")
    return fault if fault == f"请填写{name}" else text


def _told(finding: Finding) -> list[tuple[str, str]]:
    """What was seen, what to do, and which rule says so; what only the line can settle stays grey."""
    sign, tone = ("·", "grey") if finding.pending else ("！", "amber")
    return [(f"{sign}{finding.text}", tone), (f"　{finding.what_to_do}", ""), (f"　依据：{finding.source}", "small")]
