"""Store and forward as pure rules: order per case, leases, capped waiting, nothing silent, nothing twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.outbox import (
    LEASE_MS,
    LONGEST_DELAY_MS,
    SETTLED,
    Delivery,
    OutboxMessage,
    acknowledged,
    delay_after,
    due,
    failed,
    leased,
    refused,
)

NOW = 1_790_000_000_000


def message(seq: int, stream: str = "", case_id: str = "", **change: object) -> OutboxMessage:
    stream = stream or f"s{seq}"
    made = OutboxMessage(
        f"m{seq}", seq, stream, case_id or stream, 1, "case.accepted", b"{}", "0" * 64, "intl-1", {}, NOW - 1000
    )
    return replace(made, **change)  # type: ignore[arg-type]


def ids(messages: tuple[OutboxMessage, ...]) -> list[str]:
    return [each.id for each in messages]


def test_oldest_first_pinned_before_all() -> None:
    assert ids(due([message(3), message(1), message(2, priority=1)], NOW)) == ["m2", "m1", "m3"]


def test_a_later_revision_waits_for_the_earlier_one_of_its_case() -> None:
    for blocker in (
        message(1, "a", state=Delivery.REFUSED),
        message(1, "a", next_try_ms=NOW + 1),
        message(1, "a", lease_until_ms=NOW + 1),
    ):
        assert ids(due([blocker, message(2, "a"), message(3, "b")], NOW)) == ["m3"]
    assert ids(due([message(1, "a", state=Delivery.ACKNOWLEDGED), message(2, "a")], NOW)) == ["m2"]


def test_a_pinned_later_revision_does_not_overtake_the_earlier_one() -> None:
    """Sorting by priority alone once put revision 2 before revision 1 of the same case."""
    queue = [message(1), message(2, "a"), message(3, "a", priority=5)]
    assert ids(due(queue, NOW)) == ["m2", "m3", "m1"]
    assert ids(due(queue, NOW, limit=1)) == ["m2"]


def test_parts_wait_for_their_package() -> None:
    package = message(1, "p", state=Delivery.REFUSED)
    parts = [message(2, "p", "p1"), message(3, "p", "p2")]
    assert due([package, *parts], NOW) == ()
    assert ids(due([replace(package, state=Delivery.ACKNOWLEDGED), *parts], NOW)) == ["m2", "m3"]


def test_a_refused_part_holds_up_only_itself_and_what_is_said_of_the_whole() -> None:
    queue = [
        message(1, "p", state=Delivery.ACKNOWLEDGED),
        message(2, "p", "p1", state=Delivery.REFUSED),
        message(3, "p", "p2"),
        message(4, "p", "p1"),
        message(5, "p"),  # the package's next revision waits for all its parts
        message(6, "p", "p3"),  # and what follows it waits for it
    ]
    assert ids(due(queue, NOW)) == ["m3"]


STATES = st.sampled_from(Delivery)
TIMES = st.sampled_from([0, NOW, NOW + 1, NOW + 10_000_000])


@given(
    st.lists(
        st.tuples(st.sampled_from("pqr"), st.sampled_from(["", "1", "2"]), STATES, TIMES, TIMES, st.integers(0, 2)),
        max_size=12,
    ),
    st.integers(1, 12),
)
def test_nothing_ever_goes_before_an_earlier_message_of_its_case(
    rows: list[tuple[str, str, Delivery, int, int, int]], limit: int
) -> None:
    queue = [
        message(n, stream, stream + part, state=state, next_try_ms=again, lease_until_ms=lease, priority=priority)
        for n, (stream, part, state, again, lease, priority) in enumerate(rows, 1)
    ]
    taken = due(queue, NOW, limit)
    order = [each.id for each in taken]
    assert len(set(order)) == len(order) <= limit
    for each in taken:
        assert each.state is Delivery.WAITING
        assert max(each.next_try_ms, each.lease_until_ms) <= NOW
        for earlier in queue:
            concerns = earlier.case_id in (each.case_id, each.stream) or (each.case_id == each.stream == earlier.stream)
            if earlier.seq < each.seq and concerns and earlier.state not in SETTLED:
                assert earlier.id in order[: order.index(each.id)]
    if limit >= len(queue):  # the oldest that can go always goes: no stream starves another
        firsts: dict[str, OutboxMessage] = {}
        for each in queue:
            if each.state not in SETTLED:
                firsts.setdefault(each.stream, each)
        ready = [
            e for e in firsts.values() if e.state is Delivery.WAITING and max(e.next_try_ms, e.lease_until_ms) <= NOW
        ]
        assert {e.id for e in ready} <= set(order)


def test_a_lease_runs_out_by_itself_when_the_sender_died() -> None:
    taken = leased(message(1), NOW)
    assert taken.attempts == 1
    assert due([taken], NOW) == ()
    assert due([taken], NOW + LEASE_MS - 1) == ()
    assert ids(due([taken], NOW + LEASE_MS)) == ["m1"]


@given(st.integers(0, 10_000), st.floats(-1, 2))
def test_the_wait_grows_but_never_past_five_minutes(attempts: int, jitter: float) -> None:
    """opencrvs/opencrvs-core#12292: the retry delay grew without limit."""
    assert 1_000 <= delay_after(attempts, jitter) <= LONGEST_DELAY_MS
    assert delay_after(attempts, 1) <= delay_after(attempts + 1, 1)


def test_after_a_failure_the_next_try_is_known_and_nothing_is_lost() -> None:
    again = failed(leased(message(1), NOW), NOW, 1.0)
    assert (again.state, again.lease_until_ms, again.next_try_ms) == (Delivery.WAITING, 0, NOW + 2_000)
    assert failed(leased(message(1), NOW), NOW, 1.0, retry_after_ms=60_000).next_try_ms == NOW + 60_000
    assert again.body == message(1).body


def test_a_receipt_once_given_stands() -> None:
    once = acknowledged(leased(message(1), NOW), "R1")
    assert (once.state, once.receipt, once.lease_until_ms) == (Delivery.ACKNOWLEDGED, "R1", 0)
    assert acknowledged(once, "R1") == once
    assert acknowledged(once, "R2") == once
    assert refused(once, "bad", "x") == once


def test_a_refusal_keeps_the_data_and_its_reason() -> None:
    back = refused(leased(message(1), NOW), "item-unknown", "平台不认识这个事项")
    assert (back.state, back.refusal_code, back.body) == (Delivery.REFUSED, "item-unknown", b"{}")
    assert acknowledged(back, "R1").state is Delivery.ACKNOWLEDGED


@pytest.mark.parametrize("limit", [1, 5])
def test_the_limit_is_kept(limit: int) -> None:
    assert len(due([message(n) for n in range(1, 30)], NOW, limit)) == limit
