"""The bar under the steps: what is still open, in words, and the ways on and back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from ui.widgets.parts import Card, button, chip, label, set_chip


class StepBar(Card):
    """``on``, ``back`` and ``notice`` are its buttons; the intake page decides what they do and when they show."""

    def __init__(self) -> None:
        super().__init__((16, 10, 16, 10))
        self._summary = label("", "")
        self._chip = chip()
        self.back = button("上一步")
        self.notice = button("一次性告知", key="F8")
        self.on = button("下一步", "main")
        row = QHBoxLayout()
        row.setSpacing(14)
        for widget in (self._summary, self._chip):
            row.addWidget(widget)
        row.addStretch(1)
        for made in (self.notice, self.back, self.on):
            row.addWidget(made)
        self.box.addLayout(row)

    def show_summary(self, text: str, words: str, tone: str) -> None:
        """``text`` in plain words, ``words`` in the chip, coloured by ``tone``."""
        self._summary.setText(text)
        set_chip(self._chip, words, tone)

    def name_on(self, at: int, titles: tuple[str, ...], *, noticing: bool, brings_late_papers: bool) -> None:
        """What the main button does now, with its key. ``at``: the step from 0; the last one is the receipt."""
        confirm, receipt = len(titles) - 2, len(titles) - 1
        if noticing:
            words = "确认告知  Ctrl ↵"
        elif brings_late_papers:
            words = "收下补交的材料  Ctrl ↵"
        elif at == confirm:
            words = "受理  F9"
        elif at == receipt:
            words = "下一位  Ctrl N"
        else:
            words = f"下一步：{titles[at + 1]}  Ctrl ↵"
        self.on.setText(words)
