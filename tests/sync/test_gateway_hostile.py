"""What a stranger, a broken window or a newer version may send: numbered refusals, limits, never a 5xx, never a loss."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.errors import BadInput, EnvironmentProblem, KeyProblem, LineProblem, Refused
from sync import protocol
from sync.gateway.gateway import open_gateway
from sync.gateway.serve import serve
from sync.gateway.store import GatewayFull, storage_problem
from sync.gateway.windows import enrol_token
from sync.http_enrolment import HttpEnrolment
from sync.strict import gzipped, to_base64
from tests.sync.gateway_main import WallClock, open_here
from tests.sync.hall import HALL, SUITE, GatewayProcess, Window, enrol, sample_case, signed_message

Answer = tuple[int, Json, Mapping[str, str]]


def raw(
    gateway: GatewayProcess, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        data = response.read()
        return response.status, json.loads(data) if data else None, dict(response.getheaders())


def signed(gateway: GatewayProcess, window: Window, method: str, target: str, body: bytes = b"", **more: str) -> Answer:
    at_ms = int(more.pop("at_ms", str(time.time_ns() // 1_000_000)))
    claim = protocol.request_bytes(method, target, window.enrolled.window_id, at_ms, body)
    headers = {
        protocol.WINDOW_HEADER: window.enrolled.window_id,
        protocol.TIME_HEADER: str(at_ms),
        protocol.SIGNATURE_HEADER: to_base64(SUITE.sign(window.private, claim)),
    }
    return raw(gateway, method, target, body, {**headers, **{k.replace("_", "-"): v for k, v in more.items()}})


def code(answer: Answer) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def envelope(window: Window, case_id: str, **header: Json) -> dict[str, Json]:
    message = signed_message(window, sample_case(case_id))
    fields = {
        "suite": SUITE.id,
        "message_id": message.id,
        "stream": message.stream,
        "kind": message.kind,
        "window_id": window.enrolled.window_id,
        "revision": 1,
        "body_sha256": message.body_sha256,
        "encoding": "plain",
        **header,
    }
    sealed = SUITE.seal_to(window.enrolled.gateway_sealing_public, message.body, canonical_bytes(fields))
    return {"header": fields, "signatures": dict(message.signatures), "sealed": to_base64(sealed)}


def batch(*envelopes: Json) -> bytes:
    return canonical_bytes({"protocol": 1, "messages": list(envelopes)})


def test_strangers_and_forgers_are_turned_away(gateway: GatewayProcess, window: Window) -> None:
    assert code(raw(gateway, "POST", protocol.MESSAGES, batch())) == (401, "R104")
    body = batch()
    at_ms = str(time.time_ns() // 1_000_000)
    forged = {protocol.WINDOW_HEADER: window.enrolled.window_id, protocol.TIME_HEADER: at_ms}
    for signature in ("", "!!!", to_base64(b"x" * 64), "签".encode().decode("latin-1")):
        answer = raw(gateway, "POST", protocol.MESSAGES, body, {**forged, protocol.SIGNATURE_HEADER: signature})
        assert code(answer) == (401, "R101")
    old = str(time.time_ns() // 1_000_000 - 3_600_000)
    assert code(signed(gateway, window, "GET", "/v1/feed?cursor=0&limit=1", at_ms=old)) == (401, "R103")
    assert signed(gateway, window, "GET", "/v1/feed?cursor=0&limit=1")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"messages":{}}',
        b'{"messages":[1.5]}',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"a":1,"a":2}',
        b'{"messages":"\\ud800"}',
    ],
)
def test_bad_json_gets_a_numbered_refusal(body: bytes, gateway: GatewayProcess, window: Window) -> None:
    assert code(signed(gateway, window, "POST", protocol.MESSAGES, body)) == (400, "R100")
    assert raw(gateway, "POST", protocol.ENROL, body)[0] in {400, 403}


def test_each_broken_envelope_gets_its_own_receipt(gateway: GatewayProcess, window: Window) -> None:
    good = envelope(window, "hostile-good")
    other_key = dict(envelope(window, "hostile-key"), sealed=to_base64(b"\0" * 200))
    cases = [
        (7, "R102"),
        ({}, "R102"),
        ({"header": [], "signatures": {}, "sealed": ""}, "R102"),
        (dict(good, sealed="%%%"), "R102"),
        (envelope(window, "hostile-rev", revision=-1), "R102"),
        (envelope(window, "hostile-stream", stream="a b"), "R102"),
        (envelope(window, "hostile-suite", suite="sm-1"), "R109"),
        (envelope(window, "hostile-window", window_id="500199-W99-G1"), "R101"),
        (other_key, "R110"),
        (envelope(window, "hostile-hash", body_sha256="0" * 64), "R111"),
        (dict(envelope(window, "hostile-sign"), signatures={}), "R101"),
        (envelope(window, "hostile-kind", kind="case.other"), "R112"),
        (envelope(window, "hostile-revision", revision=2), "R112"),
        (dict(good, header={**good["header"], "stream": "changed"}), "R110"),
    ]
    status, answer, _ = signed(gateway, window, "POST", protocol.MESSAGES, batch(*(each for each, _ in cases), good))
    assert status == 200
    receipts = answer["receipts"]
    assert [receipt["code"] for receipt in receipts[:-1]] == [wanted for _, wanted in cases]
    assert all(receipt["status"] == "refused" and receipt["reason"] for receipt in receipts[:-1])
    assert receipts[-1]["status"] == "stored"  # the good one in the same batch is held


def test_a_foreign_hall_cannot_touch_a_case(gateway: GatewayProcess, window: Window) -> None:
    window.centre(gateway.url).send([signed_message(window, sample_case("mine-1"))])
    other = enrol(gateway.url, gateway.token("500199A", "1"), "500199A", "1")
    stolen = sample_case("mine-1", revision=9, hall="500199A")
    (receipt,) = other.centre(gateway.url).send([signed_message(other, stolen)])
    assert receipt.status == "conflict"
    (foreign,) = other.centre(gateway.url).send([signed_message(other, sample_case("theirs-1"))])
    assert foreign.code == "R112"  # a case of a hall that is not the window's


def test_a_newer_version_may_deliver(gateway: GatewayProcess, window: Window) -> None:
    newer = envelope(window, "newer-1", colour="later")
    status, answer, _ = signed(gateway, window, "POST", "/v7/messages", batch(newer))
    assert (status, answer["receipts"][0]["status"]) == (200, "stored")
    status, answer, _ = raw(gateway, "GET", "/v9/hello")
    assert (status, answer["versions"]) == (200, [1, 2])


def test_limits(gateway: GatewayProcess, window: Window) -> None:
    large = b"x" * (protocol.BODY_LIMIT + 1)
    with contextlib.suppress(ConnectionError):  # the gateway may hang up before all of it is sent
        assert code(signed(gateway, window, "POST", protocol.MESSAGES, large)) == (413, "R113")
    bomb = gzipped(b" " * (protocol.BODY_LIMIT + 1))
    assert len(bomb) < 50_000
    assert code(signed(gateway, window, "POST", protocol.MESSAGES, bomb, Content_Encoding="gzip")) == (413, "R113")
    assert code(signed(gateway, window, "POST", protocol.MESSAGES, b"no gzip", Content_Encoding="gzip")) == (
        400,
        "R100",
    )
    many = batch(*[{}] * (protocol.BATCH_LIMIT + 1))
    assert code(signed(gateway, window, "POST", protocol.MESSAGES, many)) == (400, "R100")
    assert signed(gateway, window, "POST", protocol.MESSAGES, batch(*[{}] * protocol.BATCH_LIMIT))[0] == 200


@pytest.mark.parametrize(
    "target",
    [
        "/v1/feed",
        "/v1/feed?cursor=x&limit=1",
        "/v1/feed?cursor=99999999999999999999&limit=1",
        "/v1/feed?cursor=-1&limit=1",
        "/v1/feed?cursor=%D9%A1&limit=1",
        "/v1/blobs/zz?size=1",
        f"/v1/blobs/{'0' * 64}?size=1",
        f"/v1/blobs/{'0' * 64}",
        "/v1/blobs/..%2f..%2fgateway.db?size=1",
        "/v1/nothing",
        "/",
        "/docs",
        "/openapi.json",
    ],
)
def test_odd_targets_are_refused(target: str, gateway: GatewayProcess, window: Window) -> None:
    status, answer, _ = signed(gateway, window, "GET", target)
    assert status in {400, 404}
    assert answer["error"]["code"].startswith("R")


def test_a_token_works_once_and_for_its_window(gateway: GatewayProcess) -> None:
    token, enrolment = gateway.token(window="Z1"), HttpEnrolment()
    private, public = SUITE.new_signing_pair()
    del private
    for refused, said in (("0" * 32, "不对"), ("", "不对")):
        with pytest.raises(Refused, match=said):
            enrolment.enrol(gateway.url, refused, HALL, "Z1", public)
    with pytest.raises(Refused, match="别的"):
        enrolment.enrol(gateway.url, token, HALL, "Z2", public)
    first = enrolment.enrol(gateway.url, token, HALL, "Z1", public)
    assert (first.hall.generation, first.hall.gateway, first.hall.sample) == (1, gateway.url, True)
    assert enrolment.enrol(gateway.url, token, HALL, "Z1", public) == first  # the first answer may have been lost
    with pytest.raises(Refused, match="用过"):
        enrolment.enrol(gateway.url, token, HALL, "Z1", SUITE.new_signing_pair()[1])
    second = enrolment.enrol(gateway.url, gateway.token(window="Z1"), HALL, "Z1", SUITE.new_signing_pair()[1])
    assert (second.hall.generation, second.window_id) == (2, f"{HALL}-WZ1-G2")
    with pytest.raises(LineProblem):
        enrolment.enrol("http://127.0.0.1:9", token, HALL, "Z1", public)
    for address in ("ftp://x", "nonsense", "http://", "http://[x"):
        with pytest.raises(BadInput):
            enrolment.enrol(address, token, HALL, "Z1", public)


def test_a_message_signed_before_a_new_enrolment_is_taken(gateway: GatewayProcess, window: Window) -> None:
    number = window.enrolled.hall.window
    waiting = signed_message(window, sample_case("again-1"))
    renewed = enrol(gateway.url, gateway.token(window=number), window=number)
    (receipt,) = renewed.centre(gateway.url).send([waiting])
    assert receipt.status == "stored"


def test_bad_hall_codes_get_no_token(gateway: GatewayProcess) -> None:
    with contextlib.closing(open_here(gateway.data)) as here:
        for hall, number in (("", "1"), ("500199", ""), ("5001/99", "1"), ("500199", "1234567"), ("大厅", "1")):
            with pytest.raises(BadInput):
                enrol_token(here, hall, number)


def test_nothing_personal_lies_in_the_clear(gateway: GatewayProcess, window: Window) -> None:
    window.centre(gateway.url).send([signed_message(window, sample_case("clear-1"))])
    name = "龚㛃䶮"
    for path in gateway.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert name.encode(encoding) not in data, path.name
    assert (gateway.data / "gateway.keys.json").stat().st_mode & 0o077 == 0


def test_a_full_disk_says_when_to_retry_and_keeps_what_it_has(tmp_path: Path) -> None:
    """The gateway's files may not grow any more: every write beyond really fails (EFBIG from the kernel)."""
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        centre = window.centre(gateway.url)
        (first,) = centre.send([signed_message(window, sample_case("full-0"))])
        kept = {first.message_id}
        gateway.limit_file_size(200_000)
        problem: LineProblem | None = None
        for n in range(1, 60):
            noise = sample_case(f"full-{n}", noise=os.urandom(20_000).hex())
            try:
                kept |= {receipt.message_id for receipt in centre.send([signed_message(window, noise)])}
            except LineProblem as error:
                problem = error
                break
        assert problem is not None
        assert problem.retry_after_s is not None
        assert {f"m-{row['case_id']}-1" for row in gateway.dump()} == kept


def test_a_damaged_key_file_and_a_taken_port_are_said_calmly(tmp_path: Path, gateway: GatewayProcess) -> None:
    with contextlib.closing(open_here(tmp_path / "g")) as here, pytest.raises(EnvironmentProblem, match="端口"):
        serve(here, gateway.port)
    (tmp_path / "g" / "gateway.keys.json").write_bytes(b"{}")
    with pytest.raises(KeyProblem):
        open_gateway(tmp_path / "g", suites=[SUITE], verify=lambda *_: "", clock=WallClock(), random=os.urandom)


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database or disk is full"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))]
)
def test_no_room_is_told_apart(error: Exception) -> None:
    assert isinstance(storage_problem(error), GatewayFull)
    assert not isinstance(storage_problem(OSError(errno.EIO, os.strerror(errno.EIO))), GatewayFull)
