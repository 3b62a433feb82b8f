"""一次性告知: everything that is missing, once more in full, before it goes on paper. This cannot be undone, so it is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clerk_app.domain.form import parse_date
from clerk_app.usecases.accept import Accepted, give_notice
from clerk_app.usecases.correction_term import usual_until
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import Plan
from ui.widgets.entry import Entry
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import clear, label


class NoticePage(QWidget):
    """Shown instead of the materials table until the clerk confirms or goes back (``left`` on Esc); the day of 补正 stands there to be
    changed."""

    left = Signal()
    id, title = "notice", "一次性告知"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._draft = desk, ""
        self.until = Entry("补正到哪天", hint="如 20261205")
        self.until.setMaximumWidth(260)
        self.until.typed.connect(self._on_until)
        self._box = QVBoxLayout()
        self._box.setContentsMargins(20, 16, 20, 12)
        self._box.setSpacing(8)
        inner = QWidget()
        inner.setLayout(self._box)
        area = QScrollArea()
        by_finger(area)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setWidget(inner)
        self.setFocusProxy(area)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        head = QVBoxLayout()
        head.setContentsMargins(20, 12, 20, 0)
        head.addWidget(self.until)
        box.addLayout(head)
        box.addWidget(area, 1)
        self._count = 0

    def ending(self) -> Callable[[Desk, str], Accepted] | None:
        """What the clerk confirms, with the day as it stands here; None, with the reason beside it, when it is none."""
        day = self._day()
        if day is None:
            self.until.show_reason("日期请写成 20261205，要在今天以后")
            self.until.insist()
            self.until.setFocus()
            return None
        return lambda desk, draft_id: give_notice(desk, draft_id, day)

    def _day(self) -> dt.date | None:
        today = self._desk.clock.now().legal_date
        iso = parse_date(self.until.text(), today)
        day = dt.date.fromisoformat(iso) if iso else None
        return day if day and day > today else None

    @Slot()
    def _on_until(self) -> None:
        self.until.show_reason("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def show_plan(self, plan: Plan | None) -> None:
        if plan and plan.draft.id != self._draft:
            self._draft = plan.draft.id
            self.until.show_value(usual_until(self._desk).isoformat())
            self.until.show_reason("")
        clear(self._box)
        missing = plan.checklist.missing if plan and plan.checklist else ()
        self._count = len(missing)
        self._box.addWidget(label("要补的材料，这一次全部告知", "subtitle"))
        self._box.addWidget(
            label("确认后打印收件回执和一次性告知书；已收的材料都留着，补齐后接着办。", "small", wrap=True)
        )
        for at, each in enumerate(missing, 1):
            self._box.addSpacing(6)
            self._box.addWidget(label(f"{at}. {each.material.name}", "strong"))
            for reason in each.reasons:
                self._box.addWidget(label(reason, "plain", wrap=True, tone="red"))
            ways = [way.detail for way in each.material.ways if way.detail]
            if each.material.source_note or ways:
                self._box.addWidget(label(each.material.source_note or "、".join(ways), "small", wrap=True))
        self._box.addStretch(1)

    def summary(self) -> tuple[str, str, str]:
        return f"要补 {self._count} 项", "确认后不能撤回", "amber"
