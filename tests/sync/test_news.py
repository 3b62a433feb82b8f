"""The feed: numbers and decisions come back, unknown kinds are kept, skipped or stop, the cursor moves with the effect."""

from __future__ import annotations

import contextlib

import pytest

from clerk_app.domain.case import CaseState
from clerk_app.domain.feed import FeedEntry, IfUnknown, Scope
from clerk_app.errors import BadInput, Bug, Refused, StorageProblem
from clerk_app.ports import UnitOfWork
from clerk_app.usecases import news
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.gateway import feed, office
from sync.news import pull_once
from tests.sync.gateway_main import open_here
from tests.sync.hall import HALL, CountedIds, GatewayProcess, ShiftedClock, Window, enrol, sample_case, take, wait_until


def apply(uow: UnitOfWork, entry: FeedEntry) -> None:
    news.apply(uow, entry, ShiftedClock().now())


def number_of(gateway: GatewayProcess, case_id: str) -> str:
    return next(str(row["case_number"]) for row in gateway.dump() if row["case_id"] == case_id)


def test_number_and_decision_come_back(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("news-1"))
    centre = window.centre(gateway.url)
    Courier(store, centre, window.clock, CountedIds()).push_once()
    wait_until(lambda: number_of(gateway, "news-1") != "")
    with contextlib.closing(open_here(gateway.data)) as here:
        office.decide(here, number_of(gateway, "news-1"), "准予", "可领取")
        office.decide(here, "news-1", "准予", "可领取")  # saying it again adds nothing
        with pytest.raises(Refused):
            office.decide(here, "news-1", "不予")
        with pytest.raises(BadInput):
            office.decide(here, "news-1", "也许")
        with pytest.raises(Refused):
            office.decide(here, "nobody", "准予")
    pulled = pull_once(store, centre, apply)
    assert (pulled.applied, pulled.unusable) == (2, 0)
    with store.begin(reading=True) as uow:
        case = uow.cases.get("news-1")
        assert case is not None
        assert case.case_number == number_of(gateway, "news-1")
        assert case.case_number.startswith("DEMO-")
        assert case.gateway_receipt.startswith("QZ")
        assert (case.state, case.outcome, case.outcome_note) == (CaseState.FINISHED, "准予", "可领取")
        assert uow.news.cursor() == pulled.cursor
    assert pull_once(store, centre, apply).applied == 0


def test_deciding_waits_for_the_pages(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("early-1"), [b"page"])
    with store.begin(reading=True) as uow:
        messages = uow.outbox.open()
    window.centre(gateway.url).send(messages)
    with contextlib.closing(open_here(gateway.data)) as here, pytest.raises(Refused, match="附件"):
        office.decide(here, "early-1", "准予")


def test_unknown_kinds(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    centre = window.centre(gateway.url)
    start = pull_once(store, centre, apply).cursor
    target = feed.window_target(HALL, window.enrolled.hall.window)
    with contextlib.closing(open_here(gateway.data)) as here:
        for kind, if_unknown in (("x.skip", IfUnknown.SKIP), ("x.keep", IfUnknown.KEEP), ("x.stop", IfUnknown.STOP)):
            feed.publish(here, kind, {"n": 1}, scope=Scope.WINDOW, target=target, if_unknown=if_unknown)
        feed.publish(here, "notice", {"text": "样例通知"}, scope=Scope.WINDOW, target=target)
    seen: list[str] = []
    pulled = pull_once(store, centre, lambda uow, entry: seen.append(entry.kind))
    assert (pulled.skipped, pulled.kept, pulled.applied, pulled.stopped) == (1, 1, 0, True)
    assert pulled.cursor > start
    assert seen == []
    take(store, window, sample_case("stop-1"))  # an old client may always deliver
    assert Courier(store, centre, window.clock, CountedIds()).push_once().acknowledged == 1
    newer = frozenset({"x.stop", "notice", "case.numbered"})
    later = pull_once(store, centre, lambda uow, entry: seen.append(entry.kind), known=newer)
    assert not later.stopped
    assert seen[:2] == ["x.stop", "notice"]


def test_the_cursor_moves_only_with_the_effect(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    centre = window.centre(gateway.url)
    pull_once(store, centre, apply)
    with contextlib.closing(open_here(gateway.data)) as here:
        for text in ("一", "二"):
            feed.publish(here, "notice", {"text": text}, scope=Scope.HALL, target=HALL)
    tried: list[str] = []

    def breaks_at_second(uow: UnitOfWork, entry: FeedEntry) -> None:
        tried.append(str(entry.body["text"]))
        uow.config.set("seen", list(tried))
        if len(tried) == 2:
            raise StorageProblem("磁盘满了。")

    with pytest.raises(StorageProblem):
        pull_once(store, centre, breaks_at_second)
    with store.begin(reading=True) as uow:
        assert uow.config.get("seen") == ["一"]
    again: list[str] = []
    pull_once(store, centre, lambda uow, entry: again.append(str(entry.body["text"])))
    assert again == ["二"]  # neither lost nor twice


def test_an_unusable_entry_is_kept_and_passed(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    centre = window.centre(gateway.url)
    pull_once(store, centre, apply)
    with contextlib.closing(open_here(gateway.data)) as here:
        feed.publish(here, "case.decided", {"nonsense": 1}, scope=Scope.HALL, target=HALL)
        feed.publish(here, "notice", {"text": "后面的"}, scope=Scope.HALL, target=HALL)
    pulled = pull_once(store, centre, apply)
    assert (pulled.unusable, pulled.applied) == (1, 1)


def test_a_fault_of_ours_moves_nothing(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    centre = window.centre(gateway.url)
    before = pull_once(store, centre, apply).cursor
    with contextlib.closing(open_here(gateway.data)) as here:
        feed.publish(here, "notice", {"text": "三"}, scope=Scope.HALL, target=HALL)

    def buggy(uow: UnitOfWork, entry: FeedEntry) -> None:
        raise Bug("测试")

    with pytest.raises(Bug):
        pull_once(store, centre, buggy)
    with store.begin(reading=True) as uow:
        assert uow.news.cursor() == before


def test_news_reaches_only_whom_it_concerns_and_in_pages(gateway: GatewayProcess, window: Window) -> None:
    other = enrol(gateway.url, gateway.token("500199B", "9"), "500199B", "9")
    with contextlib.closing(open_here(gateway.data)) as here:
        for n in range(5):
            target = feed.window_target(HALL, window.enrolled.hall.window)
            feed.publish(here, "notice", {"text": f"w{n}"}, scope=Scope.WINDOW, target=target)
        feed.publish(here, "notice", {"text": "district"})
    mine, theirs = window.centre(gateway.url), other.centre(gateway.url)
    cursor, texts, more = 0, [], True
    while more:
        page = mine.news(cursor, 2)
        assert len(page.entries) <= 2
        texts += [entry.body.get("text") for entry in page.entries]
        cursor, more = page.entries[-1].cursor, page.more
    assert [text for text in texts if text in {"w0", "w1", "w2", "w3", "w4", "district"}] == [
        *(f"w{n}" for n in range(5)),
        "district",
    ]
    assert [entry.body["text"] for entry in theirs.news(0).entries if entry.body.get("text") != "district"] == []
