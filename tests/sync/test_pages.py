"""Attachments over a live gateway: resumed at the byte, proved at the end, and never in the way of a new case."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import AttachmentRef
from clerk_app.errors import LineProblem
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.http_centre import HttpCentre
from sync.protocol import CHUNK
from tests.sync.hall import (
    CountedIds,
    GatewayProcess,
    Page,
    Proxy,
    Window,
    paged_message,
    sample_case,
    sealed_page,
    take,
)


def attachments(gateway: GatewayProcess, case_id: str) -> list[str]:
    return next(row["attachments"] for row in gateway.dump() if row["case_id"] == case_id)


def test_a_cut_in_the_middle_sends_at_most_one_chunk_again(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    page = os.urandom(10 * CHUNK)
    take(store, window, sample_case("cut-1"), [page])
    proxy = Proxy(gateway.port)
    proxy.cut_after = 5 * CHUNK + 20_000
    first = Courier(store, window.centre(proxy.url), window.clock, CountedIds(), most_chunk=CHUNK).push_once()
    assert isinstance(first.trouble, LineProblem)
    assert first.acknowledged == 1  # the case itself was through
    assert attachments(gateway, "cut-1") == []
    gone_before = first.bytes
    proxy.down = False
    again = Courier(store, window.centre(proxy.url), window.clock, CountedIds(), most_chunk=CHUNK)
    second = again.push_once(at_once=True)
    assert second.trouble is None
    assert attachments(gateway, "cut-1") == [bytes_hash(page)]
    with store.begin(reading=True) as uow:
        message = uow.outbox.get("m-cut-1-1")
        assert message is not None
        (ref,), body_size = message.attachments, len(message.body)
        assert uow.outbox.open() == ()
    assert gone_before - body_size + second.bytes <= ref.blob_size + CHUNK
    assert proxy.went_up < ref.blob_size + 2 * CHUNK
    proxy.close()


def test_a_cut_of_three_connections_sends_at_most_one_chunk_of_each_again(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    for n in range(3):
        take(store, window, sample_case(f"cut3-{n}"), [os.urandom(5 * CHUNK)])
    proxy = Proxy(gateway.port)
    proxy.cut_after = 8 * CHUNK + 20_000
    for _ in range(2):
        centres = [window.centre(proxy.url) for _ in range(3)]
        courier = Courier(store, centres[0], window.clock, CountedIds(), more=centres[1:], most_chunk=CHUNK)
        pushed = courier.push_once(at_once=True)
        proxy.down = False
    assert (pushed.trouble, pushed.waiting) == (None, 0)
    assert all(len(attachments(gateway, f"cut3-{n}")) == 1 for n in range(3))
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()
    once = 3 * 5 * CHUNK + 40_000  # the pages, with the cases and all headers
    assert 15 * CHUNK < proxy.went_up < once + 3 * CHUNK
    proxy.close()


def test_lost_answers_to_chunks_damage_nothing(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    page = os.urandom(3 * CHUNK + 17)
    take(store, window, sample_case("deaf-1"), [page])
    proxy = Proxy(gateway.port)
    courier = Courier(store, window.centre(proxy.url), window.clock, CountedIds())
    for _ in range(12):
        proxy.lose_answers = 2
        if courier.push_once(at_once=True).trouble is None:
            break
        proxy.lose_answers = 0
        courier.push_once(at_once=True)
    assert attachments(gateway, "deaf-1") == [bytes_hash(page)]
    proxy.close()


def in_pieces(centre: HttpCentre, ref: AttachmentRef, blob: bytes, size: int) -> int:
    reached = 0
    for start in range(0, len(blob), size):
        reached = centre.send_blob(ref.blob_sha256, ref.blob_size, start, blob[start : start + size])
    return reached


@pytest.mark.parametrize("size", [10_000, 600], ids=["in one piece", "in pieces"])
def test_a_damaged_page_is_dropped_and_asked_again(gateway: GatewayProcess, window: Window, size: int) -> None:
    centre, page = window.centre(gateway.url), sealed_page(os.urandom(1000))
    centre.send([paged_message(window, sample_case(f"dirty-{size}"), page)])
    ref = page.ref
    with pytest.raises(LineProblem, match="重传"):
        in_pieces(centre, ref, bytes(ref.blob_size), size)
    assert centre.blob_offset(ref.blob_sha256, ref.blob_size) == 0
    assert in_pieces(centre, ref, page.blob, size) == ref.blob_size
    assert attachments(gateway, f"dirty-{size}") == [ref.sha256]


@pytest.mark.parametrize("size", [10_000, 20], ids=["in one piece", "in pieces"])
def test_a_page_that_is_not_the_one_in_the_case_is_not_taken(
    gateway: GatewayProcess, window: Window, size: int
) -> None:
    centre, page, other = window.centre(gateway.url), sealed_page(b"said"), sealed_page(b"sent")
    claimed = Page(page.plain, other.key, other.blob)  # the ciphertext opens, but to another page
    centre.send([paged_message(window, sample_case(f"swap-{size}"), claimed)])
    with pytest.raises(LineProblem):
        in_pieces(centre, claimed.ref, claimed.blob, size)
    assert attachments(gateway, f"swap-{size}") == []


def test_only_pages_that_a_case_names_are_taken(gateway: GatewayProcess, window: Window) -> None:
    centre, page = window.centre(gateway.url), sealed_page(b"nobody named me")
    with pytest.raises(LineProblem, match="R117"):
        centre.send_blob(page.ref.blob_sha256, page.ref.blob_size, 0, page.blob)
    centre.send([paged_message(window, sample_case("named-1"), page)])
    with pytest.raises(LineProblem, match="R118"):
        centre.blob_offset(page.ref.blob_sha256, page.ref.blob_size + 1)
    with pytest.raises(LineProblem, match="R120"):
        centre.send_blob(page.ref.blob_sha256, page.ref.blob_size, 5, page.blob[5:])
    with pytest.raises(LineProblem, match="R118"):
        centre.send_blob(page.ref.blob_sha256, page.ref.blob_size, 0, page.blob + b"x")


def test_a_shared_page_goes_once_and_counts_for_both(gateway: GatewayProcess, window: Window) -> None:
    centre, page = window.centre(gateway.url), sealed_page(os.urandom(500))
    centre.send([paged_message(window, sample_case(case_id), page) for case_id in ("both-1", "both-2")])
    centre.send_blob(page.ref.blob_sha256, page.ref.blob_size, 0, page.blob)
    assert attachments(gateway, "both-1") == attachments(gateway, "both-2") == [page.ref.sha256]


def test_a_new_case_passes_a_long_attachment(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    take(store, window, sample_case("long-1"), [os.urandom(6 * CHUNK)])
    nudges = iter([False, False, True])

    def urgent() -> bool:
        """After two chunks a new case comes in."""
        if next(nudges, False):
            take(store, window, sample_case("long-2"))
            return True
        return False

    done: list[str] = []
    courier = Courier(
        store,
        window.centre(gateway.url),
        window.clock,
        CountedIds(),
        most_chunk=CHUNK,
        urgent=urgent,
        progress=lambda doing, count: done.append(doing) if count else None,
    )
    summary = courier.push_once()
    assert (summary.acknowledged, summary.trouble) == (2, None)
    assert done.index("送到 2 件") < len(done) - 3  # most of the attachment came after it
    assert len(attachments(gateway, "long-1")) == 1


def test_a_page_that_is_gone_here_stops_no_other(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    ghost = sealed_page(b"gone")
    take(
        store,
        window,
        sample_case("gone-1"),
        change=lambda message: replace(paged_message(window, sample_case("gone-1"), ghost), seq=message.seq),
    )
    take(store, window, sample_case("gone-2"), [b"here"])
    summary = Courier(store, window.centre(gateway.url), window.clock, CountedIds()).push_once()
    assert summary.acknowledged == 2
    assert summary.trouble is not None
    assert attachments(gateway, "gone-2") == [bytes_hash(b"here")]
    assert attachments(gateway, "gone-1") == []
