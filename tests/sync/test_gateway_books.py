"""Comparing books: what the gateway says it holds; an older backup, and what comes back by itself; rewritten journals."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from clerk_app.domain.canonical import Json, bytes_hash, parse_json
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.usecases.journal_out import _claim
from sync import ledger, protocol
from sync.envelope import envelope_of
from sync.gateway.admin import looks
from sync.ledger import LedgerRow
from sync.strict import to_base64
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    SUITE,
    GatewayProcess,
    Window,
    enrol,
    paged_message,
    sample_case,
    sealed_page,
    signed_message,
)

FROM, TO = "20200101", "20991231"


def row_of(message: OutboxMessage) -> LedgerRow:
    return LedgerRow(message.id, message.body_sha256)


def days_of(gateway: GatewayProcess, window: Window) -> tuple[ledger.LedgerDay, ...]:
    data = window.centre(gateway.url).ask("GET", f"{ledger.LEDGER}?from={FROM}&to={TO}")
    return ledger.ledger_from_bytes(data)


def unknown_of(gateway: GatewayProcess, window: Window, rows: list[LedgerRow]) -> ledger.Unknown:
    answer = window.centre(gateway.url).ask("POST", ledger.KNOWN, ledger.rows_bytes(rows, 0))
    return ledger.unknown_from_bytes(answer)


def test_both_sides_come_to_the_same_hash(gateway: GatewayProcess, window: Window) -> None:
    messages = [signed_message(window, sample_case(f"book-{n}", revision=n + 1)) for n in range(3)]
    receipts = window.centre(gateway.url).send(messages)
    (day,) = days_of(gateway, window)
    assert day.day == ledger.day_of_receipt(receipts[0].receipt)
    assert (day.count, day.sha256) == (3, ledger.day_hash(row_of(each) for each in reversed(messages)))
    centre = window.centre(gateway.url)
    told = ledger.rows_from_bytes(centre.ask("GET", f"{ledger.LEDGER}/{day.day}"))
    assert set(told) == {row_of(each) for each in messages}
    neighbour = enrol(gateway.url, gateway.token(window="B1"), window="B1")
    assert days_of(gateway, neighbour) == ()


def test_what_is_not_held_or_not_whole_is_named(gateway: GatewayProcess, window: Window) -> None:
    page = sealed_page(os.urandom(1000))
    held, never = paged_message(window, sample_case("known-1"), page), signed_message(window, sample_case("known-2"))
    window.centre(gateway.url).send([held])
    other_content = replace(row_of(held), body_sha256="0" * 64)
    unknown = unknown_of(gateway, window, [row_of(held), row_of(never), other_content])
    assert unknown.messages == (never.id, held.id)
    assert unknown.blobs == (page.ref.blob_sha256,)
    foreign = enrol(gateway.url, gateway.token("500199B", "1"), "500199B", "1")
    assert unknown_of(gateway, foreign, [row_of(held)]).messages == (held.id,)  # nobody learns what others sent


def test_an_older_backup_gets_back_what_it_lost(tmp_path: Path) -> None:
    """Receipts stay those on paper, whoever is quicker; cursors go on beyond what was read, no number is given out a second time."""
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        early = signed_message(window, sample_case("old-1"))
        window.centre(gateway.url).send([early])
        gateway.kill()
        shutil.copytree(gateway.data, tmp_path / "backup")
        gateway.start()
        late = [signed_message(window, sample_case(f"old-{n}")) for n in (2, 3, 5)]
        printed = {each.message_id: each.receipt for each in window.centre(gateway.url).send(late)}
        with contextlib.closing(open_here(gateway.data)) as here:
            from sync.gateway import office

            office.tick(here)
        read = window.centre(gateway.url).news(0).entries[-1].cursor
        gateway.kill()
        shutil.rmtree(gateway.data)
        shutil.copytree(tmp_path / "backup", gateway.data)
        gateway.start()

        unknown = unknown_of(gateway, window, [row_of(each) for each in (early, *late)])
        assert unknown.messages == tuple(each.id for each in late)
        (stranger,) = window.centre(gateway.url).send([signed_message(window, sample_case("old-4"))])
        assert stranger.status == "stored"
        again = [resent(gateway, window, each, printed[each.id]) for each in reversed(late)]
        held = {row["case_id"]: row["gateway_receipt"] for row in gateway.dump()}
        assert len(held) == 5
        assert len(set(held.values())) == 5
        for n in (
            2,
            3,
            5,
        ):  # what is printed stays true, in whatever order they come back, and though old-4 came before them
            assert held[f"old-{n}"] == printed[f"m-old-{n}-1"]
        assert all(receipt["status"] == "stored" for receipt in again)
        with contextlib.closing(open_here(gateway.data)) as here:
            office.tick(here)
        news = window.centre(gateway.url).news(read).entries
        assert {entry.body["case_id"] for entry in news} == {
            "old-1",
            "old-2",
            "old-3",
            "old-4",
            "old-5",
        } - numbered_before(gateway, read, window)


def numbered_before(gateway: GatewayProcess, cursor: int, window: Window) -> set[str]:
    """Cases whose number the backup still knew."""
    entries = window.centre(gateway.url).news(0).entries
    return {str(entry.body["case_id"]) for entry in entries if entry.cursor <= cursor}


def resent(gateway: GatewayProcess, window: Window, message: OutboxMessage, receipt: str) -> dict[str, Json]:
    """The message again with the receipt that it had, as a header field that is bound to its sealed body."""
    sealed = envelope_of(
        message,
        window.enrolled.window_id,
        lambda body, context: SUITE.seal_to(window.enrolled.gateway_sealing_public, body, context),
    )
    header = replace(sealed.header, extra={"receipt": receipt}, encoding="plain")
    public = window.enrolled.gateway_sealing_public
    box = SUITE.seal_to(public, message.body, header.context())
    body = protocol.batch_bytes([protocol.Envelope(header, message.signatures, box)])
    answer: dict[str, Json] = parse_json(window.centre(gateway.url).ask("POST", protocol.MESSAGES, body))
    return answer["receipts"][0]


def mark(window: Window, seq: int, digest: str, at_ms: int, private: bytes | None = None) -> dict[str, Json]:
    claim: dict[str, Json] = {"seq": seq, "digest": bytes_hash(digest.encode()), "at_ms": at_ms}
    return {**claim, "signature": to_base64(SUITE.sign(private or window.private, _claim(claim)))}


def test_a_journal_that_contradicts_itself_is_named(gateway: GatewayProcess, window: Window) -> None:
    centre = window.centre(gateway.url)

    def send(name: str, journal: dict[str, Json]) -> None:
        message = signed_message(window, sample_case(f"journal-{name}"))
        (receipt,) = centre.send([replace(message, signatures={**message.signatures, "journal": journal})])
        assert receipt.status == "stored"  # a case is never refused for its journal

    def faults() -> list[str]:
        with contextlib.closing(open_here(gateway.data)) as here:
            own = [each for each in looks.faults(here) if each["window_id"] == window.enrolled.window_id]
        return sorted(str(each["fault"]) for each in own)

    send("1", mark(window, 10, "ten", 1000))
    send("2", mark(window, 20, "twenty", 2000))
    send("3", mark(window, 10, "ten", 1000))  # an older message that waited: no contradiction
    send("4", mark(window, 15, "fifteen", 1500))
    assert faults() == []
    send("5", mark(window, 20, "rewritten", 3000))
    send("6", mark(window, 18, "shorter", 4000))
    send("7", mark(window, 30, "forged", 5000, private=os.urandom(32)))
    assert faults() == ["rewritten", "shortened", "unproved"]
    send("8", {"seq": "x"})  # no checkpoint at all
