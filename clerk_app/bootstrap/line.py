"""The line of one window: the HTTP centre with its keys, one round for the command line, the worker for the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from clerk_app.bootstrap.calendars import keep_calendar
from clerk_app.bootstrap.catalogue import Imported, take_published
from clerk_app.bootstrap.codes import ask_codes
from clerk_app.bootstrap.crash import report_bug
from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.moving import LineStore
from clerk_app.bootstrap.programs import Programs
from clerk_app.bootstrap.safekeeping import store_of
from clerk_app.domain.canonical import Json
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError, LineProblem, Refused
from clerk_app.launching.folder import program_folder
from clerk_app.ports import BookReport, Greeting, Store, UnitOfWork
from clerk_app.usecases import news, setup, updating
from clerk_app.usecases.desk import Desk
from sync import books
from sync.certificates import TlsIdentity, csr_for, ends_soon
from sync.courier import Courier
from sync.http_centre import HttpCentre
from sync.news import pull_once
from sync.pace import SLOW_BPS, speed_text, wait_text
from sync.watch import Watch
from sync.worker import LineStatus, SyncWorker
from ui.services import LineState

LANES = 3
BY_GATEWAY = "前置"
COMPARE_MS = 6 * 3_600_000


class _CheckedCentre(HttpCentre):
    """The centre, comparing the PC's clock with the gateway's at each greeting."""

    compare: Callable[[int], None]

    def greet(self) -> Greeting:
        greeting = super().greet()
        self.compare(greeting.server_ms)
        return greeting


def centre_of(home: House, desk: Desk) -> HttpCentre:
    """The gateway of this window, as its keys see it. Belongs to one thread."""
    window_id, window, gateway = setup.keys_of(desk.store)
    centre = _CheckedCentre(
        desk.hall.gateway,
        window_id,
        sign=lambda data: home.suite.sign(window["private"], data),
        seal=lambda body, context: home.suite.seal_to(gateway["sealing"], body, context),
        clock=home.clock,
        tls=tls_identity(desk),
    )
    centre.compare = home.clock.compare
    return centre


def is_shut_out(home: House, store: Store, gateway: str) -> bool:
    """Whether the gateway takes this window's certificate no more."""
    window_id, window, _gateway = setup.keys_of(store)
    centre = HttpCentre(
        gateway,
        window_id,
        sign=lambda data: home.suite.sign(window["private"], data),
        seal=lambda body, _context: body,  # nothing is sent
        clock=home.clock,
        tls=_identity(store),
    )
    try:
        return centre.is_shut_out()
    finally:
        centre.close()


def tls_identity(desk: Desk) -> TlsIdentity | None:
    """What this window trusts and shows over TLS; None where the gateway speaks none of its own."""
    return _identity(desk.store)


def _identity(store: Store) -> TlsIdentity | None:
    told = setup.tls_of(store)
    return TlsIdentity(**{name: told[name] for name in TlsIdentity.__slots__}) if told.get("certificate") else None


def renew_certificate(home: House, desk: Desk, centres: Sequence[HttpCentre]) -> bool:
    """A new TLS certificate, where the old one ends within two months by the gateway's clock, for all connections of this window;
    True when it was time. The old one is good until the new one is used, so that an answer that is lost costs nothing.

    Called between two requests, from the thread that sends. Raises LineProblem, Refused.
    """
    identity = tls_identity(desk)
    if identity is None or not ends_soon(identity.certificate, centres[0].gateway_ms()):
        return False
    certificate = centres[0].renew(csr_for(identity.key, desk.hall.window))
    setup.renewed(desk.store, home.clock, certificate)
    for each in centres:
        each.identify(replace(identity, certificate=certificate))
    return True


def applier(home: House) -> Callable[[UnitOfWork, FeedEntry], None]:
    """The news use case with the clock and the folder's catalogues at hand."""

    def take(package: bytes, now: Stamp) -> Imported:
        return take_published(home.data, package, str(now.utc_ms))

    def take_calendar(table: Json) -> int:
        return keep_calendar(home.data, table)

    def take_pin(version: str) -> None:
        updating.told(Programs(program_folder(home.data)), version, BY_GATEWAY)

    return lambda uow, entry: news.apply(uow, entry, home.clock.now(), take, take_calendar, take_pin)


def line_store(desk: Desk) -> LineStore:
    """Where courier and feed write; see moving.LineStore."""
    return LineStore(store_of(desk))


def sync_once(home: House, desk: Desk, *, until_empty: bool) -> tuple[dict[str, Json], AppError | None]:
    """Push and pull. Returns the summary of cli.md and what ended it early (LineProblem, or Refused), or None.

    ``until_empty``: also try at once what an earlier failure had put off.
    """
    centre = centre_of(home, desk)
    more = [centre_of(home, desk) for _ in range(LANES - 1)]
    trouble: AppError | None = None
    try:
        summary = Courier(line_store(desk), centre, home.clock, home.ids, more=more).push_once(at_once=until_empty)
        if summary.trouble is not None:
            trouble = summary.trouble
        else:
            centre.greet()
            renew_certificate(home, desk, (centre, *more))
            pull_once(line_store(desk), centre, applier(home))
            ask_codes(home, desk, centre)
    except (LineProblem, Refused) as error:
        trouble = error
    finally:
        for each in (centre, *more):
            each.close()
    return {
        "sent": summary.sent,
        "acknowledged": summary.acknowledged,
        "refused": summary.refused,
        "waiting": summary.waiting,
        "bytes": summary.bytes,
        "seconds": round(summary.seconds, 3),
    }, trouble


