"""The centre over HTTP: the only importer of the HTTP client. One long-lived connection, plain HTTP/1.1.

Whatever goes wrong on the way (refused, reset, timed out, redirected, HTML, half a JSON, 5xx) is a LineProblem: nothing is
known to have arrived, so everything stays queued. Only the gateway's own numbered refusal of the window is a Refused.
An instance belongs to one thread; ``interrupt`` alone may come from another.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote, urlsplit

from clerk_app.domain.outbox import OutboxMessage
from clerk_app.errors import BadInput, KeyProblem, LineProblem, Refused
from clerk_app.ports import Clock, Enrolled, Greeting, NewsPage, Receipt
from sync import protocol
from sync.certificates import (
    RENEW,
    TlsIdentity,
    authority_from_bytes,
    certificate_from_bytes,
    context_for,
    new_key_and_csr,
    renew_bytes,
    split_code,
    unproved_context,
)
from sync.certificates import fingerprint as fingerprint_of
from sync.envelope import envelope_of
from sync.protocol import Code
from sync.strict import gunzipped, gzipped, to_base64
from sync.watch import is_quiet, keep_alive

_T = TypeVar("_T")
SAFE = "已受理的办件都在本机，一件不少。"
WAIT = "联网后自动送出，不用重做。"
TIMEOUT_S, CONNECT_S = 20.0, 5.0
_ROOM = 3 * 1024 * 1024  # for the envelopes of one batch, before gzip
_WINDOW_REFUSED = {Code.BAD_SIGNATURE, Code.UNKNOWN_WINDOW, Code.REVOKED_WINDOW, Code.NO_CERTIFICATE}
_ENROL_REFUSED = {Code.UNKNOWN_TOKEN, Code.USED_TOKEN, Code.FOREIGN_TOKEN, Code.BAD_ENVELOPE, Code.UNKNOWN_SUITE}


def line_problem(what: str, retry_after_s: float | None = None) -> LineProblem:
    return LineProblem(what, what_is_safe=SAFE, what_to_do=WAIT, retry_after_s=retry_after_s)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    retry_after_s: float | None


class HttpLine:
    """One connection to one gateway. BadInput when the address is no http(s) URL. ``context``: TLS of the gateway's own authority;
    without one, the system's certificates count."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S, context: ssl.SSLContext | None = None) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as error:
            raise _bad_address() from error
        if parts.scheme not in {"http", "https"} or not self._host or parts.query or parts.username:
            raise _bad_address()
        self._secure, self._prefix = parts.scheme == "https", parts.path.rstrip("/")
        self._timeout_s, self._context = timeout_s, context
        self._connection: http.client.HTTPConnection | None = None
        self._used = False
        self._interrupted = threading.Event()

    def request(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """One exchange; tried again at once when a kept connection turns out to be dead (every request is idempotent).

        Raises:
            LineProblem: no whole answer came.
        """
        if self._interrupted.is_set():
            raise line_problem("和前置的连接断了。")
        kept = self._used
        try:
            return self._exchange(method, target, body, headers)
        except (ConnectionError, http.client.HTTPException) as error:
            self.close()
            if not kept or self._interrupted.is_set() or isinstance(error, http.client.IncompleteRead):
                raise _cut(error) from error
        except (OSError, ValueError) as error:
            self.close()
            raise _cut(error) from error
        try:
            return self._exchange(method, target, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise _cut(error) from error

    def _exchange(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
        connection = self._connect()
        connection.request(method, self._prefix + target, body or None, {"Accept-Encoding": "gzip", **headers})
        with connection.getresponse() as response:
            data = response.read(protocol.BODY_LIMIT + 1)
            if len(data) > protocol.BODY_LIMIT:
                raise ValueError("an answer that large is not ours")
            if response.length:
                raise ConnectionResetError("the answer was cut short")
            if response.getheader("Content-Encoding", "").lower() == "gzip":
                data = gunzipped(data, protocol.BODY_LIMIT)
            self._used = True
            if response.will_close:
                self.close()
            if not response.getheader("Content-Type", "").lower().startswith("application/json"):
                raise ValueError("this is not JSON")
            return _Answer(response.status, data, _seconds(response.getheader("Retry-After")))

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            patience = min(self._timeout_s, CONNECT_S)
            if self._secure:
                context = self._context or ssl.create_default_context()
                made: http.client.HTTPConnection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=patience, context=context
                )
            else:
                made = http.client.HTTPConnection(self._host, self._port, timeout=patience)
            made.connect()
            made.sock.settimeout(self._timeout_s)
            self._connection = made
            made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            keep_alive(made.sock)
            self._used = False
        return self._connection

    def is_quiet(self) -> bool:
        """Between two requests: False when the other side hung up meanwhile. From the thread that sends."""
        return is_quiet(self._connection.sock if self._connection is not None else None)

    def interrupt(self) -> None:
        """From any thread: break off a waiting request, which then fails as a LineProblem."""
        self._interrupted.set()
        connection = self._connection
        sock = connection.sock if connection is not None else None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        connection, self._connection, self._used = self._connection, None, False
        if connection is not None:
            connection.close()


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

    def interrupt(self) -> None:
        """From any thread: break off a waiting request."""
        self._line.interrupt()

    def is_quiet(self) -> bool:
        """Between two requests: False when the gateway hung up meanwhile."""
        return self._line.is_quiet()

    def close(self) -> None:
        self._line.close()

    def greet(self) -> Greeting:
        answer = self._line.request("GET", protocol.HELLO, b"", {})
        greeting = _read(answer, protocol.greeting_from_bytes)
        self._clock_off_ms = greeting.server_ms - self._clock.now().utc_ms
        return greeting

    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        receipts: list[Receipt] = []
        batch: list[tuple[str, protocol.Envelope]] = []
        room = _ROOM
        for message in messages:
            envelope = envelope_of(message, self._window_id, self._seal)
            weight = len(envelope.sealed) * 4 // 3 + 4096
            if batch and (weight > room or len(batch) == protocol.BATCH_LIMIT):
                receipts += self._post(batch)
                batch, room = [], _ROOM
            if weight > _ROOM or len(message.body) > protocol.BODY_LIMIT:
                receipts.append(protocol.refused_receipt(message.id, Code.TOO_LARGE))
                continue
            batch.append((message.id, envelope))
            room -= weight
        if batch:
            receipts += self._post(batch)
        return tuple(receipts)

    def _post(self, batch: Sequence[tuple[str, protocol.Envelope]]) -> tuple[Receipt, ...]:
        body = gzipped(protocol.batch_bytes([envelope for _, envelope in batch]))
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answer = self._signed("POST", protocol.MESSAGES, body, headers)
        return _read(answer, lambda data: protocol.receipts_from_bytes(data, [each for each, _ in batch]))

    def renew(self, csr: str) -> str:
        """A new TLS certificate for the window's key (PEM); the one in use ends with it. Raises LineProblem, Refused."""
        headers = {"Content-Type": "application/json"}
        certificate = _read(self._signed("POST", RENEW, renew_bytes(csr), headers), certificate_from_bytes)
        self._line.close()
        return certificate

    def blob_offset(self, blob_sha256: str, blob_size: int) -> int:
        answer = self._signed("GET", f"{protocol.BLOBS}{quote(blob_sha256, safe='')}?size={blob_size}", b"", {})
        return _read(answer, lambda data: protocol.offset_from_bytes(data, blob_size))

    def send_blob(self, blob_sha256: str, blob_size: int, offset: int, chunk: bytes) -> int:
        target = f"{protocol.BLOBS}{quote(blob_sha256, safe='')}?size={blob_size}&offset={offset}"
        answer = self._signed("PUT", target, chunk, {"Content-Type": "application/octet-stream"})
        return _read(answer, lambda data: protocol.offset_from_bytes(data, blob_size))

    def news(self, cursor: int, limit: int = 200) -> NewsPage:
        answer = self._signed("GET", f"{protocol.FEED}?cursor={cursor}&limit={limit}", b"", {})
        return _read(answer, lambda data: protocol.news_from_bytes(data, cursor))

    def _signed(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
        answer = self._attempt(method, target, body, headers)
        if answer.status == 401:
            error = _error_in(answer)
            if error is not None and error.code == Code.CLOCK:
                # This PC's clock is far off; the gateway said what time it is. Delivery must not wait for a technician.
                self._clock_off_ms = error.server_ms - self._clock.now().utc_ms
                return self._attempt(method, target, body, headers)
        return answer

    def _attempt(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
        at_ms = self._clock.now().utc_ms + self._clock_off_ms
        signature = self._sign(protocol.request_bytes(method, target, self._window_id, at_ms, body))
        own = {
            protocol.WINDOW_HEADER: self._window_id,
            protocol.TIME_HEADER: str(at_ms),
            protocol.SIGNATURE_HEADER: to_base64(signature),
        }
        return self._line.request(method, target, body, {**headers, **own})


class HttpEnrolment:
    """ports.Enrolment."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s

    def enrol(
        self, gateway: str, token: str, hall: str, window: str, signing_public: bytes, suite: str = "intl-1"
    ) -> Enrolled:
        """See ports.Enrolment. ``token``: as given out; with a fingerprint in it, the gateway must prove to be that one."""
        plain, fingerprint = split_code(token)
        authority = self._authority(gateway, fingerprint) if fingerprint else ""
        key, csr = new_key_and_csr(f"{hall}-{window}") if authority else ("", "")
        body = protocol.enrol_request_bytes(protocol.EnrolRequest(plain, hall, window, signing_public, suite, csr))
        line = HttpLine(gateway, self._timeout_s, context_for(None, authority) if authority else None)
        try:
            answer = line.request("POST", protocol.ENROL, body, {"Content-Type": "application/json"})
        finally:
            line.close()
        error = _error_in(answer)
        if error is not None and error.code in _ENROL_REFUSED:
            raise Refused(error.reason, what_is_safe="本机没有任何改动。")
        enrolled = _read(answer, lambda data: protocol.enrolled_from_bytes(data, gateway))
        if not authority:
            return enrolled
        certificate = _read(answer, certificate_from_bytes)
        return replace(enrolled, tls={"authority": authority, "certificate": certificate, "key": key})

    def _authority(self, gateway: str, fingerprint: str) -> str:
        """The gateway's authority, when it is the one that the enrolment code names; no secret has been sent so far."""
        line = HttpLine(gateway, self._timeout_s, unproved_context())
        try:
            answer = line.request("GET", protocol.HELLO, b"", {})
        finally:
            line.close()
        authority = _read(answer, authority_from_bytes)
        try:
            is_the_one = bool(authority) and fingerprint_of(authority) == fingerprint
        except ValueError:
            is_the_one = False
        if not is_the_one:
            raise Refused(
                "这个地址上的前置，不是登记码说的那一个。",
                what_is_safe="登记码没有发出去，本机没有任何改动。",
                what_to_do="请核对前置地址，或请管理员看看网络里有没有别人冒充。",
            )
        return authority


def trusted(identity: TlsIdentity) -> ssl.SSLContext:
    """TLS with this window's certificate. Raises KeyProblem when it is damaged."""
    try:
        return context_for(identity)
    except ValueError as error:
        raise KeyProblem(
            "本窗口的安全证书坏了。", what_is_safe=SAFE, what_to_do="请联系管理员重新登记本窗口。"
        ) from error


def _read(answer: _Answer, parse: Callable[[bytes], _T]) -> _T:
    """The value of a good answer; Refused when the window is not (any longer) known; else LineProblem."""
    if answer.status == 200:
        try:
            return parse(answer.body)
        except ValueError as error:
            raise line_problem("前置的回答不完整或读不懂。") from error
    error_said = _error_in(answer)
    if error_said is None:
        raise line_problem(f"前置没有正常回答（{answer.status}）。", answer.retry_after_s)
    if error_said.code in _WINDOW_REFUSED:
        raise Refused(f"{error_said.reason}（{error_said.code}）", what_is_safe=SAFE)
    raise line_problem(f"{error_said.reason}（{error_said.code}）", answer.retry_after_s)


def _error_in(answer: _Answer) -> protocol.WireError | None:
    if answer.status == 200:
        return None
    try:
        return protocol.error_from_bytes(answer.body)
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    """Retry-After as seconds, at most an hour; dates and nonsense are ignored."""
    return float(min(int(text), 3600)) if text is not None and text.isascii() and text.isdigit() else None


def _cut(error: Exception) -> LineProblem:
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return line_problem("连不上前置。")
    if isinstance(error, TimeoutError):
        return line_problem("前置太久没有回答。")
    if isinstance(error, ssl.SSLError):
        return line_problem("前置的安全证书不对，已停止连接。")
    if isinstance(error, ValueError):
        return line_problem("回答的不是前置：多半是网络登录页或地址不对。")
    return line_problem("和前置的连接断了。")


def _bad_address() -> BadInput:
    return BadInput(
        "前置地址不对。", what_is_safe="本机没有任何改动。", what_to_do="请填写 http:// 或 https:// 开头的地址。"
    )
