"""Ctrl+K: one search over items, life events, cases and what the window can do; a list hangs below the field in the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clerk_app.domain.life_event import LIFE_EVENT
from clerk_app.domain.rights import Right, may
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import search
from ui import theme
from ui.actions import named
from ui.jobs import Jobs
from ui.widgets.entry import Line
from ui.widgets.parts import Card, label
from ui.widgets.row_table import Cell, RowTable

ITEMS, CASES, ACTS = 6, 5, 3


@dataclass(frozen=True, slots=True)
class Found:
    """``kind``: entry (item or life event), case or action."""

    kind: str
    id: str
    text: str
    sub: str


class Finder(Card):
    """``entry(id)``, ``case(id)`` or ``action(id)`` when something was chosen; it never takes the keyboard from the field."""

    entry = Signal(str)
    case = Signal(str)
    action = Signal(str)

    def __init__(self, field: Line, desk: Desk, jobs: Jobs, parent: QWidget) -> None:
        super().__init__((1, 4, 1, 8), gap=0)
        self.setParent(parent)
        self._field, self._desk, self._jobs = field, desk, jobs
        self._found: tuple[Found, ...] = ()
        self.table = RowTable(("",), (0,), name="找到的", row_height=54)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.clicked.connect(self._on_enter)
        self._none = label("没有找到。换个说法，或者打拼音首字母、编号后四位", "small")
        self._none.setContentsMargins(14, 10, 14, 10)
        self.box.addWidget(self._none)
        self.box.addWidget(self.table)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self._look)
        field.textChanged.connect(self._on_text)
        field.confirmed.connect(self._on_enter)
        field.left.connect(self._on_left)
        field.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        field: Line | None = vars(self).get("_field")  # Qt still asks while Python is taking the object apart
        if field is None or watched is not field:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if not field.composing and (step := steps.get(Qt.Key(event.key()))):
                self.table.step(step)
                return True
            if event.key() == Qt.Key.Key_Escape and not field.composing:
                self.close_list()
                return True
        return super().eventFilter(watched, event)

    def close_list(self) -> None:
        self._field.clear()
        self.hide()
        self._field.clearFocus()

    @Slot()
    def _on_text(self) -> None:
        if self._field.text().strip():
            self._wait.start(100)
        else:
            self._wait.stop()
            self.hide()

    @Slot()
    def _on_left(self) -> None:
        if not self.underMouse():
            self.hide()
            self._field.clear()  # nobody finds an old question there

    @Slot()
    def _look(self) -> None:
        text, desk = self._field.text(), self._desk
        self._jobs.run(lambda: (text, _find(desk, text)), self._show, owner=self)

    def _show(self, answer: tuple[str, Sequence[Found]]) -> None:
        text, found = answer
        if text != self._field.text() or not self._field.hasFocus():
            return
        self._found = tuple(found)
        self.table.show_rows([(Cell(each.text, each.sub),) for each in found])
        self.table.choose(0)
        self._none.setVisible(not found)
        self.table.setVisible(bool(found))
        height = 54 * min(len(found), 8) + 14 if found else self._none.sizeHint().height() + 14
        below = self._field.mapTo(self.parentWidget(), QPoint(0, self._field.height() + 4 - theme.SEARCH_MARGIN))
        self.setGeometry(below.x() - 40, below.y(), self._field.width() + 80, height)
        self.show()
        self.raise_()

    @Slot()
    def _on_enter(self) -> None:
        at = self.table.current()
        if not self.isVisible() or not 0 <= at < len(self._found):
            return
        found = self._found[at]
        self.close_list()
        {"entry": self.entry, "case": self.case, "action": self.action}[found.kind].emit(found.id)


def _find(desk: Desk, text: str) -> tuple[Found, ...]:
    hits = [
        Found("entry", hit.id, hit.name, ("一件事 · " if hit.kind == LIFE_EVENT else "事项 · ") + hit.department)
        for hit in desk.catalogue.search(text, ITEMS)
    ]
    acts = [Found("action", each.id, each.label, f"按键 {each.shown}") for each in named(text)[:ACTS]]
    hits = hits + acts if text.isascii() else acts + hits  # words mean it; two letters begin many things
    if not may(desk.session.role, Right.SEE_CASES):
        return tuple(hits)
    cases = [
        Found("case", row.case_id, f"{row.applicant}　{row.item}", f"办件 · {row.local_number} · {row.state_text}")
        for row in search(desk, text, CASES)
    ]
    digits = sum(ch.isdigit() for ch in text)
    return tuple(cases + hits) if digits >= 3 else tuple(hits + cases)
