"""人员: who may work at this window, for the administrator. Every change asks for the administrator's own PIN again."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.rights import ROLE_NAMES
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing, keeper_of, secret_entry
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Select
from ui.widgets.parts import Card, label
from ui.widgets.row_table import Cell, RowTable

ADD, ROLE, PIN, REMOVE = "add", "role", "pin", "remove"
WORDS = {ADD: "添加人员", ROLE: "改岗位", PIN: "设新 PIN", REMOVE: "停用"}
Listed = tuple[tuple[Clerk, bool], ...]


class PeoplePage(Page):
    """The list above, what to do below: 1 add, 2 another post, 3 a new PIN, 4 close the account."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "人员", "先在表里选人，再选要做什么。做过的事都留在原来的名下，账号停用后也在。")
        self._listed: Listed = ()
        self.table = RowTable(("姓名", "岗位", "状态"), (0, 170, 120), stretch=0, name="人员", row_height=56)
        self.table.setMinimumHeight(206)
        self.table.chosen.connect(self._paint)
        card = Card((1, 0, 1, 8), gap=0)
        card.box.addWidget(self.table)
        self.what = Choices("要做什么", tuple(WORDS.items()))
        self.what.show_value(ADD)
        self.what.picked.connect(self._on_what)
        self.whom = label("", "strong")
        self.login = Entry("登录名", hint="英文或拼音，以后不能改")
        self.name = Entry("姓名", hint="屏幕和纸上显示")
        self.role = Select("岗位", tuple((role.value, ROLE_NAMES[role]) for role in Role))
        self.pin = secret_entry("给他的 PIN", "至少 6 位数字，或 10 个字符以上的口令")
        self.pin.typed.connect(self._on_pin)
        self.weak = label("", "plain", wrap=True, tone="amber")
        self.own = secret_entry("您自己的 PIN", "再输一次，确认是您")
        self.doing = Doing("添加", self.what, self.whom, self.weak)
        for at, fields in enumerate(((self.login, self.name, self.role), (self.pin, self.own)), 2):
            side_by_side = QHBoxLayout()
            side_by_side.setSpacing(12)
            for field in fields:
                side_by_side.addWidget(field, 1)
            self.doing.box.insertLayout(at, side_by_side)
        self.own.line.confirmed.connect(self._on_go)
        self.doing.wanted.connect(self._on_go)
        self.body.addWidget(card, 1)
        self.body.addWidget(self.doing)
        self._on_what()

    def read(self) -> None:
        context = self.context
        context.jobs.run(lambda: keeper_of(context).people(), self._show, owner=self)

    def _show(self, found: Listed) -> None:
        self._listed = found
        at = self.table.current()
        self.table.show_rows([_cells(clerk, has_pin) for clerk, has_pin in found])
        if found:
            self.table.choose(max(at, 0))
        self._paint()

    @property
    def chosen(self) -> Clerk | None:
        """The person chosen in the list."""
        at = self.table.current()
        return self._listed[at][0] if 0 <= at < len(self._listed) else None

    @Slot()
    def _on_what(self) -> None:
        what = self.what.value()
        for widget in (self.login, self.name):
            widget.setVisible(what == ADD)
        self.role.setVisible(what in (ADD, ROLE))
        self.pin.setVisible(what in (ADD, PIN))
        self.whom.setVisible(what != ADD)
        self.doing.go.setText({ADD: "添加", ROLE: "改岗位", PIN: "设新 PIN", REMOVE: "停用这个账号"}[what])
        self.doing.say("")
        self._on_pin("")
        self._paint()

    @Slot()
    def _paint(self) -> None:
        clerk = self.chosen
        self.whom.setText(f"选中的人：{clerk.name}（{clerk.login}）" if clerk else "先在上面的表里选一个人")

    @Slot(str)
    def _on_pin(self, _: str = "") -> None:
        """A PIN of digits alone is too little where the PC has no key store: said while it is typed."""
        context, pin = self.context, self.pin.text()
        if not pin or self.pin.isHidden():
            self.weak.hide()
            return
        context.jobs.run(lambda: keeper_of(context).weakness(pin), self._show_weak, owner=self, lane="weak pin")

    def _show_weak(self, words: str) -> None:
        self.weak.setText(f"！{words}" if words else "")
        self.weak.setVisible(bool(words) and bool(self.pin.text()))

    @Slot()
    def _on_go(self) -> None:
        context, what, clerk = self.context, self.what.value(), self.chosen
        own, pin, login, name = self.own.text(), self.pin.text(), self.login.text(), self.name.text()
        role = self.role.value()
        if what != ADD and clerk is None:
            self.doing.say("先在上面的表里选一个人。", "amber")
        elif what in (ADD, ROLE) and not role:
            self.doing.say("请选岗位。", "amber")
        elif not own:
            self.doing.say("请输入您自己的 PIN。", "amber")
            self.own.setFocus()
        else:
            whom = clerk.login if clerk else ""

            def work() -> str:
                keeper = keeper_of(context)
                if what == ADD:
                    return keeper.add(own, login, name, Role(role), pin)
                if what == ROLE:
                    keeper.change_role(own, whom, Role(role))
                elif what == PIN:
                    return keeper.set_pin(own, whom, pin)
                else:
                    keeper.remove(own, whom)
                return ""

            self.doing.run(context, work, self._on_done, "正在核对您的 PIN")

    def _on_done(self, warning: str) -> None:
        what = self.what.value()
        told = {
            ADD: "已添加，他现在就能登录。请他尽快在“我的 PIN”里换成自己的。",
            ROLE: "岗位已改，下次登录起算数。",
            PIN: "新 PIN 可以用了。请他尽快在“我的 PIN”里换成自己的。",
            REMOVE: "账号已停用，PIN 打不开任何东西了。",
        }[what]
        self.doing.say(told + warning, "amber" if warning else "green")
        for entry in (self.login, self.name, self.pin, self.own):
            entry.line.clear()
        self.weak.hide()
        self.read()


def _cells(clerk: Clerk, has_pin: bool) -> tuple[Cell, ...]:
    state = (
        ("在用", "green") if clerk.active and has_pin else ("没有 PIN", "amber") if clerk.active else ("已停用", "grey")
    )
    return Cell(clerk.name, clerk.login), Cell(ROLE_NAMES[clerk.role]), Cell(chips=(state,))
