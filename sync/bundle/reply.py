"""The gateway's answer to a bundle: receipts, whole pages and news, signed by the gateway and closed for the window alone.

    magic line ‖ canonical JSON {"format", "suite", "window_id", "bundle_id", "sealed"}

``sealed`` opens with the reply key that the bundle's own manifest brought. At the window it does what a receipt by the line does,
however often and in whatever order such files come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.domain.time import SURE
from clerk_app.errors import BadInput, Refused, StorageProblem
from clerk_app.ports import Arrived, CipherSuite, Clock, Receipt, Store, UnitOfWork
from sync import protocol
from sync.bundle.format import MAGIC as BUNDLE
from sync.bundle.format import MESSAGES_LIMIT, Head
from sync.news import take_entry
from sync.settle import settle
from sync.strict import a_hash, a_list, a_number, a_text, an_id, an_object, from_base64, gunzipped, gzipped, to_base64

MAGIC = b"CLERKRECEIPT/1\n"
_FORMAT = "receipt-file/1"
SUFFIX = ".receipt"
LARGEST = 64 * 1024 * 1024
_ROWS = 200_000
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """``since``: the cursor that the news begin after. ``blobs``: pages that the gateway holds whole."""

    head: Head
    made_ms: int
    receipts: tuple[Receipt, ...]
    blobs: tuple[str, ...]
    since: int
    news: tuple[FeedEntry, ...]


def reply_bytes(reply: Reply, suite: CipherSuite, reply_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The file."""
    told = canonical_bytes(
        {
            "format": "reply/1",
            "window_id": reply.head.window_id,
            "bundle_id": reply.head.bundle_id,
            "made_ms": reply.made_ms,
            "receipts": protocol.receipts_bytes(reply.receipts, reply.made_ms).decode(),
            "blobs": list(reply.blobs),
            "since": reply.since,
            "news": protocol.news_bytes(reply.news, False, reply.made_ms).decode(),
        }
    )
    inner = gzipped(canonical_bytes({"reply": told.decode(), "signature": to_base64(sign(_claim(told)))}))
    sealed = suite.seal(reply_key, inner, _context(reply.head))
    own: dict[str, Json] = {name: getattr(reply.head, name) for name in Head.__slots__}
    return MAGIC + canonical_bytes({"format": _FORMAT, **own, "sealed": to_base64(sealed)})


def reply_from_bytes(
    data: bytes,
    suite: CipherSuite,
    window_id: str,
    reply_key: Callable[[str], bytes],
    is_genuine: Callable[[bytes, bytes], bool],
) -> Reply:
    """``is_genuine(claim, signature)``: whether the gateway signed that.

    Raises:
        BadInput: no receipt file, damaged, another window's, or not this gateway's; in the clerk's words.
    """
    if data.startswith(BUNDLE):
        raise BadInput(
            "这是送往前置的办件包，不是回执。", what_is_safe="本机没有变。", what_to_do="请在区县前置上导入它。"
        )
    try:
        if not data.startswith(MAGIC):
            raise ValueError("another file")
        fields = an_object(parse_json(data[len(MAGIC) :]))
        if fields.get("format") != _FORMAT:
            raise ValueError("another form of receipt file")
        head = Head(an_id(fields, "suite"), an_id(fields, "window_id"), an_id(fields, "bundle_id"))
        sealed = from_base64(fields.get("sealed"))
    except ValueError as error:
        raise _unreadable() from error
    if head.window_id != window_id:
        raise BadInput(
            f"这是窗口 {head.window_id} 的回执。", what_is_safe="本机没有变。", what_to_do="请在那个窗口上导入。"
        )
    try:
        told, signature = _opened(gunzipped(suite.open(reply_key(head.bundle_id), sealed, _context(head)), LARGEST))
        if head.suite != suite.id or not is_genuine(_claim(told), signature):
            raise ValueError("not signed by this gateway")
        return _reply(told, head)
    except ValueError as error:
        raise BadInput(
            "回执的签名或内容不对，可能损坏或被改过。",
            what_is_safe="本机没有变，办件都在。",
            what_to_do="请向前置重新要一份回执。",
        ) from error


