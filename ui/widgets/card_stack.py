"""Cards of one width, one of them in front."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QStackedWidget


class CardStack(QStackedWidget):
    """As high as the sentences of the card in front need at this width; Qt's own goes by a guess of it, and cuts a long one off."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.setFixedWidth(width)
        self.currentChanged.connect(self.fit)

    def event(self, event: QEvent) -> bool:
        """What stands on a card is another."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return done

    @Slot()
    def fit(self) -> None:
        layout = self.currentWidget().layout() if self.count() else None
        if layout is not None:
            height = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else -1
            self.setFixedHeight(height if height >= 0 else layout.totalSizeHint().height())
