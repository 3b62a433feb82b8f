"""One case to read: what it is, whose, its numbers, its papers' ways, its parts, what was done. Shared by whoever shows a case."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import CaseState
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.rating import RatingState
from clerk_app.domain.signing import Thumbprint
from clerk_app.usecases.journal_view import SYSTEM
from clerk_app.usecases.queries import CaseDetail, CaseRow
from ui.context import Context
from ui.screens.search.unmasking import Applicant
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import chip, clear, column, label, line

RATED = {RatingState.RATED: "已评价", RatingState.NOT_RATED: "没有评价"}
"""That it was rated, never how."""


class CaseView(QScrollArea):
    """``looked``: the applicant was seen in full, so the case's life has one line more."""

    looked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        by_finger(self)
        self._title = label("", "subtitle", wrap=True)
        self._tags = QHBoxLayout()
        self.applicant = Applicant(context)
        self.applicant.looked.connect(self.looked)
        self.applicant.hide()
        self._rest = QVBoxLayout()
        self._rest.setSpacing(10)
        inner = QWidget()
        inner.setLayout(
            column(self._title, self._tags, self.applicant, self._rest, None, gap=10, margins=(18, 14, 14, 12))
        )
        self.setWidget(inner)

    def show_detail(self, detail: CaseDetail) -> None:
        """Everything of this case, the applicant masked."""
        row = detail.row
        self._title.setText(row.item)
        clear(self._tags)
        self._tags.addWidget(chip(row.state_text, tone_of(row)))
        self._tags.addWidget(chip(row.sync_text, row.sync_tone))
        self._tags.addStretch(1)
        self.applicant.show_case(detail.case)
        self.applicant.show()
        clear(self._rest)
        self._rest.addLayout(_pairs(_facts(detail)))
        self._section("材料", [(name, how) for name, how in detail.materials])
        self._section("包含事项", [(part.item, f"{part.state_text}　{part.local_number}") for part in detail.parts])
        people = {**detail.names, **SYSTEM}
        self._section("办理", [_act(act, people) for act in detail.acts])
        self._section("经过", [(when, f"{what}　{people.get(who, who)}") for when, what, who in detail.journal])

    def _section(self, title: str, pairs: list[tuple[str, str]]) -> None:
        if pairs:
            self._rest.addWidget(line("faint-line"))
            self._rest.addLayout(column(label(title, "strong"), _pairs(pairs), gap=6))


def tone_of(row: CaseRow) -> str:
    """The colour of a state."""
    if row.state in (CaseState.FINISHED, CaseState.DELIVERED, CaseState.ACCEPTED):
        return "green"
    waiting = (CaseState.CORRECTION_ASKED, CaseState.ACCEPTED_DEFERRED, CaseState.RETURNED)
    return "amber" if row.state in waiting else "grey"


def _facts(detail: CaseDetail) -> list[tuple[str, str]]:
    row, content = detail.row, detail.case.content
    facts = [
        ("受理编号", row.local_number),
        ("前置回执", row.gateway_receipt or "还没有"),
        ("平台编号", row.case_number or "还没有"),
        ("收件时间", row.received),
        ("身份核验", detail.identity),
    ]
    if detail.case.deadline:
        limit = Deadline.from_json(detail.case.deadline)
        told = f"{limit.day.isoformat()}" + ("（预估）" if limit.estimated else "")
        facts.append(("最迟办好", "当场" if limit.limit.on_the_spot else told))
    if elsewhere := content.get("elsewhere"):
        facts.append(("办理地", f"{elsewhere['place']}（{elsewhere['scope']}，本窗口代收）"))
    if by_hand := content.get("emergency"):
        facts.append(("手工编号", f"{by_hand['number']}（应急登记后补录）"))
    facts += [(what, f"{thumb.words}，{thumb.picture_words}") for what, thumb in _thumbs(content)]
    if detail.rating in RATED:
        facts.append(("评价", RATED[detail.rating]))
    if row.attention:
        facts.append(("请看一眼", row.attention))
    if row.refusal:
        facts.append(("退回原因", row.refusal))
    return facts


def _thumbs(content: Json) -> list[tuple[str, Thumbprint]]:
    """What stands by a fingerprint: the separate consent (the same people for each kind), the signature."""
    consents = (consent.get("thumb") for consent in (content.get("consents") or {}).values())
    agreed = [("单独同意", thumb) for thumb in consents if thumb][:1]
    signed = (content.get("signature") or {}).get("thumb")
    found = [*agreed, *([("签字", signed)] if signed else [])]
    return [(what, Thumbprint.from_json(thumb)) for what, thumb in found]


def _pairs(pairs: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(pairs):
        grid.addWidget(label(name, "small", wrap=len(name) > 16), at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, wrap=True), at, 1)
    return grid


def _act(act: tuple[str, str, str, str], people: Mapping[str, str]) -> tuple[str, str]:
    when, what, who, why = act
    return when, f"{what}　{people.get(who, who)}" + (f"：{why}" if why else "")
