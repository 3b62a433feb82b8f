"""What the line's tests stand on: a real gateway process, an enrolled window, signed messages, a real local store."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.signer import MessageSigner
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, case_hash
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.domain.time import Stamp
from clerk_app.durable import make_folder
from clerk_app.ports import Enrolled, Unlocked
from local_db.unit_of_work import SqlStore
from sync.gateway import office
from sync.gateway.windows import enrol_token
from sync.http_centre import HttpCentre
from sync.http_enrolment import HttpEnrolment
from tests.nursery import Child, nursery
from tests.sync.gateway_main import DATABASE, open_here

HALL, WINDOW = "500199", "03"
SUITE = InternationalSuite(os.urandom)
OPENED: list[HttpCentre] = []  # closed after each test
SERVING = ("psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite", "uvicorn.lifespan.on")
"""What a gateway imports only once it serves."""


class ShiftedClock:
    """The real time, shifted as the test likes."""

    def __init__(self) -> None:
        self.shift_ms = 0

    def now(self) -> Stamp:
        return Stamp(time.time_ns() // 1_000_000 + self.shift_ms, monotonic_ms=time.monotonic_ns() // 1_000_000)


class CountedIds:
    def __init__(self) -> None:
        self._count = 0

    def new_id(self) -> str:
        self._count += 1
        return f"{self._count:032x}"

    def fraction(self) -> float:
        return 0.5


class GatewayProcess:
    """A live gateway on a loopback port, a process of its own; killed at the end. ``database``: a URL, or empty for SQLite in its
    folder."""

    module = "tests.sync.gateway_main"

    def __init__(self, data: Path, tick_s: float = 0.2, database: str = "") -> None:
        self.data, self.port, self._tick_s = data, 0, tick_s
        if database:
            make_folder(data)
            (data / DATABASE).write_text(database)
        self._process: Child | None = None
        self.around: dict[str, str] = {}
        """More environment for its process."""

    def start(self) -> Self:
        self._process = nursery().start(self.module, self.arguments(), self.around, loaded=SERVING)
        self.port = int(json.loads(self._process.stdout.readline())["port"])
        return self

    def arguments(self) -> Sequence[str]:
        """What its program is told."""
        return str(self.data), str(self.port), str(self._tick_s)

    def limit_file_size(self, size: int) -> None:
        """From now on no file of the gateway's can grow past this: its disk is full, as far as it can tell."""
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, size))

    def limit_open_files(self, count: int) -> None:
        """From now on the gateway may open no more at once."""
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, (count, count))

    def kill(self) -> None:
        """SIGKILL: no farewell, no flush."""
        if self._process is not None:
            self._process.end()
            self._process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def dump(self) -> list[dict[str, Json]]:
        with contextlib.closing(open_here(self.data)) as gateway:
            return list(office.dump(gateway))

    def token(self, hall: str = HALL, window: str = WINDOW) -> str:
        with contextlib.closing(open_here(self.data)) as gateway:
            return enrol_token(gateway, hall, window)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()


@dataclass(slots=True)
class Window:
    """An enrolled window with its keys and its signer."""

    enrolled: Enrolled
    private: bytes
    public: bytes
    signer: MessageSigner
    clock: ShiftedClock

    def centre(self, url: str, timeout_s: float = 5.0) -> HttpCentre:
        centre = HttpCentre(
            url,
            self.enrolled.window_id,
            sign=lambda data: SUITE.sign(self.private, data),
            seal=lambda body, context: SUITE.seal_to(self.enrolled.gateway_sealing_public, body, context),
            clock=self.clock,
            timeout_s=timeout_s,
        )
        OPENED.append(centre)
        return centre


def enrol(url: str, token: str, hall: str = HALL, window: str = WINDOW) -> Window:
    private, public = SUITE.new_signing_pair()
    enrolled = HttpEnrolment().enrol(url, token, hall, window, public)
    clerk_private, clerk_public = SUITE.new_signing_pair()
    clerk = Unlocked("wangmin", b"", clerk_private, clerk_public)
    return Window(enrolled, private, public, MessageSigner(SUITE, clerk, private), ShiftedClock())