class LineDesk:
    """The line as the window sees it, before and after sign-in: answers from memory, tells its listeners."""

    def __init__(self, home: House) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._status = LineStatus(online=False)
        self._listeners: list[Callable[[LineState], None]] = []
        self._worker: SyncWorker | None = None
        self._centres: tuple[HttpCentre, ...] = ()
        self._desk: Desk | None = None
        self._compared_ms = 0
        self._books: BookReport | None = None

    def start(self, desk: Desk) -> None:
        """A clerk signed in: begin to deliver."""
        self.stop()
        with self._lock:
            self._status = replace(self._status, stuck="", wants_enrolling=False)  # of these keys nothing is known yet
        centres = tuple(centre_of(self._home, desk) for _ in range(LANES))
        centre = centres[0]
        watch = Watch(desk.hall.gateway, centre.is_quiet)

        def interrupt() -> None:
            for each in centres:
                each.interrupt()

        worker = SyncWorker(
            line_store(desk),
            centre,
            self._home.clock,
            self._home.ids,
            applier(self._home),
            self._changed,
            interrupt=interrupt,
            on_bug=report_bug,
            more=centres[1:],
            changed=watch.changed,
            after=lambda: self._further(desk, centres),
        )
        self._centres, self._worker, self._desk = centres, worker, desk
        worker.start()

    def _further(self, desk: Desk, centres: Sequence[HttpCentre]) -> None:
        """What else a good round is for: codes that wait for an answer; now and then the certificate and the books."""
        ask_codes(self._home, desk, centres[0])
        self._now_and_then(desk, centres)

    def stop(self) -> None:
        """Stop cleanly, in the middle of a transfer too."""
        worker, centres = self._worker, self._centres
        self._worker, self._centres, self._desk, self._compared_ms = None, (), None, 0
        if worker is not None:
            worker.stop()
        for each in centres:
            each.close()

    def status(self) -> LineState:
        """See ui.services.LineControl."""
        with self._lock:
            return state_of(self._status)

    def subscribe(self, callback: Callable[[LineState], None]) -> None:
        """See ui.services.LineControl."""
        self._listeners.append(callback)

    def still_to_go(self) -> tuple[int, int]:
        """Messages and pages that are not delivered yet, and the speed lately in bytes per second (0: not known)."""
        with self._lock:
            return self._status.waiting + self._status.attachments, self._status.speed_bps

    def is_clear(self) -> bool:
        """On line, and nothing of a case waits: the line is free for other things."""
        with self._lock:
            status = self._status
            return status.online and not status.held and not status.waiting and not status.attachments

    def nudge(self) -> None:
        """See ui.services.LineControl."""
        if self._worker is not None:
            self._worker.nudge()

    def hold(self) -> None:
        """See ui.services.LineControl."""
        if self._worker is not None:
            self._worker.hold()

    def resume(self) -> None:
        """See ui.services.LineControl."""
        if self._worker is not None:
            self._worker.resume()

    def compare_books(self, desk: Desk) -> BookReport | None:
        """See ui.services.LineControl. On a connection of its own; the newest comparison when there is no line now."""
        centre = centre_of(self._home, desk)
        try:
            self._books = books.compare(line_store(desk), centre, self._home.clock)
        except LineProblem:
            return None
        finally:
            centre.close()
        if self._books.sent_again:
            self.nudge()
        return self._books

    def _now_and_then(self, desk: Desk, centres: Sequence[HttpCentre]) -> None:
        """After the first good round and every six hours: a certificate that ends soon is renewed, and what the gateway lost is
        sent again without being asked."""
        now_ms = self._home.clock.now().monotonic_ms
        if self._compared_ms and now_ms - self._compared_ms < COMPARE_MS:
            return
        renew_certificate(self._home, desk, centres)
        self._books = books.compare(line_store(desk), centres[0], self._home.clock)
        self._compared_ms = now_ms
        if self._books.sent_again:
            self.nudge()

    def _changed(self, status: LineStatus) -> None:
        with self._lock:
            self._status = status
        state = state_of(status)
        for listener in self._listeners:
            listener(state)


def state_of(status: LineStatus) -> LineState:
    """The pill's words: what is, and what still waits."""
    slow = f"弱网 {speed_text(status.speed_bps)} · " if 0 < status.speed_bps < SLOW_BPS else ""
    if status.refused:
        text = f"需要看一眼 {status.refused}"
    elif status.held:
        text = f"已暂停 · 待同步 {status.waiting}"
    elif not status.online:
        text = f"离线 · 待同步 {status.waiting}"
    elif status.sending and status.waiting:
        total = max(status.total, status.done + status.waiting)
        text = f"{slow}正在同步 {status.done}/{total}"
    elif status.sending:
        text = f"{slow}附件还有 {status.attachments} 份"
    elif status.waiting:
        text = f"在线 · 待同步 {status.waiting}"
    elif status.attachments:
        text = f"在线 · 附件还有 {status.attachments} 份"
    else:
        text = "在线 · 全部已送达"
    next_try = Stamp(status.next_try_ms, offset_min=480).local.strftime("%H:%M:%S") if status.next_try_ms else ""
    return LineState(
        status.online,
        status.waiting,
        status.refused,
        text,
        speed_text=speed_text(status.speed_bps) if status.speed_bps else "",
        wait_text=wait_text(status.attachment_bytes, status.speed_bps),
        next_try=next_try,
        stuck=status.stuck,
        wants_enrolling=status.wants_enrolling,
        held=status.held,
        moving={case_id: done / size for case_id, (done, size) in status.moving.items() if size},
    )
