"""通办 on step 2: 收件地 is this window; where the item allows it, another place decides. Hidden for items that do not."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from clerk_app.domain.divisions import handed_on, is_within_the_city, place_fault, places_under
from clerk_app.domain.life_event import Scheme
from ui.screens.intake.session import DraftSession
from ui.widgets.choices import Choices
from ui.widgets.parts import column
from ui.widgets.place_entry import PlaceEntry

HERE = "here"


class ElsewhereChoice(QWidget):
    """Saves elsewhere.scope and elsewhere.place of the draft."""

    def __init__(self, session: DraftSession, scheme: Scheme) -> None:
        super().__init__()
        self._session = session
        pairs = [(HERE, "本地办"), *((scope, f"{scope}，外地办") for scope in handed_on(scheme.scopes))]
        self.where = Choices("在哪里办（本窗口收件）", pairs, small=False, per_row=3)
        self.where.setObjectName("elsewhere.scope")
        self.where.picked.connect(self._on_where)
        self.place = PlaceEntry("办理地")
        self.place.setObjectName("elsewhere.place")
        self.place.picked.connect(self._on_place)
        self.setLayout(column(self.where, self.place, gap=6))
        self.show_value()

    def show_value(self) -> None:
        """What the draft says."""
        scope, place = self._session.text("elsewhere.scope"), self._session.text("elsewhere.place")
        self.where.show_value(scope or HERE)
        self.place.setVisible(bool(scope))
        if scope:
            within = is_within_the_city(scope)
            hint = "打区县名，或拼音首字母（wzq）" if within else "写到市、区县，如 四川省广安市"
            self.place.offer(places_under(scope), free=not within, hint=hint)
            self.place.show_value(place)
            self.place.show_reason(place_fault(scope, place))

    def blocked(self) -> str:
        """Why it cannot go on, with the keyboard put there; empty when it may."""
        scope = self._session.text("elsewhere.scope")
        fault = place_fault(scope, self._session.text("elsewhere.place")) if scope else ""
        if fault:
            self.place.insist()
            self.place.setFocus()
        return fault

    @Slot(str)
    def _on_where(self, value: str) -> None:
        if value == HERE:
            self._session.edit({"elsewhere.scope": None, "elsewhere.place": None})
        elif value != self._session.text("elsewhere.scope"):
            self._session.edit({"elsewhere.scope": value, "elsewhere.place": None})
        self._session.flush()
        self.show_value()
        if value != HERE:
            self.place.setFocus()

    @Slot(str)
    def _on_place(self, name: str) -> None:
        self._session.edit({"elsewhere.place": name or None})
