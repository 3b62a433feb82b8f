"""Step 2, 事项与情形: find the item or life event, then answer its few questions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from clerk_app.domain.divisions import handed_on
from clerk_app.domain.draft import Draft
from clerk_app.domain.life_event import LIFE_EVENT
from clerk_app.domain.service_item import Question
from clerk_app.ports import HitLike
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import Plan, choose, save
from ui.context import Context
from ui.screens.intake.elsewhere import ElsewhereChoice
from ui.screens.intake.head import scheme_name
from ui.screens.intake.session import DraftSession
from ui.widgets.choices import Choices
from ui.widgets.empty_state import EmptyState
from ui.widgets.entry import Line
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import chip, clear, column, label, line
from ui.widgets.row_table import Cell, RowTable


class ItemStep(QWidget):
    """Left: search and finds. Right: the chosen entry, its parts, its situation questions."""

    id, title = "item", "事项与情形"

    def __init__(self, context: Context, session: DraftSession) -> None:
        super().__init__()
        self._context, self._session = context, session
        self._plan: Plan | None = None
        self._hits: tuple[HitLike, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._questions: dict[str, Choices] = {}
        self._ticks: dict[str, QCheckBox] = {}
        self.elsewhere: ElsewhereChoice | None = None
        self._search = Line()
        self._search.setPlaceholderText("事项名称、拼音首字母，或者大白话（领养老金）")
        self._search.setAccessibleName("搜事项")
        self._search.installEventFilter(self)
        self._search.textChanged.connect(self._on_text)
        self._search.confirmed.connect(self._on_enter)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._look)
        self._finds = RowTable(("",), (0,), name="找到的事项", row_height=56)
        self._finds.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._finds.clicked.connect(self._on_click)
        self._none = EmptyState("search", "没有找到", "换个说法，或者只打拼音首字母。")
        self._none.hide()
        left = QWidget()
        left.setFixedWidth(392)
        left.setLayout(column(self._search, self._finds, self._none, gap=8, margins=(16, 16, 8, 8)))
        self._right = QVBoxLayout()
        self._right.setContentsMargins(20, 16, 20, 12)
        self._right.setSpacing(12)
        inner = QWidget()
        inner.setLayout(self._right)
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(left)
        box.addWidget(line("faint-line", vertical=True))
        box.addWidget(area, 1)
        self._look()

    @property
    def widget(self) -> QWidget:
        return self

    def show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        scheme = plan.scheme if plan else None
        questions = plan.questions if plan else ()
        parts = tuple(part.id for part in scheme.parts) if scheme else ()
        handed = handed_on(scheme.scopes) if scheme else ()
        asked = (scheme.id if scheme else "", tuple(question.id for question in questions), handed)
        if asked != self._asked:
            self._asked = asked
            self._rebuild(plan, questions)
        if plan is None:
            return
        for question in questions:
            self._questions[question.id].show_value(plan.facts.answers.get(question.id, ""))
        if self.elsewhere:
            self.elsewhere.show_value()
        for item_id, tick in self._ticks.items():
            tick.blockSignals(True)
            tick.setChecked(item_id in parts)
            tick.blockSignals(False)

    def enter(self) -> None:
        if self._plan is None or self._plan.scheme is None:
            self._search.setFocus()
        else:
            self._focus_answers()

    def blocked(self) -> str:
        plan = self._plan
        if plan is None or plan.scheme is None:
            self._search.setFocus()
            return "还没有选事项"
        for question in plan.questions:
            if not plan.facts.answers.get(question.id):
                self._questions[question.id].setFocus()
                return f"还没有回答：{question.text}"
        return self.elsewhere.blocked() if self.elsewhere else ""

    def summary(self) -> tuple[str, str, str]:
        plan = self._plan
        if plan is None or plan.scheme is None:
            return "↑ ↓ 选，Enter 确定", "", "grey"
        left = sum(1 for question in plan.questions if not plan.facts.answers.get(question.id))
        needed = plan.checklist.needed if plan.checklist else 0
        if left:
            return f"还有 {left} 个问题没有回答", "", "grey"
        return f"这种情形要 {needed} 份材料" if needed else "这种情形不用交材料", "情形已清楚", "green"

    def act(self, action_id: str) -> bool:
        return False

    def take(self, entry_id: str) -> None:
        """Choose an item or life event, also from the search on top of the window; it is decided here until said otherwise."""

        def act(desk: Desk, draft_id: str) -> Draft:
            choose(desk, draft_id, entry_id)
            return save(desk, draft_id, {"elsewhere.scope": None, "elsewhere.place": None})

        self._session.change(act, self._on_chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}
            if not self._search.composing and (step := steps.get(Qt.Key(event.key()))):
                self._finds.step(step)
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_text(self) -> None:
        self._wait.start(80)

    @Slot()
    def _look(self) -> None:
        text, catalogue = self._search.text(), self._context.desk.catalogue

        def work() -> tuple[str, Sequence[HitLike]]:
            return text, catalogue.search(text, 30) if text.strip() else _everything(self._context)

        self._context.jobs.run(work, self._on_hits, owner=self)

    def _on_hits(self, answer: tuple[str, Sequence[HitLike]]) -> None:
        text, hits = answer
        if text != self._search.text():
            return  # an older question; the newer answer is on its way
        self._hits = tuple(hits)
        rows = [(Cell(hit.name, ("一件事 · " if hit.kind == LIFE_EVENT else "") + hit.department),) for hit in hits]
        self._finds.show_rows(rows)
        self._finds.choose(self._at_chosen() if not text.strip() else 0)
        self._none.setVisible(not hits)
        self._finds.setVisible(bool(hits))

    def _at_chosen(self) -> int:
        """Where the chosen entry stands in the whole list."""
        chosen = self._plan.scheme.id if self._plan and self._plan.scheme else ""
        return next((at for at, hit in enumerate(self._hits) if hit.id == chosen), 0)

    @Slot()
    def _on_enter(self) -> None:
        self._wait.stop()
        if 0 <= self._finds.current() < len(self._hits):
            self.take(self._hits[self._finds.current()].id)

    @Slot()
    def _on_click(self) -> None:
        self._on_enter()

    def _on_chosen(self, plan: Plan) -> None:
        self._focus_answers()
        self._context.window.place_changed()

    def _focus_answers(self) -> None:
        first = next(iter(self._ticks.values()), None) or next(iter(self._questions.values()), None)
        (first or self._search).setFocus()

    def _rebuild(self, plan: Plan | None, questions: tuple[Question, ...]) -> None:
        focused = next((key for key, made in self._questions.items() if made.hasFocus()), "")
        clear(self._right)
        self._questions, self._ticks, self.elsewhere = {}, {}, None
        if plan is None or plan.scheme is None:
            self._right.addWidget(label("先在左边选要办的事", "soft"))
            self._right.addStretch(1)
            return
        scheme = plan.scheme
        self._right.addWidget(label(scheme_name(scheme), "subtitle", wrap=True))
        promised = scheme.limit(plan.facts)
        tags = QHBoxLayout()
        tags.setSpacing(8)
        tags.addWidget(chip(f"{promised}办好" if promised.has_day else str(promised), "blue"))
        tags.addWidget(chip(scheme.department, "grey"))
        if scheme.is_sample:
            tags.addWidget(chip("样例", "grey"))
        tags.addStretch(1)
        self._right.addLayout(tags)
        if scheme.item and scheme.item.conditions:
            self._right.addWidget(label("；".join(scheme.item.conditions), "small", wrap=True))
        if scheme.event:
            self._right.addWidget(label("这次一起办（空格勾选）", "strong"))
            ticks = QVBoxLayout()
            ticks.setSpacing(0)
            self._right.addLayout(ticks)
            for part in scheme.event.parts:
                if not part.when.holds(plan.facts):
                    continue
                item = self._context.desk.catalogue.item(part.item_id)
                days = item.limit(plan.facts)
                tick = QCheckBox(f"{item.name}　{part.department or item.department.name} · {days}")
                tick.setObjectName(part.item_id)
                tick.toggled.connect(self._on_tick)
                self._ticks[part.item_id] = tick
                ticks.addWidget(tick)
        if questions:
            self._right.addWidget(label("情形（按数字选）", "strong"))
        for question in questions:
            made = Choices(question.text, [(choice.value, choice.label) for choice in question.choices], small=False)
            made.setObjectName(question.id)
            made.picked.connect(self._on_answer)
            self._questions[question.id] = made
            self._right.addWidget(made)
        if handed_on(scheme.scopes):
            self.elsewhere = ElsewhereChoice(self._session, scheme)
            self._right.addWidget(self.elsewhere)
        self._right.addStretch(1)
        if focused in self._questions:
            self._questions[focused].setFocus()

    @Slot(str)
    def _on_answer(self, value: str) -> None:
        asked = self.sender().objectName()
        self._session.edit({f"answer.{asked}": value})
        self._session.flush()
        order = list(self._questions)
        after = order.index(asked) + 1
        if after < len(order):
            self._questions[order[after]].setFocus()

    @Slot()
    def _on_tick(self) -> None:
        chosen = [item_id for item_id, tick in self._ticks.items() if tick.isChecked()]
        if chosen:
            self._session.edit({"parts": chosen})
            self._session.flush()
        else:
            self._context.window.say("一件事至少要办其中一项。", "amber")
            self.show_plan(self._plan)


def _everything(context: Context) -> Sequence[HitLike]:
    """Life events first, then items, as long as nothing is searched for."""
    catalogue = context.desk.catalogue
    events = [_Entry(each.id, each.name, LIFE_EVENT, each.lead) for each in catalogue.life_events()]
    return events + [_Entry(each.id, each.name, "item", each.department.name) for each in catalogue.items()]


class _Entry:
    def __init__(self, entry_id: str, name: str, kind: str, department: str) -> None:
        self.id, self.name, self.kind, self.department = entry_id, name, kind, department
