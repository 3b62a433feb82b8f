"""Every type of field has a widget; groups by keyboard, with the canonical value and faults in words."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.form import field_fault, group_members
from clerk_app.domain.service_item import Choice, FieldType, FormField
from tests.ui.hall import CATALOGUE, LIU, card
from tests.ui.hands import Hands
from ui import theme
from ui.screens.intake.applicant import ApplicantStep
from ui.screens.intake.form import FormStep
from ui.screens.intake.session import DraftSession
from ui.widgets.address_entry import AddressEntry
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Select, make_simple
from ui.widgets.group import GroupEntry
from ui.widgets.parts import column

TODAY = dt.date(2026, 11, 21)
STAFF = FormField(
    "staff",
    "员工",
    FieldType.GROUP,
    members=(
        FormField("name", "姓名", FieldType.NAME),
        FormField("number", "号码", FieldType.ID_NUMBER),
        FormField("kind", "岗位", FieldType.CHOICE, required=False, choices=(Choice("a", "甲"), Choice("b", "乙"))),
    ),
)


def entry_of(group: GroupEntry, at: int, name: str) -> Entry:
    made = group.members()[at][name]
    assert isinstance(made, Entry)
    return made


@pytest.mark.parametrize("kind", list(FieldType))
def test_every_field_type_has_a_widget(qapp_themed: QApplication, qtbot: QtBot, kind: FieldType, hands: Hands) -> None:
    step = hands.intake.step("form")
    assert isinstance(step, FormStep)
    made = step._make(FormField("x", "某项", kind, choices=(Choice("a", "甲"),)))
    assert isinstance(made, GroupEntry if kind is FieldType.GROUP else Entry | Choices | Select)
    made.show_value("")
    made.show_reason("请填写某项")
    made.deleteLater()


def test_many_answers_stand_in_a_list(qapp_themed: QApplication, qtbot: QtBot) -> None:
    choices = tuple(Choice(str(number), f"第{number}个") for number in range(9))
    made = make_simple(FormField("x", "某项", FieldType.CHOICE, choices=choices))
    assert isinstance(made, Select)
    qtbot.addWidget(made)
    picked: list[str] = []
    made.picked.connect(picked.append)
    made.show_value("7")
    assert made.value() == "7"
    assert picked == [], "showing is not choosing"
    made.list.setCurrentIndex(3)
    assert picked == ["2"]


def test_an_address_is_begun_by_initials_and_goes_on_as_typed(hands: Hands) -> None:
    step = hands.intake.step("applicant")
    assert isinstance(step, ApplicantStep)
    address = step._entries["address"]
    assert isinstance(address, AddressEntry)
    address.setFocus()
    hands.type("wzfs")
    assert "重庆市万州区分水镇" in address.list.spoken()[0]
    hands.press("Return")
    assert address.text() == "重庆市万州区分水镇"
    assert address.list.isHidden()
    hands.type("18")
    hands.rest()
    assert hands.intake.session.text("applicant.address") == "重庆市万州区分水镇18"
    address.line.selectAll()
    hands.type("分水")
    assert not address.list.isHidden()
    hands.press("Escape")
    assert address.list.isHidden()
    assert address.text() == "分水", "nobody is made to take a proposal"


def test_every_shipped_field_gets_its_widget(qapp_themed: QApplication, qtbot: QtBot) -> None:
    for item in CATALOGUE.items():
        for field in item.fields:
            made = GroupEntry(field, lambda: TODAY) if field.type is FieldType.GROUP else make_simple(field)
            qtbot.addWidget(made)


def test_a_group_by_keyboard_gives_canonical_text_and_says_who_is_wrong(
    qapp_themed: QApplication, qtbot: QtBot, hands: Hands
) -> None:
    group = GroupEntry(STAFF, lambda: TODAY)
    qtbot.addWidget(group)
    values: list[str] = []
    group.left.connect(values.append)
    with qtbot.waitActive(group):
        group.show()
        group.activateWindow()
    group.setFocus()
    hands.type("刘桂芳")
    entry_of(group, 0, "number").setFocus()
    hands.type("50019919620314246x")
    hands.press("Return")
    hands.press("Insert")
    assert len(group.members()) == 2
    assert hands.focus is entry_of(group, 1, "name").line, "the keyboard stands on the new member"
    hands.type("彭志强")
    hands.press("Return")
    stored = group.value()
    assert json.loads(stored) == [{"name": "刘桂芳", "number": "50019919620314246X"}, {"name": "彭志强"}]
    assert json.loads(values[-1]) == json.loads(stored)
    group.show_reason(field_fault(STAFF, stored, TODAY))
    assert "校验位不对" in entry_of(group, 0, "number").reason
    group.insist()
    group.show_reason(field_fault(STAFF, stored, TODAY))
    assert "第 2 位成员：号码没有填" in group._note.text()
    entry_of(group, 0, "name").setFocus()
    hands.press("Alt+Delete")
    assert [member["name"] for member in group_members(group.value())] == ["彭志强"]
    hands.press("Alt+Delete")
    assert group.value() == ""
    assert len(group.members()) == 1, "of a required group one empty block stays"


def test_a_group_shows_what_was_stored_and_keeps_the_keyboard_when_nothing_changed(
    qapp_themed: QApplication, qtbot: QtBot
) -> None:
    group = GroupEntry(STAFF, lambda: TODAY)
    qtbot.addWidget(group)
    group.show_value('[{"name":"刘桂芳"},{"kind":"b","name":"彭志强"}]')
    before = group.members()[1]["name"]
    kind = group.members()[1]["kind"]
    assert isinstance(kind, Choices)
    assert kind.value() == "b"
    group.show_value(group.value())
    assert group.members()[1]["name"] is before
    group.show_value(f"何俊，{LIU['id_number']}，甲")
    assert group_members(group.value()) == ({"name": "何俊", "number": LIU["id_number"], "kind": "a"},)


def test_a_group_of_the_form_is_on_disk_and_judged(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
    hands.rest()
    hands.intake.begin_with("minimum-living")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.scheme))
    hands.rest()
    for _ in range(6):
        if hands.intake.step("item").blocked():
            hands.press("1")
            hands.rest()
    hands.go("materials")
    hands.go("form")
    session: DraftSession = hands.intake.session
    group = next(made for _, made in hands.form_fields() if isinstance(made, GroupEntry))
    first = entry_of(group, 0, "name") if group.members() else None
    if first is None:
        group.add()
        first = entry_of(group, 0, "name")
    first.setFocus()
    hands.type("刘大明")
    hands.press("Return")
    hands.rest()
    (draft,) = hands.hall.store.state.drafts.values()
    stored = [text for key, text in draft.values.items() if key == group.objectName()]
    assert [json.loads(str(text)) for text in stored] == [[{"name": "刘大明"}]]
    assert session.plan is not None
    field_id = group.objectName().removeprefix("field.")
    assert "第 1 位成员" in (session.plan.field_faults or {})[field_id]


def test_a_long_value_shows_its_beginning_and_a_doubt_never_covers_it(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made, other = Entry("住址"), Entry("别的")
    around = QWidget()
    around.setLayout(column(made, other))
    theme.dress(around)
    qtbot.addWidget(around)
    around.resize(260, 200)
    made.show_value("重庆市万州区分水镇样例路一百二十八号附二十三号四单元十七楼二号" * 2)
    made.show_doubt(True)
    with qtbot.waitActive(around):
        around.show()
        around.activateWindow()
    other.line.setFocus()
    assert made.line.cursorPosition() == 0
    assert made.line.textMargins().right() >= made._note.sizeHint().width()
    made.line.setFocus()
    made.line.end(False)
    other.line.setFocus()
    assert made.line.cursorPosition() == 0
    made.show_doubt(False)
    assert made.line.textMargins().right() == 0


def test_a_field_that_cannot_be_written_in_looks_so(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made = Entry("姓名")
    theme.dress(made)
    qtbot.addWidget(made)
    made.resize(240, 70)
    made.show_value("刘桂芳")
    made.show()
    open_ = made.line.grab().toImage()
    made.setEnabled(False)
    assert made.line.grab().toImage() != open_
