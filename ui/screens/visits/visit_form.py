"""One visit: when it shall be and what for, another time for it, or what came of it."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from clerk_app.domain.form import parse_date
from clerk_app.domain.visits import VisitState, time_fault
from clerk_app.usecases.visiting import Stop
from ui.screens.visits.wish import Mode, Wish
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, all_for_fingers, button, chip, clear, column, for_fingers, label, row
from ui.widgets.row_table import Cell, RowTable

HITS = 4


class VisitForm(Card):
    """``wanted(Wish)``, ``left`` on 返回, ``looked(text)`` while an item is being searched; answer with ``show_hits``."""

    wanted = Signal(object)
    left = Signal()
    looked = Signal(str)

    def __init__(self) -> None:
        super().__init__((18, 14, 18, 14), gap=10)
        all_for_fingers(self)
        self._mode, self._subject = Mode.PLAN, ""
        self._today = dt.date.min
        self._hits: tuple[tuple[str, str], ...] = ()
        self._items: dict[str, str] = {}
        self.title = label("", "subtitle", wrap=True)
        self.day = Entry("哪天去", hint="如 20261128")
        self.at = Entry("几点到", hint="如 1030")
        self.item = Entry("要办的事", hint="打字找事项，Enter 选上", optional=True)
        self.item.typed.connect(self.looked)
        self.item.line.confirmed.connect(self._on_pick)
        self.hits = RowTable(("",), (0,), name="找到的事项", row_height=40)
        self.hits.opened.connect(self._on_hit)
        self.hits.setFixedHeight(40 * HITS + 8)
        self.hits.hide()
        self._chips = row(gap=6)
        self.bring = Entry("请家里备好", hint="如 残疾证、银行卡", optional=True)
        self.why = Entry("为什么去", hint="如 认证 12 月 1 日到期", optional=True)
        self.state = Choices(
            "结果", ((VisitState.DONE.value, "办好了"), (VisitState.NOT_DONE.value, "没办成"),
                   (VisitState.CANCELLED.value, "取消")), per_row=3,
        )  # fmt: skip
        self.back = Entry("几点回", hint="如 1120", optional=True)
        self.companion = Entry("陪同人", hint="如 网格员周某", optional=True)
        self.note = Entry("备注", hint="没办成要写为什么", optional=True)
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.hide()
        self._go, back = button("", "main"), button("返回", key="Esc")
        for made in (self._go, back):
            for_fingers(made)
        self._go.clicked.connect(self.send)
        back.clicked.connect(self.left)
        for made_entry in (self.why, self.note):
            made_entry.line.confirmed.connect(self.send)
        fields = column(self.day, self.at, self.item, self.hits, gap=10, margins=(0, 0, 10, 0))
        fields.addLayout(self._chips)
        for part in (self.bring, self.why, self.state, self.back, self.companion, self.note):
            fields.addWidget(part)
        fields.addStretch(1)
        inside = QWidget()
        inside.setLayout(fields)
        area = FollowingArea()
        area.setWidget(inside)
        self.box.addWidget(self.title)
        self.box.addWidget(area, 1)
        self.box.addWidget(self.fault)
        self.box.addLayout(row(self._go, back, None))

    def plan_for(self, person: str, name: str, today: dt.date, day: dt.date, items: dict[str, str], why: str) -> None:
        """Plan a visit for a person of the register. ``items``: id → name of what is chosen already."""
        self._begin(Mode.PLAN, person, f"安排上门：{name}", today)
        self.day.line.setText(day.isoformat())
        self.why.line.setText(why)
        self._items = dict(items)
        self._paint_items()
        self.at.setFocus()

    def other_time(self, stop: Stop, today: dt.date) -> None:
        """Another day or time."""
        self._begin(Mode.MOVE, stop.visit.id, f"改时间：{stop.person.name}", today)
        self.day.line.setText(stop.visit.day.isoformat())
        self.at.line.setText(stop.visit.at)
        self.day.setFocus()

    def ending(self, stop: Stop, today: dt.date) -> None:
        """What came of it."""
        self._begin(Mode.END, stop.visit.id, f"记结果：{stop.person.name}", today)
        self.state.show_value((VisitState.DONE if stop.cases else VisitState.NOT_DONE).value)
        self.state.setFocus()

    def say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    def show_hits(self, hits: tuple[tuple[str, str], ...]) -> None:
        """(id, name) of what the search found."""
        self._hits = hits[:HITS] if self.item.text().strip() else ()
        self.hits.show_rows([(Cell(name),) for _, name in self._hits])
        self.hits.setVisible(bool(self._hits))

    @Slot()
    def send(self) -> None:
        """Check and hand over; the first fault is said and the keyboard goes there."""
        day, at = _day(self.day.text()), _time(self.at.text())
        if self._mode is not Mode.END:
            if day is None:
                return self._wrong(self.day, "请写哪天去，如 20261128。")
            if time_fault(at):
                return self._wrong(self.at, "请写几点到，如 1030。")
        elif not self.state.value():
            return self._wrong(self.state, "请选结果。")
        back_at = _time(self.back.text())
        if back_at and time_fault(back_at):
            return self._wrong(self.back, "几点回写成 1120 这样。")
        self.say("")
        self.wanted.emit(
            Wish(
                self._mode,
                self._subject,
                day or dt.date.min,
                at,
                tuple(self._items),
                self.bring.text(),
                self.why.text(),
                VisitState(self.state.value() or VisitState.DONE.value),
                back_at,
                self.companion.text(),
                self.note.text(),
            )
        )
        return None

    def _wrong(self, where: QWidget, words: str) -> None:
        where.setFocus()
        self.say(words)

    def _begin(self, mode: Mode, subject: str, title: str, today: dt.date) -> None:
        self._mode, self._subject, self._today, self._items = mode, subject, today, {}
        self.title.setText(title)
        self._go.setText({Mode.PLAN: "安排好", Mode.MOVE: "改好", Mode.END: "记下"}[mode] + "  Ctrl ↵")
        for entry in (self.day, self.at, self.item, self.bring, self.why, self.back, self.companion, self.note):
            entry.line.clear()
        for made in (self.day, self.at):
            made.setVisible(mode is not Mode.END)
        for made in (self.item, self.bring, self.why):
            made.setVisible(mode is Mode.PLAN)
        for part in (self.state, self.back, self.companion, self.note):
            part.setVisible(mode is Mode.END)
        self.show_hits(())
        self._paint_items()
        self.say("")

    @Slot()
    def _on_pick(self) -> None:
        if self._hits:
            self._on_hit(max(self.hits.current(), 0))
        else:
            self.bring.setFocus()

    @Slot(int)
    def _on_hit(self, at: int) -> None:
        if 0 <= at < len(self._hits):
            item, name = self._hits[at]
            self._items[item] = name
            self.item.line.clear()
            self.show_hits(())
            self._paint_items()
            self.item.setFocus()

    def _paint_items(self) -> None:
        clear(self._chips)
        for name in self._items.values():
            self._chips.addWidget(chip(name, "blue"))
        if self._items:
            again = button("重选", "link")
            again.clicked.connect(self._on_none)
            self._chips.addWidget(again)
        self._chips.addStretch(1)

    @Slot()
    def _on_none(self) -> None:
        self._items = {}
        self._paint_items()
        self.item.setFocus()


def _day(text: str) -> dt.date | None:
    clean = parse_date(text.strip(), dt.date.max) if text.strip() else ""
    return dt.date.fromisoformat(clean) if clean else None


def _time(text: str) -> str:
    """HH:MM for 930, 0930, 9:30, 09：30; anything else as it was typed."""
    digits = text.strip().replace("：", ":").replace(":", "")
    if digits.isascii() and digits.isdigit() and len(digits) in (3, 4):
        return f"{digits.zfill(4)[:2]}:{digits[-2:]}"
    return text.strip()
