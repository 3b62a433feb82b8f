"""更正后重送: why a case was refused, its texts to put right, and the two ways on: mended, or again as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clerk_app.domain.case import Case
from clerk_app.errors import AppError
from clerk_app.usecases.mending import Mendable, mend, mendable, send_again
from ui.context import Context
from ui.widgets.entry import Entry
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, button, clear, label, row


class MendPage(Card):
    """``left``: the clerk is through, or went back."""

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__((18, 16, 18, 14), gap=10)
        self._context = context
        self._case_id = ""
        self._texts: dict[str, tuple[Entry, str]] = {}
        self.title = label("", "strong", wrap=True)
        self.reason = label("", "plain", wrap=True, tone="red")
        self._box = QVBoxLayout()
        self._box.setSpacing(10)
        self._box.setContentsMargins(0, 4, 12, 8)
        inner = QWidget()
        inner.setLayout(self._box)
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.why = Entry("更正了什么、为什么（必填）")
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.hide()
        self.do = button("更正后重送", "main", key="Ctrl ↵")
        self.do.clicked.connect(self.confirm)
        self.again = button("不改，原样重送")
        self.again.clicked.connect(self._on_again)
        back = button("不做了", key="Esc")
        back.clicked.connect(self.left)
        note = label(
            "原来的那份留着，连同退回的原因；改过的另成一份新的。改了签字确认过的内容，请当事人在纸上补签。",
            "small",
            wrap=True,
        )
        self.box.addWidget(self.title)
        self.box.addWidget(self.reason)
        self.box.addWidget(area, 1)
        self.box.addWidget(self.why)
        self.box.addWidget(note)
        self.box.addWidget(self.fault)
        self.box.addLayout(row(back, None, self.again, self.do))

    def open(self, case_id: str) -> None:
        """Show a refused case."""
        self._case_id = case_id
        self.fault.hide()
        self.why.line.clear()
        desk = self._context.desk
        self._context.jobs.run(lambda: mendable(desk, case_id), self._show, owner=self, failed=self._on_fault)

    def _show(self, found: Mendable) -> None:
        self.title.setText(f"{found.item}  {found.local_number}")
        self.reason.setText(f"平台退回（{found.code}）：{found.reason}")
        clear(self._box)
        self._texts = {}
        for key, name, value in found.texts:
            entry = Entry(name)
            entry.line.setText(value)
            self._box.addWidget(entry)
            self._texts[key] = (entry, value)
        self._box.addStretch(1)
        self.again.setVisible(found.as_it_is)
        first = next(iter(self._texts.values()), None)
        (first[0] if first else self.why).line.setFocus()

    def change(self, key: str, value: str) -> None:
        """Put a new value into a text."""
        self._texts[key][0].line.setText(value)

    @Slot()
    def confirm(self) -> None:
        changes = {
            key: entry.line.text() for key, (entry, before) in self._texts.items() if entry.line.text() != before
        }
        desk, case_id, why = self._context.desk, self._case_id, self.why.line.text()
        self._context.jobs.run(
            lambda: mend(desk, case_id, changes, why), self._on_mended, owner=self, failed=self._on_fault
        )

    @Slot()
    def _on_again(self) -> None:
        desk, case_id = self._context.desk, self._case_id
        self._context.jobs.run(
            lambda: send_again(desk, case_id), self._on_sent_again, owner=self, failed=self._on_fault
        )

    def _on_mended(self, case: Case) -> None:
        self._go_on(f"已更正，{case.local_number} 重新排队送出。")

    def _on_sent_again(self, _count: int) -> None:
        self._go_on("已重新排队，原样再送一次。")

    def _go_on(self, words: str) -> None:
        self._context.services.line.nudge()
        self._context.window.say(words, "green")
        self._context.window.counts_changed()
        self.left.emit()

    def _on_fault(self, error: AppError) -> None:
        self.fault.setText(error.sentence())
        self.fault.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirm()
            return
        super().keyPressEvent(event)