def sample_case(
    case_id: str,
    *,
    parent: str = "",
    kind: CaseKind = CaseKind.SINGLE,
    revision: int = 1,
    hall: str = HALL,
    **content: Json,
) -> Case:
    return Case(
        id=case_id,
        kind=kind,
        state=CaseState.ACCEPTED,
        revision=revision,
        local_number=f"渝临500199-W03G1-20261121-{case_id[-4:]}",
        item=CatalogueVersion("pension", "城乡居民基本养老保险待遇申领", "1", "0" * 64, sample=True),
        hall=hall,
        window=WINDOW,
        clerk="wangmin",
        received_at={},
        accepted_on=None,
        deadline=None,
        content={"applicant": "样例 龚㛃䶮", **content},
        parent=parent,
    )


def signed_message(
    window: Window,
    case: Case,
    refs: Sequence[AttachmentRef] = (),
    keys: Mapping[str, bytes] | None = None,
    *,
    message_id: str = "",
) -> OutboxMessage:
    message_id = message_id or f"m-{case.id}-{case.revision}"
    body = message_body(message_id, MessageKind.ACCEPTED, case, refs, keys or {})
    return OutboxMessage(
        id=message_id,
        seq=0,
        stream=case.parent or case.id,
        case_id=case.id,
        revision=case.revision,
        kind=MessageKind.ACCEPTED.value,
        body=body,
        body_sha256=bytes_hash(body),
        suite=SUITE.id,
        signatures=window.signer.sign(body),
        created_ms=1,
        attachments=tuple(refs),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A page as plain bytes and as the ciphertext that travels."""

    plain: bytes
    key: bytes
    blob: bytes

    @property
    def ref(self) -> AttachmentRef:
        return AttachmentRef(
            bytes_hash(self.plain), bytes_hash(self.blob), len(self.plain), len(self.blob), "image/jpeg"
        )


def sealed_page(plain: bytes) -> Page:
    key = SUITE.new_key()
    return Page(plain, key, SUITE.seal_blob(key, plain))


def paged_message(window: Window, case: Case, page: Page) -> OutboxMessage:
    return signed_message(window, case, (page.ref,), {page.ref.sha256: page.key})


def new_store(folder: Path) -> SqlStore:
    folder.mkdir(parents=True, exist_ok=True)
    return SqlStore(folder, bytes(range(32)), SUITE, create=True)


def take(
    store: SqlStore,
    window: Window,
    case: Case,
    pages: Sequence[bytes] = (),
    *,
    change: Callable[[OutboxMessage], OutboxMessage] | None = None,
) -> str:
    """Accept a case as the use case does: case, pages and message in one transaction. Returns its content hash."""
    with store.begin() as uow:
        refs = tuple(uow.attachments.put(case.id, page, "image/jpeg") for page in pages)
        keys = {ref.sha256: uow.attachments.key(case.id, ref.sha256) for ref in refs}
        uow.cases.add(case)
        message = signed_message(window, case, refs, keys)
        uow.outbox.add(change(message) if change else message)
        uow.commit()
    return case_hash(case)


class Proxy:
    """A TCP relay that can lose answers or cut the line.

    ``lose_answers``: so many answers are swallowed after the gateway gave them, and the connection is closed.
    ``cut_after``: cut everything once so many bytes went up, and stay down until ``down`` is False again.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self.lose_answers = 0
        self.cut_after: int | None = None
        self.down = False
        self.lost = 0
        self.went_up = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                if self.down:
                    client.close()
                    continue
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # the gateway is down, not the line: the next one may get through
                client.close()
                continue
            self._open |= {client, server}
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(8192):
                if self.cut_after is not None and self.went_up + len(data) > self.cut_after:
                    server.sendall(data[: self.cut_after - self.went_up])
                    self.cut_after, self.down = None, True
                    break
                server.sendall(data)
                self.went_up += len(data)
        _close(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(8192):
                if self.lose_answers:
                    self.lose_answers -= 1
                    self.lost += 1
                    break
                client.sendall(data)
        _close(client, server)

    def close(self) -> None:
        self._listener.close()
        _close(*self._open)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextlib.contextmanager
def canned(answer: bytes) -> Iterator[str]:
    """A server that gives the same bytes to whatever is asked, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, contextlib.suppress(OSError):
                    client.recv(65536)
                    client.sendall(answer)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """For what happens in another process and has no event to wait for."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.02)
