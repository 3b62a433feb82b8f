"""上门办: the day's visits in their order, whom to offer one, the register behind it, and what to look at before leaving."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from clerk_app.domain.draft import Draft
from clerk_app.domain.special_groups import Listed
from clerk_app.domain.time import short_chinese_date
from clerk_app.errors import AppError
from clerk_app.usecases import visiting
from clerk_app.usecases.visiting import Day, Stop
from ui.context import Context
from ui.screens.place import Place
from ui.screens.visits.beside import Beside
from ui.screens.visits.day import DayCards
from ui.screens.visits.person_form import PersonForm
from ui.screens.visits.register import Register
from ui.screens.visits.visit_form import VisitForm
from ui.screens.visits.wish import Wish, carry_out, offered_items
from ui.widgets.parts import button, for_fingers, label

WEEKDAYS = "一二三四五六日"
SIDE_WIDTH = 420


class VisitsScreen(Place):
    """Left the day or the register, right what goes with it. 1280x800 by fingers, or by Tab and Enter."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "visits", "上门办")
        self._day = context.desk.clock.now().legal_date
        self._seen: Day | None = None
        self._arrived = False
        self._date = label("", "soft")
        self.top.insertWidget(1, self._date)
        for words, act in (("前一天", self._on_before), ("今天", self._on_today), ("后一天", self._on_after)):
            made = button(words)
            for_fingers(made)
            made.clicked.connect(act)
            self.top.addWidget(made)
        self.switch = button("特殊群体台账", "main")
        for_fingers(self.switch)
        self.switch.clicked.connect(self._on_switch)
        self.top.addWidget(self.switch)
        self.day = DayCards()
        self.day.begun.connect(self._on_begin)
        self.day.moved.connect(self._on_move)
        self.day.ended.connect(self._on_end)
        self.day.planned.connect(self._on_plan)
        self.register = Register()
        self.register.opened.connect(self._on_person)
        self.register.added.connect(self._on_new)
        self.left = QStackedWidget()
        self.left.addWidget(self.day)
        self.left.addWidget(self.register)
        self.beside = Beside()
        self.right = QStackedWidget()
        self.right.setFixedWidth(SIDE_WIDTH)
        self.right.addWidget(self.beside)
        self.right.currentChanged.connect(context.window.place_changed)
        self.beside.carry.connect(self._on_carry)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(self.left, 1)
        both.addWidget(self.right)
        self.body.addLayout(both, 1)

    @cached_property
    def person(self) -> PersonForm:
        """Somebody in the register; built when it is first wanted, as is the next one."""
        made = PersonForm()
        made.wanted.connect(self._on_keep)
        made.left.connect(self._on_left)
        made.forgotten.connect(self._on_forget)
        made.visit.connect(self._on_plan)
        self.right.addWidget(made)
        return made

    @cached_property
    def visit(self) -> VisitForm:
        """One visit."""
        made = VisitForm()
        made.wanted.connect(self._on_wish)
        made.left.connect(self._on_left)
        made.looked.connect(self._on_look)
        self.right.addWidget(made)
        return made

    def place(self) -> str:
        """With its form, if one is open: the same key does another thing there."""
        front = self.right.currentWidget()
        if front is self.beside:
            return self.screen_id
        return f"{self.screen_id}/{'person' if isinstance(front, PersonForm) else 'visit'}"

    @property
    def in_register(self) -> bool:
        """Whether the register is shown, and not the day."""
        return self.left.currentIndex() == 1

    def hear(self) -> None:
        """The line told something: the page is brought up to date, which is no new look at people's data."""
        if self.isVisible():
            self._read(still=True)

    def enter(self) -> None:
        self._arrived = True
        super().enter()

    def read(self) -> None:
        self._read(still=False)

    def _read(self, *, still: bool) -> None:
        desk, day, look = self.context.desk, self._day, self.context.services.surroundings
        if self.in_register:
            self.context.jobs.run(
                lambda: visiting.register(desk, still=still), self._show_people, owner=self, lane="visits screen"
            )
            return
        today = desk.clock.now().legal_date

        def work() -> Day:
            return visiting.day_of(desk, day, look() if look and day == today else None, still=still)

        self.context.jobs.run(work, self._show_day, owner=self, lane="visits screen")

    def act(self, action_id: str) -> bool:
        front = self.right.currentWidget()
        if action_id == "next" and isinstance(front, PersonForm | VisitForm):
            front.send()
            return True
        return super().act(action_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.right.currentWidget() is not self.beside:
            self._on_left()
            return
        super().keyPressEvent(event)

    # --- the day

    def _show_day(self, seen: Day) -> None:
        self._seen = seen
        today = self.context.desk.clock.now().legal_date
        self._date.setText(f"{short_chinese_date(seen.day)} 周{WEEKDAYS[seen.day.weekday()]}")
        self.day.show_day(seen, today)
        self.beside.show_checks(seen.checks)
        if self._arrived and self.isVisible():
            self._arrived = False
            (self.day.first or self.switch).setFocus()

    @Slot(str)
    def _on_begin(self, visit_id: str) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: visiting.set_out(desk, visit_id), self._on_begun, owner=self)

    def _on_begun(self, draft: Draft) -> None:
        self.context.window.open_draft(draft.id)
        self.context.window.counts_changed()

    @Slot(str)
    def _on_move(self, visit_id: str) -> None:
        if stop := self._stop(visit_id):
            self.visit.other_time(stop, self.context.desk.clock.now().legal_date)
            self.right.setCurrentWidget(self.visit)

    @Slot(str)
    def _on_end(self, visit_id: str) -> None:
        if stop := self._stop(visit_id):
            self.visit.ending(stop, self.context.desk.clock.now().legal_date)
            self.right.setCurrentWidget(self.visit)

    @Slot(str)
    def _on_plan(self, person_id: str) -> None:
        suggested = self._seen.suggested if self._seen and not self.in_register else ()
        found = [each for each in suggested if each[0].id == person_id]
        person = found[0][0] if found else next((each for each in self.register.people if each.id == person_id), None)
        if person is None:
            return
        why = found[0][1] if found else None
        desk = self.context.desk
        items = offered_items(desk, why.item) if why else {}
        today = desk.clock.now().legal_date
        self.visit.plan_for(person.id, person.name, today, max(self._day, today), items, why.why if why else "")
        self.right.setCurrentWidget(self.visit)

    def _stop(self, visit_id: str) -> Stop | None:
        return next((each for each in self._seen.stops if each.visit.id == visit_id), None) if self._seen else None

    @Slot(str)
    def _on_look(self, text: str) -> None:
        catalogue = self.context.desk.catalogue
        self.context.jobs.run(
            lambda: tuple((hit.id, hit.name) for hit in catalogue.search(text, 5)) if text.strip() else (),
            self.visit.show_hits,
            owner=self,
            lane="visits search",
        )

    @Slot(object)
    def _on_wish(self, wish: Wish) -> None:
        desk = self.context.desk

        def failed(error: AppError) -> None:
            self.visit.say(error.sentence())

        self.context.jobs.run(lambda: carry_out(desk, wish), self._on_wished, owner=self, failed=failed)

    def _on_wished(self, words: str) -> None:
        self.context.window.say(words, "green")
        self._show(day=True)

    # --- the register

    def _show_people(self, people: tuple[Listed, ...]) -> None:
        self._date.setText(f"特殊群体台账　{len(people)} 位")
        self.register.show_people(people)

    @Slot(object)
    def _on_person(self, person: Listed) -> None:
        self.person.open(person, self.context.desk.clock.now().legal_date)
        self.right.setCurrentWidget(self.person)

    @Slot()
    def _on_new(self) -> None:
        self.person.open(Listed("", ""), self.context.desk.clock.now().legal_date)
        self.right.setCurrentWidget(self.person)

    @Slot(object)
    def _on_keep(self, person: Listed) -> None:
        desk = self.context.desk

        def failed(error: AppError) -> None:
            self.person.say(error.sentence())

        self.context.jobs.run(
            lambda: visiting.keep_person(desk, person), self._on_kept, owner=self, failed=failed
        )  # fmt: skip

    def _on_kept(self, _: Listed) -> None:
        self.context.window.say("已存进台账。", "green")
        self._on_left()
        self.read()

    @Slot(str)
    def _on_forget(self, person_id: str) -> None:
        desk = self.context.desk

        def failed(error: AppError) -> None:
            self.person.say(error.sentence())

        self.context.jobs.run(
            lambda: visiting.forget_person(desk, person_id), self._on_forgotten, owner=self, failed=failed
        )  # fmt: skip

    def _on_forgotten(self, _: None) -> None:
        self.context.window.say("已从台账里删除，找不回来了；办过的件不受影响。", "grey")
        self._on_left()
        self.read()

    # --- ways about

    @Slot()
    def _on_left(self) -> None:
        self.right.setCurrentWidget(self.beside)
        if self.in_register:
            self.register.table.setFocus()

    @Slot()
    def _on_switch(self) -> None:
        self._show(day=self.in_register)

    @Slot()
    def _on_carry(self) -> None:
        self.context.window.go("sync")

    @Slot()
    def _on_before(self) -> None:
        self._go_to(self._day - dt.timedelta(days=1))

    @Slot()
    def _on_today(self) -> None:
        self._go_to(self.context.desk.clock.now().legal_date)

    @Slot()
    def _on_after(self) -> None:
        self._go_to(self._day + dt.timedelta(days=1))

    def _go_to(self, day: dt.date) -> None:
        self._day = day
        self._show(day=True)

    def _show(self, *, day: bool) -> None:
        self.left.setCurrentIndex(0 if day else 1)
        self.right.setCurrentWidget(self.beside)
        self.switch.setText("特殊群体台账" if day else "回到上门安排")
        self.read()
