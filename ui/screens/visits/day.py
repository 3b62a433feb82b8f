"""The day's visits as cards in their order, and below them whom to offer one."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clerk_app.usecases.visiting import Day
from ui.screens.visits.stop_card import OVER, StopCard, SuggestionCard
from ui.widgets.empty_state import EmptyState
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import clear, label


class DayCards(FollowingArea):
    """``begun``, ``moved``, ``ended``: a visit's id; ``planned``: a person's."""

    begun = Signal(str)
    moved = Signal(str)
    ended = Signal(str)
    planned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards = QVBoxLayout()
        self.cards.setSpacing(12)
        self.cards.setContentsMargins(0, 0, 8, 0)
        inside = QWidget()
        inside.setProperty("look", "ground")
        inside.setLayout(self.cards)
        self.setWidget(inside)
        self.first: StopCard | None = None

    def show_day(self, seen: Day, today: dt.date) -> None:
        """``first`` is the card of the next visit, if there is one."""
        clear(self.cards)
        self.first = None
        to_do = [stop.visit.id for stop in seen.stops if stop.visit.state not in OVER]
        for number, stop in enumerate(seen.stops, 1):
            card = StopCard(number, stop, today, is_next=stop.visit.id in to_do[:1])
            self.first = card if stop.visit.id in to_do[:1] else self.first
            card.begun.connect(self.begun)
            card.moved.connect(self.moved)
            card.ended.connect(self.ended)
            self.cards.addWidget(card)
        if not seen.stops:
            self.cards.addWidget(EmptyState("visits", "这天还没有安排上门", "到“特殊群体台账”里选人，点“安排上门”。"))
        if seen.suggested:
            self.cards.addWidget(label("该去看看的", "subtitle"))
        for person, why in seen.suggested:
            offer = SuggestionCard(person, why, today)
            offer.planned.connect(self.planned)
            self.cards.addWidget(offer)
        self.cards.addStretch(1)
