"""查错纠错 over the live gateway: a stream of its own, kept once, and nothing taken that is not what it says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.canonical import bytes_hash, canonical_bytes, parse_json
from clerk_app.domain.guide_report import KIND, element_exists, looks_personal, report_body, report_from_body
from clerk_app.domain.hall import Role
from clerk_app.domain.outbox import Delivery, OutboxMessage
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.guide_errors import report_error
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.gateway import office
from tests.fakes.desk import a_desk
from tests.fakes.items import SmallCatalogue
from tests.sync.gateway_main import open_here
from tests.sync.hall import CountedIds, GatewayProcess, Proxy, Window, sample_case, take

ITEM = SmallCatalogue().items()[0]
PAPER = f"materials.{ITEM.materials[0].id}"


@pytest.fixture
def desk(store: SqlStore, window: Window) -> Desk:
    return replace(a_desk(store, role=Role.CLERK), hall=window.enrolled.hall, signer=window.signer)


@pytest.fixture
def proxy(gateway: GatewayProcess) -> Iterator[Proxy]:
    made = Proxy(gateway.port)
    yield made
    made.close()


def kept(gateway: GatewayProcess, window: Window) -> list[dict[str, Any]]:
    with contextlib.closing(open_here(gateway.data)) as here:
        return [row for row in office.reports(here) if row["window"] == window.enrolled.hall.window]


def only_message(desk: Desk) -> OutboxMessage:
    with desk.store.begin(reading=True) as uow:
        (message,) = uow.outbox.open()
    return message


def test_a_report_is_kept_once_whatever_the_line_does(
    gateway: GatewayProcess, window: Window, desk: Desk, proxy: Proxy
) -> None:
    first = report_error(desk, ITEM.id, PAPER, "这份材料上月起不用交了", "删去")
    assert first.is_new
    assert not report_error(desk, ITEM.id, PAPER, " 这份材料上月起不用交了", "删去 ").is_new
    assert report_error(desk, ITEM.id, "fee", "收费写错了").is_new
    proxy.lose_answers = 1
    assert Courier(desk.store, window.centre(proxy.url), window.clock, CountedIds()).push_once().trouble is not None
    assert proxy.lost == 1
    again = Courier(desk.store, window.centre(gateway.url), window.clock, CountedIds()).push_once(at_once=True)
    assert (again.acknowledged, again.refused, again.waiting) == (2, 0, 0)
    rows = kept(gateway, window)
    assert [(row["item"], row["element"], row["wrong"], row["proposed"]) for row in rows] == [
        (ITEM.id, PAPER, "这份材料上月起不用交了", "删去"),
        (ITEM.id, "fee", "收费写错了", ""),
    ]
    assert {(row["sha256"], row["clerk"]) for row in rows} == {(ITEM.sha256, "wangmin")}
    assert rows[0]["receipt"].startswith("JC500199-")
    assert rows[0]["receipt"] != rows[1]["receipt"]
    with desk.store.begin(reading=True) as uow:
        message = uow.outbox.get(first.report.id)
        verbs = [entry.happening.verb for entry in uow.journal.entries()]
    assert message is not None
    assert (message.state, message.receipt) == (Delivery.ACKNOWLEDGED, rows[0]["receipt"])
    assert verbs.count("catalogue.reported") == 2
    assert not any(first.report.stream == row["case_id"] for row in gateway.dump())


def test_a_report_made_anew_after_an_older_backup_is_the_same_report(
    gateway: GatewayProcess, window: Window, desk: Desk
) -> None:
    report_error(desk, ITEM.id, "conditions", "年龄写错了")
    message = only_message(desk)
    centre = window.centre(gateway.url)
    (first,) = centre.send([message])
    (second,) = centre.send([replace(message, signatures=window.signer.sign(message.body))])
    assert (first.status, second.status, second.receipt) == ("stored", "duplicate", first.receipt)
    assert len(kept(gateway, window)) == 1


def test_reports_and_cases_do_not_wait_for_each_other(
    gateway: GatewayProcess, window: Window, store: SqlStore, desk: Desk
) -> None:
    take(store, window, sample_case("rep-1"), change=lambda each: replace(each, signatures={"window": "x"}))
    report_error(desk, ITEM.id, "scope", "区里也能办")
    take(store, window, sample_case("rep-2"))
    pushed = Courier(desk.store, window.centre(gateway.url), window.clock, CountedIds()).push_once()
    assert (pushed.acknowledged, pushed.refused) == (2, 1)
    assert len(kept(gateway, window)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "f" * 32},
        {"report": {"wrong": "别的话"}},
        {"report": {"hall": "500198"}},
        {"report": {"window": "77"}},
        {"report": {"generation": True}},
        {"report": {"more": "x"}},
        {"format": "report/9"},
    ],
)
def test_what_is_no_report_of_this_window_is_refused(
    gateway: GatewayProcess, window: Window, desk: Desk, change: dict[str, Any]
) -> None:
    report_error(desk, ITEM.id, "result", "结果名称不对")
    message = only_message(desk)
    whole = parse_json(message.body)
    body = canonical_bytes({**whole, **change, "report": {**whole["report"], **change.get("report", {})}})
    spoilt = replace(message, body=body, body_sha256=bytes_hash(body), signatures=window.signer.sign(body))
    (receipt,) = window.centre(gateway.url).send([spoilt])
    assert (receipt.status, receipt.code) == ("refused", "R112")
    (receipt,) = window.centre(gateway.url).send([replace(message, signatures={})])
    assert receipt.code == "R101"
    assert kept(gateway, window) == []


@pytest.mark.parametrize(
    ("element", "wrong", "proposed"),
    [
        ("price", "x", ""),
        ("materials.nothing", "x", ""),
        ("materials/../x", "x", ""),
        ("fee", "  ", ""),
        ("fee", "长" * 501, ""),
        ("fee", "x", "长" * 501),
        ("fee", "见 50019919600101001X 那件", ""),
        ("fee", "x", "请打13900000000问"),
    ],
)
def test_what_may_not_be_reported_leaves_nothing(desk: Desk, element: str, wrong: str, proposed: str) -> None:
    with pytest.raises(Refused):
        report_error(desk, ITEM.id, element, wrong, proposed)
    with pytest.raises(Refused):
        report_error(desk, "no-such-entry", "fee", "x")
    with desk.store.begin(reading=True) as uow:
        assert (uow.outbox.open(), uow.journal.last()) == ((), None)


def test_elements_and_bodies(desk: Desk) -> None:
    event = SmallCatalogue().life_events()[0]
    assert element_exists(event, f"parts.{event.parts[0].item_id}.chosen")
    assert not element_exists(event, "fee")
    assert element_exists(ITEM, "limits.promised")
    assert not looks_personal("电话应为 023-61234567，编码 500199010001，实施编码 11500000009275780A2000111001000")
    report = report_error(desk, event.id, "lead", "牵头部门变了").report
    assert report_from_body(report_body(report)) == report
    assert only_message(desk).kind == KIND
