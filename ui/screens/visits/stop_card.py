"""One visit as a card: when, who, what shall be done, and the one thing to do next."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from clerk_app.domain.special_groups import Listed, who_is
from clerk_app.domain.visits import VISIT_NAMES, Suggestion, VisitState
from clerk_app.usecases.visiting import Stop
from ui.widgets.parts import Card, button, chip, column, for_fingers, label, restyle, row

EDGES = {VisitState.SET_OUT: "blue", VisitState.DONE: "green", VisitState.NOT_DONE: "amber"}
OVER = (VisitState.DONE, VisitState.NOT_DONE, VisitState.CANCELLED)


class StopCard(Card):
    """``begun`` 开始办 or 接着办, ``moved`` 改时间, ``ended`` 记结果; each with the visit's id."""

    begun = Signal(str)
    moved = Signal(str)
    ended = Signal(str)

    def __init__(self, number: int, stop: Stop, today: dt.date, *, is_next: bool = False) -> None:
        """``is_next``: the first that is still to be done; its button is the one to press."""
        super().__init__((0, 12, 16, 12), gap=0)
        visit, person = stop.visit, stop.person
        over = visit.state in OVER
        edge = "blue" if is_next else EDGES.get(visit.state)
        restyle(self, edge=edge)
        mark = label("✓" if visit.state is VisitState.DONE else str(number), "title")
        mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        at = label(visit.at, "soft")
        at.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        when = QWidget()
        when.setLayout(column(None, mark, at, None, gap=2))
        when.setFixedWidth(96)
        guardian = f"监护人 {person.guardian}" if person.guardian else ""
        about = " · ".join(each for each in (who_is(person, today), guardian) if each)
        middle = column(row(label(person.name, "subtitle"), label(about, "small"), None, gap=14), gap=8)
        middle.addLayout(_what(stop))
        for words in (_where(stop), f"备注：{visit.note}" if visit.note else ""):
            if words:
                middle.addWidget(label(words, "small", wrap=True))
        buttons: list[QWidget] = []
        if not over:
            go = self._button(
                "接着办" if stop.draft else "开始办" if not stop.cases else "再办一件", "main" if is_next else ""
            )
            go.clicked.connect(lambda: self.begun.emit(visit.id))
            buttons.append(go)
            self.setFocusProxy(go)
        if visit.state is VisitState.PLANNED:
            other = self._button("改时间")
            other.clicked.connect(lambda: self.moved.emit(visit.id))
            buttons.append(other)
        if not over:
            end = self._button("记结果")
            end.clicked.connect(lambda: self.ended.emit(visit.id))
            buttons.append(end)
        for made in buttons:
            made.setAccessibleName(f"{person.name}：{made.accessibleName()}")
        inside = row(when, gap=0)
        inside.addLayout(middle, 1)
        inside.addLayout(row(*buttons, gap=8))
        self.box.addLayout(inside)

    @staticmethod
    def _button(words: str, look: str = "") -> QPushButton:
        made = button(words, look)
        for_fingers(made)
        made.setAccessibleName(words)
        return made


class SuggestionCard(Card):
    """Somebody who should be offered a visit; ``planned`` with the person's id."""

    planned = Signal(str)

    def __init__(self, person: Listed, why: Suggestion, today: dt.date) -> None:
        super().__init__((16, 10, 16, 10), gap=0)
        plan = button("安排上门")
        for_fingers(plan)
        plan.setAccessibleName(f"{person.name}：安排上门")
        plan.clicked.connect(lambda: self.planned.emit(person.id))
        words = column(
            row(label(person.name, "strong"), label(who_is(person, today), "small"), None, gap=14),
            label(f"主动上门：{why.why}", "small", wrap=True),
            gap=4,
        )
        inside = row(gap=12)
        inside.addLayout(words, 1)
        inside.addWidget(plan)
        self.box.addLayout(inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)


def _what(stop: Stop) -> QVBoxLayout:
    chips: list[QWidget | None] = []
    taken = {case.item.name for case in stop.cases}
    chips += [chip(f"{name} 已受理", "green") for name in sorted(taken)]
    chips += [chip(name, "blue") for name in stop.items if name not in taken]
    if stop.visit.state in (VisitState.NOT_DONE, VisitState.CANCELLED):
        chips.append(chip(VISIT_NAMES[stop.visit.state], "amber"))
    if stop.draft:
        chips.append(chip("有没办完的收件", "amber"))
    if not chips:
        chips.append(chip("到了再问要办什么", "grey"))
    return column(row(*chips, None, gap=8), gap=0)


def _where(stop: Stop) -> str:
    visit, person = stop.visit, stop.person
    went = f"{visit.left_at or '—'} 出发，{visit.back_at} 回" if visit.back_at else ""
    parts = (
        person.address,
        f"带上：{visit.bring}" if visit.bring else "",
        visit.why,
        went,
        f"陪同：{visit.companion}" if visit.companion else "",
    )
    return "　".join(each for each in parts if each)
