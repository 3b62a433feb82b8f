"""保存与清除: how many days personal data stay, and which case loses them when. Numbers and days only, no content."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from clerk_app.domain.time import chinese_date
from clerk_app.usecases.keeping import Due, Terms, gone_for_good_on, outlook, set_terms, terms_now
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing, keeper_of
from ui.widgets.entry import Entry
from ui.widgets.parts import Card, label
from ui.widgets.row_table import Cell, RowTable

NAMES = {
    "ended": "办结以后",
    "child": "未满 14 周岁，办结以后",
    "sensitive": "有敏感信息，办结以后",
    "still_open": "送达了、一直没办结",
    "draft": "没人动的暂存",
}
Answer = tuple[Terms, tuple[Due, ...], int]


class KeepingPage(Page):
    """The terms, and the oldest cases with their days."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "保存与清除",
            "送达前置并办结的办件，过了天数就清除个人信息：那一件的钥匙销毁，编号、日期、日志留着。没送达的从不清除。",
        )
        self.entries = {name: Entry(f"{words}（天）") for name, words in NAMES.items()}
        days = QHBoxLayout()
        days.setSpacing(10)
        for entry in self.entries.values():
            days.addWidget(entry)
        self.doing = Doing("改成这些天数")
        self.doing.box.insertLayout(0, days)
        self.doing.wanted.connect(self._on_go)
        self._terms = Terms()
        self.gone = label("", "soft", wrap=True)
        self.table = RowTable(
            ("办件编号", "清除个人信息", "彻底没有", "为什么"),
            (300, 150, 150, 0),
            stretch=3,
            name="清除",
            row_height=44,
        )
        self.table.setMinimumHeight(240)
        card = Card((1, 0, 1, 8), gap=0)
        card.box.addWidget(self.table)
        self.body.addWidget(self.doing)
        self.body.addWidget(self.gone)
        self.body.addWidget(card, 1)

    def read(self) -> None:
        context, desk = self.context, self.context.desk

        def work() -> Answer:
            return terms_now(desk), outlook(desk), keeper_of(context).copies().kept_days

        context.jobs.run(work, self._show, owner=self)

    def _show(self, answer: Answer) -> None:
        self._terms, dues, kept_days = answer
        for name, entry in self.entries.items():
            entry.show_value(str(getattr(self._terms, name)))
        today = self.context.desk.clock.now().legal_date
        self.gone.setText(
            f"清除以后，旧的本机副本里还留着钥匙，最多 {kept_days} 天。今天清除的，到 "
            f"{chinese_date(gone_for_good_on(today, kept_days))} 就彻底没有了。第二存放处要插着才会换掉旧的；手工备份由保管人销毁。"
        )
        self.table.show_rows([_cells(due, kept_days) for due in dues])

    @Slot()
    def _on_go(self) -> None:
        typed = {name: entry.text().strip() for name, entry in self.entries.items()}
        if not all(text.isascii() and text.isdigit() for text in typed.values()):
            self.doing.say("天数要填整数。", "amber")
            return
        desk, terms = self.context.desk, replace(self._terms, **{name: int(text) for name, text in typed.items()})
        self.doing.run(self.context, lambda: set_terms(desk, terms), self._on_done)

    def _on_done(self, _: None) -> None:
        self.doing.say("已改，日志里有记录。")
        self.read()


def _cells(due: Due, kept_days: int) -> tuple[Cell, ...]:
    if due.erased_on is None:
        return Cell(due.local_number), Cell("不清除", faint=True), Cell("", faint=True), Cell(due.why)
    return Cell(due.local_number), _day(due.erased_on), _day(gone_for_good_on(due.erased_on, kept_days)), Cell(due.why)


def _day(day: dt.date) -> Cell:
    return Cell(day.isoformat())
