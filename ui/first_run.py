"""第一次打开: six plain steps on an empty PC, each of which can be gone back to. What is done is shown as done and not done twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.errors import AppError
from ui import theme
from ui.jobs import Jobs, Threads
from ui.screens.settings.parts import secret_entry
from ui.widgets.entry import Entry
from ui.widgets.parts import Card, button, column, label, restyle, row

T = TypeVar("T")
RECOVERY = 2
GROUPS_A_LINE = 5
"""Of a recovery paper: short lines are copied without losing the place."""
STEPS = ("登记窗口", "管理员和 PIN", "恢复钥匙", "打印测试页", "摄像头", "练一件")


class FirstSteps(Protocol):
    """What the composition root does for these steps; each runs as a job and raises AppError in the clerk's words."""

    def hall_words(self) -> str:
        """Hall and window once they are enrolled, else empty. Reads a small file."""
        ...

    def enrol(self, hall: str, window: str, gateway: str, token: str) -> str: ...
    def add_admin(self, login: str, name: str, pin: str) -> str:
        """What this PIN does not protect against, in words; empty when nothing is to be said."""
        ...

    def recovery_papers(self, login: str, pin: str) -> tuple[str, ...]: ...
    def print_sheet(self, title: str, pairs: Sequence[tuple[str, str]], notes: Sequence[str]) -> str: ...
    def see(self) -> str:
        """The cameras found, in words; empty when there is none."""
        ...

    def practise(self) -> None: ...


