"""The worker behind the window that looks after what is kept: quick check at the start, then checkpoint, terms, rolling copy
and second copy in rounds. What a person should know of it stands in ``warnings``; it never runs in a thread that a clerk waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event

from clerk_app.bootstrap.background import Background
from clerk_app.bootstrap.ballast import lay_down
from clerk_app.bootstrap.doctor import free_cases
from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.proof import this_version_works
from clerk_app.bootstrap.safekeeping import COPY_EVERY_MS, SECOND, copies, made_ms, rolling_copy, second_copy, store_of
from clerk_app.domain.time import Trust
from clerk_app.errors import AppError, KeyProblem, Stopped, StorageProblem
from clerk_app.ports import Warned
from clerk_app.usecases import journal_out, keeping, setup, visiting
from clerk_app.usecases.desk import Desk
from local_db.sounds import warm
from local_db.stopping import GoOn, always, look_up
from local_db.unit_of_work import SqlStore

ROUND_S = 15 * 60.0
SECOND_EVERY_S = 60.0
FEW_CASES, HARDLY_ANY = 500, 50
LATE_MS = 3 * COPY_EVERY_MS
"""A rolling copy this old, while the window is open, means that none could be made."""
PAGES_AT_ONCE = 256 * 1024 * 1024
"""Bytes of captured pages that are hashed at the start and in each round: ten gigabytes take a working day, not a start."""
AHEAD_MS = 10 * 60_000


class Housekeeper:
    """One per window; started anew for each clerk who signs in."""

    def __init__(self, home: House, on_bug: Callable[[BaseException], None]) -> None:
        self._home = home
        self._worker = Background("housekeeper", on_bug)
        self.warnings: tuple[Warned, ...] = ()
        self._held = False

    def start(self, desk: Desk) -> None:
        """A clerk signed in."""
        self._worker.start(lambda stopping: self._run(desk, stopping))

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends after the step at hand."""
        self._worker.stop(timeout_s)

    def _run(self, desk: Desk, stopping: Event) -> None:
        warm()

        def go_on() -> bool:
            return not stopping.is_set()

        try:
            store_of(desk).search_anew(go_on=go_on)
            database = store_of(desk).check_database(go_on)
            this_version_works(self._home.data)
            while go_on():
                pages = store_of(desk).check_pages(PAGES_AT_ONCE, go_on)
                faults = tuple(
                    Warned("check", f"数据文件检查发现问题：{fault}请尽快告诉管理员，先不要关机。", "red")
                    for fault in (*database, *pages)
                )
                failed: tuple[Warned, ...] = ()
                try:
                    with suppress(KeyProblem):
                        self.round(desk, go_on)
                except Stopped:
                    raise
                except AppError as error:
                    failed = (Warned("copy", f"这一轮备份没有做成。{error.sentence()}"),)
                self.warnings = (*faults, *failed, *self.look(desk))
                self._second_while_waiting(desk, stopping)
        except Stopped:
            raise
        except AppError as error:
            self.warnings = (Warned("check", error.sentence(), "red"),)

    def _second_while_waiting(self, desk: Desk, stopping: Event) -> None:
        """Until the next round: what was taken in the meantime goes to the second place within a minute."""
        waited, known = 0.0, self._taken(desk)
        while waited < ROUND_S and not stopping.wait(SECOND_EVERY_S):
            waited += SECOND_EVERY_S
            if (now := self._taken(desk)) != known:
                known = now
                with suppress(StorageProblem):  # the round says it in words
                    second_copy(self._home, store_of(desk), lambda: not stopping.is_set())

    def _taken(self, desk: Desk) -> tuple[int, int]:
        with desk.store.begin(reading=True) as uow:
            counts = uow.outbox.counts()
        return counts.waiting, counts.acknowledged

    def round(self, desk: Desk, go_on: GoOn = always) -> str:
        """One round; returns what came of the second copy. Copies come first, and no step's trouble keeps another from its
        turn: the first trouble is raised at the end.

        Raises:
            StorageProblem, KeyProblem: a step could not be done; all others were.
            Stopped: ``go_on`` said no, in a step or before one.
        """
        store, words, troubles = store_of(desk), list[str](), list[AppError]()
        steps: tuple[Callable[[], object], ...] = (
            lambda: rolling_copy(self._home, store, go_on=go_on),
            lambda: words.append(second_copy(self._home, store, go_on)),
            lambda: self._checkpoint(store),
            lambda: self._forget(store),
            lambda: visiting.forget_ended(desk),
            lambda: lay_down(self._home.data),
            store.sweep,
        )
        for step in steps:
            look_up(go_on)
            try:
                step()
            except Stopped:
                raise
            except AppError as error:
                troubles.append(error)
        if troubles:  # a window without keys is no trouble to be told, whatever else is
            raise min(troubles, key=lambda each: isinstance(each, KeyProblem))
        return "".join(words)

    def _forget(self, store: SqlStore) -> None:
        self._held = keeping.forget_what_is_due(store, self._home.clock).held

    def _checkpoint(self, store: SqlStore) -> None:
        _window_id, keys, _gateway = setup.keys_of(store)
        journal_out.checkpoint(store, self._home.clock, lambda data: self._home.suite.sign(keys["private"], data))

    def look(self, desk: Desk) -> tuple[Warned, ...]:
        """What a person should know now: room, copies, second copy, clock."""
        return (*self._keys(), *self._room(), *self._copies(), *self._second(desk), *self._clock())

    def _keys(self) -> tuple[Warned, ...]:
        if not self._home.vault.mended:
            return ()
        return (Warned("keys", "钥匙文件坏过或不见了，已从副本旁的那一份补回。请管理员查一下硬盘，再备份一次。"),)

    def _room(self) -> tuple[Warned, ...]:
        try:
            left = free_cases(self._home.data)
        except OSError:
            return (Warned("room", "看不到磁盘还剩多少空间。请管理员检查磁盘。"),)
        if left >= FEW_CASES:
            return ()
        words = f"磁盘只够再存约 {left} 件，已存的都在。请管理员清理磁盘。"
        return (Warned("room", words, "red" if left < HARDLY_ANY else "amber"),)

    def _copies(self) -> tuple[Warned, ...]:
        there, now = copies(self._home.data), self._home.clock.now()
        now_ms = now.utc_ms
        if now.trust is not Trust.CHECKED and max(map(made_ms, there), default=0) > now_ms + AHEAD_MS:
            return (Warned("copy", "有本机副本的时间比现在还晚，这台电脑的时间可能往回调过。副本照做，请核对时间。"),)
        if there and now_ms - made_ms(there[-1]) <= LATE_MS:
            return ()
        words = "很久没有做成本机副本" if there else "本机副本还没有做成"
        return (Warned("copy", f"{words}，多半是磁盘空间不够。请管理员到“设置”里看“备份”。"),)

    def _second(self, desk: Desk) -> tuple[Warned, ...]:
        with desk.store.begin(reading=True) as uow:
            told, counts = uow.config.get(SECOND), uow.outbox.counts()
        if not (counts.waiting or counts.refused or counts.attachments):
            return ()
        if not told:
            words = "没送达的办件只在这块硬盘上。请管理员到“设置”里给它选一个第二存放处（U 盘、网络盘）。"
        elif not Path(str(told)).is_dir():
            words = "第二存放处现在不在，没送达的办件只有一份。请插好 U 盘，或连上网络盘。"
        else:
            return ()
        return (Warned("second", words),)

    def _clock(self) -> tuple[Warned, ...]:
        if self._home.clock.now().trust is not Trust.SUSPECT:
            if not self._held:
                return ()
            return (Warned("clock", "有办件或草稿像是到期了，时间没有核对过，先不清除。连上区县前置就会核对。"),)
        return (Warned("clock", "这台电脑的时间不准：期限可能算错，到期清除先停着。请校准时间。", "red"),)
