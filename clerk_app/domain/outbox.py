"""Store and forward as pure rules: what is due, what a lease is, how long to wait, when a person must look.

A message is written in the transaction of the act that causes it; its id is the idempotency key (delivery at least once,
effect exactly once). Per case the order is kept: a message waits until every earlier one of its case is settled. A
life event's parts wait for their package. There is no 'sending' flag that only a finished send could clear: a lease expires.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Move
from clerk_app.domain.journal import Happening


class Delivery(StrEnum):
    """The delivery state machine, beside the case's own."""

    WAITING = "waiting"  # 排队中, or leased until ``lease_until_ms``
    ACKNOWLEDGED = "acknowledged"  # 已送达前置
    REFUSED = "refused"  # 平台退回: quarantined with its reason until a person mends it
    REPLACED = "replaced"  # a mended message goes in its place; this one is sent no more


DELIVERY_NAMES: Mapping[Delivery, str] = {
    Delivery.WAITING: "排队中",
    Delivery.ACKNOWLEDGED: "已送达前置",
    Delivery.REFUSED: "平台退回",
    Delivery.REPLACED: "已由更正件代替",
}

SETTLED = frozenset({Delivery.ACKNOWLEDGED, Delivery.REPLACED})
"""Nothing waits for these any more."""

FIRST_DELAY_MS = 2_000
LONGEST_DELAY_MS = 5 * 60_000
LEASE_MS = 60_000


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """A page that belongs to a message: ``sha256`` of the plain bytes, ``blob_sha256`` of the stored ciphertext,
    ``size`` of the plain bytes and ``blob_size`` of the ciphertext, in bytes."""

    sha256: str
    blob_sha256: str
    size: int
    blob_size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message to the gateway. ``body``: canonical bytes of the message (see sync/protocol.py), fixed for ever.

    ``seq`` is the order of writing in this data folder; ``stream`` the id whose order is kept (the package of a life
    event, else the case). ``signatures`` were made at acceptance over ``body``: {"window": base64, "clerk": base64,
    "certificate": {"clerk", "public_key", "window_signature"}}; ``suite`` names the ciphers they were made with.
    """

    id: str
    seq: int
    stream: str
    case_id: str
    revision: int
    kind: str
    body: bytes
    body_sha256: str
    suite: str
    signatures: Mapping[str, Json]
    created_ms: int
    priority: int = 0
    attachments: tuple[AttachmentRef, ...] = ()
    state: Delivery = Delivery.WAITING
    attempts: int = 0
    next_try_ms: int = 0
    lease_until_ms: int = 0
    receipt: str = ""
    refusal_code: str = ""
    refusal_reason: str = ""
    blobs_done: frozenset[str] = frozenset()


class Order:
    """What waits for what: a message for the earlier ones of its own case and of its package, a package for all of its stream.

    Go through messages in the order of writing, and stop at each that does not go.
    """

    def __init__(self) -> None:
        self._cases: set[str] = set()  # and packages with an unsettled message
        self._streams: set[str] = set()  # with any unsettled message

    def holds(self, message: OutboxMessage) -> bool:
        """Whether an earlier one stands before it."""
        is_head = message.stream == message.case_id
        return (
            message.stream in self._cases
            or message.case_id in self._cases
            or (is_head and message.stream in self._streams)
        )

    def stop_at(self, message: OutboxMessage) -> None:
        """It does not go now; what follows it waits."""
        self._cases.add(message.case_id)
        self._streams.add(message.stream)


def due(messages: Iterable[OutboxMessage], now_ms: int, limit: int = 20) -> tuple[OutboxMessage, ...]:
    """What may be sent now: pinned first, then oldest first, and never past an earlier message that cannot go yet.

    A message waits for the earlier ones of its own case and of its package; the package waits for all of its stream. So a
    refused part holds up neither its sister parts (§2.8: one failing alone does not stop the others) nor any other stream.
    A pinned message pulls its whole stream along, so that the order inside the stream stays.
    """
    order = Order()
    ready: list[OutboxMessage] = []
    for message in sorted(messages, key=lambda item: item.seq):
        if message.state in SETTLED:
            continue
        is_ready = (
            message.state is Delivery.WAITING and message.next_try_ms <= now_ms and message.lease_until_ms <= now_ms
        )
        if is_ready and not order.holds(message):
            ready.append(message)
        else:
            order.stop_at(message)
    pinned: dict[str, int] = {}
    for message in ready:
        pinned[message.stream] = max(pinned.get(message.stream, message.priority), message.priority)
    ready.sort(key=lambda item: (-pinned[item.stream], item.seq))
    return tuple(ready[:limit])


def leased(message: OutboxMessage, now_ms: int) -> OutboxMessage:
    """Taken for sending; if the sender dies the lease runs out by itself."""
    return replace(message, lease_until_ms=now_ms + LEASE_MS, attempts=message.attempts + 1)


def delay_after(attempts: int, jitter: float) -> int:
    """Milliseconds to wait after so many failures: doubling from 2 s, at most 5 min, times 0.5…1.0 by ``jitter`` 0…1."""
    full = min(FIRST_DELAY_MS * 2 ** min(max(attempts - 1, 0), 20), LONGEST_DELAY_MS)
    return int(full * (0.5 + 0.5 * min(max(jitter, 0.0), 1.0)))


def failed(message: OutboxMessage, now_ms: int, jitter: float, retry_after_ms: int = 0) -> OutboxMessage:
    """The line failed: nothing is lost, the next try is known and shown."""
    wait = max(delay_after(message.attempts, jitter), retry_after_ms)
    return replace(message, lease_until_ms=0, next_try_ms=now_ms + wait)


def acknowledged(message: OutboxMessage, receipt: str) -> OutboxMessage:
    """The gateway has it durably. Acknowledging again changes nothing: a receipt, once given, stands."""
    if message.state is Delivery.ACKNOWLEDGED:
        return message
    return replace(message, state=Delivery.ACKNOWLEDGED, receipt=receipt, lease_until_ms=0)


def refused(message: OutboxMessage, code: str, reason: str) -> OutboxMessage:
    """The gateway will not take it as it is: a person must look; the data stays. What is acknowledged stays so."""
    if message.state is Delivery.ACKNOWLEDGED:
        return message
    return replace(message, state=Delivery.REFUSED, refusal_code=code, refusal_reason=reason, lease_until_ms=0)


def replaced(message: OutboxMessage) -> OutboxMessage:
    """A mended message goes in its place. Only what was refused is replaced; anything else stays as it is."""
    if message.state is not Delivery.REFUSED:
        return message
    return replace(message, state=Delivery.REPLACED, lease_until_ms=0, next_try_ms=0)


def tried_anew(message: OutboxMessage) -> OutboxMessage:
    """Out of quarantine as it is, to be sent again from the first try on: what stood in its way was not in the message."""
    if message.state is not Delivery.REFUSED:
        return message
    again = replace(message, state=Delivery.WAITING, attempts=0, next_try_ms=0, lease_until_ms=0)
    return replace(again, refusal_code="", refusal_reason="")


SENT_ANEW = "sync.sent_anew"
"""The case went whole, after messages of it were lost: what that revision carries stands for all before it."""


def never_sent(
    revision: int, messages: Collection[int], told: Iterable[Happening], *, by_word: bool
) -> tuple[int, ...]:
    """Revisions of a case that had to go to the gateway and whose message is not here: a damaged disk lost it.

    What the window never sends is no loss: what came from the gateway, an identity settled here, a decision before its end.

    Args:
        revision: the case's own, from 1.
        messages: revisions that have a message here.
        told: what the journal says of the case.
        by_word: a journalled acknowledgement counts, too. Not for erasing: the lost message knew which pages were to go.
    """
    marks = list(told)
    if any(each.verb == "case.erased" for each in marks):
        return ()
    held = max((each.revision for each in marks if each.verb in {"case.taken_over", SENT_ANEW}), default=0)
    spoken = {each.revision for each in marks}
    quiet = {
        each.revision for each in marks if each.verb in _STAYS_HERE or each.detail.get("move") == Move.DECIDE.value
    }
    if by_word:
        quiet |= {each.revision for each in marks if each.verb == "sync.acknowledged"}
    for each in marks:
        if each.verb == "news.decided":  # it may pass through up to two states that are not journalled
            quiet |= {each.revision - 1, each.revision - 2} - spoken - {1}
    return tuple(each for each in range(held + 1, revision + 1) if each not in messages and each not in quiet)


_STAYS_HERE = frozenset(
    {"news.result", "news.identity", "news.decided", "news.correction_asked", "case.identity_settled"}
)
