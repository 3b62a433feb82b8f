"""统计: the figures of today, counted from the cases on this window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clerk_app.usecases.queries import today_figures
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.parts import Card, clear, label


class StatsScreen(Place):
    """One card for each figure."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "stats", "统计 · 今天")
        self._grid = QGridLayout()
        self._grid.setSpacing(14)
        for column in range(4):
            self._grid.setColumnStretch(column, 1)
        self.body.addLayout(self._grid)
        self.body.addWidget(label("只算本窗口今天的件；一件事按一件算。", "small"))
        self.body.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        context.status.line.connect(self.on_news)

    def enter(self) -> None:
        super().enter()
        self.setFocus()

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: today_figures(desk), self._show, owner=self, lane="stats screen")

    def _show(self, figures: dict[str, int]) -> None:
        clear(self._grid)
        for at, (name, count) in enumerate(figures.items()):
            self._grid.addWidget(_card(name, count), at // 4, at % 4)


def _card(name: str, count: int) -> QWidget:
    card = Card((18, 14, 18, 14), gap=4)
    card.box.addWidget(label(name, "small"))
    card.box.addWidget(label(str(count), "figure"))
    card.setAccessibleName(f"{name} {count}")
    return card
