"""A group of members (共同生活成员, 员工, 股东): one block of fields for each, added and removed by key.

Insert adds a member, Alt+Delete takes away the one under the keyboard; what was typed stays typed. The value is the canonical
JSON text of domain/form.py; a member without a value is kept on the screen and not in the text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from clerk_app.domain.form import MOST_MEMBERS, field_fault, group_members, group_text, tidy
from clerk_app.domain.service_item import FormField
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Simple, listen, make_simple
from ui.widgets.parts import button, clear, label, row

_COLUMNS = 3


class GroupEntry(QWidget):
    """``typed(text)`` on each edit, ``left(text)`` when a member's field was left or a member went."""

    typed = Signal(str)
    left = Signal(str)

    def __init__(self, field: FormField, today: Callable[[], dt.date]) -> None:
        super().__init__()
        self.title = field.label
        self._field, self._today = field, today
        self._members: list[dict[str, str]] = []
        self._blocks: list[dict[str, Simple]] = []
        self._insisted = self._building = False
        self._box = QVBoxLayout()
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._count = label("", "small")
        self._add = button("加一位", "small", "Insert")
        self._add.clicked.connect(self.add)
        self._note = label("", "fault", wrap=True)
        self._note.hide()
        title = field.label if field.required else f"{field.label}（选填）"
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(row(label(title, "strong"), self._count, None, self._add))
        if field.hint:
            whole.addWidget(label(field.hint, "small", wrap=True))
        whole.addLayout(self._box)
        whole.addWidget(self._note)
        self.setAccessibleName(title)
        self._rebuild([{}] if field.required else [])

    def value(self) -> str:
        """The stored text of what stands here; empty when nobody is left."""
        return group_text(self._members)

    def members(self) -> list[dict[str, Simple]]:
        """The widgets of each member by field id."""
        return list(self._blocks)

    def show_value(self, text: str) -> None:
        """Show a value from outside unless the same stands here; a line typed elsewhere in one go is read too."""
        if text == self.value():
            return
        try:
            found = [dict(member) for member in group_members(tidy(self._field, text, self._today()))]
        except ValueError:
            found = []
        self._rebuild(found or ([{}] if self._field.required else []))

    def show_reason(self, reason: str) -> None:
        """The fault of the whole; those of single fields stand beside them."""
        for member, block in zip(self._members, self._blocks, strict=True):
            for each in self._field.members:
                fault = field_fault(each, member.get(each.id, ""), self._today())
                made = block[each.id]
                if isinstance(made, Entry) or self._insisted or member.get(each.id):
                    made.show_reason(fault)
        several = "一样" in reason or "最多" in reason or "不认识" in reason or "读不懂" in reason
        shown = reason if reason and (self._insisted or several) else ""
        self._note.setText(shown)
        self._note.setVisible(bool(shown))

    def insist(self) -> None:
        """From now on every fault is shown."""
        self._insisted = True
        for block in self._blocks:
            for made in block.values():
                if isinstance(made, Entry):
                    made.insist()

    @Slot()
    def add(self) -> None:
        """One more member, with the keyboard on its first field."""
        if len(self._members) < MOST_MEMBERS:
            self._rebuild([*self._members, {}])
            self._focus(len(self._blocks) - 1)

    def remove(self, at: int) -> None:
        """Take a member away; of a required group one empty block stays."""
        left = [member for place, member in enumerate(self._members) if place != at]
        self._rebuild(left or ([{}] if self._field.required else []))
        self.left.emit(self.value())
        self._focus(min(at, len(self._blocks) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Insert:
            self.add()
        elif event.key() == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if (at := self._under_keyboard()) >= 0:
                self.remove(at)
        else:
            super().keyPressEvent(event)

    def _under_keyboard(self) -> int:
        return next(
            (at for at, block in enumerate(self._blocks) if any(_has_focus(made) for made in block.values())), -1
        )

    def _focus(self, at: int) -> None:
        if 0 <= at < len(self._blocks) and self._field.members:
            self._blocks[at][self._field.members[0].id].setFocus()
        else:
            self._add.setFocus()

    def _rebuild(self, members: list[dict[str, str]]) -> None:
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes a null proxy; the stubs do not say so
        self._building = True  # a block that goes loses the keyboard; that is no typing
        clear(self._box)
        self._building = False
        self._members, self._blocks = members, []
        for at, member in enumerate(members):
            block = self._block(at, member)
            self._box.addWidget(block)
            block.show()  # now, so that it can take the keyboard
        self._count.setText(f"{len(members)} 位" if members else "没有就不用加")
        self._add.setEnabled(len(members) < MOST_MEMBERS)
        first = self._blocks[0][self._field.members[0].id] if self._blocks and self._field.members else self._add
        self.setFocusProxy(first)

    def _block(self, at: int, member: dict[str, str]) -> QFrame:
        frame = QFrame()
        frame.setProperty("look", "card")
        grid = QGridLayout(frame)
        grid.setContentsMargins(12, 8, 12, 10)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        gone = button("去掉", "link", "Alt Del")
        gone.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        gone.setProperty("member", at)
        gone.clicked.connect(self._on_gone)
        grid.addLayout(row(label(f"第 {at + 1} 位", "small"), None, gone), 0, 0, 1, _COLUMNS)
        block: dict[str, Simple] = {}
        line, side = 1, 0
        for each in self._field.members:
            made = make_simple(each)
            made.setObjectName(f"{self._field.id}[{at}].{each.id}")
            made.show_value(member.get(each.id, ""))
            if isinstance(made, Entry) and self._insisted:
                made.insist()
            listen(made, self._on_typed, self._on_left)
            block[each.id] = made
            wide = isinstance(made, Choices)
            if wide and side:
                line, side = line + 1, 0
            grid.addWidget(made, line, side, 1, _COLUMNS if wide else 1, Qt.AlignmentFlag.AlignTop)
            side = _COLUMNS if wide else side + 1
            if side >= _COLUMNS:
                line, side = line + 1, 0
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._blocks.append(block)
        return frame

    @Slot()
    def _on_gone(self) -> None:
        made = self.sender()
        assert isinstance(made, QPushButton)  # noqa: S101 - only these are connected
        self.remove(int(made.property("member")))

    def _place(self) -> tuple[int, FormField]:
        name = self.sender().objectName()
        at, _, member_id = name.removeprefix(f"{self._field.id}[").partition("].")
        return int(at), next(each for each in self._field.members if each.id == member_id)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        at, each = self._place()
        self._members[at][each.id] = text
        self.typed.emit(self.value())

    @Slot(str)
    def _on_left(self, text: str) -> None:
        if self._building:
            return
        at, each = self._place()
        clean = tidy(each, text, self._today())
        made = self._blocks[at][each.id]
        if clean != text and isinstance(made, Entry):
            made.show_value(clean)
        self._members[at][each.id] = clean
        self.left.emit(self.value())


def _has_focus(made: Simple) -> bool:
    focus = QApplication.focusWidget()
    return made is focus or made.isAncestorOf(focus)
