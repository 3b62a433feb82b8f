"""The gateway's ground: schema in steps, group commit, limits, memory of signatures, pages in a folder or an object store."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from clerk_app.errors import BadInput, StorageProblem
from sync.gateway import schema
from sync.gateway.blobs import BlobFiles, Blobs
from sync.gateway.connections import peer_of
from sync.gateway.group import GroupCommit
from sync.gateway.limits import Buckets, retry_after_s
from sync.gateway.object_blobs import ObjectBlobs, object_blobs
from sync.gateway.remembering import RememberingVerifier
from sync.gateway.serve import JsonLines, Seldom
from sync.gateway.store import FILE, SCHEMA, Counter, GatewayStore
from sync.gateway.upgrade import upgrade
from sync.protocol import Code
from tests.sync.hall import SUITE, wait_until

VERSIONS = Path(__file__).parents[2] / "sync" / "gateway" / "migrations" / "versions"


# --- schema


def shape_of(connection: Connection) -> dict[str, object]:
    """Tables, columns, indexes and keys as the database tells them."""
    seen = inspect(connection)
    return {
        table: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)),
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((index["name"] or "", index["column_names"]) for index in seen.get_indexes(table)),
        )
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_the_steps_lead_to_the_schema_in_the_code(tmp_path: Path) -> None:
    with contextlib.closing(GatewayStore(tmp_path)) as store, store.reading() as connection:
        stepped = shape_of(connection)
        held = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    fresh = create_engine("sqlite://")
    with fresh.begin() as connection:
        schema.metadata.create_all(connection)
        assert shape_of(connection) == stepped
    fresh.dispose()
    newest = max(path.stem[:4] for path in VERSIONS.glob("[0-9]*.py"))
    assert held == SCHEMA == newest


def test_a_gateway_of_before_the_steps_is_brought_on(tmp_path: Path) -> None:
    """The first gateway's database, with a case that has a number and one that has none."""
    engine = create_engine(f"sqlite:///{tmp_path / FILE}")
    with engine.begin() as connection:
        upgrade(connection)  # all steps, then back to what the first gateway made
        for table in ("refusal", "checkpoint", "forward", "person", "deed", "session", "admin", "alembic_version"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
        for index in ("gateway_case_unnumbered", "gateway_case_day", "feed_target"):
            connection.execute(text(f"DROP INDEX {index}"))
        for table, column in (
            ("window", "suite"),
            ("window", "seen_ms"),
            ("window", "certificate"),
            ("gateway_case", "owner"),
        ):
            connection.execute(text(f'ALTER TABLE "{table}" DROP COLUMN {column}'))
        for number, case_number in ((1, "'DEMO-1'"), (2, "NULL")):
            connection.execute(
                text(
                    'INSERT INTO gateway_case (case_id, ordinal, receipt, hall, "window", kind, parent, revision, content_sha256,'
                    f" received_ms, case_number, result) VALUES ('c{number}', {number}, 'QZ-{number}', 'H', '1', 'single', '', 3,"
                    f" 'x', 1, {case_number}, '')"
                )
            )
    engine.dispose()
    with contextlib.closing(GatewayStore(tmp_path)) as store, store.reading() as connection:
        rows = connection.execute(select(schema.forward)).all()
        assert {row.case_id: (row.revision, row.done_revision) for row in rows} == {"c1": (3, 3), "c2": (3, 0)}
    with contextlib.closing(GatewayStore(tmp_path)) as store, store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageProblem, match="更新的版本"):
        GatewayStore(tmp_path)


