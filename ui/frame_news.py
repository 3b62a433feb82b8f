"""What the frame tells without being asked: how many drafts, what is on its way, what must be seen to today, another catalogue."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from clerk_app.errors import AppError, Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import drafts
from clerk_app.usecases.offered_catalogue import Offered, notice, offered
from clerk_app.usecases.today import due
from ui.frame_facts import FrameFacts
from ui.jobs import Jobs
from ui.services import LineState
from ui.widgets.bars import Header, Rail

TODAY_EVERY_MS = 600_000

Say = Callable[[str, str], None]
"""A sentence and its tone."""


class FrameNews(QObject):
    """Lives as long as ``parent``, the view of one signed-in clerk; every count is read by a job."""

    def __init__(
        self, desk: Desk, jobs: Jobs, header: Header, rail: Rail, facts: FrameFacts, say: Say, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._jobs = desk, jobs
        self._header, self._rail, self._facts, self._say = header, rail, facts, say
        self._counting = False
        self._told = ""
        timer = QTimer(self)
        timer.timeout.connect(self.look_at_today)
        timer.start(TODAY_EVERY_MS)

    def show_line(self, state: LineState) -> None:
        """The pill in the header and what waits, on the rail."""
        self._header.show_line(state)
        if badge := self._rail.buttons.get("sync"):
            badge.show_badge(state.waiting + state.refused, "red" if state.refused else "amber")

    def count_drafts(self) -> None:
        """Anew; a count that is under way is enough."""
        if not self._counting:
            self._counting = True
            desk = self._desk
            self._jobs.run(lambda: len(drafts(desk)), self._show_drafts, owner=self, failed=self._on_uncounted)

    @Slot()
    def look_at_today(self) -> None:
        """How many things a person must see to now, for the rail."""
        if "stats" in self._rail.buttons:
            desk = self._desk
            self._jobs.run(lambda: sum(row.tone == "red" for row in due(desk)), self._show_today, owner=self)

    def look_at_catalogue(self) -> None:
        """Whether another catalogue came meanwhile, or a word about it: said once, and in the footer until it is in use."""
        desk = self._desk
        self._jobs.run(lambda: (offered(desk), notice(desk)), self._show_catalogue, owner=self, lane="news")

    def _show_catalogue(self, news: tuple[Offered | None, str]) -> None:
        offer, word = news
        told = offer.headline if offer else word
        self._facts.name_catalogue(self._desk.catalogue.version, has_newer=offer is not None)
        if told and told != self._told:
            self._told = told
            self._say(f"{told}　Ctrl G 看详情。", "blue")

    def _show_today(self, count: int) -> None:
        self._rail.buttons["stats"].show_badge(count, "red")

    def _show_drafts(self, count: int) -> None:
        self._counting = False
        if badge := self._rail.buttons.get("drafts"):
            badge.show_badge(count)

    def _on_uncounted(self, error: AppError) -> None:
        self._counting = False
        if not isinstance(error, Refused):
            self._say(error.sentence(), "amber")
