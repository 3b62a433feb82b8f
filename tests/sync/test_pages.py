"""Attachments over a live gateway: resumed at the byte, proved at the end, and never in the way of a new case."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.errors import LineProblem
from clerk_app.ports import Receipt
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.http_centre import HttpCentre
from sync.protocol import CHUNK, Code
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    SUITE,
    CountedIds,
    GatewayProcess,
    Page,
    Proxy,
    Window,
    enrol,
    paged_message,
    sample_case,
    sealed_page,
    signed_message,
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


@pytest.fixture
def stranger(gateway: GatewayProcess, window: Window) -> Window:
    """A window of another hall that knows the ciphertext of a page of ours, and not its key."""
    return enrol(gateway.url, gateway.token(hall="500198", window="01"), hall="500198", window="01")


def named_elsewhere(stranger: Window, case_id: str, page: Page, size: int = 0) -> OutboxMessage:
    """A case of the other hall that names a page of ours, under a key that is not its key. ``size``: instead of the true one."""
    ref = replace(page.ref, blob_size=size or page.ref.blob_size)
    case = sample_case(f"{case_id}-elsewhere", hall="500198")
    return signed_message(stranger, case, (ref,), {ref.sha256: SUITE.new_key()})


def statuses(receipts: Sequence[Receipt]) -> list[str]:
    return [each.status for each in receipts]


@pytest.mark.parametrize("first", [True, False], ids=["named there first", "named here first"])
@pytest.mark.parametrize("size", [10_000, 600], ids=["in one piece", "in pieces"])
def test_a_wrong_key_named_in_another_hall_keeps_no_page_out(
    gateway: GatewayProcess, window: Window, stranger: Window, size: int, first: bool
) -> None:
    centre, page, case_id = window.centre(gateway.url), sealed_page(os.urandom(1000)), f"key-{size}-{first}"
    honest, other = paged_message(window, sample_case(case_id), page), named_elsewhere(stranger, case_id, page)
    there = stranger.centre(gateway.url)
    sent = [(there, other), (centre, honest)]
    for sender, message in sent if first else reversed(sent):
        assert statuses(sender.send([message])) == ["stored"]
    with pytest.raises(LineProblem, match="R119"):
        in_pieces(there, page.ref, page.blob, size)  # it does not open to what is named there
    assert in_pieces(centre, page.ref, page.blob, size) == page.ref.blob_size
    assert attachments(gateway, case_id) == [page.ref.sha256]


def test_half_a_page_can_be_spoilt_by_no_other_window(
    gateway: GatewayProcess, window: Window, stranger: Window
) -> None:
    page, fellow = sealed_page(os.urandom(1000)), enrol(gateway.url, gateway.token(window="S1"), window="S1")
    name, size = page.ref.blob_sha256, page.ref.blob_size
    centre, there, beside = (each.centre(gateway.url) for each in (window, stranger, fellow))
    centre.send([paged_message(window, sample_case("spoil-1"), page)])
    assert centre.send_blob(name, size, 0, page.blob[:400]) == 400
    with pytest.raises(LineProblem, match="R117"):
        there.send_blob(name, size, 400, bytes(100))  # nothing of that hall names it
    there.send([named_elsewhere(stranger, "spoil-1", page)])
    for other in (there, beside):
        assert other.blob_offset(name, size) == 0  # half a page is its sender's
        with pytest.raises(LineProblem, match="R120"):
            other.send_blob(name, size, 400, bytes(100))
        with pytest.raises(LineProblem, match="R119"):
            in_pieces(other, page.ref, bytes(size), 600)
    assert centre.blob_offset(name, size) == 400
    assert centre.send_blob(name, size, 400, page.blob[400:]) == size
    assert attachments(gateway, "spoil-1") == [page.ref.sha256]


@pytest.mark.parametrize("size", [10_000, 600], ids=["in one piece", "in pieces"])
def test_a_wrong_size_named_first_keeps_no_case_out(
    gateway: GatewayProcess, window: Window, stranger: Window, size: int
) -> None:
    centre, page, case_id = window.centre(gateway.url), sealed_page(os.urandom(1000)), f"size-{size}"
    there, wrong = stranger.centre(gateway.url), page.ref.blob_size + 7
    assert statuses(there.send([named_elsewhere(stranger, case_id, page, wrong)])) == ["stored"]
    assert statuses(centre.send([paged_message(window, sample_case(case_id), page)])) == ["stored"]
    assert centre.blob_offset(page.ref.blob_sha256, page.ref.blob_size) == 0
    assert in_pieces(centre, page.ref, page.blob, size) == page.ref.blob_size
    assert attachments(gateway, case_id) == [page.ref.sha256]
    late = named_elsewhere(stranger, f"{case_id}-late", page, wrong)
    (refused,) = there.send([late])  # its size is proved by now
    assert (refused.status, refused.code) == ("refused", Code.BLOB_SIZE.value)


def test_a_page_that_was_whole_when_the_gateway_died_counts_at_once(
    gateway: GatewayProcess, window: Window, stranger: Window
) -> None:
    """Its file had its name, the database did not say so yet. Nobody else can take it away then."""
    centre, there, page = window.centre(gateway.url), stranger.centre(gateway.url), sealed_page(os.urandom(1000))
    centre.send([paged_message(window, sample_case("died-1"), page)])
    there.send([named_elsewhere(stranger, "died-1", page)])
    name, size = page.ref.blob_sha256, page.ref.blob_size
    with contextlib.closing(open_here(gateway.data)) as opened:
        opened.blobs.keep(name, "", page.blob)
    assert there.blob_offset(name, size) == 0
    assert centre.blob_offset(name, size) == size
    assert attachments(gateway, "died-1") == [page.ref.sha256]
