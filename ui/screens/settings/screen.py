"""设置 itself: the list of pages on the left, the chosen one on the right. Opened by the clerk's name on top, or Ctrl+comma."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.rights import may
from ui.context import Context
from ui.screens.settings.registry import PAGES, PageEntry, SettingsPage
from ui.widgets.parts import Card, label

LIST_WIDTH = 190


class _Pages(QListWidget):
    """Up and down choose; Enter and → go into the page."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.focusNextChild()
            return
        super().keyPressEvent(event)


class SettingsScreen(QWidget):
    """A place of its own, not on the rail."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self._context = context
        role = context.desk.session.role
        self.entries: tuple[PageEntry, ...] = tuple(
            entry for entry in PAGES if entry.right is None or may(role, entry.right)
        )
        self._pages: dict[str, SettingsPage] = {}
        self.list = _Pages()
        self.list.setProperty("look", "pages")
        self.list.setAccessibleName("设置的各页")
        self.list.addItems([entry.label for entry in self.entries])
        self.list.currentRowChanged.connect(self._on_row)
        left = Card((8, 8, 8, 8), gap=0)
        left.setFixedWidth(LIST_WIDTH)
        left.box.addWidget(self.list)
        self._stack = QStackedWidget()
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(left)
        middle.addWidget(self._stack, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 16, 18, 18)
        box.setSpacing(14)
        box.addWidget(label("设置", "title"))
        box.addLayout(middle, 1)

    @property
    def widget(self) -> QWidget:
        return self

    def place(self) -> str:
        return "settings"

    def enter(self) -> None:
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        else:
            self._on_row(self.list.currentRow())
        self.list.setFocus()

    def act(self, action_id: str) -> bool:
        if action_id == "refresh" and self._now is not None:
            self._now.enter()
            return True
        return False

    def leave(self, then: Callable[[], None]) -> None:
        then()

    def show_page(self, page_id: str) -> None:
        """Bring one page to the front; nothing happens when this role has no such page."""
        for at, entry in enumerate(self.entries):
            if entry.id == page_id:
                self.list.setCurrentRow(at)

    def page(self, page_id: str) -> SettingsPage:
        """A page, built when it is first wanted. Raises KeyError when this role has no such page."""
        if page_id not in self._pages:
            entry = {each.id: each for each in self.entries}[page_id]
            made = entry.build(self._context)
            self._pages[page_id] = made
            self._stack.addWidget(made.widget)
        return self._pages[page_id]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads from a page back to the list."""
        if event.key() == Qt.Key.Key_Escape and not self.list.hasFocus():
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    @property
    def _now(self) -> SettingsPage | None:
        at = self.list.currentRow()
        return self._pages.get(self.entries[at].id) if 0 <= at < len(self.entries) else None

    @Slot(int)
    def _on_row(self, at: int) -> None:
        if 0 <= at < len(self.entries):
            page = self.page(self.entries[at].id)
            self._stack.setCurrentWidget(page.widget)
            page.enter()