def test_several_processes_may_found_it_at_once(tmp_path: Path) -> None:
    stores: list[GatewayStore] = []
    threads = [threading.Thread(target=lambda: stores.append(GatewayStore(tmp_path))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(stores) == 4
    for store in stores:
        store.close()


# --- group commit


def test_jobs_that_wait_share_one_commit(tmp_path: Path) -> None:
    commits: list[int] = []
    with contextlib.closing(GatewayStore(tmp_path)) as store:

        @contextlib.contextmanager
        def counted() -> Iterator[Connection]:
            with store.transaction() as connection:
                yield connection
            commits.append(1)

        group, gate, arrived = GroupCommit(counted), threading.Event(), threading.Event()
        results: list[int] = []

        def first(connection: Connection) -> int:
            arrived.set()
            gate.wait(10)
            return number(connection)

        def number(connection: Connection) -> int:
            counter = Counter(connection, "test")
            drawn = counter.next()
            counter.keep()
            return drawn

        threads = [threading.Thread(target=lambda: results.append(group.run(first)))]
        threads[0].start()
        assert arrived.wait(10)
        threads += [threading.Thread(target=lambda: results.append(group.run(number))) for _ in range(10)]
        for each in threads[1:]:
            each.start()
        wait_until(lambda: len(group._waiting) == 10)
        gate.set()
        for each in threads:
            each.join(30)
    assert sorted(results) == list(range(1, 12))  # none lost, none doubled
    assert len(commits) == 2  # the first alone, then all that had waited meanwhile


def test_one_bad_job_spoils_no_other(tmp_path: Path) -> None:
    with contextlib.closing(GatewayStore(tmp_path)) as store:
        outcomes: dict[int, object] = {}
        ready = threading.Barrier(6)

        def job(n: int) -> None:
            def run(connection: Connection) -> str:
                scope = "same" if n < 3 else f"s{n}"
                connection.execute(schema.counter.insert().values(scope=scope, value=n))
                return scope

            ready.wait(10)
            try:
                outcomes[n] = store.together(run)
            except IntegrityError as error:
                outcomes[n] = error

        threads = [threading.Thread(target=job, args=(n,)) for n in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
        assert [outcomes[n] for n in (3, 4, 5)] == ["s3", "s4", "s5"]
        assert sum(isinstance(outcomes[n], IntegrityError) for n in range(3)) == 2
        with store.reading() as connection:
            assert len(connection.execute(select(schema.counter).where(schema.counter.c.scope.like("s%"))).all()) == 4


def test_ordinals_never_repeat_among_processes(tmp_path: Path) -> None:
    with contextlib.closing(GatewayStore(tmp_path)) as one, contextlib.closing(GatewayStore(tmp_path)) as two:
        drawn = [n for store in (one, two, one, two) for n in store.ordinals(300)]
        drawn += list(one.ordinals(5000))
    assert len(set(drawn)) == len(drawn)


# --- limits and memory


def test_a_bucket_fills_again_and_each_has_its_own() -> None:
    buckets = Buckets(rate=10, burst=3)
    assert [buckets.take("a", 0) for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b", 0)
    assert not buckets.take("a", 50)
    assert buckets.take("a", 150)
    assert not buckets.take("a", 100)  # a clock that goes back gives nothing away


@given(st.integers(0, 5000), st.integers(0, 255))
def test_retry_after_is_spread_and_bounded(crowd: int, chance: int) -> None:
    wait = retry_after_s(Code.BUSY, crowd, lambda _n: bytes([chance]))
    assert 2 <= wait <= 16
    assert retry_after_s(Code.BAD_JSON, crowd, lambda _n: bytes([chance])) == 0
    assert retry_after_s(Code.FULL, crowd, lambda _n: bytes([chance])) >= 60


def test_a_crowd_is_spread_wider_than_a_few() -> None:
    few = {retry_after_s(Code.BUSY, 1, lambda _n, c=c: bytes([c])) for c in range(256)}  # type: ignore[misc]
    many = {retry_after_s(Code.BUSY, 256, lambda _n, c=c: bytes([c])) for c in range(256)}  # type: ignore[misc]
    assert max(many) > max(few)
    assert len(many) > len(few)


def test_only_what_was_right_is_remembered() -> None:
    private, public = SUITE.new_signing_pair()
    asked: list[bytes] = []

    class Counting:
        def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
            asked.append(data)
            return SUITE.verify(public, signature, data)

    memory = RememberingVerifier(Counting())
    signature = SUITE.sign(private, b"claim")
    assert [memory.verify(public, signature, b"claim") for _ in range(3)] == [True] * 3
    assert len(asked) == 1
    assert not memory.verify(public, signature, b"other")
    assert not memory.verify(SUITE.new_signing_pair()[1], signature, b"claim")
    assert not memory.verify(public, b"x" * 64, b"claim")
    assert [memory.verify(public, SUITE.sign(private, b"l" * 700), b"l" * 700) for _ in range(2)] == [True] * 2
    assert len(asked) == 6


def test_a_log_line_tells_kinds_and_routes_and_no_text_of_errors() -> None:
    try:
        raise ValueError("龚㛃䶮 500199199003078888")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "x", 1, "answered", (), sys.exc_info())
    record.told = {"route": "GET /v{version}/feed", "status": 200}
    line = json.loads(JsonLines().format(record))
    assert (line["event"], line["route"], line["error"]) == ("answered", "GET /v{version}/feed", "ValueError")
    assert "龚" not in json.dumps(line, ensure_ascii=False)


def test_the_same_words_are_told_once_a_minute() -> None:
    at_s = [0.0]
    seldom = Seldom(lambda: at_s[0])
    told = list[tuple[float, str]]()
    for at_s[0], words in ((5, "a"), (6, "b"), (64.9, "a"), (65, "a"), (65, "b"), (66, "b")):
        if seldom.filter(logging.makeLogRecord({"msg": words})):
            told.append((at_s[0], words))
    assert told == [(5, "a"), (6, "b"), (65, "a"), (66, "b")]


def test_names_in_certificates() -> None:
    told = {"subject": ((("commonName", "500199-W01-G1"),),), "serialNumber": "0AFF"}
    assert peer_of(told) == ("500199-W01-G1", "aff")
    assert peer_of({}) is None
    assert peer_of(None) is None


# --- pages


@pytest.fixture(scope="module")
def emulated() -> Iterator[str]:
    """An S3 store over real HTTP, emulated by moto; no real one is at hand here."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "object store"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """The contract of pages: both run the same tests."""
    if request.param == "folder":
        return BlobFiles(tmp_path / "blobs")
    endpoint = request.getfixturevalue("emulated")
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("NO_PROXY", "*"),
    ):
        monkeypatch.setenv(name, value)
    bucket = f"b{os.urandom(4).hex()}"
    store = object_blobs(f"s3://{bucket}/pages?endpoint={endpoint}")
    assert isinstance(store, ObjectBlobs)
    store._client.create_bucket(Bucket=bucket)
    return store


def test_pages_grow_by_chunks_or_come_whole(blobs: Blobs) -> None:
    data = os.urandom(200_000)
    name = hashlib.sha256(data).hexdigest()
    assert (blobs.held(name, "A-1"), blobs.read_half(name, "A-1")) == (0, b"")
    reached = 0
    while reached < len(data):
        reached = blobs.append(name, "A-1", reached, data[reached : reached + 65_536])
        assert blobs.held(name, "A-1") == reached
    assert blobs.append(name, "A-1", 0, data[:65_536]) == 65_536  # the same chunk again harms nothing
    assert (blobs.held(name, "A-1"), blobs.read_half(name, "A-1")) == (len(data), data)
    for _ in range(2):
        blobs.finish(name, "A-1")
        assert (blobs.held(name, "A-1"), blobs.read_half(name, "A-1"), blobs.read(name)) == (0, data, data)
    for offset in (0, 70_000, 199_990, 200_000, 900_000):
        assert blobs.read_piece(name, offset, 50_000) == data[offset : offset + 50_000]


def test_a_page_that_came_whole_after_all_leaves_no_half(blobs: Blobs) -> None:
    data = os.urandom(1000)
    name = hashlib.sha256(data).hexdigest()
    blobs.append(name, "A-1", 0, b"half")
    for _ in range(2):
        blobs.keep(name, "A-1", data)
        assert (blobs.held(name, "A-1"), blobs.read(name)) == (0, data)


def test_half_a_page_is_its_senders(blobs: Blobs) -> None:
    data = os.urandom(1000)
    name = hashlib.sha256(data).hexdigest()
    blobs.append(name, "A-1", 0, data[:600])
    blobs.append(name, "B-1", 0, bytes(1000))
    assert (blobs.held(name, "A-1"), blobs.held(name, "A-11")) == (600, 0)
    assert blobs.read_half(name, "B-1") == bytes(1000)
    blobs.drop(name, "B-1")
    assert blobs.held(name, "B-1") == 0
    blobs.append(name, "A-1", 600, data[600:])
    blobs.finish(name, "A-1")
    blobs.append(name, "B-1", 0, b"x")
    blobs.drop(name, "B-1")  # a whole page is nobody's to drop
    assert blobs.read(name) == data


def test_halves_that_nobody_goes_on_with_are_swept(blobs: Blobs) -> None:
    data = os.urandom(1000)
    name, other = hashlib.sha256(data).hexdigest(), "b" * 64
    blobs.keep(name, "A-1", data)
    blobs.append(name, "B-1", 0, b"half of one that came whole elsewhere")
    blobs.append(other, "A-1", 0, b"half")
    now_ms = time.time_ns() // 1_000_000
    assert blobs.sweep(now_ms - 60_000) == 0
    assert blobs.held(other, "A-1") == 4
    assert blobs.sweep(now_ms + 60_000) == 2
    assert (blobs.held(other, "A-1"), blobs.held(name, "B-1"), blobs.read(name)) == (0, 0, data)
    assert blobs.append(other, "A-1", 0, b"begun anew") == 10


def lay(blobs: Blobs, name: str, data: bytes = b"not ours") -> None:
    """Something that the gateway did not put there."""
    if isinstance(blobs, BlobFiles):
        path = blobs._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    else:
        assert isinstance(blobs, ObjectBlobs)
        blobs._client.put_object(Bucket=blobs._bucket, Key=f"{blobs._prefix}{name}", Body=data)


def names_in(blobs: Blobs) -> set[str]:
    if isinstance(blobs, BlobFiles):
        return {str(path.relative_to(blobs._folder)) for path in blobs._folder.rglob("*") if path.is_file()}
    assert isinstance(blobs, ObjectBlobs)
    return {str(each["Key"]).removeprefix(blobs._prefix) for each in blobs._listed(blobs._prefix)}


def test_what_is_not_the_gateways_is_left_alone_by_the_sweep(blobs: Blobs) -> None:
    odd = {"00/somebody's.part", "lost+found/#123.new", "notes.part/000000000000", "00/half.part", f"{'b' * 64}.part/x"}
    for name in odd:
        lay(blobs, name)
    blobs.append("a" * 64, "A-1", 0, b"half")
    assert blobs.sweep(time.time_ns() // 1_000_000 + 60_000) == 1
    assert names_in(blobs) == odd


def test_a_half_that_is_added_to_keeps_its_first_chunks(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    if isinstance(blobs, BlobFiles):
        return  # one file, one date
    assert isinstance(blobs, ObjectBlobs)
    listed, hour = blobs._listed, timedelta(hours=1)

    def aged(prefix: str) -> Iterator[dict[str, Any]]:
        for each in listed(prefix):
            is_first = str(each["Key"]).endswith("/000000000000")
            yield {**each, "LastModified": each["LastModified"] - hour} if is_first else each

    monkeypatch.setattr(blobs, "_listed", aged)
    for name in ("a" * 64, "b" * 64):
        blobs.append(name, "A-1", 0, b"first")
    blobs.append("a" * 64, "A-1", 5, b"second")
    assert blobs.sweep(time.time_ns() // 1_000_000 - 60_000) == 1
    assert (blobs.held("a" * 64, "A-1"), blobs.held("b" * 64, "A-1")) == (11, 0)


def test_pages_in_a_store_whose_prefix_looks_like_a_half_stay(emulated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.setenv("NO_PROXY", "*")
    store = object_blobs(f"s3://parts/second.part/?endpoint={emulated}")
    store._client.create_bucket(Bucket="parts")
    store.keep("a" * 64, "A-1", b"a whole page")
    assert store.sweep(time.time_ns() // 1_000_000 + 60_000) == 0
    assert store.read("a" * 64) == b"a whole page"


def test_a_hole_is_not_held(blobs: Blobs) -> None:
    if isinstance(blobs, BlobFiles):
        return  # a folder's caller never writes past what is held (pages.py)
    name = "a" * 64
    blobs.append(name, "A-1", 65_536, b"later")
    assert blobs.held(name, "A-1") == 0
    blobs.append(name, "A-1", 0, b"x" * 65_536)
    assert blobs.held(name, "A-1") == 65_541


def test_an_object_store_that_is_away_is_an_error_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OSError, match="store"):
        object_blobs("s3://nobody/?endpoint=http://127.0.0.1:9").held("a" * 64, "A-1")
    for bad in ("x", "s3://", "http://x"):
        with pytest.raises(BadInput):
            object_blobs(bad)
