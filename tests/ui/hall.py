"""A hall for the window to stand in: the real catalogue, use cases and paper; a store in memory that refuses the GUI thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerk_app.bootstrap.calendars import work_calendar
from clerk_app.catalogue.loader import load_catalogue
from clerk_app.crypto.paper_mark import KeyedMark
from clerk_app.domain.canonical import Json
from clerk_app.domain.hall import Clerk, Hall, Role
from clerk_app.domain.paper import PrintState
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.session import Session
from clerk_app.domain.time import Stamp
from clerk_app.errors import KeyProblem, StorageProblem
from clerk_app.ports import BookReport, Clock
from clerk_app.usecases.desk import Desk
from local_db.unit_of_work import SqlStore, SqlUnitOfWork
from printing.fonts import BOLD, FALLBACK, REGULAR
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from tests.fakes.desk import SUITE
from tests.fakes.fake_store import FakeStore, FakeUnitOfWork
from ui.services import CodeNote, LineState, PageImage, WindowServices

START_MS = 1_795_225_318_000  # 2026-11-21 09:41:58 in China
HALL = Hall("500199", "演示镇便民服务中心", "演示", "03", 1, "http://127.0.0.1:1", "023-00000000", sample=True)
PIN = "246810"
CATALOGUE = load_catalogue()


class TickingClock:
    """A second passes with each look."""

    def __init__(self) -> None:
        self._ms = itertools.count(START_MS, 1000)

    def now(self) -> Stamp:
        ms = next(self._ms)
        return Stamp(ms, 480, ms - START_MS)


class CountedIds:
    def __init__(self) -> None:
        self._next = itertools.count(1)

    def new_id(self) -> str:
        return f"{next(self._next):032x}"

    def fraction(self) -> float:
        return 0.5


class PlainSigner:
    suite_id = "intl-1"

    def sign(self, body: bytes) -> Mapping[str, Json]:
        return {"window": "", "clerk": "", "certificate": {}}


class GuardedStore(FakeStore):
    """No transaction may begin in the GUI thread; ``broken`` makes each one fail as a full disk does."""

    def __init__(self) -> None:
        super().__init__()
        self.gui_thread = threading.get_ident()
        self.guarded = True
        self.broken = False
        self.begun = 0

    def begin(self, *, reading: bool = False) -> FakeUnitOfWork:
        assert not (self.guarded and threading.get_ident() == self.gui_thread), (
            "the store was touched in the GUI thread"
        )
        if self.broken:
            raise StorageProblem("磁盘满了。", what_is_safe="已存的都在。", what_to_do="请清理磁盘。")
        self.begun += 1
        return super().begin(reading=reading)


class GuardedSqlStore(SqlStore):
    """The real store, encrypted on disk; it refuses the GUI thread too."""

    def __init__(self, folder: Path) -> None:
        self.gui_thread = threading.get_ident()
        self.guarded = self.broken = False
        super().__init__(folder, SUITE.new_key(), SUITE, create=True)
        self.guarded = True

    def begin(self, *, reading: bool = False, at_entry: Callable[[SqlUnitOfWork], None] | None = None) -> SqlUnitOfWork:
        assert not (self.guarded and threading.get_ident() == self.gui_thread), (
            "the store was touched in the GUI thread"
        )
        return super().begin(reading=reading, at_entry=at_entry)


class HandExecutor(Executor):
    """Runs a job only when told to, in the calling thread."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def step(self) -> None:
        """Run the oldest one."""
        future, work = self.waiting.pop(0)
        future.set_result(work())


@dataclass
class FakeLine:
    state: LineState = field(default_factory=lambda: LineState(True, 0, 0, "在线 · 全部已送达"))
    nudges: int = 0
    holds: int = 0
    resumes: int = 0
    books: BookReport | None = None
    listeners: list[Callable[[LineState], None]] = field(default_factory=list)

    def status(self) -> LineState:
        return self.state

    def subscribe(self, callback: Callable[[LineState], None]) -> None:
        self.listeners.append(callback)

    def nudge(self) -> None:
        self.nudges += 1

    def hold(self) -> None:
        self.holds += 1

    def resume(self) -> None:
        self.resumes += 1

    def compare_books(self, desk: Desk) -> BookReport | None:
        return self.books

    def tell(self, state: LineState) -> None:
        """As the courier does: from a thread of its own."""
        self.state = state
        for listener in self.listeners:
            thread = threading.Thread(target=listener, args=(state,))
            thread.start()
            thread.join()


