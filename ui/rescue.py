"""A forgotten PIN, solved at the sign-in page by two holders of the recovery key; no line is needed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from clerk_app.errors import AppError
from ui.front_door import FrontDoor
from ui.jobs import Jobs
from ui.widgets.entry import Line
from ui.widgets.parts import Card, button, label, note_in, row


class Rescue(Card):
    """A forgotten PIN: two holders type their papers, then a new PIN twice. ``left(words)``: back to signing in."""

    left = Signal(str)

    def __init__(self, services: FrontDoor, jobs: Jobs) -> None:
        super().__init__((28, 26, 28, 22), gap=9)
        self._services, self._jobs = services, jobs
        self._login = ""
        self._title = label("忘了 PIN", "title")
        self.papers = (Line(), Line())
        self.pins = (Line(), Line())
        for line, words in zip(self.papers, ("第一张纸上的全部字符", "第二张纸上的全部字符"), strict=True):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        for line, words in zip(self.pins, ("新的 PIN 或口令", "新的再输一次"), strict=True):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        for line in (*self.papers, self.pins[0]):
            line.confirmed.connect(line.focusNextChild)
        self.pins[1].confirmed.connect(self._on_go)
        self._go = button("设新的 PIN", "main")
        self._go.clicked.connect(self._on_go)
        back = button("回去登录　Esc", "link")
        back.clicked.connect(self._on_back)
        self._note = label("", "small", wrap=True)
        about = "请两位保管人拿着恢复钥匙的纸，各输自己那一张。不用联网，日志里会记下用了哪两张。"
        for widget in (self._title, label(about, "small", wrap=True), *self.papers, *self.pins, self._go, self._note):
            self.box.addWidget(widget)
        self.box.addLayout(row(None, back))

    @property
    def note(self) -> str:
        return self._note.text()

    def begin(self, login: str) -> None:
        """For this login."""
        self._login = login
        self._title.setText(f"忘了 PIN：{login}")
        self._clear()
        note_in(self._note, "", wrong=False)
        self.papers[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_back()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_back(self) -> None:
        self._clear()
        self.left.emit("")

    @Slot()
    def _on_go(self) -> None:
        recover, login = self._services.recover, self._login
        one, other, pin, again = (line.text() for line in (*self.papers, *self.pins))
        if recover is None:
            return
        if pin != again:
            note_in(self._note, "两次输的新 PIN 不一样。", wrong=True)
            self.pins[1].setFocus()
            return
        self._go.setEnabled(False)
        note_in(self._note, "正在核对", wrong=False)
        self._jobs.run(lambda: recover(login, pin, (one, other)), self._on_done, owner=self, failed=self._on_wrong)

    def _on_done(self, _: None) -> None:
        self._go.setEnabled(True)
        self._clear()
        self.left.emit("新的 PIN 可以用了，日志里有记录。请用它登录。")

    def _on_wrong(self, error: AppError) -> None:
        self._go.setEnabled(True)
        note_in(self._note, error.sentence(), wrong=True)

    def _clear(self) -> None:
        for line in (*self.papers, *self.pins):
            line.clear()
