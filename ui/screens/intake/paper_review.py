"""Below the table of materials: why a paper was taken that need not be handed in, and which 审核要点 a paper does not meet.

One line each, shown only where it applies. The table keeps the keyboard: digits there tick review points; the reason line
takes digits while it has the keyboard, and gives it back once a reason stands.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.service_item import WayKind
from clerk_app.usecases.intake import PAPER_REASONS, MaterialRow
from ui.widgets.choices import Choices
from ui.widgets.entry import Line
from ui.widgets.parts import clear, column, label, row

SHOT = frozenset({WayKind.CAPTURE, WayKind.ON_SITE})


class PaperReview(QWidget):
    """``reason(text)`` why on paper; ``faults(tuple)`` the points found not met; ``done`` gives the keyboard back."""

    reason = Signal(str)
    faults = Signal(tuple)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shape: tuple[str, ...] = ()
        self._ticks: list[QCheckBox] = []
        self.why = Choices(
            "",
            [(text, text) for text in PAPER_REASONS],
        )
        self.why.setObjectName("paper.reason")
        self.why.picked.connect(self._on_ready)
        self.own = Line()
        self.own.setAccessibleName("为什么收纸质的")
        self.own.setPlaceholderText("其他原因，写几个字")
        self.own.confirmed.connect(self.done)
        self.own.left.connect(self._on_own)
        self._reason = QWidget()
        asked = label("收了能免交的纸质件，为什么？按数字选，或者写；F10 改成免交", "small")
        self._reason.setLayout(column(row(asked, self.own), self.why, gap=2))
        self.why.setAccessibleName("为什么收纸质的")
        self._points = QVBoxLayout()
        self._points.setSpacing(0)
        self._points.setContentsMargins(0, 0, 0, 0)
        self._review = QWidget()
        told = label("审核要点，不符合的按数字：", "small")
        points = QHBoxLayout(self._review)
        points.setContentsMargins(0, 0, 0, 0)
        points.addWidget(told, 0, Qt.AlignmentFlag.AlignTop)
        points.addLayout(self._points, 1)
        told.setFixedHeight(32)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 2, 14, 0)
        box.setSpacing(2)
        box.addWidget(self._review)
        box.addWidget(self._reason)

    def show_row(self, chosen: MaterialRow | None) -> None:
        """The chosen material; hidden where nothing is to be asked."""
        shot = chosen is not None and chosen.needed and chosen.given is not None and chosen.given.way in SHOT
        points = chosen.material.review_points if chosen and shot else ()
        wants = wants_reason(chosen)
        given = chosen.given if chosen else None
        self._reason.setVisible(wants)
        if wants and given and not self.own.hasFocus():
            ready = given.reason in PAPER_REASONS
            self.why.show_value(given.reason if ready else "")
            self.own.setText("" if ready else given.reason)
        if points != self._shape:
            self._build(points)
        met = given.faults if given else ()
        for tick, point in zip(self._ticks, points, strict=True):
            tick.blockSignals(True)
            tick.setChecked(point in met)
            tick.blockSignals(False)
        self._review.setVisible(bool(points))
        self.setVisible(wants or bool(points))

    @property
    def has_points(self) -> bool:
        """The review points stand here, so nowhere else."""
        return bool(self._shape)

    def ask(self) -> None:
        """Put the keyboard on the reason."""
        self.why.setFocus()

    def tick(self, number: int) -> bool:
        """Turn review point ``number`` (from 1) round; False when there is none."""
        if not self._review.isHidden() and 1 <= number <= len(self._ticks):
            self._ticks[number - 1].toggle()
            return True
        return False

    def _build(self, points: tuple[str, ...]) -> None:
        clear(self._points)
        self._shape, self._ticks = points, []
        for number, point in enumerate(points, 1):
            tick = QCheckBox(f"{number}  {point}")
            tick.setAccessibleName(f"不符合：{point}")
            tick.setToolTip(point)
            tick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tick.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the whole text is in the tip
            tick.toggled.connect(self._on_tick)
            self._ticks.append(tick)
            self._points.addWidget(tick)

    @Slot()
    def _on_tick(self) -> None:
        pairs = zip(self._ticks, self._shape, strict=True)
        self.faults.emit(tuple(point for tick, point in pairs if tick.isChecked()))

    @Slot(str)
    def _on_ready(self, text: str) -> None:
        self.own.clear()
        self.reason.emit(text)
        self.done.emit()

    @Slot()
    def _on_own(self) -> None:
        if text := self.own.text().strip():
            self.reason.emit(text)


def wants_reason(row: MaterialRow | None) -> bool:
    """A paper on paper that an e-certificate or shared data would cover."""
    if row is None or not row.needed or row.given is None or row.given.way is not WayKind.CAPTURE:
        return False
    return any(row.material.way(kind) for kind in WAIVERS)
