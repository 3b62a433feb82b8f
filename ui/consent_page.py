"""单独同意 on the applicant's screen: one kind of sensitive data after another, why it is needed, yes or no (个人信息保护法 29 条)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clerk_app.domain.sensitive import BY_NAMES, KIND_NAMES, PURPOSES, ConsentBy, SensitiveKind
from ui.read_aloud import ReadAloud
from ui.widgets.parts import Card, button, label, restyle

OWN = BY_NAMES[ConsentBy.APPLICANT]
FREE_TO_SAY_NO = "不同意也可以：请告诉工作人员，看有没有别的办法。同意以后也能撤回。"


def what_for(kind: SensitiveKind) -> str:
    """What is asked for, as it is read or heard."""
    return f"办这件事要用到：{KIND_NAMES[kind]}"


def why(kind: SensitiveKind) -> str:
    """What for, and what becomes of it."""
    return f"{PURPOSES[kind]}，加密存放，到期清除。"


class ConsentPage(QWidget):
    """``agreed`` once each was agreed to by itself, or ``refused`` as soon as one was not; ``cannot_write`` when they ask that it
    be read to them before a witness."""

    agreed = Signal()
    refused = Signal()
    cannot_write = Signal()

    def __init__(self, aloud: ReadAloud) -> None:
        super().__init__()
        self._aloud = aloud
        self._kinds: tuple[SensitiveKind, ...] = ()
        self._at = 0
        self.open = False
        self._title = label("", "title", wrap=True)
        self.what = label("", "strong", wrap=True)
        self._why = label("", "plain", wrap=True)
        self._law = label(FREE_TO_SAY_NO, "soft", wrap=True)
        self._note = label("", "soft")
        self.no = button("不同意", "big")
        self.no.clicked.connect(self._on_no)
        self.yes = button("我同意", "main")
        self.yes.clicked.connect(self._on_yes)
        self.by_thumb = button("我不会写字")
        self.by_thumb.clicked.connect(self.cannot_write)
        bottom = QHBoxLayout()
        bottom.addWidget(self.no)
        bottom.addStretch(1)
        bottom.addWidget(self.by_thumb)
        bottom.addSpacing(20)
        bottom.addWidget(self._note)
        bottom.addSpacing(20)
        bottom.addWidget(self.yes)
        box = QVBoxLayout(self)
        box.setContentsMargins(44, 34, 44, 34)
        box.setSpacing(26)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(aloud.offer(self._rows))
        box.addLayout(top)
        asked = Card((36, 32, 36, 32), gap=26)
        for widget in (self.what, self._why):
            asked.box.addWidget(widget)
        asked.box.addStretch(1)
        asked.box.addWidget(self._law)
        box.addWidget(asked, 1)
        box.addLayout(bottom)

    def begin(self, who: str, kinds: Sequence[SensitiveKind]) -> None:
        """Ask anew. ``who``: 申请人, 监护人, 代办人."""
        self._kinds, self._at, self.open = tuple(kinds), 0, True
        self._title.setText(f"请{'您' if who == OWN else who}单独同意")
        self._show()

    def stop(self) -> None:
        """No answer is wanted any more."""
        self._aloud.stop()
        self.open = False

    def _rows(self) -> list[tuple[str, str]]:
        return [(self._title.text(), self.what.text()), ("为什么", self._why.text()), ("您可以选", self._law.text())]

    def _show(self) -> None:
        self._aloud.stop()
        kind = self._kinds[self._at]
        self.what.setText(what_for(kind))
        self._why.setText(why(kind))
        several = len(self._kinds) > 1
        self._note.setText(f"第 {self._at + 1} 项，共 {len(self._kinds)} 项" if several else "")
        restyle(self.yes, look="main")

    @Slot()
    def _on_yes(self) -> None:
        if not self.open:
            return
        self._at += 1
        if self._at < len(self._kinds):
            self._show()
        else:
            self.stop()
            self.agreed.emit()

    @Slot()
    def _on_no(self) -> None:
        if self.open:
            self.stop()
            self.refused.emit()