class FirstRun(QWidget):
    """``finished`` when the last step is left; the window then opens at its sign-in page."""

    finished = Signal()

    def __init__(self, steps: FirstSteps, executor: Threads) -> None:
        super().__init__()
        self.setWindowTitle("全科窗口　第一次打开")
        self.setProperty("look", "ground")
        self.resize(900, 620)
        self._steps = steps
        self.jobs = Jobs(executor, self.fail, self)
        self.done = False
        self._login, self._pin = "", ""
        self._papers: tuple[str, ...] = ()
        self._at_paper = 0
        self.enrolment = [
            Entry("大厅编码"), Entry("窗口号"), Entry("区县前置地址", hint="管理员给的，如 https://…"), Entry("登记码"),
        ]  # fmt: skip
        self.admin = [
            Entry("登录名", hint="字母或拼音，如 wangmin"), Entry("姓名"),
            secret_entry("PIN 或口令", "6 位以上的数字，或 10 个字符以上的口令"), secret_entry("再输一次"),
        ]  # fmt: skip
        self.paper = label("", "subtitle", wrap=True)
        self.code = label("", "code", wrap=True)
        self.print_paper = button("打印这一张")
        self.print_paper.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.print_paper.clicked.connect(self._on_print_paper)
        pages = (
            (*self.enrolment,),
            (*self.admin,),
            (self.paper, self.code, self.print_paper),
            (label("打一页看看：字清楚、纸不歪就行。没有打印机也能先用，文书会排队等着。", wrap=True),),
            (label("看看接了几个摄像头。没有也能用，照片可以以后补拍。", wrap=True),),
            (label("在训练窗口里办一件练练手，不算数，也不会送出去。可以现在练，也可以以后从登录页进去。", wrap=True),),
        )
        self.title = label("", "title")
        self.note = label("", "plain", wrap=True)
        self._stack = QStackedWidget()
        for widgets in pages:
            card = Card((24, 20, 24, 20), gap=10)
            for widget in widgets:
                card.box.addWidget(widget)
            card.box.addStretch(1)
            self._stack.addWidget(card)
        self.back = button("上一步")
        self.back.clicked.connect(self._on_back)
        self.do = button("", "main")
        self.do.clicked.connect(self._on_do)
        self.next = button("下一步")
        self.next.clicked.connect(self._on_next)
        box = QVBoxLayout(self)
        box.setContentsMargins(36, 26, 36, 26)
        box.addLayout(column(label("全科窗口　第一次打开", "brand"), self.title, self._stack, self.note, gap=12))
        box.addLayout(row(self.back, None, self.do, self.next))
        self.jobs.run(steps.hall_words, self._on_begun, owner=self)
        self._enrolled = self._has_admin = False
        self._show(0)

    @property
    def at(self) -> int:
        return self._stack.currentIndex()

    def fail(self, error: AppError) -> None:
        """What happened, what is safe, what to do."""
        self._say(error.sentence(), "red")
        self.do.setEnabled(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is done stays; the next start goes on from there."""
        event.accept()
        self.jobs.close(QApplication.quit)

    def _on_begun(self, words: str) -> None:
        self._enrolled = bool(words)
        if words:
            self._show(1)

    def _show(self, at: int) -> None:
        self._stack.setCurrentIndex(at)
        self.title.setText(f"第 {at + 1} 步，共 {len(STEPS)} 步：{STEPS[at]}")
        done = (self._enrolled, self._has_admin, bool(self._papers), False, False, False)[at]
        words = ("登记", "添加管理员", "做恢复钥匙", "打印测试页", "找摄像头", "打开训练窗口")[at]
        self.do.setText(words)
        self.do.setVisible(not done)
        self.do.setEnabled(True)
        self.back.setVisible(at > 0)
        more = at == RECOVERY and self._at_paper + 1 < len(self._papers)
        self.next.setText("抄好了，看第二张" if more else "完成，去登录" if at == len(STEPS) - 1 else "下一步")
        self.next.setEnabled(done or at >= 3)
        for entry in (*self.enrolment, *self.admin):
            entry.setEnabled(not done)
        self._show_paper()
        done_words = "走过这一步就不再显示，也不留底。" if at == RECOVERY and any(self._papers) else "✓ 这一步已做好。"
        self._say(done_words if done else "", "amber" if at == RECOVERY and any(self._papers) else "green")
        first = {0: self.enrolment[0], 1: self.admin[0]}.get(at)
        if first is not None and not done:
            first.setFocus()
        else:
            (self.next if self.next.isEnabled() and at < 3 else self.do).setFocus()

    def _say(self, text: str, tone: str) -> None:
        self.note.setText(text)
        restyle(self.note, tone=tone)

    @Slot()
    def _on_back(self) -> None:
        self._show(max(self.at - 1, 0))

    @Slot()
    def _on_next(self) -> None:
        if self.at == RECOVERY and self._at_paper + 1 < len(self._papers):
            self._at_paper += 1
            self._show(RECOVERY)
        elif self.at < len(STEPS) - 1:
            if self.at == RECOVERY:
                self._papers = ("", "")  # nobody looks at them again
            self._show(self.at + 1)
        else:
            self.done = True
            self.finished.emit()
            self.close()

    @Slot()
    def _on_do(self) -> None:
        steps, at = self._steps, self.at
        if at == 0:
            hall, window, gateway, token = (entry.text().strip() for entry in self.enrolment)
            if not all((hall, window, gateway, token)):
                self._say("四样都要填，管理员的登记单上有。", "amber")
                return
            self._run(lambda: steps.enrol(hall, window, gateway, token), self._on_enrolled)
        elif at == 1:
            login, name, pin, again = (entry.text().strip() for entry in self.admin)
            if pin != again or not login:
                self._say("登录名要填，两次输的 PIN 要一样。", "amber")
                return
            self._login, self._pin = login, pin
            self._run(lambda: steps.add_admin(login, name, pin), self._on_admin)
        elif at == 2:
            login, pin = self._login, self._pin
            self._run(lambda: steps.recovery_papers(login, pin), self._on_papers)
        elif at == 3:
            self._run(
                lambda: steps.print_sheet("打印测试页", [("窗口", steps.hall_words())], ["字清楚、纸不歪就行。"]),
                self._told,
            )
        elif at == 4:
            self._run(steps.see, lambda found: self._told(found or "没有找到摄像头。接好再找，或者以后再说。"))
        else:
            self._run(steps.practise, lambda _: self._told("训练窗口正在另外打开，约十秒。"))

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self.do.setEnabled(False)
        self._say("正在做", "grey")
        self.jobs.run(work, done, owner=self, failed=self.fail)

    def _told(self, words: str) -> None:
        self.do.setEnabled(True)
        self._say(words, "green")
        self.next.setFocus()

    def _on_enrolled(self, words: str) -> None:
        self._enrolled = True
        self._show(1)
        self._say(f"✓ 已登记：{words}", "green")

    def _on_admin(self, warning: str) -> None:
        self._has_admin = True
        for entry in self.admin[2:]:
            entry.line.clear()
        self._show(2)
        self._say(warning, "amber")

    def _on_papers(self, papers: tuple[str, ...]) -> None:
        self._papers, self._at_paper, self._pin = papers, 0, ""
        self._show(2)

    def _show_paper(self) -> None:
        paper = self._papers[self._at_paper] if self._papers else ""
        if paper:
            self.paper.setText(f"第 {self._at_paper + 1} 个人抄下来，只给他一个人看：")
        elif self._papers:
            self.paper.setText("两张纸都给出去了，这里不留底。")
        else:
            self.paper.setText("忘了 PIN 时靠它。分写在两张纸上，交给两个人，合起来才打得开。")
        groups = paper.split("-")
        rows = [groups[at : at + GROUPS_A_LINE] for at in range(0, len(groups), GROUPS_A_LINE)]
        self.code.setText("\n".join("-".join(each) for each in rows))
        self.code.setVisible(bool(paper))
        self.print_paper.setVisible(bool(paper))

    @Slot()
    def _on_print_paper(self) -> None:
        steps, paper, number = self._steps, self._papers[self._at_paper], self._at_paper + 1
        self._run(
            lambda: steps.print_sheet("恢复钥匙", [(f"第 {number} 张", paper)], ["单独保管，不要拍照。"]), self._told
        )


def open_steps(steps: FirstSteps, executor: Threads, fonts: Sequence[Path]) -> bool:
    """Show the steps of the first start; whether they were gone through to the end."""
    application = QApplication.instance() or QApplication(["clerk-app"])
    assert isinstance(application, QApplication)  # noqa: S101 - nothing else makes one
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application, fonts)
    page = FirstRun(steps, executor)
    theme.dress(page)
    page.show()
    application.exec()
    return page.done
