"""F1: every key, made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.actions import ACTIONS, KEYS_WITHOUT_ACTION
from ui.context import Screen
from ui.widgets.parts import Card, key_cap, label

COLUMNS = 3


class HelpPage(QWidget):
    """Three columns of keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        pairs = [(action.shown, action.label) for action in ACTIONS] + list(KEYS_WITHOUT_ACTION)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(9)
        high = -(-len(pairs) // COLUMNS)
        for at, (key, words) in enumerate(pairs):
            line, side = at % high, at // high * 2
            grid.addWidget(key_cap(key), line, side, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label(words, wrap=True), line, side + 1)
        for side in range(COLUMNS):
            grid.setColumnStretch(2 * side + 1, 1)
        card = Card((24, 18, 24, 18))
        card.box.addLayout(grid)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 16, 18, 18)
        box.setSpacing(14)
        box.addWidget(label("全部按键　按 Esc 或 F1 回去", "title"))
        box.addWidget(card)
        box.addStretch(1)


class HelpOver:
    """The page over whatever place is ``behind``; built when it is first wanted."""

    def __init__(self, stack: QStackedWidget, behind: Callable[[], Screen]) -> None:
        self._stack, self._behind = stack, behind
        self._page: HelpPage | None = None

    @property
    def is_shown(self) -> bool:
        return self._page is not None and self._stack.currentWidget() is self._page

    def toggle(self) -> None:
        """There, or gone and the place in front again."""
        if self._page is None:
            self._page = HelpPage()
            self._stack.addWidget(self._page)
        if self.is_shown:
            self._stack.setCurrentWidget(self._behind().widget)
            self._behind().enter()
        else:
            self._stack.setCurrentWidget(self._page)
            self._page.setFocus()
