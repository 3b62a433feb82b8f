"""One draft under the clerk's hands: what is typed goes to disk within a quarter of a second, in order, off the GUI thread.

What a person typed lies in an overlay until the store has it, so a save that comes back late never overwrites newer text.
All work on a draft runs in one lane of ``Jobs``: no save can overtake another, and opening comes before the first save.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.domain.canonical import Json
from clerk_app.domain.divisions import Place
from clerk_app.domain.draft import Draft
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError, EnvironmentProblem
from clerk_app.usecases import intake
from clerk_app.usecases.desk import Desk
from ui.jobs import Failed, Jobs

SAVE_AFTER_MS = 250
RETRY_AFTER_MS = 3000

T = TypeVar("T")


class _Place:
    """The draft's id, touched only inside the lane: opened on the first save, so that looking around leaves nothing."""

    def __init__(self, desk: Desk, draft_id: str) -> None:
        self.desk, self.draft_id = desk, draft_id

    def id(self) -> str:
        if not self.draft_id:
            self.draft_id = intake.open_draft(self.desk).id
        return self.draft_id


class DraftSession(QObject):
    """``changed(Plan)`` after each thing that reached the disk; ``saved(text)`` with the time of saving, 09:41:58."""

    changed = Signal(object)
    saved = Signal(str)

    _serial = 0

    def __init__(self, desk: Desk, jobs: Jobs, say_error: Failed, parent: QObject, draft_id: str = "") -> None:
        super().__init__(parent)
        DraftSession._serial += 1
        self._desk, self._jobs, self._say_error = desk, jobs, say_error
        self._lane = f"draft {DraftSession._serial}"
        self._place = _Place(desk, draft_id)
        self._overlay: dict[str, tuple[int, Json]] = {}
        self._edits = 0
        self._sent = 0
        self.plan: intake.Plan | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer)

    @property
    def draft_id(self) -> str:
        """Empty until the draft is on disk."""
        return self.plan.draft.id if self.plan else ""

    def value(self, key: str) -> Json:
        """What stands under a key now: typed, or saved."""
        if key in self._overlay:
            return self._overlay[key][1]
        return self.plan.draft.values.get(key) if self.plan else None

    def today(self) -> dt.date:
        """The legal day at the window; reads the clock only."""
        return self._desk.clock.now().legal_date

    def places(self, text: str, limit: int) -> Sequence[Place]:
        """Districts and townships for the start of an address; from memory, so the GUI thread may ask."""
        return self._desk.catalogue.places(text, limit)

    def text(self, key: str) -> str:
        value = self.value(key)
        return value if isinstance(value, str) else ""

    def edit(self, values: Mapping[str, Json]) -> None:
        """Take typed values; they are on disk a quarter of a second later. Unchanged ones are left out."""
        fresh = {key: value for key, value in values.items() if (self.value(key) or "") != (value or "")}
        if not fresh:
            return
        self._edits += 1
        for key, value in fresh.items():
            self._overlay[key] = (self._edits, value)
        if not self._timer.isActive():
            self._timer.start(SAVE_AFTER_MS)

    def unsaved(self) -> dict[str, Json]:
        """What the disk has not confirmed yet."""
        return {key: value for key, (_, value) in self._overlay.items()}

    def flush(self) -> None:
        """Send what is typed to the disk now."""
        self._timer.stop()
        dirty = {key: value for key, (edit, value) in self._overlay.items() if edit > self._sent}
        if not dirty:
            return
        self._sent = upto = self._edits
        place, desk = self._place, self._desk

        def work() -> intake.Plan:
            return intake.plan(desk, intake.save(desk, place.id(), dirty))

        def failed(error: AppError) -> None:
            self._on_save_failed(error, dirty, upto)

        self._jobs.run(work, lambda plan: self._on_plan(plan, upto), owner=self, failed=failed, lane=self._lane)

    def load(self, then: Callable[[intake.Plan], None]) -> None:
        """Read the draft and derive the plan; nothing is written."""
        place, desk = self._place, self._desk

        def work() -> intake.Plan:
            draft = intake.load(desk, place.draft_id)
            return intake.plan(desk, draft)

        def done(plan: intake.Plan) -> None:
            self._on_plan(plan, 0)
            then(plan)

        self._jobs.run(work, done, owner=self, lane=self._lane)

    def change(
        self,
        act: Callable[[Desk, str], Draft],
        then: Callable[[intake.Plan], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run a use case that changes the draft, after everything typed so far."""
        self.flush()
        place, desk, upto = self._place, self._desk, self._edits

        def work() -> intake.Plan:
            return intake.plan(desk, act(desk, place.id()))

        def done(plan: intake.Plan) -> None:
            self._on_plan(plan, upto)
            if then:
                then(plan)

        self._jobs.run(work, done, owner=self, failed=failed, lane=self._lane)

    def finish(self, act: Callable[[Desk, str], T], then: Callable[[T], None], failed: Failed) -> None:
        """Run the use case that ends the draft (accept, notice), after everything typed so far."""
        self.flush()
        place, desk = self._place, self._desk
        self._jobs.run(lambda: act(desk, place.id()), then, owner=self, failed=failed, lane=self._lane)

    def settle(self, then: Callable[[], None]) -> None:
        """Call back once everything typed so far is on disk."""
        self.flush()
        self._jobs.run(lambda: None, lambda _: then(), owner=self, lane=self._lane)

    def _on_timer(self) -> None:
        self.flush()

    def _on_plan(self, plan: intake.Plan, upto: int) -> None:
        self._overlay = {key: pair for key, pair in self._overlay.items() if pair[0] > upto}
        self.plan = plan
        self.saved.emit(Stamp(plan.draft.saved_ms).local.strftime("%H:%M:%S"))
        self.changed.emit(plan)

    def _on_save_failed(self, error: AppError, dirty: Mapping[str, Json], upto: int) -> None:
        """The disk failed: what was typed stays in the overlay and is tried again. A rule said no: it is not."""
        if isinstance(error, EnvironmentProblem):
            for key, value in dirty.items():
                if key in self._overlay and self._overlay[key][0] <= upto:
                    self._edits += 1
                    self._overlay[key] = (self._edits, value)
            self._timer.start(RETRY_AFTER_MS)
        else:
            self._overlay = {key: pair for key, pair in self._overlay.items() if pair[0] > upto}
        self._say_error(error)
