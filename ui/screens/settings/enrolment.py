"""登记: which window this is to the gateway; and, when the gateway takes it no more, enrolling it anew where it stands."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot

from clerk_app.errors import AppError, KeyProblem
from clerk_app.ports import EnrolmentDesk, EnrolmentState
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.screens.settings.parts import Doing, secret_entry
from ui.widgets.entry import Entry
from ui.widgets.parts import label, row

WELL = "现在不用重新登记。安全证书过期了，或恢复了很早的备份，前置不再接这个窗口的时候，这里会让您填新的登记码。"
SHUT_OUT = "前置不再接这个窗口，现在送不出去。办件都在本机，一件不少。"
HOW = "请向区县前置要这个窗口的新登记码（只能用一次），填在这里。办件和人员都留着，没送达的会接着送，各送一次。"
DONE = "已重新登记。没送达的正在送，不用重做。"


class EnrolmentPage(Page):
    """Facts above; the card below only where a new code mends something."""

    _said = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(context, "登记", "这个窗口在区县前置上的登记：前置凭它认得出这个窗口，别人冒充不了。")
        self._filled = False
        self._working = False
        self.shown: EnrolmentState | None = None
        self.facts = Facts()
        self.well = label(WELL, "soft", wrap=True)
        self.gateway = Entry("区县前置地址", hint="如 https://…")
        self.own = secret_entry("您自己的 PIN", "再输一次，确认是您")
        self.code = Entry("新的登记码")
        self.doing = Doing("重新登记", label("重新登记", "strong"), label(HOW, "soft", wrap=True), self.code)
        self.doing.box.insertLayout(2, row(self.gateway, self.own))
        self.doing.wanted.connect(self._on_go)
        self.doing.hide()
        self._said.connect(self._on_said)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.well)
        self.body.addWidget(self.doing)
        self.body.addStretch(1)
        context.status.line.connect(self.on_line)

    @Slot()
    def read(self) -> None:
        context = self.context
        if context.services.enrolment is None:
            self.well.setText("这个窗口现在看不到登记的情况。")
            return
        context.jobs.run(lambda: _desk(context).state(), self.show_state, owner=self, lane="enrolment page")

    @Slot()
    def on_line(self) -> None:
        """What the gateway says of this window may be other than when the page was opened."""
        if self.isVisible() and not self._working:
            self.read()

    def show_state(self, state: EnrolmentState) -> None:
        """Once a code is asked for, that stays until the gateway takes this window: a line that was begun again knows nothing yet, and
        somebody is typing."""
        is_asking = not self.doing.isHidden() and not self.context.services.line.status().online
        state = replace(state, wanted=state.wanted or is_asking)
        self.shown = state
        self.facts.show_facts(
            [
                ("大厅", state.hall),
                ("窗口", f"{state.window} 号（第 {state.times} 次登记）"),
                ("前置地址", state.gateway),
                *([("安全证书", f"到{state.until}为止，到期前自动换新")] if state.until and not state.wanted else []),
                *([("现在", SHUT_OUT, "red")] if state.wanted else []),
            ]
        )
        if not self._filled:
            self._filled = True
            self.gateway.line.setText(state.gateway)
        if not self._working:
            self.well.setVisible(not state.wanted)
            self.doing.setVisible(state.wanted)

    @Slot()
    def _on_go(self) -> None:
        context, own = self.context, self.own.text()
        gateway, code = self.gateway.text().strip(), self.code.text().strip()
        if self._working:
            return
        if not all((own, gateway, code)):
            self.doing.say("前置地址、您自己的 PIN 和登记码都要填。", "amber")
            return
        self._working = True
        say = self._said.emit
        sign_in, login = context.services.sign_in, context.desk.session.login

        def done(_: None) -> None:
            self._working = False
            context.window.come_back(lambda: sign_in(login, own), "enrolment", DONE)

        def failed(error: AppError) -> None:
            self._working = False
            self.doing.fail(error)

        self.doing.busy(True)
        context.jobs.run(lambda: _desk(context).enrol_anew(own, gateway, code, say), done, owner=self, failed=failed)

    @Slot(str)
    def _on_said(self, words: str) -> None:
        if self._working:
            self.doing.say(words, "grey")


def _desk(context: Context) -> EnrolmentDesk:
    """Raises KeyProblem where there is none; call it inside a job."""
    desk = context.services.enrolment
    if desk is None:
        raise KeyProblem("这个窗口现在看不到登记的情况。", what_to_do="请重新登录。")
    return desk
