"""The gateway over HTTP. Nothing that a stranger sends makes a 5xx; a full disk or a busy database says when to retry.

Any protocol version in the path is served as this one: an old window, or a newer one, may always deliver.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from clerk_app.errors import AppError, StorageProblem
from sync import protocol
from sync.gateway import forwarding, health, office, updates
from sync.gateway.admin import pages as admin_pages
from sync.gateway.arriving import Arrivals
from sync.gateway.endpoints import PATHS, Path
from sync.gateway.gateway import Gateway
from sync.gateway.limits import Buckets, Limits, address_of, retry_after_s
from sync.gateway.store import GatewayFull
from sync.gateway.windows import Denied
from sync.protocol import Code
from sync.strict import gzipped

_STATUS = {
    Code.BAD_SIGNATURE: 401,
    Code.CLOCK: 401,
    Code.UNKNOWN_WINDOW: 401,
    Code.NO_CERTIFICATE: 401,
    Code.REVOKED_WINDOW: 403,
    Code.UNKNOWN_TOKEN: 403,
    Code.USED_TOKEN: 403,
    Code.FOREIGN_TOKEN: 403,
    Code.NOT_ALLOWED: 403,
    Code.TOO_LARGE: 413,
    Code.NO_SUCH_PATH: 404,
    Code.UNKNOWN_BLOB: 404,
    Code.UNKNOWN_CASE: 404,
    Code.BLOB_SIZE: 409,
    Code.BLOB_OFFSET: 409,
    Code.BLOB_HASH: 422,
    Code.TOO_MANY: 429,
    Code.FULL: 507,
    Code.BUSY: 503,
}
_GATHER_S = 0.5
_GATHERS = 20
"""At most ten seconds: a stream of cases that never ends must not keep the platform waiting for ever."""
_GIVE_WAY_S = 1.0
"""However slow the platform is, what waits for it is never put off longer than this between two stretches."""
_DAY_S = 24 * 3600.0
_HALF_KEPT_MS = 30 * 24 * 3600 * 1000
_log = logging.getLogger(__name__)


class _Door:
    """Who is let in just now."""

    def __init__(self, gateway: Gateway, limits: Limits) -> None:
        self.gateway, self.limits = gateway, limits
        self._windows = Buckets(limits.window_rate, limits.window_burst)
        self._strangers = Buckets(limits.stranger_rate, limits.stranger_burst)
        self.arrivals = Arrivals()
        self.in_progress = 0

    def check(self, request: Request, path: Path) -> None:
        """Raises Denied. A claimed window id is not proved yet: whoever borrows one only slows that one down."""
        now_ms = self.gateway.clock.now().monotonic_ms
        address = address_of(request)
        window_id = request.headers.get(protocol.WINDOW_HEADER, "")[:64]
        if path.signed:
            is_welcome = self._windows.take(f"{window_id} {address}", now_ms)
        else:
            is_welcome = path.method == "GET" or self._strangers.take(address, now_ms)
        if not is_welcome:
            raise Denied(Code.TOO_MANY)
        if self.in_progress > self.limits.in_progress and not self.arrivals.make_room():
            raise Denied(Code.BUSY)

    def error(self, code: Code, *, is_half_read: bool = False) -> Response:
        headers = {}
        wait_s = retry_after_s(code, self.in_progress, self.gateway.random)
        if wait_s:
            headers["Retry-After"] = str(wait_s)
        if code is Code.TOO_LARGE or is_half_read:
            headers["Connection"] = "close"
        content = protocol.error_bytes(code, self.gateway.clock.now().utc_ms)
        return Response(content, _STATUS.get(code, 400), headers, "application/json")


def create_app(gateway: Gateway, tick_s: float = 5.0, limits: Limits | None = None) -> FastAPI:
    """The ASGI app; its background task hands cases on every ``tick_s`` seconds and whenever something came in."""
    wake = asyncio.Event()
    door = _Door(gateway, limits or Limits())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_keep_forwarding(door, wake, tick_s)), asyncio.create_task(_keep_tidy(gateway))]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    for path in PATHS:
        _add(app, door, path, wake)
    health.add_to(app, gateway)
    updates.add_to(app, gateway)
    admin_pages.add_to(app, gateway)
    app.add_exception_handler(HTTPException, _no_such_path(door))
    return app


def _add(app: FastAPI, door: _Door, path: Path, wake: asyncio.Event) -> None:
    async def endpoint(request: Request) -> Response:
        began = door.gateway.clock.now().monotonic_ms
        answer = await _answer(door, request, path)
        if path.wakes and answer.status_code == 200:
            wake.set()
        _note(door, request, path, answer, door.gateway.clock.now().monotonic_ms - began)
        return answer

    app.add_route(path.template, endpoint, methods=[path.method])


def _note(door: _Door, request: Request, path: Path, answer: Response, ms: int) -> None:
    """One line for each answer (routes, never whole targets), and the figures."""
    metrics = door.gateway.metrics
    metrics.requests.labels(path.template, str(answer.status_code)).inc()
    metrics.seconds.labels(path.template).observe(ms / 1000)
    if _log.isEnabledFor(logging.INFO):
        told = {"route": f"{path.method} {path.template}", "status": answer.status_code, "ms": ms}
        _log.info("answered", extra={"told": {**told, "window": _printable(request)}})


def _printable(request: Request) -> str:
    claimed = request.headers.get(protocol.WINDOW_HEADER, "")
    return claimed if claimed.isascii() and claimed.replace("-", "").isalnum() and len(claimed) <= 64 else ""


async def _keep_forwarding(door: _Door, wake: asyncio.Event, tick_s: float) -> None:
    gateway = door.gateway
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), tick_s)
        for _ in range(_GATHERS):  # let a burst of cases come in first: whoever delivers goes before what is handed on
            wake.clear()
            await asyncio.sleep(min(_GATHER_S, tick_s))
            if not wake.is_set():
                break
        try:
            await run_in_threadpool(office.take_answers, gateway)
            await _hand_on(door, wake)
        except AppError as error:
            _log.warning("forwarding waits: %s", error.message)
        except Exception as error:  # noqa: BLE001 -- without this task no case would ever be handed on again
            _log.error("a round of forwarding failed", extra={"told": {"kind": type(error).__name__}})


async def _keep_tidy(gateway: Gateway) -> None:
    """At the start and once a day: halves of pages whose window has not come back for a month."""
    while True:
        try:
            await run_in_threadpool(gateway.blobs.sweep, gateway.clock.now().utc_ms - _HALF_KEPT_MS)
        except Exception as error:  # noqa: BLE001 -- whatever it met, it is tried again tomorrow
            _log.warning("half pages are not swept: %s", type(error).__name__)
        await asyncio.sleep(_DAY_S)


async def _hand_on(door: _Door, wake: asyncio.Event) -> None:
    """All that is due, in stretches; while cases come in, those have nine tenths of the time."""
    clock, more = door.gateway.clock, True
    while more:
        began_ms = clock.now().monotonic_ms
        _, more = await run_in_threadpool(forwarding.hand_on, door.gateway)
        if more and (door.in_progress or wake.is_set()):
            took_s = (clock.now().monotonic_ms - began_ms) / 1000
            await asyncio.sleep(min(9 * took_s, _GIVE_WAY_S))


async def _answer(door: _Door, request: Request, path: Path) -> Response:
    gateway = door.gateway
    door.in_progress += 1
    is_read = False
    gateway.metrics.busy.set(door.in_progress)
    try:
        door.check(request, path)
        body = await _body(door, request)
        is_read = True
        content = await run_in_threadpool(path.handler, gateway, request, body)
    except Denied as denied:
        return door.error(denied.code, is_half_read=not is_read and request.method != "GET")
    except GatewayFull:
        return door.error(Code.FULL)
    except (StorageProblem, IntegrityError) as error:
        _log.warning("not taken for now: %s", type(error).__name__)
        return door.error(Code.BUSY)
    except ClientDisconnect:
        return Response(status_code=400)
    finally:
        door.in_progress -= 1
        gateway.metrics.busy.set(door.in_progress)
    headers = {}
    if len(content) > 1024 and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers = gzipped(content), {"Content-Encoding": "gzip"}
    return Response(content, 200, headers, "application/json")


async def _body(door: _Door, request: Request) -> bytes:
    """The bytes as sent, never more than the limit."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > 9 or int(length) > protocol.BODY_LIMIT):
        raise Denied(Code.TOO_LARGE)
    return await door.arrivals.read(request.stream(), address_of(request), protocol.BODY_LIMIT)


def _no_such_path(door: _Door) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, _error_met: Exception) -> Response:
        return door.error(Code.NO_SUCH_PATH)

    return answer