def _opened(data: bytes) -> tuple[bytes, bytes]:
    fields = an_object(parse_json(data))
    return a_text(fields, "reply", LARGEST).encode(), from_base64(fields.get("signature"))


def _reply(told: bytes, head: Head) -> Reply:
    fields = an_object(parse_json(told))
    if fields.get("format") != "reply/1":
        raise ValueError("another format")
    if (an_id(fields, "window_id"), an_id(fields, "bundle_id")) != (head.window_id, head.bundle_id):
        raise ValueError("the reply to another bundle")
    rows = an_object(parse_json(a_text(fields, "receipts", LARGEST).encode()))
    since = a_number(fields, "since")
    return Reply(
        head=head,
        made_ms=a_number(fields, "made_ms"),
        receipts=tuple(protocol.receipt_from_json(each) for each in a_list(rows, "receipts", MESSAGES_LIMIT)),
        blobs=tuple(a_hash({"it": each}, "it") for each in a_list(fields, "blobs", _ROWS)),
        since=since,
        news=protocol.news_from_bytes(a_text(fields, "news", LARGEST).encode(), since, _ROWS).entries,
    )


def take_reply(
    store: Store, clock: Clock, reply: Reply, apply: Callable[[UnitOfWork, FeedEntry], None], *, actor: str
) -> Arrived:
    """Settle what the gateway holds, mark the pages that are there, read the news. Doing it again changes nothing.

    Raises:
        StorageProblem: the store failed; what was settled before stays so.
    """
    acknowledged = refused = unknown = pages = 0
    whole = frozenset(reply.blobs)
    for start in range(0, len(reply.receipts), _AT_ONCE):
        receipts = reply.receipts[start : start + _AT_ONCE]
        with store.begin() as uow:
            ids = [each.message_id for each in receipts]
            before = {each.id: each for each in uow.outbox.load(ids, bodies=False)}
            outcome = settle(uow, clock.now(), receipts)
            detail = {"bundle": reply.head.bundle_id, "receipts": str(len(receipts))}
            uow.journal.append(Happening(clock.now(), actor, "bundle.answered", detail=detail))
            uow.config.set(SURE, max(reply.made_ms, uow.config.get(SURE) or 0))
            pages += sum(_mark(uow, each, whole) for each in uow.outbox.load(ids, bodies=False))
            uow.commit()
        acknowledged += outcome.acknowledged
        refused += outcome.refused
        unknown += len(ids) - len(before)
    with store.begin(reading=True) as uow:
        cursor = uow.news.cursor()
    read = 0
    if cursor >= reply.since:  # else something in between has not been read: the line will bring it
        for entry in reply.news:
            if entry.cursor > cursor:
                read += 1
                if take_entry(store, entry, apply) == "stopped":
                    break
    return Arrived(acknowledged, refused, pages, read, unknown)


def _mark(uow: UnitOfWork, message: OutboxMessage, whole: frozenset[str]) -> int:
    there = {ref.blob_sha256 for ref in message.attachments} & whole
    new = there - message.blobs_done
    if new:
        uow.outbox.save(replace(message, blobs_done=message.blobs_done | new))
    return len(new)


def read_file(path: Path) -> bytes:
    """A receipt file's bytes. Raises StorageProblem, or Refused when it is far too large to be one."""
    try:
        if path.stat().st_size > LARGEST:
            with path.open("rb") as file:
                return file.read(len(MAGIC))  # enough to say what it is
        return path.read_bytes()
    except OSError as error:
        raise StorageProblem(
            "文件读不出来。", what_is_safe="本机没有变。", what_to_do="请检查 U 盘，再试一次。"
        ) from error


def _claim(told: bytes) -> bytes:
    return b"clerk-receipt/1\n" + told


def _context(head: Head) -> bytes:
    return f"receipt:{head.window_id}:{head.bundle_id}".encode()


def _unreadable() -> Refused:
    return BadInput(
        "这不是前置的回执文件，或已损坏。",
        what_is_safe="本机没有变，办件都在。",
        what_to_do="请选前置给的 .receipt 文件，或重新要一份。",
    )
