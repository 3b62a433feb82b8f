"""One widget for each type of form field. ``make`` is the only place that knows which; a test says none is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clerk_app.domain.service_item import FieldType, FormField
from ui.widgets.address_entry import AddressEntry, FindPlaces
from ui.widgets.choices import Choices
from ui.widgets.drop_list import DropList
from ui.widgets.entry import Entry
from ui.widgets.number_entry import ACCOUNT_GROUPS, ID_GROUPS, NumberEntry
from ui.widgets.parts import column, label

YES_NO = (("yes", "是"), ("no", "否"))
SIDE_BY_SIDE = 4
"""So many answers stand side by side; more go into a list."""

HINTS: Mapping[FieldType, str] = {
    FieldType.NAME: "照证件上写",
    FieldType.ID_NUMBER: "18 位",
    FieldType.DOCUMENT_NUMBER: "照证件填写",
    FieldType.DATE: "如 19620314",
    FieldType.DATE_OR_LONG: "如 20361231，没有期限写 长期",
    FieldType.TEXT: "",
    FieldType.PHONE: "11 位手机号，座机带区号",
    FieldType.MONEY: "元",
    FieldType.NUMBER: "整数",
    FieldType.ADDRESS: "区县乡镇可打首字母，如 wzfs 是万州区分水镇",
    FieldType.ACCOUNT: "10 到 25 位数字",
    FieldType.CARD_NUMBER: "照卡面写",
    FieldType.TIME: "如 06:42",
    FieldType.DATE_TIME: "如 2026-11-20 06:42",
    FieldType.USCC: "18 位，照营业执照写",
}
"""Types that are typed into a line, with what stands in the empty line."""
GROUPS: Mapping[FieldType, tuple[int, ...]] = {FieldType.ID_NUMBER: ID_GROUPS, FieldType.ACCOUNT: ACCOUNT_GROUPS}
"""Numbers that stand in groups while they are typed."""


class _List(DropList):
    """Enter goes on, as in a line; Ctrl+Enter belongs to the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
            else:
                self.focusNextChild()
            return
        super().keyPressEvent(event)


class Select(QWidget):
    """A question with many answers: a list that opens with the arrow keys. ``picked(value)``."""

    picked = Signal(str)

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """``choices``: (value, label)."""
        super().__init__()
        self.title, self.choices = title, tuple(choices)
        self.list = _List()
        self.list.setAccessibleName(title)
        self.list.addItem("请选", "")
        for value, words in self.choices:
            self.list.addItem(words, value)
        self.list.currentIndexChanged.connect(self._on_changed)
        self._note = label("", "fault", wrap=True)
        self._note.hide()
        self.setFocusProxy(self.list)
        self.setLayout(column(label(title, "small"), self.list, self._note, gap=3))

    def value(self) -> str:
        return str(self.list.currentData() or "")

    def show_value(self, value: str) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentIndex(max(self.list.findData(value), 0))
        self.list.blockSignals(False)

    def show_reason(self, reason: str) -> None:
        self._note.setText(reason)
        self._note.setVisible(bool(reason))
        self.list.setAccessibleDescription(reason)

    @Slot()
    def _on_changed(self) -> None:
        self.picked.emit(self.value())


Simple = Entry | Choices | Select


def make_simple(field: FormField, find: FindPlaces | None = None) -> Simple:
    """The widget of any field but a group; ``find`` proposes places to an address. Raises KeyError for a type that has none."""
    title = field.label if field.required else f"{field.label}（选填）"
    if field.type is FieldType.YES_NO:
        return Choices(title, YES_NO)
    if field.type is FieldType.CHOICE:
        pairs = [(each.value, each.label) for each in field.choices]
        return Choices(title, pairs) if len(pairs) <= SIDE_BY_SIDE else Select(title, pairs)
    hint = field.hint or HINTS[field.type]
    if field.type is FieldType.ADDRESS and find is not None:
        return AddressEntry(field.label, find, hint=hint, optional=not field.required)
    if groups := GROUPS.get(field.type):
        return NumberEntry(field.label, groups, hint=hint, optional=not field.required)
    return Entry(field.label, hint=hint, optional=not field.required)


def listen(made: Simple, typed: Callable[[str], None], left: Callable[[str], None]) -> None:
    """``typed`` on each edit by a person, ``left`` when a line was left or an answer chosen."""
    if isinstance(made, Entry):
        made.typed.connect(typed)
        made.left.connect(left)
    else:
        made.picked.connect(typed)
        made.picked.connect(left)
