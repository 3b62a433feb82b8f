"""The sheet of step 5: what still stands in the way, whether it is signed, and the rows that the applicant reads."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clerk_app.domain.signing import THUMB
from clerk_app.usecases.emergency import is_entry
from clerk_app.usecases.intake import Plan
from ui.screens.intake.precheck import in_short
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import button, chip, clear, label, line, set_chip


class Sheet(QScrollArea):
    """``sign`` and ``by_thumb`` are its buttons; the step decides what they do."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnMinimumWidth(0, 110)
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._state = chip()
        self.sign = button("请申请人签字", key="F4")
        self.by_thumb = button("不会写字，按指印", key="Shift F4")
        self.at_once = label("F12 受理并当场办结", "plain", tone="blue")
        self.at_once.hide()
        left = QVBoxLayout()
        left.setContentsMargins(20, 16, 20, 12)
        left.setSpacing(12)
        self._top = QWidget()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(label("申请人看到的内容", "strong"))
        top.addWidget(self._state)
        top.addStretch(1)
        top.addWidget(self.at_once)
        top.addWidget(self.by_thumb)
        top.addWidget(self.sign)
        left.addWidget(self._top)
        left.addLayout(self._grid)
        left.addStretch(1)
        self._obstacles = QVBoxLayout()
        self._obstacles.setContentsMargins(20, 12, 20, 10)
        self._obstacles.setSpacing(5)
        inner = QWidget()
        whole = QVBoxLayout(inner)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._open_points = QWidget()
        points = QVBoxLayout(self._open_points)
        points.setContentsMargins(0, 0, 0, 0)
        points.setSpacing(0)
        points.addLayout(self._obstacles)
        points.addWidget(line("faint-line"))
        whole.addWidget(self._open_points)
        whole.addLayout(left)
        whole.addStretch(1)
        by_finger(self)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def show_plan(self, plan: Plan | None, *, at_once: bool) -> None:
        """``at_once``: accepting it may end it, too."""
        shown = plan.shown if plan else ()
        if shown != self._shown:
            self._shown = shown
            clear(self._grid)
            for at, (title, text) in enumerate(shown):
                self._grid.addWidget(label(title, "soft"), at, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(label(text, wrap=True), at, 1)
        entry = bool(plan and is_entry(plan.draft))
        self.sign.setText("纸上已经签过字  F4" if entry else "请申请人签字  F4")
        self.by_thumb.setVisible(not entry)
        signature = plan.application.signature if plan else None
        done = "已按指印" if signature and signature.kind == THUMB else "已签字"
        signed = bool(plan and plan.signed)
        set_chip(self._state, done if signed else "还没有签字", "green" if signed else "amber")
        self.at_once.setVisible(at_once)
        clear(self._obstacles)
        obstacles = plan.obstacles if plan else ("还没有选事项",)
        if obstacles:
            self._obstacles.addWidget(label(f"还差 {len(obstacles)} 项，才能受理", "strong"))
            for text in obstacles:
                self._obstacles.addWidget(label(f"！{in_short(text)}", "plain", wrap=True, tone="amber"))
        else:
            self._obstacles.addWidget(label("✓ 都齐了，可以受理", "plain", tone="green"))

    def show_rows_alone(self, alone: bool) -> None:
        """While they are read aloud nothing else is there, from the first row on."""
        for other in (self._top, self._open_points):
            other.setVisible(not alone)
        if alone:
            self.verticalScrollBar().setValue(0)

    def turn(self, pages: int) -> None:
        """Leaf through the rows."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())
