"""我的 PIN: everybody changes their own. The keys are wrapped again, nothing else changes."""

from __future__ import annotations

from PySide6.QtCore import Slot

from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing, keeper_of, secret_entry
from ui.widgets.parts import label


class OwnPinPage(Page):
    """Old, new, new once more."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "我的 PIN",
            "6 位以上的数字，或 10 个字符以上的口令（可以是一句自己记得住的话）。只在这台电脑上有用。",
        )
        self.old = secret_entry("现在的 PIN")
        self.new = secret_entry("新的 PIN 或口令")
        self.again = secret_entry("新的再输一次")
        self.weak = label("", "plain", wrap=True, tone="amber")
        self.weak.hide()
        self.new.typed.connect(self._on_new)
        self.doing = Doing("换成新的", self.old, self.new, self.weak, self.again)
        self.doing.wanted.connect(self._on_go)
        self.body.addWidget(self.doing)
        self.body.addStretch(1)

    @Slot(str)
    def _on_new(self, pin: str) -> None:
        context = self.context
        context.jobs.run(lambda: keeper_of(context).weakness(pin), self._show_weak, owner=self, lane="weak pin")

    def _show_weak(self, words: str) -> None:
        self.weak.setText(f"！{words}" if words else "")
        self.weak.setVisible(bool(words) and bool(self.new.text()))

    @Slot()
    def _on_go(self) -> None:
        context, old, new = self.context, self.old.text(), self.new.text()
        if not old or not new:
            self.doing.say("两个都要输。", "amber")
        elif new != self.again.text():
            self.doing.say("两次输的新 PIN 不一样。", "amber")
            self.again.setFocus()
        else:
            login = context.desk.session.login
            self.doing.run(context, lambda: keeper_of(context).set_pin(old, login, new), self._on_done, "正在换")

    def _on_done(self, warning: str) -> None:
        self.doing.say("已换好，旧的不能再用。" + warning, "amber" if warning else "green")
        for entry in (self.old, self.new, self.again):
            entry.line.clear()
        self.weak.hide()
