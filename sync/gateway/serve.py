"""The gateway's process: uvicorn on one socket; says its real port once it listens."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable

import uvicorn

from clerk_app.errors import EnvironmentProblem
from sync.gateway.app import create_app
from sync.gateway.gateway import Gateway


def say_ready(host: str, port: int) -> None:
    """One JSON line on standard output: {"url": "http://127.0.0.1:8800", "port": 8800}."""
    sys.stdout.write(json.dumps({"url": f"http://{host}:{port}", "port": port}) + "\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def serve(
    gateway: Gateway,
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    tick_s: float = 5.0,
    on_ready: Callable[[str, int], None] = say_ready,
) -> None:
    """Serve until SIGINT or SIGTERM. ``port`` 0 takes a free one. ``on_ready(host, port)`` once requests are answered.

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
    real_port = int(listener.getsockname()[1])
    config = uvicorn.Config(
        create_app(gateway, tick_s),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
    )
    try:
        _Server(config, lambda: on_ready(host, real_port)).run(sockets=[listener])
    finally:
        listener.close()
