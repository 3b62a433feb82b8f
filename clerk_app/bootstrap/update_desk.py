"""The window's hand on updates (ports.UpdateDesk), and the worker behind it: asks now and then, brings what is offered while nothing
of a case waits, and after work puts to use what is ready. It never runs in a thread that a clerk waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from clerk_app import __version__
from clerk_app.bootstrap.background import Background
from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.line import LineDesk
from clerk_app.bootstrap.programs import Programs
from clerk_app.bootstrap.proof import back_to
from clerk_app.bootstrap.safekeeping import rolling_copy, store_of
from clerk_app.domain.releases import HOLD_WORDS, Hold, Release, may_fetch
from clerk_app.domain.versions import Outcome
from clerk_app.errors import AppError, EnvironmentProblem, KeyProblem, Refused, Stopped
from clerk_app.launching.folder import program_folder
from clerk_app.ports import UpdateState
from clerk_app.usecases import updating
from clerk_app.usecases.desk import Desk, must_keep_safe
from sync.pace import wait_text

if TYPE_CHECKING:
    from clerk_app.bootstrap.updates import Updates
    from sync.updates.sources import Source

FIRST_LOOK_S, LOOK_EVERY_S, TRY_AGAIN_S = 120.0, 6 * 3600.0, 60.0
OUTCOME_WORDS = {
    Outcome.PROVEN: "已换用 {about}，运行正常。",
    Outcome.ROLLED_BACK: "{about} 在这台电脑上打不开，已自动换回原来的版本，办件都在。",
    Outcome.TAKEN_BACK: "已从 {about} 换回原来的版本。",
}


class UpdateDeskOfWindow:
    """See ports.UpdateDesk. ``start`` and ``stop`` with each clerk who signs in."""

    def __init__(self, home: House, line: LineDesk, on_bug: Callable[[BaseException], None]) -> None:
        self._home, self._line = home, line
        self._worker = Background("updates", on_bug)
        self._programs = Programs(program_folder(home.data))
        self._desk: Desk | None = None
        self._offered: Release | None = None
        self._to_fetch, self._looked_ms = -1, 0
        self._words, self._tone = "", ""
        self._ready = bool(self._programs.read().ready)
        self.start_again = False

    # --- the worker

    def start(self, desk: Desk) -> None:
        """A clerk signed in."""
        self.stop()
        self._desk = desk
        self._worker.start(self._run)

    def stop(self, timeout_s: float = 5.0) -> None:
        """Nobody is signed in. Ends after the stretch at hand."""
        self._desk = None
        self._worker.stop(timeout_s)

    def after_work(self) -> None:
        """The window is closing: what is ready is put to use, if that is wished. Whatever stands in the way, it waits for the
        next evening; the clerk who goes home is not asked."""
        desk = self._desk
        if desk is None or self.start_again or not self._programs.policy().by_itself or not self._programs.read().ready:
            return
        try:
            self._put_to_use(desk, case_open=False, unasked=True)
        except AppError as error:
            self._say(error.sentence(), "amber")

    def _run(self, stopping: Event) -> None:
        wait_s = FIRST_LOOK_S
        while not stopping.wait(wait_s):
            wait_s = self.round(stopping.is_set)

    def round(self, stopping: Callable[[], bool] = lambda: False) -> float:
        """Ask, and bring what may be brought unasked, until ``stopping``. Returns after how many seconds the next round is due."""
        try:
            with self._source(None) as (updates, source):
                if updates.trusted.root() is None:
                    return LOOK_EVERY_S  # built without a publisher: said when a person asks
                self._note(updates, source, updates.look(source))
                hold = self._hold()
                if self._offered is None or self._ready:
                    return LOOK_EVERY_S
                if hold is not None:
                    self._say(HOLD_WORDS[hold], "amber")
                    return TRY_AGAIN_S if hold is Hold.CASES_FIRST else LOOK_EVERY_S
                if not updates.bring(source, self._offered, go_on=lambda: not stopping() and self._may_go_on()):
                    return TRY_AGAIN_S
                self._brought()
        except (KeyProblem, Stopped):  # nobody is signed in (any more)
            return LOOK_EVERY_S
        except EnvironmentProblem as error:
            self._say(error.sentence(), "amber")
            return TRY_AGAIN_S
        except Refused as error:
            self._say(error.sentence(), "red")
        return LOOK_EVERY_S

    def _may_go_on(self) -> bool:
        return self._line.is_clear() and not self._programs.policy().metered

    def _hold(self) -> Hold | None:
        waiting, _speed = self._line.still_to_go()
        return may_fetch(self._programs.policy(), waiting=waiting, by_hand=False)

    # --- what the window asks

    def state(self) -> UpdateState:
        """See ports.UpdateDesk."""
        versions, policy = self._programs.read(), self._programs.policy()
        self._ready = bool(versions.ready)
        words, tone = self._words, self._tone
        if not words and versions.outcome in OUTCOME_WORDS:
            words = OUTCOME_WORDS[versions.outcome].format(about=versions.about)
            tone = "green" if versions.outcome is Outcome.PROVEN else "amber"
        offered, (_waiting, speed) = self._offered, self._line.still_to_go()
        return UpdateState(
            __version__,
            versions,
            policy,
            offered=str(offered.version) if offered else "",
            notes=offered.notes if offered else "",
            to_fetch=self._to_fetch if offered else -1,
            wait_text=wait_text(max(self._to_fetch, 0), speed) if offered else "",
            back_to=back_to(versions),
            looked_ms=self._looked_ms,
            words=words,
            tone=tone,
        )

    def look(self) -> UpdateState:
        """See ports.UpdateDesk."""
        with self._source(None) as (updates, source):
            self._note(updates, source, updates.look(source, again=True))
        self._say("" if self._offered else "没有更新的版本。", "green")
        return self.state()

    def fetch(self, progress: Callable[[int, int], None], stopping: Callable[[], bool]) -> UpdateState:
        """See ports.UpdateDesk."""
        with self._source(None) as (updates, source):
            release = updates.look(source, again=True)
            self._note(updates, source, release)
            if release is not None and updates.bring(source, release, go_on=lambda: not stopping(), progress=progress):
                self._brought()
        return self.state()

    def take_file(self, path: Path, progress: Callable[[int, int], None]) -> UpdateState:
        """See ports.UpdateDesk."""
        with self._source(path) as (updates, source):
            release = updates.look(source, again=True)
            self._note(updates, source, release)
            if release is None:
                self._say("这个文件里没有比现在更新的版本。", "amber")
            elif updates.bring(source, release, progress=progress):
                self._brought()
        return self.state()

    def put_to_use(self, *, case_open: bool) -> UpdateState:
        """See ports.UpdateDesk."""
        self._put_to_use(self._signed_in(), case_open=case_open, unasked=False)
        self.start_again = True
        return self.state()

    def go_back(self) -> UpdateState:
        """See ports.UpdateDesk."""
        updating.go_back(self._signed_in(), self._programs)
        self._say("", "")
        self.start_again = True
        return self.state()

    def set_by_itself(self, by_itself: bool) -> UpdateState:
        """See ports.UpdateDesk."""
        self._signed_in()
        self._programs.set_policy(replace(self._programs.policy(), by_itself=by_itself))
        return self.state()

    def set_metered(self, metered: bool) -> UpdateState:
        """See ports.UpdateDesk."""
        must_keep_safe(self._signed_in())
        self._programs.set_policy(replace(self._programs.policy(), metered=metered))
        return self.state()

    def set_pin(self, pinned: bool) -> UpdateState:
        """See ports.UpdateDesk."""
        updating.pin(self._signed_in(), self._programs, __version__ if pinned else "")
        self._offered = None
        return self.state()

    # --- inside

    def _put_to_use(self, desk: Desk, *, case_open: bool, unasked: bool) -> None:
        updating.may_be_put_to_use(self._programs, case_open=case_open, copied=True)
        copied = rolling_copy(self._home, store_of(desk), force=True) is not None
        updating.put_to_use(desk, self._programs, case_open=case_open, copied=copied, unasked=unasked)
        self._ready = False

    @contextmanager
    def _source(self, file: Path | None) -> Iterator[tuple[Updates, Source]]:
        from clerk_app.bootstrap.updates import Updates, source_of  # the TUF client: off the way to the first window

        desk = self._signed_in()
        with source_of(file, desk.hall.gateway, desk) as source:
            yield Updates(self._home.data), source

    def _note(self, updates: Updates, source: Source, release: Release | None) -> None:
        self._offered, self._looked_ms = release, self._home.clock.now().utc_ms
        is_here = release is not None and self._programs.read().ready == str(release.version)
        self._to_fetch = updates.to_fetch(source, release) if release is not None and not is_here else -1

    def _brought(self) -> None:
        self._ready, self._to_fetch = True, 0
        self._say("", "")

    def _say(self, words: str, tone: str) -> None:
        self._words, self._tone = words, tone

    def _signed_in(self) -> Desk:
        desk = self._desk
        if desk is None:
            raise KeyProblem("现在没有人登录。", what_to_do="请先登录。")
        return desk
