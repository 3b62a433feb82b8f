"""The outbox rules under hypothesis: order, leases, bounded waits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.outbox import (
    FIRST_DELAY_MS,
    LEASE_MS,
    LONGEST_DELAY_MS,
    Delivery,
    OutboxMessage,
    acknowledged,
    delay_after,
    due,
    failed,
    leased,
    refused,
)

NOW = 1_000_000_000


@st.composite
def queues(draw: st.DrawFn) -> list[OutboxMessage]:
    """Messages of a few cases: single ones, and packages with parts, in any state of delivery."""
    messages = []
    for seq in range(draw(st.integers(0, 12))):
        stream = draw(st.sampled_from("AB"))
        messages.append(
            OutboxMessage(
                id=f"m{seq}",
                seq=seq,
                stream=stream,
                case_id=stream + draw(st.sampled_from(["", "1", "2"])),
                revision=seq + 1,
                kind="case.accepted",
                body=b"",
                body_sha256="",
                suite="intl-1",
                signatures={},
                created_ms=0,
                priority=draw(st.sampled_from([0, 0, 5])),
                state=draw(
                    st.sampled_from([Delivery.WAITING, Delivery.WAITING, Delivery.ACKNOWLEDGED, Delivery.REFUSED])
                ),
                next_try_ms=draw(st.sampled_from([0, NOW, NOW + 1])),
                lease_until_ms=draw(st.sampled_from([0, NOW, NOW + 1])),
            )
        )
    return draw(st.permutations(messages))


@given(queues(), st.integers(1, 12))
def test_only_ready_ones_and_never_past_an_earlier_one_of_the_same_case(queue: list[OutboxMessage], limit: int) -> None:
    taken = due(queue, NOW, limit)
    assert len(taken) <= limit
    assert len({message.id for message in taken}) == len(taken)
    for place, message in enumerate(taken):
        assert message.state is Delivery.WAITING
        assert message.next_try_ms <= NOW
        assert message.lease_until_ms <= NOW
        sooner = taken[:place]
        for earlier in queue:
            must_go_first = earlier.seq < message.seq and earlier.case_id in {message.case_id, message.stream}
            if must_go_first and earlier.state is not Delivery.ACKNOWLEDGED:
                assert earlier in sooner


@given(queues())
def test_everything_is_delivered_in_the_end_unless_something_before_it_is_refused(queue: list[OutboxMessage]) -> None:
    current, now = {message.id: message for message in queue}, NOW
    for _ in range(len(queue) + 1):
        now += LEASE_MS
        for message in due(current.values(), now, 3):
            current[message.id] = acknowledged(leased(message, now), "QZ1")
    refused_streams = {message.stream for message in queue if message.state is Delivery.REFUSED}
    for message in current.values():
        if message.stream not in refused_streams:
            assert message.state is Delivery.ACKNOWLEDGED


@given(queues())
def test_a_refusal_holds_up_no_other_stream(queue: list[OutboxMessage]) -> None:
    broken = [replace(message, state=Delivery.REFUSED) if message.stream == "A" else message for message in queue]
    before = {message.id for message in due(queue, NOW, 99) if message.stream == "B"}
    assert {message.id for message in due(broken, NOW, 99)} == before


@given(queues(), st.integers(0, 2**40))
def test_a_lease_keeps_others_away_and_runs_out_by_itself(queue: list[OutboxMessage], now: int) -> None:
    free = [replace(message, lease_until_ms=0, next_try_ms=0) for message in queue]
    taken = {message.id: leased(message, now) for message in due(free, now, 99)}
    after = [taken.get(message.id, message) for message in free]
    assert not set(taken) & {message.id for message in due(after, now, 99)}
    assert not set(taken) & {message.id for message in due(after, now + LEASE_MS - 1, 99)}
    assert set(taken) <= {message.id for message in due(after, now + LEASE_MS, 99)}
    assert all(message.attempts == 1 for message in taken.values())


@given(st.integers(-5, 10_000), st.floats(-1, 2))
def test_waits_are_bounded(attempts: int, jitter: float) -> None:
    wait = delay_after(attempts, jitter)
    assert FIRST_DELAY_MS // 2 <= wait <= LONGEST_DELAY_MS
    assert delay_after(attempts, 1) <= delay_after(attempts + 1, 1)


@given(queues(), st.floats(0, 1), st.integers(0, 600_000))
def test_a_failure_loses_nothing_and_says_when_next(queue: list[OutboxMessage], jitter: float, asked_ms: int) -> None:
    for message in due(queue, NOW, 99):
        tried = failed(leased(message, NOW), NOW, jitter, asked_ms)
        assert (tried.state, tried.lease_until_ms, tried.body) == (Delivery.WAITING, 0, message.body)
        assert NOW + asked_ms <= tried.next_try_ms <= NOW + max(LONGEST_DELAY_MS, asked_ms)


@given(queues())
def test_what_is_acknowledged_stays_so(queue: list[OutboxMessage]) -> None:
    for message in queue:
        if message.state is Delivery.WAITING:
            done = acknowledged(message, "QZ1")
            assert acknowledged(done, "QZ1") == done
            assert refused(done, "R101", "x").state is Delivery.ACKNOWLEDGED
