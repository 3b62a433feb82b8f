"""A district gateway in memory: the same answers as the real one, without ciphers, wire or disk.

tests/contracts/test_centre_contract.py runs the same suite on both. ``fail_next`` breaks the line before anything arrives,
``lose_next`` after everything did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clerk_app.domain.canonical import Json, bytes_hash, content_hash, parse_json
from clerk_app.domain.feed import FeedEntry, IfUnknown, Scope
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.errors import LineProblem, Refused
from clerk_app.ports import Greeting, NewsPage, Receipt


class FakeCentre:
    """See ports.Centre. ``server_ms`` is its clock; ``refuse`` maps message ids to (code, reason)."""

    def __init__(self, server_ms: int = 1_795_000_000_000) -> None:
        self.server_ms = server_ms
        self.fail_next = 0
        self.lose_next = 0
        self.revoked = False
        self.refuse: dict[str, tuple[str, str]] = {}
        self.cases: dict[str, str] = {}  # case id → receipt
        self.contents: dict[tuple[str, int], str] = {}
        self.messages: dict[str, tuple[str, str]] = {}  # message id → (body hash, case id)
        self.conflicts: list[OutboxMessage] = []
        self.expected: dict[str, AttachmentRef] = {}
        self.blobs: dict[str, bytes] = {}
        self.feed: list[FeedEntry] = []

    def greet(self) -> Greeting:
        self._way_there(knows_window=False)
        self._way_back()
        return Greeting(self.server_ms, (1,), "假前置")

    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        self._way_there()
        receipts: list[Receipt] = []
        broken: set[str] = set()
        for message in messages:
            if {message.case_id, message.stream} & broken:
                receipt = Receipt(message.id, "refused", code="R115", reason="同一办件的前一条没有收下，这条先等它。")
            else:
                receipt = self._take(message)
            if receipt.status not in {"stored", "duplicate"}:
                broken.add(message.case_id)
            receipts.append(receipt)
        self._way_back()
        return tuple(receipts)

    def _take(self, message: OutboxMessage) -> Receipt:
        if message.id in self.refuse:
            code, reason = self.refuse[message.id]
            return Receipt(message.id, "refused", code=code, reason=reason)
        content = content_hash(parse_json(message.body)["case"])
        known = self.messages.get(message.id)
        held = self.contents.get((message.case_id, message.revision))
        if known is not None and known != (message.body_sha256, message.case_id):
            return self._conflict(message)
        if known is None and held is not None and held != content:
            return self._conflict(message)
        receipt = self.cases.setdefault(message.case_id, f"QZ500199-20261121-{len(self.cases) + 1:06d}")
        self.messages[message.id] = (message.body_sha256, message.case_id)
        self.contents[message.case_id, message.revision] = content
        self.expected |= {ref.blob_sha256: ref for ref in message.attachments}
        return Receipt(message.id, "stored" if held is None else "duplicate", receipt)

    def _conflict(self, message: OutboxMessage) -> Receipt:
        self.conflicts.append(message)
        return Receipt(
            message.id, "conflict", code="R114", reason="同一编号已有不同内容，两份都已保存。请联系管理员核对。"
        )

    def blob_offset(self, blob_sha256: str, blob_size: int) -> int:
        self._way_there()
        self._must_expect(blob_sha256, blob_size)
        self._way_back()
        return len(self.blobs.get(blob_sha256, b""))

    def send_blob(self, blob_sha256: str, blob_size: int, offset: int, chunk: bytes) -> int:
        self._way_there()
        self._must_expect(blob_sha256, blob_size)
        held = self.blobs.get(blob_sha256, b"")
        if offset > len(held) or (offset + len(chunk) > blob_size and len(held) < blob_size):
            raise _problem("附件的续传位置不对。")
        if offset == len(held) and len(held) < blob_size:
            held += chunk
            if len(held) == blob_size and bytes_hash(held) != blob_sha256:
                self.blobs.pop(blob_sha256, None)
                raise _problem("附件校验不符，前置已丢弃并要求重传。")
            self.blobs[blob_sha256] = held
        self._way_back()
        return len(held)

    def news(self, cursor: int, limit: int = 200) -> NewsPage:
        self._way_there()
        later = [entry for entry in self.feed if entry.cursor > cursor]
        self._way_back()
        return NewsPage(tuple(later[:limit]), len(later) > limit, self.server_ms)

    def publish(self, kind: str, body: Mapping[str, Json], if_unknown: IfUnknown = IfUnknown.KEEP) -> int:
        """Add a feed entry for the window; returns its cursor."""
        cursor = len(self.feed) + 1
        self.feed.append(FeedEntry(cursor, Scope.WINDOW, kind, dict(body), if_unknown))
        return cursor

    def _must_expect(self, blob_sha256: str, blob_size: int) -> None:
        ref = self.expected.get(blob_sha256)
        if ref is None or ref.blob_size != blob_size:
            raise _problem("前置还没有收到提到这份附件的办件。")

    def _way_there(self, *, knows_window: bool = True) -> None:
        if self.fail_next:
            self.fail_next -= 1
            raise _problem("连不上前置。")
        if knows_window and self.revoked:
            raise Refused("本窗口的登记已被停用。请联系管理员。")

    def _way_back(self) -> None:
        if self.lose_next:
            self.lose_next -= 1
            raise _problem("和前置的连接断了。")


def _problem(text: str) -> LineProblem:
    return LineProblem(text, what_is_safe="已受理的办件都在本机，一件不少。", what_to_do="联网后自动送出，不用重做。")