@dataclass
class FakeSpool:
    nudges: int = 0

    def printer_text(self) -> str:
        return "打印机 就绪"

    def trouble(self) -> str:
        return ""

    def subscribe(self, callback: Callable[[], None]) -> None:
        pass

    def nudge(self) -> None:
        self.nudges += 1

    def cancel(self, job_id: str) -> PrintState:
        self.cancelled = job_id
        return PrintState.CANCELLED


class FakeEyes:
    """A camera under the test's hands; it speaks from a thread of its own, as real ones do."""

    def __init__(self) -> None:
        self.page = Seen(SeenKind.NOTHING)
        self.running = False
        self._callbacks: tuple[Callable[..., None], ...] = ()

    def start(self, on_frame: Any, on_seen: Any, on_problem: Any) -> None:
        self._callbacks = (on_frame, on_seen, on_problem)
        self.running = True

    def stop(self) -> None:
        self.running = False

    def capture_page(self) -> Seen:
        return self.page

    def shows(self, seen: Seen) -> None:
        self._speak(1, seen)

    def frame(self, bgr: bytes, width: int, height: int) -> None:
        self._speak(0, bgr, width, height)

    def problem(self, text: str) -> None:
        self._speak(2, text)

    def _speak(self, which: int, *args: Any) -> None:
        thread = threading.Thread(target=self._callbacks[which], args=args)
        thread.start()
        thread.join()


@dataclass
class Place:
    """Everything a test may look at."""

    store: Any  # GuardedStore, or the encrypted one
    line: FakeLine
    spool: FakeSpool
    eyes: FakeEyes
    services: WindowServices
    desk: Desk


def export_pdf(pdf: bytes, path: Path) -> None:
    path.write_bytes(pdf)


def code_note(text: str) -> CodeNote:
    if text.startswith("demo:"):
        return CodeNote("渝快码（演示码）", True, "演示码，待联网核验。")
    return CodeNote("别的二维码", False, "这不是渝快码，没有采用。")


def place(
    executor: Executor,
    *,
    role: Role = Role.CLERK,
    eyes: bool = True,
    idle_lock_s: int = 600,
    store: GuardedStore | GuardedSqlStore | None = None,
    clock: Clock | None = None,
) -> Place:
    """A window's surroundings, with 王敏 at the counter. ``store``: the encrypted one, where a test wants the real thing."""
    store = store or GuardedStore()
    clock = clock or TickingClock()
    line, spool, camera = FakeLine(), FakeSpool(), FakeEyes()
    desk = Desk(
        store=store,
        catalogue=CATALOGUE,
        calendar=work_calendar(Path("/nonexistent")),
        clock=clock,
        ids=CountedIds(),
        hall=HALL,
        session=Session("wangmin", "王敏", role),
        signer=PlainSigner(),
        paper_mark=KeyedMark(SUITE, b"\x07" * 32),
    )
    store.guarded = False
    with store.begin() as uow:
        uow.clerks.add(Clerk("wangmin", "王敏", role))
        uow.commit()
    store.guarded = True

    def sign_in(login: str, pin: str) -> Desk:
        if pin != PIN:
            raise KeyProblem("PIN 不对。", what_is_safe="数据都锁着。", what_to_do="请等 2 秒再试。")
        return desk

    def preview(pdf: bytes) -> tuple[PageImage, ...]:
        return tuple(PageImage(page.width, page.height, page.rgb) for page in page_pictures(pdf))

    services = WindowServices(
        sign_in=sign_in,
        logins=("wangmin",),
        eyes=camera if eyes else None,
        paper=ReportlabPaper(),
        preview=preview,
        line=line,
        spool=spool,
        classify_code=code_note,
        fonts=(REGULAR, BOLD, FALLBACK),
        hall=HALL,
        catalogue_version="2026-11-20",
        executor=executor,
        free_cases=lambda: 41_000,
        export_pdf=export_pdf,
        clock_text=lambda: "09:42",
        login_names={"wangmin": "王敏"},
        idle_lock_s=idle_lock_s,
    )
    return Place(store, line, spool, camera, services, desk)


LIU = {
    "name": "刘桂芳",
    "sex": "女",
    "ethnicity": "土家",
    "birth": "1962-03-14",
    "address": "重庆市演示区演示镇样例路18号2-3",
    "id_number": "500199196203142467",
}


def card(person: Mapping[str, str] = LIU, doubtful: tuple[str, ...] = ()) -> Seen:
    """The front of a synthetic ID card (样例)."""
    outline = ((0.2, 0.2), (0.8, 0.15), (0.82, 0.8), (0.22, 0.85))
    return Seen(SeenKind.ID_FRONT, fields=dict(person), doubtful=doubtful, outline=outline)
