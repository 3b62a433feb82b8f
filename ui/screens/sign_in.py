"""Signing in, and the lock: who and PIN, offline. Wrong PINs and the wait after them are said in plain words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from clerk_app.errors import AppError
from clerk_app.usecases.desk import Desk
from ui.jobs import Jobs
from ui.services import WindowServices
from ui.widgets.bars import hall_text
from ui.widgets.entry import Line
from ui.widgets.parts import Card, button, label


class SignInPage(QWidget):
    """``opened(Desk)`` when the PIN was right."""

    opened = Signal(object)

    def __init__(self, services: WindowServices, jobs: Jobs) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self._services, self._jobs = services, jobs
        self._busy = False
        self._who = QComboBox()
        self._who.setAccessibleName("谁登录")
        for login in services.logins:
            name = services.login_names.get(login, "")
            self._who.addItem(f"{name}（{login}）" if name else login, login)
        self.pin = Line()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName("PIN")
        self.pin.setPlaceholderText("输入 PIN，按 Enter")
        self.pin.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhHiddenText)
        self.pin.confirmed.connect(self._on_go)
        self._go = button("登录", "main")
        self._go.clicked.connect(self._on_go)
        self._title = label("登录", "title")
        self._note = label("", "small", wrap=True)
        card = Card((28, 26, 28, 26), gap=10)
        card.setFixedWidth(400)
        for widget in (
            label("全科窗口", "brand"),
            label(hall_text(services.hall), "soft", wrap=True),
            self._title,
            label("谁登录", "small"),
            self._who,
            label("PIN", "small"),
            self.pin,
            self._go,
            self._note,
            label(services.sign_in_hint, "small", wrap=True),
        ):
            card.box.addWidget(widget)
        box = QVBoxLayout(self)
        box.addStretch(2)
        box.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self._say("没有网也能登录，PIN 只在这台电脑上核对。", wrong=False)
        if not services.logins:
            self._say("这台电脑还没有人员。请管理员先添加人员，再来登录。", wrong=True)
            self._go.setEnabled(False)

    def ask(self, login: str = "", locked: bool = False) -> None:
        """Come to the front: for a fresh start, or as the lock of a signed-in clerk."""
        self._title.setText("已锁屏" if locked else "登录")
        at = self._who.findData(login)
        if at >= 0:
            self._who.setCurrentIndex(at)
        self.pin.clear()
        if locked:
            self._say("办到一半的都已存好，登录后接着办。", wrong=False)
        self.pin.setFocus()

    def hold(self, waiting: bool) -> None:
        """While what was typed before the lock still goes to disk, nobody signs in."""
        self._busy = waiting
        self._go.setEnabled(not waiting and self._who.count() > 0)

    @property
    def note(self) -> str:
        return self._note.text()

    @Slot()
    def _on_go(self) -> None:
        login, pin = str(self._who.currentData() or ""), self.pin.text()
        if self._busy or not login:
            return
        if not pin:
            self._say("请输入 PIN。", wrong=True)
            return
        self._busy = True
        self._go.setEnabled(False)
        self._say("正在核对", wrong=False)
        sign_in = self._services.sign_in
        self._jobs.run(lambda: sign_in(login, pin), self._on_desk, owner=self, failed=self._on_wrong)

    def _on_desk(self, desk: Desk) -> None:
        self._ready()
        self._say("", wrong=False)
        self.opened.emit(desk)

    def _on_wrong(self, error: AppError) -> None:
        self._ready()
        self._say(error.sentence(), wrong=True)
        self.pin.setFocus()

    def _ready(self) -> None:
        self._busy = False
        self._go.setEnabled(True)
        self.pin.clear()

    def _say(self, text: str, *, wrong: bool) -> None:
        self._note.setProperty("look", "fault" if wrong else "small")
        self._note.style().unpolish(self._note)
        self._note.style().polish(self._note)
        self._note.setText(text)
