"""版本与更新: which version runs, what is offered, to bring it, to put it to use now or after work, and to go back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QProgressBar

from clerk_app.domain.rights import Right, may
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError, KeyProblem
from clerk_app.ports import UpdateDesk, UpdateState
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.screens.settings.parts import Doing
from ui.screens.sync.words import size_text
from ui.widgets.choices import Choices
from ui.widgets.parts import button, row

YES_NO = (("yes", "是"), ("no", "否"))


class UpdatesPage(Page):
    """One main button, which always does the next thing: look, bring, put to use."""

    _moved = Signal(int, int)

    def __init__(self, context: Context) -> None:
        super().__init__(
            context,
            "版本与更新",
            "新版本先整个下载、核对签名、备份好数据，再换上；换上后连续两次打不开，会自动换回来。办件不受影响。",
        )
        self._stop = threading.Event()
        self._state: UpdateState | None = None
        self._next: Callable[[], None] = self._look
        self.facts = Facts()
        self.look_again = button("再看看")
        self.look_again.clicked.connect(self._look)
        self.from_file = button("用更新文件（U 盘）")
        self.from_file.clicked.connect(self._on_file)
        self.later = button("下班后装")
        self.later.clicked.connect(self._on_later)
        self.back = button("换回上一版")
        self.back.clicked.connect(self._on_back)
        self.stop = button("停下")
        self.stop.clicked.connect(self._stop.set)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.hide()
        self.doing = Doing("看看有没有新版本", self.bar)
        self.doing.box.insertLayout(0, row(self.later, self.from_file, self.look_again, self.back, self.stop, None))
        self.doing.wanted.connect(self._on_next)
        self.metered = Choices("网络按流量计费（是的话，不自动下载新版本）", YES_NO)
        self.pinned = Choices("固定在现在的版本（不再升级）", YES_NO)
        self.rules = Doing("用这个", self.metered, self.pinned)
        self.rules.wanted.connect(self._on_rules)
        self._moved.connect(self._on_moved)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.doing)
        self.body.addWidget(self.rules)
        self.body.addStretch(1)
        self.stop.hide()

    @Slot()
    def read(self) -> None:
        context = self.context
        if context.services.updates is None:
            self.facts.show_facts([("更新", "这个窗口是演示用的，不更新。")])
            self.doing.hide()
            self.rules.hide()
            return
        self.context.jobs.run(lambda: _desk(context).state(), self._show, owner=self)

    def _show(self, state: UpdateState) -> None:
        self._state = state
        versions, policy = state.versions, state.policy
        is_ready = bool(versions.ready)
        offered = versions.ready or state.offered
        self.facts.show_facts(
            [
                ("现在用", f"{state.running}" + ("（试用中，登录后确认）" if versions.trial == state.running else "")),
                ("新版本", *_offer(state)),
                *([("有什么变化", state.notes)] if state.notes and offered else []),
                ("装上的时候", "关窗口时自动换上，明天打开就是新的" if policy.by_itself else "等您按“现在装”"),
                *([("固定版本", f"{policy.pinned_by}固定在 {policy.pinned}", "amber")] if policy.pinned else []),
                ("上次查看", Stamp(state.looked_ms).local.strftime("%Y-%m-%d %H:%M") if state.looked_ms else "还没有"),
            ]
        )
        if is_ready:
            self._next, words = self._put_to_use, f"现在装 {versions.ready}"
        elif state.offered:
            self._next, words = self._fetch, f"现在下载 {state.offered}"
        else:
            self._next, words = self._look, "看看有没有新版本"
        self.doing.go.setText(words)
        self.look_again.setVisible(is_ready or bool(state.offered))
        self.later.setVisible(is_ready)
        self.back.setVisible(bool(state.back_to))
        self.back.setText(f"换回 {state.back_to}")
        self.stop.hide()
        self.bar.hide()
        self.doing.say(state.words, state.tone or "grey")
        role = self.context.desk.session.role
        for each in (self.doing.go, self.later, self.back, self.from_file):
            each.setEnabled(may(role, Right.DEVICES))
        self.rules.setVisible(may(role, Right.SAFEKEEPING) or may(role, Right.TAKE_CASES))
        self.metered.show_value("yes" if policy.metered else "no")
        self.pinned.show_value("yes" if policy.pinned else "no")

    @Slot()
    def _on_next(self) -> None:
        self._next()

    @Slot()
    def _look(self) -> None:
        context = self.context
        self.doing.run(context, lambda: _desk(context).look(), self._show, "正在问前置")

    def _fetch(self) -> None:
        context = self.context
        self._begin()
        self._run(lambda: _desk(context).fetch(self._moved.emit, self._stop.is_set), "正在下载，可以接着办件")

    @Slot()
    def _on_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选更新文件", "", "更新文件 (*.clerkupdate);;所有文件 (*)")
        if name:
            self.take_file(Path(name))

    def take_file(self, path: Path) -> None:
        """Bring what a bundle file offers."""
        context = self.context
        self._begin()
        self._run(lambda: _desk(context).take_file(path, self._moved.emit), "正在核对更新文件，请不要拔 U 盘")

    def _put_to_use(self) -> None:
        context, case_open = self.context, self.context.window.case_open()
        self.doing.run(
            context, lambda: _desk(context).put_to_use(case_open=case_open), self._open_again, "正在备份，马上就好"
        )

    @Slot()
    def _on_later(self) -> None:
        context = self.context

        def done(state: UpdateState) -> None:
            self._show(state)
            self.doing.say("好，关窗口时自动换上，明天打开就是新版本。")

        self.doing.run(context, lambda: _desk(context).set_by_itself(True), done)

    @Slot()
    def _on_back(self) -> None:
        context = self.context
        self.doing.run(context, lambda: _desk(context).go_back(), self._open_again, "正在换回")

    @Slot()
    def _on_rules(self) -> None:
        context, before = self.context, self._state
        metered, pinned = self.metered.value() == "yes", self.pinned.value() == "yes"

        def work() -> UpdateState:
            desk = _desk(context)
            state = desk.set_metered(metered)
            if before is not None and pinned != bool(before.policy.pinned):
                state = desk.set_pin(pinned)
            return state

        def done(state: UpdateState) -> None:
            self._show(state)
            self.rules.say("已记住。")

        self.rules.run(context, work, done)

    def _open_again(self, state: UpdateState) -> None:
        """Everything typed goes to disk, the window closes, and opens again as the other version."""
        self._show(state)
        self.window().close()

    # --- while something comes

    def _begin(self) -> None:
        self._stop.clear()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()

    def _run(self, work: Callable[[], UpdateState], words: str) -> None:
        self.doing.busy(True)
        self.doing.say(words, "grey")
        self.context.jobs.run(work, self._came, owner=self, failed=self._failed)

    def _came(self, state: UpdateState) -> None:
        self.doing.busy(False)
        self._show(state)

    def _failed(self, error: AppError) -> None:
        self.bar.hide()
        self.stop.hide()
        self.doing.fail(error)

    @Slot(int, int)
    def _on_moved(self, done: int, whole: int) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(done * 1000 // max(whole, 1))
        self.doing.say(f"已到 {size_text(done)}，共 {size_text(whole)}", "grey")


def _offer(state: UpdateState) -> tuple[str, ...]:
    if state.versions.ready:
        return f"{state.versions.ready} 已经准备好，核对过签名", "green"
    if not state.offered:
        return ("没有" if state.looked_ms else "还没有看过",)
    size = f"，要下载 {size_text(state.to_fetch)}" if state.to_fetch >= 0 else ""
    return (f"{state.offered}{size}" + (f"，{state.wait_text}" if state.wait_text else ""), "")


def _desk(context: Context) -> UpdateDesk:
    """Raises KeyProblem where there is none; call it inside a job."""
    desk = context.services.updates
    if desk is None:
        raise KeyProblem("这个窗口不更新。", what_to_do="请在正式窗口里更新。")
    return desk
