"""The district gateway: served in its own process, and its back office on its data folder."""

from __future__ import annotations

import _thread
import json
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.catalogue import read_package
from clerk_app.bootstrap.demo_codes import DemoResolver
from clerk_app.bootstrap.program import program
from clerk_app.bootstrap.system import SystemClock
from clerk_app.crypto.signer import verify_signatures
from clerk_app.crypto.suites import SUITES
from clerk_app.domain.canonical import Json
from clerk_app.domain.people import DocumentKind, Person
from clerk_app.domain.releases import Release
from clerk_app.durable import make_folder
from clerk_app.errors import Refused, StorageProblem
from clerk_app.usecases.knowing import person_hash
from sync.gateway import office, openapi, windows
from sync.gateway.admin import accounts, looks
from sync.gateway.gateway import Gateway, open_gateway
from sync.gateway.object_blobs import object_blobs
from sync.gateway.platforms import platform_by_address
from sync.gateway.serve import LOOPBACK, listen, log_to_stderr, say_ready, serve
from sync.gateway.stick_answers import Imported
from sync.gateway.sticks import answers, take_bundle
from sync.gateway.workers import run_workers

DEMO_FOLDER = "gateway"


def gateway_folder(data: Path) -> Path:
    """``data`` itself, or the gateway inside a demo folder when ``data`` is one."""
    inside = data / DEMO_FOLDER
    return inside if not (data / "gateway.db").exists() and (inside / "gateway.db").exists() else data


class GatewayProcess:
    """A gateway in a process of its own on a free loopback port; ``url`` is good once the constructor returns.

    It ends with this process, even when this one is killed: the pipe to its standard input closes then.
    """

    def __init__(self, data: Path, port: int = 0) -> None:
        make_folder(data)
        command = [*program(), "gateway", "serve", "--data", str(data), "--port", str(port), "--json", "--with-parent"]
        log = (data / "gateway.log").open("ab")
        try:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, stderr=log)
        finally:
            log.close()
        if self.process.stdout is None:
            raise StorageProblem("前置没有启动。")
        line = self.process.stdout.readline()
        try:
            self.url = str(json.loads(line)["url"])
        except (ValueError, KeyError) as error:
            self.stop()
            raise StorageProblem("演示用的前置没有启动起来。", what_to_do="原因写在 gateway.log 里。") from error

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass(frozen=True, slots=True)
class Serving:
    """How a gateway is served.

    ``tls_names``: names that windows reach it by, for TLS with its own authority. ``behind_proxy``: another's TLS stands before it.
    ``forward``: see sync.gateway.platform. ``pages``: empty for the data folder, or s3://….
    """

    host: str = "127.0.0.1"
    port: int = 0
    database: str = ""
    tls_names: tuple[str, ...] = ()
    behind_proxy: bool = False
    workers: int = 1
    forward: str = ""
    pages: str = ""
    log_level: str = "warning"


def _open(data: Path, database: str, forward: str = "", pages: str = "") -> Gateway:
    return open_gateway(
        gateway_folder(data),
        suites=[make(secrets.token_bytes) for make in SUITES.values()],
        verify=verify_signatures,
        clock=SystemClock(),
        random=secrets.token_bytes,
        database_url=database,
        platform=platform_by_address(forward),
        blobs=object_blobs(pages) if pages else None,
        resolver=DemoResolver(),
    )


def serve_gateway(data: Path, how: Serving, *, with_parent: bool = False) -> None:
    """Serve until it is told to stop; says its real address as one JSON line once it listens.

    ``with_parent``: also stop when standard input closes, that is, when whoever started it is gone.

    Raises:
        Refused: other computers could reach it, and nothing would protect what travels.
    """
    if how.host not in LOOPBACK and not (how.tls_names or how.behind_proxy):
        raise Refused(
            "别的电脑能连到的前置必须加密。",
            what_is_safe="没有启动。",
            what_to_do="请用 --tls-name 写明窗口连它用的名字或地址；前面另有加密代理时写 --behind-proxy。",
        )
    log_to_stderr(how.log_level)
    if with_parent:
        threading.Thread(target=_stop_at_end_of_input, name="parent", daemon=True).start()
    if how.workers == 1:
        _serve(data, how, None, 0)
        return
    listener = listen(how.host, how.port)
    run_workers(how.workers, lambda number: _serve(data, how, listener, number))


