"""What stands where there is nothing yet: a sign, what is so, and what to do. In the middle, where one looks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, theme
from ui.widgets.parts import label

_SIGN = 40


class EmptyState(QWidget):
    """``sign``: a name of ui/icons.py. ``action``: what one does next from here."""

    def __init__(self, sign: str, words: str, advice: str = "", action: QPushButton | None = None) -> None:
        super().__init__()
        self._sign = sign
        self._picture = QLabel()
        self.words = label(words, "subtitle", wrap=True)
        self.advice = label(advice, "soft", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 24)
        box.setSpacing(8)
        box.addStretch(2)
        for made in (self._picture, self.words, *([self.advice] if advice else [])):
            made.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
            box.addWidget(made)
        if action is not None:
            box.addSpacing(8)
            box.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._picture.setPixmap(icons.picture(sign, theme.FAINT_INK, _SIGN))

    def text(self) -> str:
        """Both sentences."""
        return f"{self.words.text()} {self.advice.text()}".strip()
