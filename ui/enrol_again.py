"""A window whose enrolment a damaged disk took, enrolled anew at the sign-in page by an administrator's PIN and a new code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from clerk_app.errors import AppError
from ui.front_door import FrontDoor
from ui.jobs import Jobs
from ui.widgets.drop_list import DropList
from ui.widgets.entry import Line
from ui.widgets.parts import Card, button, label, note_in, row

if TYPE_CHECKING:
    from clerk_app.usecases.desk import Desk

ABOUT = "登记码向区县前置要，只能用一次。大厅和窗口照旧；办件、暂存和人员都留着，没送达的会照常送出，各送一次。"


class EnrolAgain(Card):
    """``opened(Desk)``: it is done, and who did it is signed in. ``left(words)``: back to signing in."""

    left = Signal(str)
    opened = Signal(object)
    _said = Signal(str)

    def __init__(self, services: FrontDoor, jobs: Jobs) -> None:
        super().__init__((28, 26, 28, 22), gap=9)
        self._services, self._jobs = services, jobs
        self.who = DropList()
        self.who.setAccessibleName("管理员")
        self.pin, self.gateway, self.code = Line(), Line(), Line()
        for line, words in (
            (self.pin, "PIN 或口令"),
            (self.gateway, "区县前置地址，如 https://…"),
            (self.code, "新的登记码"),
        ):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText)
        for line in (self.pin, self.gateway):
            line.confirmed.connect(line.focusNextChild)
        self.code.confirmed.connect(self._on_go)
        self._go = button("重新登记", "main")
        self._go.clicked.connect(self._on_go)
        self._back = button("回去登录　Esc", "link")
        self._back.clicked.connect(self._on_back)
        self._note = label("", "small", wrap=True)
        self._said.connect(self._on_said)
        for widget in (
            label("重新登记这个窗口", "title"),
            label(ABOUT, "small", wrap=True),
            label("管理员", "small"),
            self.who,
            label("PIN 或口令", "small"),
            self.pin,
            label("区县前置地址", "small"),
            self.gateway,
            label("新的登记码", "small"),
            self.code,
            self._go,
            self._note,
        ):
            self.box.addWidget(widget)
        self.box.addLayout(row(None, self._back))

    @property
    def note(self) -> str:
        return self._note.text()

    def begin(self, login: str, logins: tuple[str, ...]) -> None:
        """``login``: who tried to sign in."""
        self.who.clear()
        for each in logins:
            name = self._services.login_names.get(each, "")
            self.who.addItem(f"{name}（{each}）" if name else each, each)
        self.who.setCurrentIndex(max(self.who.findData(login), 0))
        self.gateway.setText(self._services.hall.gateway)
        self.pin.clear()
        self.code.clear()
        note_in(self._note, "", wrong=False)
        self.pin.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._back.isEnabled():
            self._on_back()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_back(self) -> None:
        self.pin.clear()
        self.code.clear()
        self.left.emit("")

    @Slot()
    def _on_go(self) -> None:
        enrol_anew, login = self._services.enrol_anew, str(self.who.currentData() or "")
        pin, gateway, code = self.pin.text(), self.gateway.text().strip(), self.code.text().strip()
        if enrol_anew is None or not self._go.isEnabled():
            return
        empty = next((line for line in (self.pin, self.gateway, self.code) if not line.text().strip()), None)
        if empty is not None:
            note_in(self._note, "PIN、前置地址和登记码都要填。", wrong=True)
            empty.setFocus()
            return
        self._busy(True)
        say = self._said.emit
        self._jobs.run(
            lambda: enrol_anew(login, pin, gateway, code, say), self._on_done, owner=self, failed=self._on_wrong
        )

    @Slot(str)
    def _on_said(self, words: str) -> None:
        if not self._go.isEnabled():
            note_in(self._note, words, wrong=False)

    def _on_done(self, desk: Desk) -> None:
        self._busy(False)
        self._on_said("")
        self.pin.clear()
        self.code.clear()
        self.opened.emit(desk)

    def _on_wrong(self, error: AppError) -> None:
        self._busy(False)
        note_in(self._note, error.sentence(), wrong=True)
        self.pin.setFocus()
        self.pin.selectAll()

    def _busy(self, working: bool) -> None:
        for each in (self._go, self._back, self.who):
            each.setEnabled(not working)
