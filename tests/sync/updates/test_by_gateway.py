"""Over a real line: a gateway process hands out what was put into it, a cut costs one stretch, and it is no authority."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.bootstrap.updates import Updates, source_of
from clerk_app.domain.releases import Release
from clerk_app.errors import BadInput, LineProblem, Refused
from sync.protocol import Code, error_from_bytes
from sync.updates.carrying import take_into
from sync.updates.sources import GatewaySource
from tests.sync.hall import GatewayProcess
from tests.sync.updates.publisher import Publisher
from tests.sync.updates.test_trust import flipped, refused, rewritten, tree_hash


class Pc:
    """A window's updates and its gateway's address."""

    def __init__(self, folder: Path, url: str, publisher: Publisher) -> None:
        self.updates, self.url = Updates(folder / "window"), url
        self.updates.trusted.trust(publisher.root.read_bytes())

    def look(self) -> Release | None:
        with source_of(None, self.url, None) as source:
            return self.updates.look(source)

    def bring(self) -> str:
        with source_of(None, self.url, None) as source:
            release = self.updates.look(source)
            assert release is not None
            self.updates.bring(source, release)
        return self.updates.programs.read().ready


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with GatewayProcess(tmp_path_factory.mktemp("gateway")) as process:
        yield process


@pytest.fixture
def publisher(gateway: GatewayProcess, tmp_path: Path) -> Publisher:
    shutil.rmtree(gateway.data / "updates", ignore_errors=True)
    return Publisher(tmp_path / "publisher")


@pytest.fixture
def pc(gateway: GatewayProcess, tmp_path: Path, publisher: Publisher) -> Pc:
    return Pc(tmp_path, gateway.url, publisher)


def updates_of(gateway: GatewayProcess) -> Path:
    return gateway.data / "updates"


def test_nothing_published_is_nothing_offered(pc: Pc) -> None:
    assert pc.look() is None


def test_what_the_gateway_took_in_arrives_as_it_was_published(
    pc: Pc, gateway: GatewayProcess, publisher: Publisher
) -> None:
    publisher.publish("0.2.0")
    take_into(updates_of(gateway), publisher.bundle())
    assert pc.bring() == "0.2.0"
    tree = publisher.publish("0.3.0", notes="第二次")
    take_into(updates_of(gateway), publisher.bundle(since="0.2.0"))
    found = pc.look()
    assert found is not None
    assert found.notes == "第二次"
    assert pc.bring() == "0.3.0"
    assert tree_hash(pc.updates.folder.tree("0.3.0")) == tree_hash(tree)


def test_the_gateway_takes_no_older_damaged_or_foreign_bundle(
    pc: Pc, gateway: GatewayProcess, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish("0.2.0")
    old = publisher.bundle()
    publisher.publish("0.3.0", ballast=300_000)
    new = publisher.bundle()
    for part in (".pack", ".list", "targets.json"):
        with pytest.raises(Refused):
            take_into(updates_of(gateway), rewritten(new, lambda name, data: flipped(data) if part in name else data))  # noqa: B023
        assert pc.look() is None
    take_into(updates_of(gateway), new)
    stranger = Publisher(tmp_path / "stranger")
    stranger.publish("0.9.0")
    for bad in (old, stranger.bundle()):
        with pytest.raises(Refused):
            take_into(updates_of(gateway), bad)
    half = tmp_path / "half"
    half.write_bytes(new.read_bytes()[:5000])
    with pytest.raises(BadInput, match="不完整"):
        take_into(updates_of(gateway), half)
    assert pc.bring() == "0.3.0"


def test_a_gateway_that_was_broken_into_cannot_give_another_program(
    pc: Pc, gateway: GatewayProcess, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish("0.2.0")
    take_into(updates_of(gateway), publisher.bundle())
    pc.look()
    (pack,) = (updates_of(gateway) / "packs").iterdir()
    whole = pack.read_bytes()
    pack.write_bytes(flipped(whole))
    with refused(pc, "对不上"):  # type: ignore[arg-type]
        pc.bring()
    pack.write_bytes(whole)
    stranger = Publisher(tmp_path / "stranger")
    stranger.publish("0.9.0")
    shutil.rmtree(updates_of(gateway) / "metadata")
    shutil.copytree(stranger.folder / "repository" / "metadata", updates_of(gateway) / "metadata")
    with refused(pc, "签名不对"):  # type: ignore[arg-type]
        pc.look()


def test_only_the_repository_is_handed_out(gateway: GatewayProcess, publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    take_into(updates_of(gateway), publisher.bundle())
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    bad = ["trust/timestamp.json", "metadata/../trust/root.json", "../gateway.db", "metadata/%2e%2e/trust/root.json"]
    bad += ["metadata", "", "metadata/", "packs/..", "metadata//timestamp.json", "metadata/.new", "%2fetc/passwd"]
    for path in bad:
        connection.request("GET", f"/updates/{path}")
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status == 404, path
        assert error_from_bytes(told).code == Code.NO_SUCH_PATH
    connection.request("GET", "/updates/metadata/timestamp.json", headers={"Range": "bytes=0-9"})
    answer = connection.getresponse()
    assert (answer.status, len(answer.read())) == (206, 10)
    connection.close()


class _Cutting:
    """A line to the gateway that is cut after so many bytes, again and again; counts what went through."""

    def __init__(self, port: int, after: int) -> None:
        self._port, self.after, self.passed, self.cuts = port, after, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            threading.Thread(target=self._there, args=(near, far), daemon=True).start()
            self._back(far, near)

    def _there(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while told := near.recv(65536):
                far.sendall(told)
        except OSError:
            return

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        left = self.after
        try:
            while left > 0 and (told := far.recv(min(left, 65536))):
                near.sendall(told)
                left -= len(told)
                self.passed += len(told)
        except OSError:
            pass
        self.cuts += left <= 0
        for each in (near, far):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def close(self) -> None:
        self._listener.close()


def test_a_line_that_is_cut_again_and_again_brings_it_all_the_same(
    pc: Pc, gateway: GatewayProcess, publisher: Publisher
) -> None:
    tree = publisher.publish("0.2.0", ballast=700_000)
    take_into(updates_of(gateway), publisher.bundle())
    line, tries = _Cutting(gateway.port, 190_000), 0
    pc.url = line.url
    try:
        while pc.updates.programs.read().ready != "0.2.0":
            try:
                pc.bring()
            except LineProblem:
                tries += 1
                assert tries < 60
    finally:
        line.close()
    assert line.cuts >= 3
    size = sum(path.stat().st_size for path in (updates_of(gateway) / "packs").iterdir())
    metadata = (tries + 1) * 25_000
    assert line.passed < size + metadata + line.cuts * 140_000, "a cut costs a stretch, not a pack"
    assert tree_hash(pc.updates.folder.tree("0.2.0")) == tree_hash(tree)


def test_a_login_page_in_the_way_is_no_gateway(tmp_path: Path, publisher: Publisher) -> None:
    """A hotel's or operator's page that answers everything with 200 and HTML."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            near.recv(65536)
            near.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")
            near.close()

    threading.Thread(target=serve, daemon=True).start()
    pc = Pc(tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}", publisher)
    with pytest.raises(LineProblem, match="不是前置"):
        pc.look()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    with pytest.raises(LineProblem, match="连不上"):
        pc.look()


def test_a_source_says_what_it_has_not(gateway: GatewayProcess, pc: Pc) -> None:
    with source_of(None, gateway.url, None) as source:
        assert isinstance(source, GatewaySource)
        assert pc.updates.look(source) is None
