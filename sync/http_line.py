"""One long-lived connection, plain HTTP/1.1, to one gateway: the only importer of the HTTP client.

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
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from clerk_app.errors import BadInput, LineProblem, Refused, ShutOut
from clerk_app.usecases.setup import HOW_ANEW
from sync import protocol
from sync.pace import patience_s
from sync.protocol import Code
from sync.strict import gunzipped, to_base64
from sync.watch import is_quiet, keep_alive

_T = TypeVar("_T")
SAFE = "已受理的办件都在本机，一件不少。"
WAIT = "联网后自动送出，不用重做。"
TIMEOUT_S, CONNECT_S = 20.0, 5.0
_UPLOAD = 4096  # bytes: what is shorter tells nothing of how fast the line is
JSON_KIND = "application/json"
_WINDOW_REFUSED = {
    Code.BAD_SIGNATURE,
    Code.UNKNOWN_WINDOW,
    Code.REVOKED_WINDOW,
    Code.NOT_ALLOWED,
    Code.UNKNOWN_CASE,
}


def line_problem(what: str, retry_after_s: float | None = None) -> LineProblem:
    return LineProblem(what, what_is_safe=SAFE, what_to_do=WAIT, retry_after_s=retry_after_s)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    retry_after_s: float | None


class HttpLine:
    """One connection to one gateway, by the proxy that this PC is set to. BadInput when the address is no http(s) URL.
    ``context``: TLS of the gateway's own authority; without one, the system's certificates count. ``seconds``: a monotonic reading."""

    def __init__(
        self,
        url: str,
        timeout_s: float = TIMEOUT_S,
        context: ssl.SSLContext | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as error:
            raise _bad_address() from error
        if parts.scheme not in {"http", "https"} or not self._host or parts.query or parts.username:
            raise _bad_address()
        self._secure, self._prefix = parts.scheme == "https", parts.path.rstrip("/")
        self._absolute = f"{parts.scheme}://{parts.netloc}"
        self._proxy = proxy_for(parts.scheme, self._host)
        self._timeout_s, self._context, self._seconds = timeout_s, context, seconds
        self._connection: http.client.HTTPConnection | None = None
        self._used = False
        self._last_size, self._last_took_s = 0, 0.0  # of what went up last; nothing after a failure
        self._interrupted = threading.Event()

    def request(
        self, method: str, target: str, body: bytes, headers: dict[str, str], *, kind: str = JSON_KIND
    ) -> Answer:
        """One exchange; tried again at once when a kept connection turns out to be dead (every request is idempotent).

        ``kind``: the media type of a good answer; an error is always JSON.

        Raises:
            LineProblem: no whole answer came.
        """
        if self._interrupted.is_set():
            raise line_problem("和前置的连接断了。")
        kept = self._used
        try:
            return self._exchange(method, target, body, headers, kind)
        except (ConnectionError, http.client.HTTPException) as error:
            self.close()
            if not kept or self._interrupted.is_set() or isinstance(error, http.client.IncompleteRead):
                raise _cut(error) from error
        except (OSError, ValueError) as error:
            self.close()
            raise _cut(error) from error
        try:
            return self._exchange(method, target, body, headers, kind)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise _cut(error) from error

    def _exchange(self, method: str, target: str, body: bytes, headers: dict[str, str], kind: str) -> Answer:
        connection = self._connect()
        path, headers = self._prefix + target, {"Accept-Encoding": "gzip", **headers}
        if self._proxy and not self._secure:
            path, headers = self._absolute + path, headers | _authorised(self._proxy)
        is_upload = len(body) >= _UPLOAD
        known = self._last_size if is_upload else 0
        connection.sock.settimeout(patience_s(len(body), known, self._last_took_s, self._timeout_s))
        began_s = self._seconds()
        connection.request(method, path, body or None, headers)
        with connection.getresponse() as response:
            data = response.read(protocol.BODY_LIMIT + 1)
            if len(data) > protocol.BODY_LIMIT:
                raise ValueError("an answer that large is not ours")
            if response.length:
                raise ConnectionResetError("the answer was cut short")
            if response.getheader("Content-Encoding", "").lower() == "gzip":
                data = gunzipped(data, protocol.BODY_LIMIT)
            self._used = True
            if is_upload:
                self._last_size, self._last_took_s = len(body), self._seconds() - began_s
            if response.will_close:
                self.close()
            wanted = kind if response.status in {200, 206} else JSON_KIND
            if not response.getheader("Content-Type", "").lower().startswith(wanted):
                raise ValueError("this is not what a gateway answers")
            return Answer(response.status, data, _seconds(response.getheader("Retry-After")))

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            made = self._made(min(self._timeout_s, CONNECT_S))
            made.connect()
            self._connection = made
            made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            keep_alive(made.sock)
            self._used = False
        return self._connection

    def _made(self, patience_s: float) -> http.client.HTTPConnection:
        """Straight to the gateway, or through the proxy that this PC is set to; TLS goes through a tunnel, end to end."""
        proxy = self._proxy
        host, port = (proxy.hostname or "", proxy.port) if proxy else (self._host, self._port)
        if not self._secure:
            return http.client.HTTPConnection(host, port, timeout=patience_s)
        context = self._context or ssl.create_default_context()
        made = http.client.HTTPSConnection(host, port, timeout=patience_s, context=context)
        if proxy:
            made.set_tunnel(self._host, self._port, _authorised(proxy))
        return made

    def trust(self, context: ssl.SSLContext) -> None:
        """Another certificate from the next request on. From the thread that sends."""
        self._context = context
        self.close()

    def is_quiet(self) -> bool:
        """Between two requests: False when the other side hung up meanwhile. From the thread that sends."""
        return is_quiet(self._connection.sock if self._connection is not None else None)

    @property
    def is_interrupted(self) -> bool:
        """For good."""
        return self._interrupted.is_set()

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
        self._last_size = 0
        if connection is not None:
            connection.close()


def read_answer(answer: Answer, parse: Callable[[bytes], _T]) -> _T:
    """The value of a good answer; ShutOut when the window's certificate counts no more, Refused when the window is not (any longer)
    known; else LineProblem."""
    if answer.status == 200:
        try:
            return parse(answer.body)
        except ValueError as error:
            raise line_problem("前置的回答不完整或读不懂。") from error
    error_said = error_in(answer)
    if error_said is None:
        raise line_problem(f"前置没有正常回答（{answer.status}）。", answer.retry_after_s)
    words = f"{error_said.reason}（{error_said.code}）"
    if error_said.code == Code.NO_CERTIFICATE:
        raise ShutOut(words, what_is_safe=SAFE, what_to_do=HOW_ANEW)
    if error_said.code in _WINDOW_REFUSED:
        raise Refused(words, what_is_safe=SAFE)
    raise line_problem(words, answer.retry_after_s)


def is_unheard_of(answer: Answer) -> bool:
    error = error_in(answer)
    return error is not None and error.code == Code.NO_SUCH_PATH


def error_in(answer: Answer) -> protocol.WireError | None:
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


def proxy_for(scheme: str, host: str) -> SplitResult | None:
    """The proxy of the environment or the system settings; None for loopback, for what is excepted, and where there is none."""
    if host == "localhost" or host.startswith("127.") or host == "::1" or proxy_bypass(host):
        return None
    told = getproxies().get(scheme, "")
    parts = urlsplit(told if "://" in told else f"http://{told}")
    return parts if told and parts.hostname else None


def _authorised(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {to_base64(told)}"}


def _bad_address() -> BadInput:
    return BadInput(
        "前置地址不对。", what_is_safe="本机没有任何改动。", what_to_do="请填写 http:// 或 https:// 开头的地址。"
    )
