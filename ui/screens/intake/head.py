"""The head of the case under the clerk's hands: who, what, when it was saved; and the six steps."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clerk_app.domain.life_event import Scheme
from clerk_app.domain.people import IdentityMeans, Verification, mask_id
from clerk_app.usecases.intake import Plan
from ui.widgets.parts import button, chip, label, restyle, row, set_chip

_SHOWN_ANSWERS = 3
_BARE = ("是", "否", "有", "没有")  # say nothing without their question


class CaseHead(QWidget):
    """Name, sex, age, masked number; item, limit, situation."""

    def __init__(self) -> None:
        super().__init__()
        self._name = label("", "title")
        self._person = label("", "soft")
        self._identity = chip()
        self._saved = chip()
        self._item = label("", "subtitle")
        self._tags = [chip() for _ in range(6)]
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(self._name, self._person, self._identity, None, self._saved, gap=12))
        box.addLayout(row(self._item, *self._tags, None, gap=10))
        self.show_plan(None)

    def show_saved(self, text: str) -> None:
        set_chip(self._saved, f"暂存于 {text}" if text else "", "grey")

    def show_plan(self, plan: Plan | None) -> None:
        person = plan.application.applicant if plan else None
        self._name.setText(person.name if person and person.name else "新的申请人")
        facts = []
        if person and plan:
            facts = [person.sex, f"{plan.facts.age} 岁" if plan.facts.age is not None else ""]
            facts.append(mask_id(person.document_number))
        self._person.setText(" · ".join(part for part in facts if part))
        self._person.setVisible(bool(self._person.text()))
        set_chip(self._identity, *_identity(plan))
        scheme = plan.scheme if plan else None
        self._item.setText(scheme_name(scheme) if scheme else "还没有选事项")
        tags: list[tuple[str, str]] = []
        if plan and (by_hand := plan.draft.text("emergency.number")):
            tags.append((f"应急补录 · {by_hand}", "amber"))
        if scheme and plan:
            kind = scheme.item.project_type if scheme.item else f"选办 {len(scheme.parts)} 个事项 · 一张表 · 一套材料"
            promised = scheme.limit(plan.facts)
            limit = "当场办好" if promised.on_the_spot else str(promised)
            tags.append((f"{kind} · {limit}" if scheme.item else kind, "blue"))
            saved = [
                (f"少填 {scheme.saved_fields} 项", scheme.saved_fields),
                (f"少交 {scheme.saved_papers} 份", scheme.saved_papers),
            ]
            if words := " · ".join(text for text, count in saved if count):
                tags.append((words, "green"))
            tags.append(("他人代办" if plan.facts.agent else "本人办理", "grey"))
            if elsewhere := plan.application.elsewhere:
                tags.append((f"{elsewhere.scope} · {elsewhere.place or '还没有选办理地'}", "blue"))
            answers = _answers(plan)
            if answers:
                tags.append((answers, "grey"))
        for at, made in enumerate(self._tags):
            text, tone = tags[at] if at < len(tags) else ("", "grey")
            set_chip(made, text, tone)


def scheme_name(scheme: Scheme) -> str:
    """新生儿出生一件事; an item by its own name."""
    return f"{scheme.name}一件事" if scheme.event and not scheme.name.endswith("一件事") else scheme.name


def _identity(plan: Plan | None) -> tuple[str, str]:
    if plan is None or not plan.application.applicant.name:
        return "", "grey"
    person = plan.application.applicant
    if plan.doubtful:
        return "识别存疑，请核对", "amber"
    if plan.applicant_faults:
        return "还没有填对", "amber"
    match person.verification:
        case Verification.VERIFIED:
            return "已核验", "green"
        case Verification.MISMATCH:
            return "核验不一致", "red"
        case Verification.PENDING_ONLINE:
            return "渝快码 · 待联网核验", "amber"
    read = {IdentityMeans.ID_CARD_SCAN: "身份证已识读", IdentityMeans.ID_CARD_CHIP: "身份证芯片已读"}
    return (read[person.means], "green") if person.means in read else ("人工核验", "grey")


def _answers(plan: Plan) -> str:
    words = []
    for question in plan.questions:
        value = plan.facts.answers.get(question.id)
        chosen = next((choice.label for choice in question.choices if choice.value == value), "")
        if chosen and chosen not in _BARE:
            words.append(chosen.split("，")[-1])
    return " · ".join(words[:_SHOWN_ANSWERS])


class Stepper(QWidget):
    """The six steps; done ones with a tick. ``wanted(index)`` when one is clicked or chosen by key."""

    wanted = Signal(int)

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__()
        self._titles = titles
        self._buttons: list[QPushButton] = []
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        for title in titles:
            made = button(title, "step")
            made.clicked.connect(self._on_click)
            self._buttons.append(made)
            box.addWidget(made)
        box.addStretch(1)

    def show_step(self, now: int, done: tuple[bool, ...]) -> None:
        """``done``: which steps have nothing open. After the last one nothing can be reopened."""
        last = now == len(self._titles) - 1
        for at, (made, title) in enumerate(zip(self._buttons, self._titles, strict=True)):
            state = "now" if at == now else "done" if done[at] else "open"
            made.setText(f"✓ {title}" if state == "done" else f"{at + 1} {title}")
            made.setEnabled(at == now or (not last and at < len(self._titles) - 1))
            made.setAccessibleName(f"第 {at + 1} 步 {title}" + ("，已完成" if state == "done" else ""))
            restyle(made, state=state)

    @Slot()
    def _on_click(self) -> None:
        self.wanted.emit(self._buttons.index(self.sender()))  # type: ignore[arg-type]  # only buttons are connected
