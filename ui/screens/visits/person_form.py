"""One person of 特殊群体服务台账: who they are, what they need, and the consent without which nothing is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from clerk_app.domain.form import parse_date
from clerk_app.domain.people import mask_id, tidy_id_number
from clerk_app.domain.special_groups import (
    GROUP_NAMES,
    HOW_NAMES,
    Consent,
    ConsentBy,
    ConsentHow,
    Group,
    Listed,
    RunsOut,
    listed_faults,
)
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.following_area import FollowingArea
from ui.widgets.number_entry import NumberEntry
from ui.widgets.parts import Card, all_for_fingers, button, column, for_fingers, label, row

YEAR = dt.timedelta(days=365)


class PersonForm(Card):
    """``wanted(Listed)`` when all is right; ``left`` on 返回, ``forgotten(id)`` on 删除, ``visit(id)`` on 安排上门."""

    wanted = Signal(object)
    left = Signal()
    forgotten = Signal(str)
    visit = Signal(str)

    def __init__(self) -> None:
        super().__init__((18, 14, 18, 14), gap=10)
        all_for_fingers(self)
        self._person = Listed("", "")
        self._today = dt.date.min
        self.title = label("", "subtitle")
        self.name = Entry("姓名")
        self.number = NumberEntry("身份证号码", optional=True)
        self.groups = Choices(
            "属于哪类（可多选）", tuple((group.value, words) for group, words in GROUP_NAMES.items()),
            per_row=3, several=True,
        )  # fmt: skip
        self.needs = Entry("要注意什么", hint="如 听力不好、要轮椅", optional=True)
        self.address = Entry("上门的地址")
        self.phone = Entry("电话", optional=True)
        self.grid = Entry("网格", hint="如 样例社区 3 网格", optional=True)
        self.worker = Entry("网格员", optional=True)
        self.guardian = Entry("监护人", optional=True)
        self.guardian_phone = Entry("监护人电话", optional=True)
        self.ends = Entry("什么快到期", hint="如 养老待遇资格认证", optional=True)
        self.ends_on = Entry("哪天到期", hint="如 20261201", optional=True)
        self.by = Choices("谁同意的", ((ConsentBy.SELF.value, "本人"), (ConsentBy.GUARDIAN.value, "监护人")))
        self.how = Choices("怎么同意的", tuple((how.value, words) for how, words in HOW_NAMES.items()))
        self.witness = Entry("见证人", hint="按手印、口头同意要有见证人", optional=True)
        self.until = Entry("同意到哪天", hint="如 20271120，最长三年")
        self._note = label(
            "存进台账要本人或监护人单独同意，到期自动删除。随时可以不同意，删除后找不回来。", "small", wrap=True
        )
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.hide()
        inside = QWidget()
        inside.setLayout(
            column(
                self.name,
                self.number,
                self.groups,
                self.needs,
                self.address,
                self.phone,
                row(self.grid, self.worker, gap=10),
                row(self.guardian, self.guardian_phone, gap=10),
                row(self.ends, self.ends_on, gap=10),
                label("单独同意", "strong"),
                self._note,
                self.by,
                self.how,
                self.witness,
                self.until,
                None,
                gap=8,
                margins=(0, 0, 10, 0),
            )
        )
        area = FollowingArea()
        area.setWidget(inside)
        self.box.addWidget(self.title)
        self.box.addWidget(area, 1)
        self.box.addWidget(self.fault)
        keep = button("存进台账", "main", "Ctrl ↵")
        back = button("返回", key="Esc")
        self._plan, self._gone = button("安排上门"), button("不再保存，删除")
        for made in (keep, back, self._plan, self._gone):
            for_fingers(made)
        keep.clicked.connect(self.send)
        back.clicked.connect(self.left)
        self._plan.clicked.connect(lambda: self.visit.emit(self._person.id))
        self._gone.clicked.connect(lambda: self.forgotten.emit(self._person.id))
        self.box.addLayout(row(keep, back, None))
        self.box.addLayout(row(self._plan, self._gone, None))

    def open(self, person: Listed, today: dt.date) -> None:
        """Show a person; one without an id is new."""
        self._person, self._today = person, today
        consent = person.consent
        self.title.setText(person.name if person.id else "新添一位")
        for made, text in self._texts(person):
            made.line.setText(text)
        self.groups.show_value(",".join(group.value for group in person.groups))
        self.by.show_value(consent.by.value if consent else "")
        self.how.show_value(consent.how.value if consent else "")
        self.until.line.setText((consent.until if consent else today + YEAR).isoformat())
        self.witness.line.setText(consent.witness if consent else "")
        out = person.runs_out[0] if person.runs_out else None
        self.ends.line.setText(out.what if out else "")
        self.ends_on.line.setText(out.on.isoformat() if out else "")
        self._plan.setVisible(bool(person.id))
        self._gone.setVisible(bool(person.id))
        self.say("")
        self.name.setFocus()

    def say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    @Slot()
    def send(self) -> None:
        """Check everything and hand it over; the first fault is said and the keyboard goes there."""
        person, wrong = self._read()
        if wrong is not None:
            wrong[0].setFocus()
            self.say(wrong[1])
            return
        faults = listed_faults(person, self._today)
        if faults:
            field, words = next(iter(faults.items()))
            places: dict[str, QWidget] = {
                "name": self.name, "document_number": self.number, "groups": self.groups,
                "address": self.address, "consent": self.by,
            }  # fmt: skip
            places[field].setFocus()
            self.say(f"{words}。")
            return
        self.say("")
        self.wanted.emit(person)

    def _texts(self, person: Listed) -> tuple[tuple[Entry, str], ...]:
        return (
            (self.name, person.name),
            (self.number, mask_id(person.document_number)),
            (self.needs, person.needs),
            (self.address, person.address),
            (self.phone, person.phone),
            (self.grid, person.grid),
            (self.worker, person.grid_worker),
            (self.guardian, person.guardian),
            (self.guardian_phone, person.guardian_phone),
        )

    def _read(self) -> tuple[Listed, tuple[QWidget, str] | None]:
        """The person as typed, and what cannot be read of it. The number stands there covered: left as it is, it stays."""
        words = {made: made.text().strip() for made, _ in self._texts(self._person)}
        number = self._person.document_number
        if words[self.number] != mask_id(number):
            number = tidy_id_number(words[self.number])
        person = replace(
            self._person,
            name=words[self.name],
            document_number=number,
            groups=tuple(Group(value) for value in self.groups.value().split(",") if value),
            needs=words[self.needs],
            address=words[self.address],
            phone=words[self.phone],
            grid=words[self.grid],
            grid_worker=words[self.worker],
            guardian=words[self.guardian],
            guardian_phone=words[self.guardian_phone],
        )
        until, ends_on = _day(self.until.text()), _day(self.ends_on.text())
        if not (self.by.value() and self.how.value()):
            return replace(person, consent=None), (self.by, "请选谁同意的、怎么同意的。没有同意不能存。")
        if until is None:
            return person, (self.until, "请写同意到哪天，如 20271120。")
        if bool(self.ends.text().strip()) != (ends_on is not None):
            return person, (self.ends_on, "“什么快到期”和“哪天到期”要一起写。")
        before = self._person.consent
        consent = Consent(
            ConsentBy(self.by.value()), ConsentHow(self.how.value()), self._today, until, self.witness.text().strip()
        )
        if before is not None and replace(consent, on=before.on) == before:
            consent = before  # nothing new was asked: the day of the consent stays
        out = (RunsOut(self.ends.text().strip(), ends_on),) if ends_on else ()
        return replace(person, consent=consent, runs_out=out + self._person.runs_out[1:]), None


def _day(text: str) -> dt.date | None:
    """A day as typed; one that lies ahead needs a year of four digits."""
    clean = parse_date(text.strip(), dt.date.max) if text.strip() else ""
    return dt.date.fromisoformat(clean) if clean else None
