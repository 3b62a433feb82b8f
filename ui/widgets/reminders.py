"""What the housekeeper found, as one calm button on top: how many things, and each in words when it is asked for. It moves nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton

from clerk_app.ports import Warned
from ui import theme

KEY = "Ctrl B"


class Reminders(QPushButton):
    """``said(text, tone)``: the next one in words. A grave one speaks by itself, once."""

    said = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._warned: tuple[Warned, ...] = ()
        self._told: set[str] = set()
        self._at = 0
        self.clicked.connect(self.tell)
        self.hide()

    def show_warnings(self, warned: Sequence[Warned]) -> None:
        """Those that hold now; the button goes when there are none."""
        self._warned = tuple(sorted(warned, key=lambda each: each.tone != "red"))
        self._told &= {each.kind for each in warned}
        self.setVisible(bool(warned))
        if not warned:
            return
        ink, ground = theme.TONES[self._warned[0].tone]
        self.setText(f"！提醒 {len(warned)}")
        self.setToolTip(KEY)
        self.setAccessibleName(f"提醒 {len(warned)} 条，按 {KEY} 看")
        self.setStyleSheet(
            f"QPushButton {{ color: {ink}; background: {ground}; border: none; border-radius: 12px; padding: 3px 11px; "
            f"min-height: 20px; font-size: {theme.SMALL}px; }}"
        )
        for each in self._warned:
            if each.tone == "red" and each.kind not in self._told:
                self._told.add(each.kind)
                self.said.emit(each.text, each.tone)
                return

    @Slot()
    def tell(self) -> None:
        """The next one, from the gravest on."""
        if self._warned:
            each = self._warned[self._at % len(self._warned)]
            number = f"（{self._at % len(self._warned) + 1}/{len(self._warned)}）" if len(self._warned) > 1 else ""
            self._at += 1
            self._told.add(each.kind)
            self.said.emit(each.text + number, each.tone)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is shown now."""
        return tuple(each.kind for each in self._warned) if not self.isHidden() else ()
