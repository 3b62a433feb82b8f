"""The common frame of the pages of 设置: title, a sentence, and a body that scrolls when it must."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.context import Context
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, chip, clear, label, row


class Page(QWidget):
    """One page. A subclass fills ``body`` and overrides ``read``, which is called each time the page comes to the front."""

    def __init__(self, context: Context, title: str, about: str = "") -> None:
        super().__init__()
        self.context = context
        self.top = QHBoxLayout()
        self.top.setSpacing(10)
        self.top.addWidget(label(title, "title"))
        self.top.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        if about:
            inside.addWidget(label(about, "soft", wrap=True))
        inside.addLayout(self.body, 1)
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(self.top)
        box.addWidget(area, 1)

    @property
    def widget(self) -> QWidget:
        return self

    def enter(self) -> None:
        self.read()

    @Slot()
    def read(self) -> None:
        """Read again, as a job."""


class Facts(Card):
    """A card of name and value, each with a sign in words where something is open: ``("第二份", "没有设", "amber")``."""

    def __init__(self, title: str = "") -> None:
        super().__init__((18, 14, 18, 14), gap=8)
        if title:
            self.box.addWidget(label(title, "strong"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, 130)
        self._grid.setColumnStretch(1, 1)
        self.box.addLayout(self._grid)

    def show_facts(self, facts: Iterable[Sequence[str]]) -> None:
        """Each fact is (name, value) or (name, value, tone)."""
        clear(self._grid)
        for at, fact in enumerate(facts):
            self._grid.addWidget(label(fact[0], "soft"), at, 0, Qt.AlignmentFlag.AlignTop)
            if len(fact) > 2 and fact[2]:
                self._grid.addLayout(_toned(fact[1], fact[2]), at, 1)
            else:
                self._grid.addWidget(label(fact[1], wrap=True), at, 1)

    def texts(self) -> list[str]:
        """What is shown, for tests: name and value by turns."""
        return [made.text() for made in list[QLabel](self.findChildren(QLabel))]


def _toned(text: str, tone: str) -> QHBoxLayout:
    """A short one as a chip, which must not make the column as narrow as itself."""
    if len(text) <= 14:
        return row(chip(text, tone), None)
    made = QHBoxLayout()
    made.addWidget(label(f"{'！' if tone in ('amber', 'red') else ''}{text}", "plain", wrap=True, tone=tone))
    return made


def room_text(size: int) -> str:
    """70.2 GB, 24.6 MB."""
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.1f} MB"
