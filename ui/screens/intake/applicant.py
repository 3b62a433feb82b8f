"""Step 1, 申请人: who applies. Filled by the camera or typed; doubtful fields are tinted until a person looked at them."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clerk_app.domain.people import CITIZEN_NUMBER_KINDS, DocumentKind, tidy_id_number
from clerk_app.domain.service_item import FieldType
from clerk_app.usecases.intake import Plan, looked_at
from ui.screens.intake.beside import Beside
from ui.screens.intake.session import DraftSession
from ui.widgets.address_entry import AddressEntry
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import HINTS, Select
from ui.widgets.following_area import FollowingArea
from ui.widgets.number_entry import NumberEntry
from ui.widgets.parts import column, label, line

DOCUMENTS = (
    (DocumentKind.RESIDENT_ID, "居民身份证"),
    (DocumentKind.HMT_RESIDENCE, "港澳台居住证"),
    (DocumentKind.PERMANENT_RESIDENT, "外国人永居证"),
    (DocumentKind.PASSPORT, "护照"),
    (DocumentKind.TEMPORARY_ID, "临时身份证"),
    (DocumentKind.HOUSEHOLD_REGISTER, "户口簿"),
    (DocumentKind.HK_MACAO_PERMIT, "港澳通行证"),
    (DocumentKind.TAIWAN_PERMIT, "台湾通行证"),
)
SEXES = (("男", "男"), ("女", "女"))
_PERSON = ("name", "document_number", "ethnicity", "birth", "address", "phone")


class ApplicantStep(QWidget):
    """Fields of the applicant and, when somebody else came, of the agent."""

    id, title = "applicant", "申请人"

    def __init__(self, session: DraftSession) -> None:
        super().__init__()
        self._session = session
        self._plan: Plan | None = None
        self._entries: dict[str, Entry] = {
            "name": Entry("姓名", hint="照证件上写，生僻字也能用"),
            "document_number": NumberEntry("证件号码", hint="18 位", is_grouped=self._is_citizen),
            "ethnicity": Entry("民族", optional=True),
            "birth": Entry("出生", hint="身份证号码填好会自动带出", optional=True),
            "address": AddressEntry("住址", session.places, hint=HINTS[FieldType.ADDRESS], optional=True),
            "phone": Entry("手机号", hint="办好了短信通知", optional=True),
        }
        self._kind = Select("证件类型", [(kind.value, words) for kind, words in DOCUMENTS])
        self._sex = Choices("性别", SEXES)
        self.beside = Beside(session)
        self._card = label("", "plain", wrap=True, tone="amber")
        self._title = label("法定代表人信息", "strong")
        grid = QGridLayout()
        grid.setHorizontalSpacing(26)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._entries["name"], 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._entries["document_number"], 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._kind, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._sex, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._entries["ethnicity"], 2, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._entries["birth"], 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._entries["phone"], 3, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._entries["address"], 4, 0, 1, 2)
        grid.addWidget(line("faint-line"), 5, 0, 1, 2)
        grid.addWidget(self.beside, 6, 0, 1, 2)
        inner = QWidget()
        inner.setLayout(column(self._title, self._card, grid, None, gap=8, margins=(20, 12, 20, 8)))
        area = FollowingArea()
        area.setWidget(inner)
        area.setFocusProxy(self._entries["name"])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(area)
        for name, entry in self._entries.items():
            entry.setObjectName(f"applicant.{name}")
            entry.typed.connect(self._on_typed)
            entry.left.connect(self._on_left)
            entry.looked.connect(self._on_looked)
        self._sex.setObjectName("applicant.sex")
        self._sex.picked.connect(self._on_sex)
        self._sex.looked.connect(self._on_looked)
        self._kind.picked.connect(self._on_kind)
        self.show_plan(None)

    @property
    def widget(self) -> QWidget:
        return self

    def show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        text = self._session.text
        person = plan.application.applicant if plan else None
        known = {"birth": person.birth, "sex": person.sex} if person else {}
        for name, entry in self._entries.items():
            entry.show_value(text(f"applicant.{name}") or known.get(name, ""))
            entry.show_reason(plan.applicant_faults.get(name, "") if plan else "")
            entry.show_doubt(bool(plan and name in plan.doubtful))
        self._kind.show_value(text("applicant.document_kind") or DocumentKind.RESIDENT_ID.value)
        self._sex.show_value(text("applicant.sex") or known.get("sex", ""))
        self._sex.show_reason(plan.applicant_faults.get("sex", "") if plan else "")
        self._sex.show_doubt(bool(plan and "sex" in plan.doubtful))
        self.beside.show_plan(plan)
        self._title.setVisible(self.beside.is_organisation)
        self._card.setText(card_words(text("card.valid_to"), self._session.today()))
        self._card.setVisible(bool(self._card.text()))

    def enter(self) -> None:
        for widget in self._in_order():
            if widget.doubtful:
                widget.setFocus()
                return
        first = next((entry for entry in self._entries.values() if not entry.text()), self._entries["name"])
        first.setFocus()

    def blocked(self) -> str:
        plan = self._plan
        if plan is None:
            self._entries["name"].insist()
            self._entries["name"].setFocus()
            return "还没有填申请人"
        for name, fault in plan.applicant_faults.items():
            widget = self._sex if name == "sex" else self._entries.get(name)
            if widget is None:
                continue
            if isinstance(widget, Entry):
                widget.insist()
            widget.setFocus()
            return f"{widget.title}：{fault}"
        for widget in self._in_order():
            if widget.doubtful:
                widget.setFocus()
                return f"请看一眼识别结果：{widget.title}（看过按 Enter）"
        return self.beside.blocked()

    def summary(self) -> tuple[str, str, str]:
        plan = self._plan
        if plan is None:
            return "放上身份证或渝快码，自动识别；也可以直接输入", "", "grey"
        if plan.doubtful:
            return f"有 {len(plan.doubtful)} 处识别存疑，看过按 Enter", "请核对", "amber"
        faults = len(plan.applicant_faults)
        if faults:
            return f"还差 {faults} 项", next(iter(plan.applicant_faults.values())), "amber"
        if left := self.beside.faults():
            return f"代办、监护或单位还差 {len(left)} 项", next(iter(left.values())), "amber"
        return "申请人信息已填好", "号码校验通过", "green"

    def act(self, action_id: str) -> bool:
        return False

    def _is_citizen(self) -> bool:
        """Only these have 18 digits that read in groups."""
        kind = self._session.text("applicant.document_kind")
        return not kind or DocumentKind(kind) in CITIZEN_NUMBER_KINDS

    def is_empty(self) -> bool:
        """Nobody has been taken yet."""
        return not (self._session.text("applicant.name") or self._session.text("applicant.document_number"))

    def _in_order(self) -> tuple[Entry | Choices, ...]:
        each = self._entries
        return (each["name"], each["document_number"], self._sex, each["ethnicity"], each["birth"], each["address"])

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        key = _key(self.sender())
        value = tidy_id_number(text) if key.endswith("document_number") else text
        self._session.edit({key: value or None})

    @Slot(str)
    def _on_left(self, text: str) -> None:
        self._session.flush()

    @Slot()
    def _on_looked(self) -> None:
        field = _key(self.sender()).removeprefix("applicant.")
        self._session.change(lambda desk, draft_id: looked_at(desk, draft_id, field))

    @Slot(str)
    def _on_sex(self, value: str) -> None:
        self._session.edit({"applicant.sex": value})

    @Slot(str)
    def _on_kind(self, value: str) -> None:
        self._session.edit({"applicant.document_kind": value})


def card_words(valid_to: str, today: dt.date) -> str:
    """What the back of the card says that a clerk must know; empty while it is in date or was not read."""
    try:
        last = dt.date.fromisoformat(valid_to.strip().replace(".", "-"))
    except ValueError:
        return ""
    if last >= today:
        return ""
    return f"！身份证已于 {last.isoformat()} 到期：请提醒换证；有别的有效证件的，换一种核验。"


def _key(sender: QObject) -> str:
    return sender.objectName()