def _serve(data: Path, how: Serving, listener: socket.socket | None, number: int) -> None:
    gateway = _open(data, how.database, how.forward, how.pages)
    on_ready = say_ready if number == 0 else lambda _url, _port: None
    try:
        serve(gateway, how.port, host=how.host, tls_names=how.tls_names, listener=listener, on_ready=on_ready)
    finally:
        gateway.close()


def _stop_at_end_of_input() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    _thread.interrupt_main()


def openapi_document() -> str:
    """The wire contract, as docs/openapi.json holds it."""
    return json.dumps(openapi.description(), ensure_ascii=False, indent=1, sort_keys=True)


class Office:
    """The back office of one gateway folder, beside a running gateway or without one."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def dump(self) -> Iterator[dict[str, Json]]:
        """One row for each case, as cli.md says."""
        return office.dump(self._gateway)

    def reports(self) -> Iterator[dict[str, Json]]:
        """One row for each error in a guide that a clerk reported."""
        return office.reports(self._gateway)

    def publish_catalogue(self, file: Path) -> str:
        """Send a signed package to every window of the district; returns its version."""
        version, package = read_package(file)
        office.publish_catalogue(self._gateway, version, package)
        return version

    def take_release(self, file: Path) -> tuple[Release, ...]:
        """Hand out what a bundle file holds from now on; what is offered then."""
        from sync.updates.carrying import take_into  # a second of imports that serving does not need

        return take_into(self._gateway.updates, file)

    def pin_program(self, version: str, hall: str) -> None:
        """Hold a hall's windows, or the district's, at a version; an empty one lets go."""
        office.pin_program(self._gateway, version, hall)

    def tell_promises(self, people: Iterable[tuple[DocumentKind, str]], *, lifted: bool) -> int:
        """Put people on the list of broken promises, or take them off it; only hashes are kept and sent."""
        hashes = [person_hash(Person("", document_kind=kind, document_number=number)) for kind, number in people]
        return office.tell_promises(self._gateway, hashes, lifted=lifted)

    def take_bundle(self, data: Path, file: Path, progress: Callable[[int, int], None]) -> Imported:
        """Take in what a window wrote on a stick; ``data``: the gateway's own folder."""
        return take_bundle(self._gateway, data, file, progress=progress)

    def answers(self, data: Path, passed_over: Callable[[str, str], None]) -> Iterator[tuple[str, bytes]]:
        """How things stand by now, a receipt file for each bundle that ever came: (name, content). ``passed_over(name, why)``: one
        that cannot be answered."""
        return answers(self._gateway, data, passed_over)

    def enrol_token(
        self, hall: str, window: str, *, name: str = "", short: str = "", phone: str = "", tls: bool = False
    ) -> str:
        """A one-time enrolment code for one window; name, 机关简称 and telephone of the hall where they are new.

        ``tls``: with the fingerprint of the gateway's authority in it, so that the window trusts nobody else.
        """
        token = windows.enrol_token(self._gateway, hall, window, name=name, short=short, phone=phone)
        return f"{token}.{self._gateway.authority.fingerprint}" if tls else token

    def revoke(self, hall: str, window: str) -> int:
        """Block a window (a lost laptop). Returns how many enrolments that ended."""
        return windows.revoke(self._gateway, window, hall)

    def set_admin_password(self, login: str, password: str) -> None:
        """Make an administrator of the gateway's pages, or give one a new password."""
        accounts.set_password(self._gateway, login, password)

    def faults(self) -> Json:
        """Journals of windows that contradict what they said before."""
        return [
            {name: each[name] for name in ("window_id", "seq", "fault", "words")}
            for each in looks.faults(self._gateway)
        ]

    def decide(self, case: str, result: str, note: str) -> Json:
        """Finish a case with a result, or ask for a correction."""
        return office.decide(self._gateway, case, result, note)

    def tick(self) -> int:
        """Make time-driven things happen now; returns how many cases got their platform number."""
        return office.tick(self._gateway)


@contextmanager
def gateway_office(data: Path, database: str = "", *, found: bool = True) -> Iterator[Office]:
    """The back office for one command. ``found``: a new gateway folder may be founded by it.

    Raises:
        StorageProblem: there is no gateway in that folder and none is to be founded.
    """
    if not found and not database and not (gateway_folder(data) / "gateway.db").exists():
        raise StorageProblem(
            "这个文件夹里没有前置的数据。", what_is_safe="没有改动任何文件。", what_to_do="请核对 --data 文件夹。"
        )
    gateway = _open(data, database)
    try:
        yield Office(gateway)
    finally:
        gateway.close()
