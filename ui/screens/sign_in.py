"""Signing in, and the lock: who and PIN or passphrase, offline. Wrong ones and the wait after them are said in plain words; a
forgotten one is solved here by two holders of the recovery key.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clerk_app.errors import AppError, KeyProblem, NotEnrolled
from ui.enrol_again import EnrolAgain
from ui.front_door import FrontDoor
from ui.jobs import Jobs
from ui.rescue import Rescue
from ui.widgets.card_stack import CardStack
from ui.widgets.drop_list import DropList
from ui.widgets.entry import Line
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, button, hall_text, label, note_in, restyle, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from clerk_app.ports import Protection
    from clerk_app.usecases.desk import Desk

WITH_A_CODE = "请管理员向区县前置要这个窗口的新登记码，在这里重新登记：办件和人员都留着，没送达的会照常送出。"
WIDTH = 420
OFFLINE = "没有网也能登录，PIN 只在这台电脑上核对。"
NO_KEY_STORE = "这台电脑没有系统钥匙库：请用 10 个字符以上的口令，只用 6 位数字容易被猜出来。"
NOBODY = "这台电脑还没有人员。请管理员先运行 clerk-app clerk add，再来登录。"


class SignInPage(QWidget):
    """``opened(Desk)`` when the PIN was right."""

    opened = Signal(object)

    def __init__(self, services: FrontDoor, jobs: Jobs) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self._services, self._jobs = services, jobs
        self._busy, self._wait_s, self._told_why = False, 0, False
        self._logins: tuple[str, ...] = ()
        self._wanted = ""
        self.who = DropList()
        self.who.setAccessibleName("谁登录")
        self.who.activated.connect(self._on_who)
        self.pin = Line()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName("PIN 或口令")
        self.pin.setPlaceholderText("输入 PIN 或口令，按 Enter")
        self.pin.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText)
        self.pin.confirmed.connect(self._on_go)
        self._go = button("登录", "main")
        self._go.clicked.connect(self._on_go)
        self._title = label("登录", "title")
        self._note = label("", "small", wrap=True)
        self.protection = label("", "small", wrap=True)
        self.protection.hide()
        self.forgot = button("忘了 PIN", "link")
        self.forgot.clicked.connect(self._on_forgot)
        self.forgot.setVisible(services.recover is not None)
        self.again = button("重新登记这个窗口", "main")
        self.again.clicked.connect(self._on_again)
        self.again.hide()
        self.practise = button("训练模式：练手用，不算数", "link")
        self.practise.clicked.connect(self._on_practise)
        self.practise.setVisible(services.train is not None)
        self._count = QTimer(self)
        self._count.setInterval(1000)
        self._count.timeout.connect(self._on_second)
        card = Card((28, 26, 28, 22), gap=10)
        for widget in (
            self._title,
            label("谁登录", "small"),
            self.who,
            label("PIN 或口令", "small"),
            self.pin,
            self._go,
            self._note,
            self.again,
            self.protection,
            *([label(services.sign_in_hint, "small", wrap=True)] if services.sign_in_hint else []),
        ):
            card.box.addWidget(widget)
        card.box.addLayout(row(self.practise, None, self.forgot))
        self._stack = CardStack(WIDTH)
        self._stack.addWidget(card)
        whole = Card((0, 0, 0, 0), gap=0)
        whole.setProperty("look", "plain")
        whole.setFixedWidth(WIDTH)
        whole.box.addWidget(label("全科窗口", "brand"))
        whole.box.addWidget(label(hall_text(services.hall), "soft", wrap=True))
        whole.box.addSpacing(12)
        whole.box.addWidget(self._stack)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.addStretch(2)
        box.addWidget(whole, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)
        self._show_logins(services.logins)
        self._say(OFFLINE if services.logins else NOBODY, wrong=not services.logins)

    def ask(self, login: str = "", locked: bool = False) -> None:
        """Come to the front, also as the lock of a signed-in clerk. Who may sign in is looked up again."""
        self.begin(login, locked)
        self.look_again()

    def begin(self, login: str, locked: bool = False) -> None:
        """The same with what is known already: a fresh start waits for nothing."""
        self._title.setText("已锁屏" if locked else "登录")
        self._stack.setCurrentIndex(0)
        self._wanted = login
        self._choose(login)
        self.pin.clear()
        if locked:
            self._say("办到一半的都已存好，登录后接着办。换一位同事登录也行，各看各的暂存。", wrong=False)
        self.pin.setFocus()

    def look_again(self) -> None:
        """Who may sign in, and what protects the keys, may be other than when the page was built."""
        if self._services.known_logins is not None:
            self._jobs.run(self._services.known_logins, self._show_logins, owner=self, failed=_ignore)
        if self._services.protection is not None:
            self._jobs.run(self._services.protection, self._show_protection, owner=self, failed=_ignore)

    def stop(self, error: AppError) -> None:
        """Nobody can sign in here, and why."""
        self._busy = True
        self._paint()
        self._say(error.sentence(), wrong=True)

    def hold(self, waiting: bool) -> None:
        """While what was typed before the lock still goes to disk, nobody signs in."""
        self._busy = waiting
        self._paint()

    @property
    def note(self) -> str:
        return self._note.text()

    @cached_property
    def rescue(self) -> Rescue:
        """The way in with two papers; built when it is wanted."""
        made = Rescue(self._services, self._jobs)
        made.left.connect(self._on_rescued)
        self._stack.addWidget(made)
        return made

    @cached_property
    def enrolling(self) -> EnrolAgain:
        """A new code for a window whose enrolment is lost; built when it is wanted."""
        made = EnrolAgain(self._services, self._jobs)
        made.left.connect(self._on_rescued)
        made.opened.connect(self._on_enrolled)
        self._stack.addWidget(made)
        return made

    @property
    def waiting_s(self) -> int:
        """Seconds until the next try."""
        return self._wait_s

    def _show_logins(self, logins: tuple[str, ...]) -> None:
        if logins != self._logins:
            self._logins = logins
            now = str(self.who.currentData() or "")
            self.who.clear()
            for login in logins:
                name = self._services.login_names.get(login, "")
                self.who.addItem(f"{name}（{login}）" if name else login, login)
            self._choose(self._wanted or now)
        self._paint()

    def _show_protection(self, found: Protection) -> None:
        self.protection.setText("" if found.key_store else NO_KEY_STORE)
        self.protection.setVisible(not found.key_store)

    def _choose(self, login: str) -> None:
        at = self.who.findData(login)
        if at >= 0:
            self.who.setCurrentIndex(at)

    @Slot()
    def _on_who(self) -> None:
        """Somebody else: the wait after wrong PINs is each person's own."""
        self._wanted = str(self.who.currentData() or "")
        self._wait(0)
        self._say(OFFLINE, wrong=False)
        self.pin.clear()
        self.pin.setFocus()

    @Slot()
    def _on_go(self) -> None:
        login, pin = str(self.who.currentData() or ""), self.pin.text()
        if self._busy or self._wait_s or not login:
            return
        if not pin:
            if not self._told_why:  # Enter struck twice: why the first was refused stays to be read
                self._say("请输入 PIN。", wrong=True)
            return
        sign_in = self._services.sign_in
        self._go_in(lambda: sign_in(login, pin), "正在核对")

    def let_in(self, sign_in: Callable[[], Desk]) -> None:
        """Whoever gave the PIN a moment ago is signed in again."""
        self._go_in(sign_in, "正在用新的登记打开")

    def _go_in(self, sign_in: Callable[[], Desk], words: str) -> None:
        self._busy = True
        self._paint()
        self._say(words, wrong=False)
        self._jobs.run(sign_in, self._on_desk, owner=self, failed=self._on_wrong)

    def _on_desk(self, desk: Desk) -> None:
        self._ready()
        self._say("", wrong=False)
        self.opened.emit(desk)

    def _on_wrong(self, error: AppError) -> None:
        self._ready()
        is_lost = isinstance(error, NotEnrolled) and self._services.enrol_anew is not None
        self._say(f"{error.message}{error.what_is_safe}{WITH_A_CODE}" if is_lost else error.sentence(), wrong=True)
        self._told_why = True
        self.again.setVisible(is_lost)
        restyle(self._go, look="" if is_lost else "main")
        if is_lost:
            self.again.setFocus()
            return
        if isinstance(error, KeyProblem) and error.retry_after_s:
            self._wait(math.ceil(error.retry_after_s))
        self.pin.setFocus()

    def _wait(self, seconds: int) -> None:
        self._wait_s = seconds
        self._paint()
        if seconds:
            self._count.start()
        else:
            self._count.stop()

    @Slot()
    def _on_second(self) -> None:
        self._wait(max(self._wait_s - 1, 0))
        if not self._wait_s:
            self._say("可以再试了。想不起来就不要猜，请找管理员，或者按“忘了 PIN”。", wrong=False)

    def _paint(self) -> None:
        self._go.setText(f"还要等 {self._wait_s} 秒" if self._wait_s else "登录")
        self._go.setEnabled(not self._busy and not self._wait_s and self.who.count() > 0)

    def _ready(self) -> None:
        self._busy = False
        self._paint()
        self.pin.clear()

    @Slot()
    def _on_practise(self) -> None:
        """A training window opens beside this one, which stays as it is."""
        if self._services.train is not None:
            self._say("训练窗口正在另外打开，约十秒。", wrong=False)
            self._jobs.run(self._services.train, _nothing, owner=self, failed=self._on_wrong)

    @Slot()
    def _on_forgot(self) -> None:
        self._stack.setCurrentWidget(self.rescue)
        self.rescue.begin(str(self.who.currentData() or ""))

    @Slot()
    def _on_again(self) -> None:
        self._stack.setCurrentWidget(self.enrolling)
        self.enrolling.begin(str(self.who.currentData() or ""), self._logins)

    @Slot(object)
    def _on_enrolled(self, desk: Desk) -> None:
        self._stack.setCurrentIndex(0)
        self.again.hide()
        restyle(self._go, look="main")
        self._on_desk(desk)

    @Slot(str)
    def _on_rescued(self, words: str) -> None:
        self._stack.setCurrentIndex(0)
        self._wait(0)
        self._say(words or OFFLINE, wrong=False)
        self.pin.setFocus()

    def _say(self, text: str, *, wrong: bool) -> None:
        self._told_why = False
        note_in(self._note, text, wrong=wrong)


def _ignore(_: AppError) -> None:
    """The page works without this; signing in itself says what is wrong."""


def _nothing(_: None) -> None:
    """The other window shows itself."""
