"""What the gateway answers to a bundle: how each of its cases stands, receipts, pages and news, in a signed file for its window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clerk_app.domain.feed import FeedEntry
from clerk_app.ports import Receipt
from sync.bundle.format import Manifest
from sync.bundle.reply import SUFFIX, Reply, reply_bytes
from sync.gateway import feed, schema
from sync.gateway.gateway import Gateway
from sync.gateway.windows import Window
from sync.settle import HELD

_NEWS_AT_ONCE, _NEWS_MOST = 500, 20_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one bundle. ``whole``, ``lacking``, ``damaged``, ``refused``: local numbers (ids where there is none).

    ``lacking``: the case is here, pages are not all; ``damaged``: it could not be read from this medium.
    """

    window_id: str
    bundle_id: str
    receipts: tuple[Receipt, ...]
    whole: tuple[str, ...]
    lacking: tuple[str, ...]
    damaged: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    answer: bytes

    @property
    def name(self) -> str:
        """For the answer's file."""
        return f"{self.window_id}-{self.bundle_id[-6:]}{SUFFIX}"


def summary(gateway: Gateway, window: Window, manifest: Manifest, receipts: Mapping[str, Receipt]) -> Imported:
    """How each message of a manifest stands with these receipts; one without any could not be read."""
    complete = _complete(gateway, sorted({blob for each in manifest.messages for blob in each.blobs}))
    whole: list[str] = []
    lacking: list[str] = []
    damaged: list[str] = []
    refused: list[tuple[str, str]] = []
    for each in manifest.messages:
        name = each.local_number or each.case_id or each.message_id
        receipt = receipts.get(each.message_id)
        if receipt is None:
            damaged.append(name)
        elif receipt.status not in HELD:
            refused.append((name, receipt.reason))
        else:
            (whole if complete.issuperset(each.blobs) else lacking).append(name)
    known = {each.message_id for each in manifest.messages}
    rows = tuple(receipts[each] for each in receipts if each in known)
    cipher = gateway.ciphers[manifest.head.suite]
    reply = Reply(
        head=manifest.head,
        made_ms=gateway.clock.now().utc_ms,
        receipts=rows,
        blobs=tuple(sorted(complete)),
        since=manifest.cursor,
        news=_news(gateway, window, manifest.cursor),
    )
    answer = reply_bytes(
        reply, cipher.suite, manifest.reply_key, lambda claim: cipher.suite.sign(cipher.keys.signing_private, claim)
    )
    unspoilt = [name for name in dict.fromkeys(whole) if name not in {*lacking, *damaged}]
    return Imported(
        manifest.head.window_id,
        manifest.head.bundle_id,
        rows,
        tuple(unspoilt),
        tuple(dict.fromkeys(lacking)),
        tuple(dict.fromkeys(damaged)),
        tuple(dict.fromkeys(refused)),
        answer,
    )


def _complete(gateway: Gateway, blobs: Sequence[str]) -> set[str]:
    table, found = schema.blob, set()
    with gateway.store.reading() as connection:
        for start in range(0, len(blobs), 500):
            wanted = select(table.c.blob_sha256).where(table.c.blob_sha256.in_(blobs[start : start + 500]))
            found |= set(connection.execute(wanted.where(table.c.complete_ms > 0)).scalars())
    return found


def held_now(gateway: Gateway, manifest: Manifest) -> dict[str, Receipt]:
    """Receipts of what is here of an earlier bundle, by now."""
    messages, cases = schema.message, schema.case
    receipts: dict[str, Receipt] = {}
    ids = [each.message_id for each in manifest.messages]
    joined = messages.join(cases, messages.c.case_id == cases.c.case_id)
    columns = select(messages.c.message_id, cases.c.receipt).select_from(joined)
    with gateway.store.reading() as connection:
        for start in range(0, len(ids), 500):
            for row in connection.execute(columns.where(messages.c.message_id.in_(ids[start : start + 500]))):
                receipts[row.message_id] = Receipt(row.message_id, "duplicate", row.receipt)
    return receipts


def _news(gateway: Gateway, window: Window, cursor: int) -> tuple[FeedEntry, ...]:
    entries: list[FeedEntry] = []
    more = True
    while more and len(entries) < _NEWS_MOST:
        found, more = feed.page(gateway, window, cursor, _NEWS_AT_ONCE)
        entries += found
        if not found:
            break
        cursor = found[-1].cursor
    return tuple(entries)
