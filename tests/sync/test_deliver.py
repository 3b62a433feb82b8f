"""The promise 'exactly once in effect' over a live gateway: lost answers, replays, kills, refusals, order."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import CaseKind, case_hash
from clerk_app.domain.outbox import Delivery
from clerk_app.errors import LineProblem, Refused
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from tests.sync.hall import (
    CountedIds,
    GatewayProcess,
    Proxy,
    Window,
    canned,
    enrol,
    new_store,
    sample_case,
    signed_message,
    take,
    wait_until,
)


def courier(store: SqlStore, window: Window, url: str, timeout_s: float = 5.0) -> Courier:
    return Courier(store, window.centre(url, timeout_s), window.clock, CountedIds())


def held(gateway: GatewayProcess, *prefixes: str) -> dict[str, dict]:
    rows = [row for row in gateway.dump() if row["case_id"].startswith(prefixes)]
    assert len({row["case_id"] for row in rows}) == len(rows)
    return {row["case_id"]: row for row in rows}


def test_cases_and_pages_arrive_whole_and_are_numbered(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    page = os.urandom(200_000)
    hashes = {f"del-{n}": take(store, window, sample_case(f"del-{n}"), [page] if n == 2 else []) for n in range(3)}
    summary = courier(store, window, gateway.url).push_once()
    assert (summary.sent, summary.acknowledged, summary.refused, summary.waiting) == (3, 3, 0, 0)
    assert summary.trouble is None
    assert summary.bytes > 200_000
    rows = held(gateway, "del-")
    assert {case_id: row["content_sha256"] for case_id, row in rows.items()} == hashes
    assert rows["del-2"]["attachments"] == [bytes_hash(page)]
    with store.begin(reading=True) as uow:
        for case_id in hashes:
            case = uow.cases.get(case_id)
            assert case is not None
            assert case.gateway_receipt == rows[case_id]["gateway_receipt"]
        assert uow.outbox.open() == ()
        assert uow.outbox.counts().attachments == 0
    wait_until(lambda: all(row["case_number"].startswith("DEMO-") for row in held(gateway, "del-").values()))


def test_a_case_is_numbered_only_when_its_pages_are_there(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("half-1"), [os.urandom(70_000)])
    take(store, window, sample_case("half-2"))
    with store.begin(reading=True) as uow:
        messages = uow.outbox.open()
    centre = window.centre(gateway.url)
    assert [receipt.status for receipt in centre.send(messages)] == ["stored", "stored"]
    wait_until(lambda: bool(held(gateway, "half-2")["half-2"]["case_number"]))
    assert held(gateway, "half-1")["half-1"]["case_number"] == ""
    assert held(gateway, "half-1")["half-1"]["attachments"] == []


def test_a_lost_answer_doubles_nothing(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("lost-1"))
    proxy = Proxy(gateway.port)
    proxy.lose_answers = 1
    first = courier(store, window, proxy.url).push_once()
    assert isinstance(first.trouble, LineProblem)
    assert (first.acknowledged, first.waiting) == (0, 1)
    assert proxy.lost == 1
    receipt = held(gateway, "lost-")["lost-1"]["gateway_receipt"]  # it had arrived
    with store.begin(reading=True) as uow:
        (message,) = uow.outbox.open()
        assert message.state is Delivery.WAITING
        assert message.next_try_ms > window.clock.now().utc_ms
    assert courier(store, window, proxy.url).push_once().sent == 0  # it waits for its next try
    again = courier(store, window, proxy.url).push_once(at_once=True)
    assert (again.acknowledged, again.waiting) == (1, 0)
    assert held(gateway, "lost-")["lost-1"]["gateway_receipt"] == receipt
    with store.begin(reading=True) as uow:
        settled = uow.outbox.get(message.id)
        assert settled is not None
        assert (settled.state, settled.receipt) == (Delivery.ACKNOWLEDGED, receipt)
    proxy.close()


def test_a_replay_is_a_duplicate_and_other_content_a_conflict(gateway: GatewayProcess, window: Window) -> None:
    centre = window.centre(gateway.url)
    case = sample_case("replay-1")
    message = signed_message(window, case)
    (first,) = centre.send([message])
    (second,) = centre.send([message])
    assert (first.status, second.status, second.receipt) == ("stored", "duplicate", first.receipt)
    other = signed_message(window, replace(case, content={"applicant": "另一个"}))
    (third,) = centre.send([other])  # the same message id, other content
    assert (third.status, third.code) == ("conflict", "R114")
    renamed = signed_message(window, replace(case, content={"applicant": "另一个"}), message_id="m-replay-other")
    (fourth,) = centre.send([renamed])  # the same revision, other content
    assert fourth.status == "conflict"
    same = signed_message(window, case, message_id="m-replay-same")
    (fifth,) = centre.send([same])  # the same revision and content under another id
    assert (fifth.status, fifth.receipt) == ("duplicate", first.receipt)
    rows = held(gateway, "replay-")
    assert len(rows) == 1
    assert rows["replay-1"]["content_sha256"] == case_hash(case)


def test_a_later_revision_keeps_the_receipt(gateway: GatewayProcess, window: Window) -> None:
    centre = window.centre(gateway.url)
    (first,) = centre.send([signed_message(window, sample_case("rev-1"))])
    newer = sample_case("rev-1", revision=3, more="补")
    (second,) = centre.send([signed_message(window, newer)])
    assert (second.status, second.receipt) == ("stored", first.receipt)
    (late,) = centre.send([signed_message(window, sample_case("rev-1", revision=2, more="迟"))])
    assert late.status == "stored"
    assert held(gateway, "rev-")["rev-1"]["content_sha256"] == case_hash(newer)


def test_a_killed_gateway_keeps_what_it_answered(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        for turn in range(4):
            messages = [signed_message(window, sample_case(f"kill-{turn}-{n}")) for n in range(3)]
            receipts = window.centre(gateway.url).send(messages)
            gateway.kill()
            rows = {row["case_id"]: row["gateway_receipt"] for row in gateway.dump()}
            for message, receipt in zip(messages, receipts, strict=True):
                assert rows[message.case_id] == receipt.receipt
            assert len(rows) == 3 * (turn + 1)
            gateway.start()


def test_a_gateway_that_is_away_loses_nothing(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
    store = new_store(tmp_path / "window")
    take(store, window, sample_case("away-1"))
    summary = courier(store, window, gateway.url).push_once()
    assert isinstance(summary.trouble, LineProblem)
    assert "前置" in summary.trouble.sentence()
    assert (summary.sent, summary.waiting) == (0, 1)
    with gateway:
        assert courier(store, window, gateway.url).push_once(at_once=True).acknowledged == 1
    store.close()


_HTML = b"<html><body>login</body></html>"
_HOSTILE = {
    "500": b"HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    "502 html": b"HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(_HTML) + _HTML,
    "200 html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(_HTML) + _HTML,
    "html as json": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_HTML)
    + _HTML,
    "half json": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 80\r\n\r\n{"receipts":[{"mess',
    "receipts for others": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"receipts":[{"code":"",'
    b'"message_id":"x","reason":"","receipt":"QZ1","status":"stored"}],"server_ms":1}',
    "no receipts": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"receipts":[]}',
    "gzip bomb": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nPK",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "not http": b"SSH-2.0-OpenSSH\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("answer", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_what_is_no_gateway_is_a_line_problem(
    answer: bytes, gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("host-1"))
    with canned(answer) as url:
        summary = courier(store, window, url).push_once()
    assert isinstance(summary.trouble, LineProblem)
    assert summary.trouble.what_is_safe
    assert (summary.acknowledged, summary.refused, summary.waiting) == (0, 0, 1)


def test_a_silent_gateway_times_out_and_acknowledges_nothing(window: Window, store: SqlStore) -> None:
    import socket

    take(store, window, sample_case("mute-1"))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        summary = courier(store, window, url, timeout_s=0.3).push_once()
    assert isinstance(summary.trouble, LineProblem)
    assert (summary.acknowledged, summary.waiting) == (0, 1)


def test_one_refused_message_blocks_no_other(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("ok-1"))
    take(store, window, sample_case("bad-1"), change=lambda message: replace(message, signatures={}))
    take(store, window, sample_case("bad-1-part", parent="bad-1", kind=CaseKind.PART))
    take(store, window, sample_case("ok-2"))
    summary = courier(store, window, gateway.url).push_once()
    assert (summary.acknowledged, summary.refused, summary.waiting) == (2, 1, 1)
    assert set(held(gateway, "ok-", "bad-")) == {"ok-1", "ok-2"}
    with store.begin(reading=True) as uow:
        refused = uow.outbox.get("m-bad-1-1")
        assert refused is not None
        assert (refused.state, refused.refusal_code) == (Delivery.REFUSED, "R101")
        assert "签名" in refused.refusal_reason
        part = uow.outbox.get("m-bad-1-part-1")
        assert part is not None
        assert part.state is Delivery.WAITING


def test_a_life_event_arrives_package_first(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("pkg", kind=CaseKind.PACKAGE))
    for n in (1, 2):
        take(store, window, sample_case(f"pkg-part{n}", parent="pkg", kind=CaseKind.PART))
    assert courier(store, window, gateway.url).push_once().acknowledged == 3
    rows = list(held(gateway, "pkg").values())
    assert [row["case_id"] for row in rows] == ["pkg", "pkg-part1", "pkg-part2"]
    assert [row.get("parent") for row in rows] == [None, "pkg", "pkg"]
    assert len({row["gateway_receipt"] for row in rows}) == 3


def test_a_wrong_clock_does_not_stop_delivery(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    window.clock.shift_ms = -400 * 86_400_000
    take(store, window, sample_case("clock-1"))
    assert courier(store, window, gateway.url).push_once().acknowledged == 1


def test_a_clock_that_jumped_back_leaves_nothing_waiting_for_years(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("jump-1"))
    window.clock.shift_ms = 400 * 86_400_000
    with canned(_HOSTILE["500"]) as url:
        courier(store, window, url).push_once()
    window.clock.shift_ms = 0
    assert courier(store, window, gateway.url).push_once().acknowledged == 1


def test_a_revoked_window_is_refused_and_keeps_its_cases(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    import contextlib

    from sync.gateway.windows import revoke
    from tests.sync.gateway_main import open_here

    with contextlib.closing(open_here(gateway.data)) as here:
        assert revoke(here, window.enrolled.window_id) == 1
    take(store, window, sample_case("revoked-1"))
    summary = courier(store, window, gateway.url).push_once()
    assert isinstance(summary.trouble, Refused)
    assert "停用" in summary.trouble.message
    assert summary.waiting == 1


def test_a_message_too_large_for_any_batch_comes_back_to_a_person(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("big-1", noise=os.urandom(2_500_000).hex()))
    take(store, window, sample_case("big-2"))
    summary = courier(store, window, gateway.url).push_once()
    assert (summary.acknowledged, summary.refused) == (1, 1)
    with store.begin(reading=True) as uow:
        refused = uow.outbox.get("m-big-1-1")
        assert refused is not None
        assert refused.refusal_code == "R113"
