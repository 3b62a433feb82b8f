"""The centre over HTTP: what the window asks of its gateway, each request signed by the window (connection: http_line.py)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from urllib.parse import quote

from clerk_app.domain.identity import CodeAnswer, CodeStatus
from clerk_app.domain.outbox import Order, OutboxMessage
from clerk_app.errors import KeyProblem, LineProblem, Refused, ShutOut
from clerk_app.ports import Clock, Greeting, NewsPage, Receipt
from sync import protocol
from sync.certificates import (
    RENEW,
    TlsIdentity,
    certificate_from_bytes,
    context_for,
    renew_bytes,
)
from sync.code_wire import CODES, answer_from_bytes, ask_bytes
from sync.envelope import envelope_of
from sync.http_line import SAFE, TIMEOUT_S, Answer, HttpLine, error_in, is_unheard_of, read_answer
from sync.ledger import (
    KNOWN,
    LEDGER,
    LedgerDay,
    LedgerRow,
    Unknown,
    ledger_from_bytes,
    rows_bytes,
    rows_from_bytes,
    unknown_from_bytes,
)
from sync.protocol import Code
from sync.settle import HELD
from sync.shut_out import has_ended_there, shut_out, was_broken_off
from sync.strict import gzipped, to_base64

_ROOM = 3 * 1024 * 1024  # for the envelopes of one batch, before gzip


class HttpCentre:
    """ports.Centre. ``sign`` gives the window's signature; ``seal(body, context)`` encrypts to the gateway's key."""

    def __init__(
        self,
        url: str,
        window_id: str,
        sign: Callable[[bytes], bytes],
        seal: Callable[[bytes, bytes], bytes],
        clock: Clock,
        timeout_s: float = TIMEOUT_S,
        tls: TlsIdentity | None = None,
    ) -> None:
        self._line = HttpLine(url, timeout_s, trusted(tls) if tls is not None else None)
        self._window_id, self._sign, self._seal, self._clock = window_id, sign, seal, clock
        self._clock_off_ms = 0
        self._url, self._timeout_s, self._tls = url, timeout_s, tls

    def interrupt(self) -> None:
        """From any thread: break off a waiting request."""
        self._line.interrupt()

    def is_quiet(self) -> bool:
        """Between two requests: False when the gateway hung up meanwhile."""
        return self._line.is_quiet()

    def close(self) -> None:
        self._line.close()

    def greet(self) -> Greeting:
        answer = self._request("GET", protocol.HELLO, b"", {})
        greeting = read_answer(answer, protocol.greeting_from_bytes)
        self._clock_off_ms = greeting.server_ms - self._clock.now().utc_ms
        return greeting

    def gateway_ms(self) -> int:
        """UTC as the gateway told it last, in milliseconds; this PC's own until it did."""
        return self._clock.now().utc_ms + self._clock_off_ms

    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        receipts: list[Receipt] = []
        batch: list[tuple[OutboxMessage, protocol.Envelope]] = []
        room, order = _ROOM, Order()

        def turned_away(message: OutboxMessage, code: Code) -> Receipt:
            order.stop_at(message)
            return protocol.refused_receipt(message.id, code)

        for message in messages:
            envelope = envelope_of(message, self._window_id, self._seal)
            weight = len(envelope.sealed) * 4 // 3 + 4096
            if batch and (weight > room or len(batch) == protocol.BATCH_LIMIT):
                receipts += self._post(batch, order)
                batch, room = [], _ROOM
            if order.holds(message):
                receipts.append(turned_away(message, Code.HELD))
            elif weight > _ROOM or len(message.body) > protocol.BODY_LIMIT:
                receipts.append(turned_away(message, Code.TOO_LARGE))
            else:
                batch.append((message, envelope))
                room -= weight
        if batch:
            receipts += self._post(batch, order)
        return tuple(receipts)

    def _post(self, batch: Sequence[tuple[OutboxMessage, protocol.Envelope]], order: Order) -> tuple[Receipt, ...]:
        """One request; ``order`` stops at what was turned away."""
        body = gzipped(protocol.batch_bytes([envelope for _, envelope in batch]))
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self._signed("POST", protocol.MESSAGES, body, headers)
        ids = [message.id for message, _ in batch]
        receipts = read_answer(answer, lambda data: protocol.receipts_from_bytes(data, ids))
        for (message, _), receipt in zip(batch, receipts, strict=True):
            if receipt.status not in HELD:
                order.stop_at(message)
        return receipts

    def ask(self, method: str, target: str, body: bytes = b"") -> bytes:
        """The bytes of a good answer to any signed request of the contract. Raises LineProblem, Refused."""
        return read_answer(self._signed(method, target, body, {"Content-Type": "application/json"}), bytes)

    def identify(self, tls: TlsIdentity) -> None:
        """Show another certificate from the next request on. Raises KeyProblem when it is damaged."""
        self._line.trust(trusted(tls))
        self._tls = tls

    def renew(self, csr: str) -> str:
        """A new TLS certificate for the window's key (PEM); the one in use ends with its first use. Raises LineProblem, Refused."""
        headers = {"Content-Type": "application/json"}
        return read_answer(self._signed("POST", RENEW, renew_bytes(csr), headers), certificate_from_bytes)

    def is_shut_out(self) -> bool:
        """Whether the gateway takes this window's certificate no more; False when it does, or cannot be asked."""
        if self._tls is None:
            return False
        try:
            self.news(0, 1)
        except ShutOut:
            return True
        except (LineProblem, Refused):
            return False
        return False

    def blob_offset(self, blob_sha256: str, blob_size: int) -> int:
        answer = self._signed("GET", f"{protocol.BLOBS}{quote(blob_sha256, safe='')}?size={blob_size}", b"", {})
        return read_answer(answer, lambda data: protocol.offset_from_bytes(data, blob_size))

    def send_blob(self, blob_sha256: str, blob_size: int, offset: int, chunk: bytes) -> int:
        target = f"{protocol.BLOBS}{quote(blob_sha256, safe='')}?size={blob_size}&offset={offset}"
        answer = self._signed("PUT", target, chunk, {"Content-Type": "application/octet-stream"})
        return read_answer(answer, lambda data: protocol.offset_from_bytes(data, blob_size))

    def news(self, cursor: int, limit: int = 200) -> NewsPage:
        answer = self._signed("GET", f"{protocol.FEED}?cursor={cursor}&limit={limit}", b"", {})
        return read_answer(answer, lambda data: protocol.news_from_bytes(data, cursor))

    def ledger(self, first: str, last: str) -> tuple[LedgerDay, ...] | None:
        """What the gateway holds of this window, a line a day; None when it is too old to say. Days are YYYYMMDD."""
        answer = self._signed("GET", f"{LEDGER}?from={first}&to={last}", b"", {})
        return None if is_unheard_of(answer) else read_answer(answer, ledger_from_bytes)

    def ledger_day(self, day: str) -> tuple[LedgerRow, ...]:
        """That day's messages."""
        return read_answer(self._signed("GET", f"{LEDGER}/{day}", b"", {}), rows_from_bytes)

    def known(self, rows: Sequence[LedgerRow]) -> Unknown:
        """Which of these (at most KNOWN_LIMIT) the gateway does not hold, and which of their pages it lacks."""
        body = rows_bytes(rows, self._clock.now().utc_ms)
        answer = self._signed("POST", KNOWN, body, {"Content-Type": "application/json"})
        return read_answer(answer, unknown_from_bytes)

    def resolve_code(self, suite: str, sealed: bytes) -> CodeAnswer:
        """Who a scanned code is. A gateway that has never heard of codes cannot tell."""
        answer = self._signed("POST", CODES, ask_bytes(suite, sealed), {"Content-Type": "application/json"})
        return CodeAnswer(CodeStatus.UNSUPPORTED) if is_unheard_of(answer) else read_answer(answer, answer_from_bytes)

    def _signed(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = self._attempt(method, target, body, headers)
        if answer.status == 401:
            error = error_in(answer)
            if error is not None and error.code == Code.CLOCK:
                # This PC's clock is far off; the gateway said what time it is. Delivery must not wait for a technician.
                self._clock_off_ms = error.server_ms - self._clock.now().utc_ms
                return self._attempt(method, target, body, headers)
        return answer

    def _attempt(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        at_ms = self.gateway_ms()
        signature = self._sign(protocol.request_bytes(method, target, self._window_id, at_ms, body))
        own = {
            protocol.WINDOW_HEADER: self._window_id,
            protocol.TIME_HEADER: str(at_ms),
            protocol.SIGNATURE_HEADER: to_base64(signature),
        }
        return self._request(method, target, body, {**headers, **own})

    def _request(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            return self._line.request(method, target, body, headers)
        except LineProblem as problem:
            if self._tls is None or not was_broken_off(problem) or self._line.is_interrupted:
                raise
            if has_ended_there(self._url, self._tls, self._timeout_s):
                raise shut_out() from problem
            raise


def trusted(identity: TlsIdentity) -> ssl.SSLContext:
    """TLS with this window's certificate. Raises KeyProblem when it is damaged."""
    try:
        return context_for(identity)
    except ValueError as error:
        raise KeyProblem(
            "本窗口的安全证书坏了。", what_is_safe=SAFE, what_to_do="请联系管理员重新登记本窗口。"
        ) from error
