"""好差评 on the applicant's screen: five levels, then reasons if one likes. Voluntary; when the time runs out nobody rated."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clerk_app.domain.rating import LEVELS, RATING_SECONDS, REASONS
from ui.read_aloud import ReadAloud
from ui.widgets.parts import button, clear, label, restyle

_TICK_MS = 1000
QUESTION = "这次办事，您满意吗？"


class RatingPage(QWidget):
    """``rated(level, reasons)`` once, or ``unrated``."""

    rated = Signal(int, list)
    unrated = Signal()

    def __init__(self, aloud: ReadAloud) -> None:
        super().__init__()
        self._aloud = aloud
        self.level = 0
        self.left_s = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.levels: dict[int, QPushButton] = {}
        self.reasons: dict[str, QPushButton] = {}
        levels = QHBoxLayout()
        levels.setSpacing(14)
        for level, words in LEVELS.items():
            made = button(words, "level")
            made.setCheckable(True)
            made.setProperty("level", level)
            made.clicked.connect(self._on_level)
            self.levels[level] = made
            levels.addWidget(made, 1)
        self._ask = label("", "soft")
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._note = label("", "soft")
        self._no = button("不评价", "big")
        self._no.clicked.connect(self._on_no)
        self.send = button("提交评价", "main")
        self.send.clicked.connect(self._on_send)
        bottom = QHBoxLayout()
        bottom.addWidget(self._no)
        bottom.addStretch(1)
        bottom.addWidget(self._note)
        bottom.addSpacing(20)
        bottom.addWidget(self.send)
        box = QVBoxLayout(self)
        box.setContentsMargins(44, 34, 44, 34)
        box.setSpacing(22)
        top = QHBoxLayout()
        top.addWidget(label(QUESTION, "title"), 1)
        top.addWidget(aloud.offer(self._rows))
        box.addLayout(top)
        box.addSpacing(16)
        box.addLayout(levels)
        box.addWidget(self._ask)
        box.addLayout(self._grid)
        box.addStretch(1)
        box.addLayout(bottom)

    def begin(self) -> None:
        """A fresh question; the time starts."""
        self.left_s = RATING_SECONDS
        self._show(0)
        self._timer.start()
        self._say_time()

    def stop(self) -> None:
        """No more answer is wanted."""
        self._aloud.stop()
        self._timer.stop()

    @property
    def open(self) -> bool:
        """Waiting for an answer."""
        return self._timer.isActive()

    @Slot()
    def tick(self) -> None:
        """A second has passed."""
        self.left_s -= 1
        self._say_time()
        if self.left_s <= 0:
            self._on_no()

    def _say_time(self) -> None:
        self._note.setText(f"自愿评价，{self.left_s} 秒后自动结束")

    def _rows(self) -> list[tuple[str, str]]:
        words = "、".join(LEVELS.values())
        rows = [(QUESTION, f"{words}。评不评都可以")]
        if self.level:
            rows.append((self._ask.text(), "、".join(REASONS[self.level].values())))
        return rows

    def _show(self, level: int) -> None:
        self._aloud.stop()
        self.level = level
        for each, made in self.levels.items():
            made.setChecked(each == level)
        clear(self._grid)
        self.reasons = {}
        for at, (code, words) in enumerate(REASONS.get(level, {}).items()):
            made = button(words, "choice")
            made.setCheckable(True)
            made.setProperty("code", code)
            made.clicked.connect(self._on_reason)
            self.reasons[code] = made
            self._grid.addWidget(made, at // 2, at % 2)
        self._ask.setText("因为什么？可以多选，也可以不选" if level else "请点一个")
        self.send.setEnabled(level > 0)
        restyle(self.send, look="main")

    @Slot()
    def _on_level(self) -> None:
        self.left_s = RATING_SECONDS  # somebody is there
        self._show(int(self.sender().property("level")))

    @Slot()
    def _on_reason(self) -> None:
        self.left_s = RATING_SECONDS

    @Slot()
    def _on_no(self) -> None:
        if self.open:
            self.stop()
            self.unrated.emit()

    @Slot()
    def _on_send(self) -> None:
        if self.open and self.level:
            self.stop()
            self.rated.emit(self.level, [code for code, made in self.reasons.items() if made.isChecked()])
