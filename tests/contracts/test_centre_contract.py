"""What every Centre must do, run on the fake and on the HTTP centre against a live gateway."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import CaseKind
from clerk_app.domain.feed import IfUnknown, Scope
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.errors import LineProblem, Refused
from clerk_app.ports import Centre
from sync.gateway import feed
from sync.gateway.windows import revoke
from tests.fakes.fake_centre import FakeCentre
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    HALL,
    OPENED,
    GatewayProcess,
    Proxy,
    Window,
    enrol,
    paged_message,
    sample_case,
    sealed_page,
    signed_message,
)


@dataclass(slots=True)
class Side:
    """A centre with the handles that a test needs behind it."""

    centre: Centre
    window: Window
    publish: Callable[[str, dict[str, Json]], object]
    lose_next: Callable[[], None]
    revoke: Callable[[], object]
    mangle: Callable[[OutboxMessage], OutboxMessage]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with GatewayProcess(tmp_path_factory.mktemp("gateway")) as process:
        yield process


@pytest.fixture(params=["fake", "http"])
def side(request: pytest.FixtureRequest, gateway: GatewayProcess) -> Iterator[Side]:
    window = enrol(gateway.url, gateway.token())
    if request.param == "fake":
        fake = FakeCentre()

        def lose() -> None:
            fake.lose_next = 1

        def shut() -> None:
            fake.revoked = True

        def fake_mangle(message: OutboxMessage) -> OutboxMessage:
            fake.refuse[message.id] = ("R101", "签名不符。")
            return message

        yield Side(fake, window, fake.publish, lose, shut, fake_mangle)
        return
    proxy = Proxy(gateway.port)

    def lose_real() -> None:
        proxy.lose_answers = 2  # the centre asks once more by itself when a kept connection breaks

    with contextlib.closing(open_here(gateway.data)) as here:

        def publish(kind: str, body: dict[str, Json]) -> int:
            target = feed.window_target(HALL, window.enrolled.hall.window)
            return feed.publish(here, kind, body, scope=Scope.WINDOW, target=target, if_unknown=IfUnknown.KEEP)

        yield Side(
            window.centre(proxy.url),
            window,
            publish,
            lose_real,
            lambda: revoke(here, window.enrolled.window_id),
            lambda message: replace(message, signatures={}),
        )
    while OPENED:
        OPENED.pop().close()
    proxy.close()


def fresh(prefix: str) -> str:
    return f"{prefix}-{os.urandom(8).hex()}"


def test_it_greets(side: Side) -> None:
    greeting = side.centre.greet()
    assert 1 in greeting.versions
    assert greeting.server_ms > 1_700_000_000_000


def test_one_receipt_each_in_order_and_again_the_same(side: Side) -> None:
    messages = [signed_message(side.window, sample_case(fresh("c"))) for _ in range(3)]
    first = side.centre.send(messages)
    assert [receipt.message_id for receipt in first] == [message.id for message in messages]
    assert [receipt.status for receipt in first] == ["stored"] * 3
    assert len({receipt.receipt for receipt in first}) == 3
    assert all(receipt.receipt.startswith("QZ500199-") for receipt in first)
    again = side.centre.send(list(reversed(messages)))
    assert [receipt.status for receipt in again] == ["duplicate"] * 3
    assert [receipt.receipt for receipt in again] == [receipt.receipt for receipt in reversed(first)]
    assert side.centre.send([]) == ()


def test_other_content_under_a_known_name_is_a_conflict(side: Side) -> None:
    case = sample_case(fresh("c"))
    side.centre.send([signed_message(side.window, case)])
    other = replace(case, content={"applicant": "另一个"})
    for message in (signed_message(side.window, other), signed_message(side.window, other, message_id=fresh("m"))):
        (receipt,) = side.centre.send([message])
        assert (receipt.status, receipt.receipt, receipt.code) == ("conflict", "", "R114")
        assert receipt.reason
    (same,) = side.centre.send([signed_message(side.window, case, message_id=fresh("m"))])
    assert same.status == "duplicate"


def test_later_revisions_keep_the_receipt(side: Side) -> None:
    case_id = fresh("c")
    (first,) = side.centre.send([signed_message(side.window, sample_case(case_id))])
    (second,) = side.centre.send([signed_message(side.window, sample_case(case_id, revision=2, more="补"))])
    assert (second.status, second.receipt) == ("stored", first.receipt)


def test_a_refused_one_holds_up_only_what_must_follow(side: Side) -> None:
    package, lonely = fresh("pkg"), fresh("c")
    bad = side.mangle(signed_message(side.window, sample_case(package, kind=CaseKind.PACKAGE)))
    part = signed_message(side.window, sample_case(fresh("part"), parent=package, kind=CaseKind.PART))
    good = signed_message(side.window, sample_case(lonely))
    receipts = side.centre.send([bad, part, good])
    assert [receipt.code for receipt in receipts] == ["R101", "R115", ""]
    assert [receipt.status for receipt in receipts] == ["refused", "refused", "stored"]


def test_a_lost_answer_leaves_it_stored(side: Side) -> None:
    message = signed_message(side.window, sample_case(fresh("c")))
    side.lose_next()
    with pytest.raises(LineProblem) as caught:
        side.centre.send([message])
    assert caught.value.what_is_safe
    for _ in range(3):
        with contextlib.suppress(LineProblem):
            (receipt,) = side.centre.send([message])
            assert receipt.status == "duplicate"
            return
    pytest.fail("the line did not come back")


def test_a_page_goes_in_chunks_and_is_proved_at_the_end(side: Side) -> None:
    page = sealed_page(os.urandom(1000))
    ref, centre = page.ref, side.centre
    with pytest.raises(LineProblem):
        centre.blob_offset(ref.blob_sha256, ref.blob_size)  # nobody named it yet
    centre.send([paged_message(side.window, sample_case(fresh("c")), page)])
    assert centre.blob_offset(ref.blob_sha256, ref.blob_size) == 0
    assert centre.send_blob(ref.blob_sha256, ref.blob_size, 0, page.blob[:400]) == 400
    assert centre.send_blob(ref.blob_sha256, ref.blob_size, 0, page.blob[:400]) == 400  # again: nothing changes
    with pytest.raises(LineProblem):
        centre.send_blob(ref.blob_sha256, ref.blob_size, 500, page.blob[500:])  # a gap
    assert centre.blob_offset(ref.blob_sha256, ref.blob_size) == 400
    with pytest.raises(LineProblem):
        centre.send_blob(ref.blob_sha256, ref.blob_size, 400, bytes(ref.blob_size - 400))  # wrong at the end
    assert centre.blob_offset(ref.blob_sha256, ref.blob_size) == 0
    assert centre.send_blob(ref.blob_sha256, ref.blob_size, 0, page.blob) == ref.blob_size
    assert centre.blob_offset(ref.blob_sha256, ref.blob_size) == ref.blob_size
    assert centre.send_blob(ref.blob_sha256, ref.blob_size, 0, page.blob[:10]) == ref.blob_size


def test_news_comes_after_the_cursor_in_pages(side: Side) -> None:
    cursor = 0
    while (page := side.centre.news(cursor)).entries:
        cursor = page.entries[-1].cursor
    for n in range(3):
        side.publish("notice", {"text": f"第 {n} 条"})
    first = side.centre.news(cursor, 2)
    assert ([entry.body["text"] for entry in first.entries], first.more) == (["第 0 条", "第 1 条"], True)
    second = side.centre.news(first.entries[-1].cursor, 2)
    assert ([entry.body["text"] for entry in second.entries], second.more) == (["第 2 条"], False)
    assert side.centre.news(second.entries[-1].cursor).entries == ()


def test_a_revoked_window_is_refused_as_a_whole(side: Side) -> None:
    side.revoke()
    side.centre.greet()
    for attempt in (
        lambda: side.centre.send([signed_message(side.window, sample_case(fresh("c")))]),
        lambda: side.centre.news(0),
    ):
        with pytest.raises(Refused):
            attempt()
