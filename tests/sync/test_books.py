"""Both sides compare books: a gateway that lost its last hours gets them back by itself, and every difference is named."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import Delivery, acknowledged
from local_db.unit_of_work import SqlStore
from sync.books import compare
from sync.courier import Courier
from sync.gateway import feed
from sync.news import pull_once
from tests.sync.gateway_main import open_here
from tests.sync.hall import CountedIds, GatewayProcess, Window, enrol, new_store, sample_case, signed_message, take
from tests.sync.test_bundles import bring, write


def push(store: SqlStore, window: Window, url: str) -> int:
    summary = Courier(store, window.centre(url), window.clock, CountedIds()).push_once(at_once=True)
    assert (summary.trouble, summary.refused, summary.waiting) == (None, 0, 0)
    return summary.acknowledged


def test_books_that_agree_say_so(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    for n in range(3):
        take(store, window, sample_case(f"agree-{window.enrolled.window_id}-{n}"))
    push(store, window, gateway.url)
    report = compare(store, window.centre(gateway.url), window.clock)
    assert (report.ours, report.theirs, report.differences, report.sent_again) == (3, 3, (), 0)


@pytest.mark.parametrize("years", [0, 5, -5, -56])
def test_a_gateway_put_back_to_last_nights_backup_gets_back_what_it_lost(tmp_path: Path, years: int) -> None:
    """However wrong the PC's clock is: days are the gateway's."""
    gateway, page = GatewayProcess(tmp_path / "gateway"), os.urandom(100_000)
    with gateway:
        window = enrol(gateway.url, gateway.token())
        window.clock.shift_ms = years * 365 * 86_400_000
        store = new_store(tmp_path / "window")
        take(store, window, sample_case("night-1"))
        push(store, window, gateway.url)
        gateway.kill()
        shutil.copytree(gateway.data, tmp_path / "backup")
        gateway.start()
        hashes = {f"day-{n}": take(store, window, sample_case(f"day-{n}"), [page] if n == 1 else []) for n in range(3)}
        push(store, window, gateway.url)
        receipts = {row["case_id"]: row["gateway_receipt"] for row in gateway.dump()}
        gateway.kill()
        shutil.rmtree(gateway.data)
        shutil.copytree(tmp_path / "backup", gateway.data)
        gateway.start()
        assert len(gateway.dump()) == 1
        report = compare(store, window.centre(gateway.url), window.clock)
        assert sorted(each.case_id for each in report.differences) == sorted(hashes)
        assert {each.how for each in report.differences} == {"lost"}
        assert report.sent_again == 3
        assert push(store, window, gateway.url) == 3
        rows = {row["case_id"]: row for row in gateway.dump()}
        assert {each: rows[each]["content_sha256"] for each in hashes} == hashes
        assert rows["day-1"]["attachments"] == [bytes_hash(page)]
        assert {each: row["gateway_receipt"] for each, row in rows.items()} == receipts  # what is printed stays true
        again = compare(store, window.centre(gateway.url), window.clock)
        assert (again.differences, again.sent_again) == ((), 0)
    store.close()


@pytest.mark.parametrize("way", ["line", "stick"])
def test_the_number_on_paper_stays_true_where_a_later_message_comes_first(tmp_path: Path, way: str) -> None:
    """The gateway is put back to before the case; its correction comes before the window knows that the case itself was lost."""
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        store = new_store(tmp_path / "window")
        gateway.kill()
        shutil.copytree(gateway.data, tmp_path / "backup")
        gateway.start()
        take(store, window, sample_case("late-1"))
        push(store, window, gateway.url)
        printed = gateway.dump()[0]["gateway_receipt"]
        with store.begin() as uow:
            uow.outbox.add(signed_message(window, sample_case("late-1", revision=2, note="更正")))
            uow.commit()
        gateway.kill()
        shutil.rmtree(gateway.data)
        shutil.copytree(tmp_path / "backup", gateway.data)
        gateway.start()
        if way == "line":
            push(store, window, gateway.url)
        else:
            (file,) = write(store, window, tmp_path / "stick").files
            bring(gateway, file)
        assert [row["gateway_receipt"] for row in gateway.dump()] == [printed]
        compare(store, window.centre(gateway.url), window.clock)
        push(store, window, gateway.url)
        assert [row["gateway_receipt"] for row in gateway.dump()] == [printed]
    store.close()


def test_a_page_that_the_gateway_lost_goes_again(tmp_path: Path) -> None:
    gateway, page = GatewayProcess(tmp_path / "gateway"), os.urandom(50_000)
    with gateway:
        window = enrol(gateway.url, gateway.token())
        store = new_store(tmp_path / "window")
        take(store, window, sample_case("page-1"), [page])
        centre = window.centre(gateway.url)
        with store.begin(reading=True) as uow:
            messages = uow.outbox.open()
        (receipt,) = centre.send(messages)  # the gateway has the case, not the page
        with store.begin() as uow:
            done = frozenset(ref.blob_sha256 for ref in messages[0].attachments)
            uow.outbox.save(replace(acknowledged(messages[0], receipt.receipt), blobs_done=done))  # as if it had
            uow.commit()
        report = compare(store, centre, window.clock)
        assert report.sent_again == 1
        push(store, window, gateway.url)
        assert gateway.dump()[0]["attachments"] == [bytes_hash(page)]
    store.close()


def test_what_only_the_gateway_has_is_named_and_left(tmp_path: Path) -> None:
    with GatewayProcess(tmp_path / "gateway") as gateway:
        window = enrol(gateway.url, gateway.token())
        store, other = new_store(tmp_path / "window"), new_store(tmp_path / "lost")
        take(other, window, sample_case("gone-here"))
        push(other, window, gateway.url)
        take(store, window, sample_case("here"))
        push(store, window, gateway.url)
        report = compare(store, window.centre(gateway.url), window.clock)
        assert [(each.message_id, each.how) for each in report.differences] == [("m-gone-here-1", "foreign")]
        assert report.sent_again == 0
        with store.begin(reading=True) as uow:
            assert [each.state for each in uow.outbox.of_case("here")] == [Delivery.ACKNOWLEDGED]
        assert len(gateway.dump()) == 2
    store.close()
    other.close()


def test_news_that_came_after_the_backup_are_read_when_they_come_again(tmp_path: Path) -> None:
    """The restored gateway gives the same cursors out a second time; the window notices and reads from the front."""
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        store = new_store(tmp_path / "window")
        take(store, window, sample_case("again-1"))
        push(store, window, gateway.url)
        gateway.kill()
        shutil.copytree(gateway.data, tmp_path / "backup")
        seen: list[str] = []

        def read() -> None:
            pull_once(store, window.centre(gateway.url), lambda _uow, entry: seen.append(str(entry.body.get("text"))))

        def tell(*texts: str) -> None:
            with contextlib.closing(open_here(gateway.data)) as opened:
                for text in texts:
                    feed.publish(opened, "notice", {"text": text})

        gateway.start()
        tell("一", "二", "三")
        read()
        gateway.kill()
        shutil.rmtree(gateway.data)
        shutil.copytree(tmp_path / "backup", gateway.data)
        gateway.start()
        tell("新一")
        read()
        assert seen[-1] == "新一"
        assert len([each for each in seen if each == "新一"]) == 1
    store.close()
