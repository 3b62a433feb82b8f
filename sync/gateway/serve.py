"""The gateway's process: uvicorn on one socket, TLS of our own outside loopback; says its real port once it listens."""

from __future__ import annotations

import gc
import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Sequence

import uvicorn

from clerk_app.errors import EnvironmentProblem
from sync.gateway.app import create_app
from sync.gateway.connections import Door, PeerProtocol, open_as_many_as_allowed
from sync.gateway.gateway import Gateway

_MINUTE_S, _MOST_WORDS = 60.0, 1000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def say_ready(url: str, port: int) -> None:
    """One JSON line on standard output: {"url": "http://127.0.0.1:8800", "port": 8800}."""
    sys.stdout.write(json.dumps({"url": url, "port": port}) + "\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    """Connections come in by our own door (connections.py)."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._listener, self._on_ready = listener, on_ready
        self._door = Door(self._protocol, config.ssl)

    def _protocol(self) -> PeerProtocol:
        return PeerProtocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        if self.started:
            self._listener.listen(self.config.backlog)
            self._door.open(self._listener)
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._door.close()
        self._listener.close()
        await super().shutdown([])


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. ``port`` 0 takes a free one.

    Raises:
        EnvironmentProblem: the port is taken or forbidden.
    """
    # With the protocol named, asyncio turns Nagle off on what it accepts; without, each answer waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EnvironmentProblem(
            f"端口 {port} 用不了，多半已有程序占用。",
            what_is_safe="没有改动任何数据。",
            what_to_do="请换一个端口再启动。",
        ) from error
    return listener


def serve(
    gateway: Gateway,
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    tick_s: float = 5.0,
    on_ready: Callable[[str, int], None] = say_ready,
    tls_names: Sequence[str] = (),
    listener: socket.socket | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. ``on_ready(url, port)`` once requests are answered.

    ``tls_names``: names and addresses that windows reach this gateway by; with any, it speaks TLS with its own authority.
    ``listener``: a socket that several workers share.

    Raises:
        EnvironmentProblem: the port is taken or forbidden.
    """
    open_as_many_as_allowed()
    listener = listener or listen(host, port)
    real_port = int(listener.getsockname()[1])
    config = uvicorn.Config(
        create_app(gateway, tick_s),
        http=PeerProtocol,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
        backlog=2048,
    )
    config.load()
    gc.collect()
    gc.freeze()  # what is loaded by now stays for good: no later collection walks through it
    gc.set_threshold(20_000, 20, 20)  # a batch makes thousands of values and no circles
    if tls_names:
        config.ssl = gateway.authority.server_context(tls_names)
    scheme = "https" if tls_names else "http"
    shown = f"[{host}]" if ":" in host else host
    try:
        _Server(config, listener, lambda: on_ready(f"{scheme}://{shown}:{real_port}", real_port)).run(sockets=[])
    finally:
        listener.close()


class JsonLines(logging.Formatter):
    """A log line a machine reads: time, level, event, and the few facts that the code put under ``told``."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; exceptions give their kind only, for their text may hold what was being handled."""
        line = {"at": self.formatTime(record), "level": record.levelname.lower(), "event": record.getMessage()}
        line |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


class Seldom(logging.Filter):
    """The same words once a minute: whoever speaks no HTTP, as often as they like, must not fill the disk with it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        words, now_s = str(record.msg), self._seconds()
        if now_s - self._told.get(words, -_MINUTE_S) < _MINUTE_S:
            return False
        if len(self._told) >= _MOST_WORDS:
            self._told.clear()
        self._told[words] = now_s
        return True


def log_to_stderr(level: str = "warning") -> None:
    """Structured logs of this process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn.error", "asyncio"):  # what strangers make them say
        logging.getLogger(name).addFilter(Seldom())
