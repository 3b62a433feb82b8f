"""What several pages of 设置 share: a line for a PIN, a card that asks for one's own PIN again and does something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.errors import AppError, KeyProblem
from clerk_app.ports import Safekeeping
from ui.context import Context
from ui.widgets.entry import Entry
from ui.widgets.parts import Card, button, label, restyle, row

T = TypeVar("T")


def secret_entry(title: str, hint: str = "") -> Entry:
    """A line whose text is not shown."""
    made = Entry(title, hint=hint)
    made.line.setEchoMode(QLineEdit.EchoMode.Password)
    made.line.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText)
    return made


class Doing(Card):
    """A card that does one thing: ``wanted`` on its button, or on Enter in its last line. ``say`` tells what came of it."""

    wanted = Signal()

    def __init__(self, words: str, *widgets: QWidget) -> None:
        super().__init__((18, 14, 18, 14), gap=10)
        self.go = button(words, "main")
        self.go.clicked.connect(self.wanted)
        self.note = label("", "plain", wrap=True)
        for widget in widgets:
            self.box.addWidget(widget)
        last = widgets[-1] if widgets else None
        if isinstance(last, Entry):
            last.line.confirmed.connect(self.wanted)
        self.box.addLayout(row(self.go, None))
        self.box.addWidget(self.note)
        self.note.hide()

    def say(self, text: str, tone: str = "green") -> None:
        sign = {"green": "✓ ", "amber": "！", "red": "！"}.get(tone, "")
        self.note.setText(f"{sign}{text}" if text else "")
        restyle(self.note, tone=tone)
        self.note.setVisible(bool(text))

    def fail(self, error: AppError) -> None:
        reasons = "".join(getattr(error, "reasons", ())[1:])
        self.say(error.sentence() + reasons, "red")
        self.busy(False)

    def busy(self, working: bool) -> None:
        self.go.setEnabled(not working)

    def run(self, context: Context, work: Callable[[], T], done: Callable[[T], None], words: str = "正在做") -> None:
        """``work`` as a job; the button waits, what fails is said here."""
        self.busy(True)
        self.say(words, "grey")

        def finished(result: T) -> None:
            self.busy(False)
            self.say("")
            done(result)

        context.jobs.run(work, finished, owner=self, failed=self.fail)


def keeper_of(context: Context) -> Safekeeping:
    """The hand on the vault. Raises KeyProblem where there is none; call it inside a job."""
    keeper = context.services.safekeeping
    if keeper is None:
        raise KeyProblem("这个窗口现在看不到保管的情况。", what_to_do="请重新登录。")
    return keeper
