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
from clerk_app.ports import Greeting
from sync import protocol
from sync.gateway import feed, intake, office, pages, windows
from sync.gateway.gateway import Gateway
from sync.gateway.store import GatewayFull
from sync.gateway.windows import Denied, Window
from sync.protocol import Code
from sync.strict import TooLarge, gunzipped, gzipped, is_hash

NAME = "区县前置"
RETRY_AFTER_S = {Code.FULL: 60, Code.BUSY: 5}
_STATUS = {
    Code.BAD_SIGNATURE: 401,
    Code.CLOCK: 401,
    Code.UNKNOWN_WINDOW: 401,
    Code.REVOKED_WINDOW: 403,
    Code.UNKNOWN_TOKEN: 403,
    Code.USED_TOKEN: 403,
    Code.FOREIGN_TOKEN: 403,
    Code.TOO_LARGE: 413,
    Code.NO_SUCH_PATH: 404,
    Code.UNKNOWN_BLOB: 404,
    Code.BLOB_SIZE: 409,
    Code.BLOB_OFFSET: 409,
    Code.BLOB_HASH: 422,
    Code.FULL: 507,
    Code.BUSY: 503,
}
_GATHER_S = 0.5
_log = logging.getLogger(__name__)

Handler = Callable[[Gateway, Request, bytes], bytes]


def create_app(gateway: Gateway, tick_s: float = 5.0) -> FastAPI:
    """The ASGI app; its background task numbers complete cases every ``tick_s`` seconds and whenever something came in."""
    wake = asyncio.Event()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_keep_numbering(gateway, wake, tick_s))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    def add(method: str, path: str, handler: Handler, *, wakes: bool = False) -> None:
        async def endpoint(request: Request) -> Response:
            answer = await _answer(gateway, request, handler)
            if wakes and answer.status_code == 200:
                wake.set()
            return answer

        app.add_route(path, endpoint, methods=[method])

    add("GET", "/v{version}/hello", _hello)
    add("POST", "/v{version}/enrol", _enrol)
    add("POST", "/v{version}/messages", _messages, wakes=True)
    add("GET", "/v{version}/blobs/{blob_sha256}", _blob_offset)
    add("PUT", "/v{version}/blobs/{blob_sha256}", _blob_chunk, wakes=True)
    add("GET", "/v{version}/feed", _feed)
    app.add_exception_handler(HTTPException, _no_such_path(gateway))
    return app


async def _keep_numbering(gateway: Gateway, wake: asyncio.Event, tick_s: float) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), tick_s)
        await asyncio.sleep(min(_GATHER_S, tick_s))  # let a burst of cases come in first
        wake.clear()
        try:
            await run_in_threadpool(office.tick, gateway)
        except AppError as error:
            _log.warning("numbering waits: %s", error.message)


async def _answer(gateway: Gateway, request: Request, handler: Handler) -> Response:
    try:
        body = await _body(request)
        content = await run_in_threadpool(handler, gateway, request, body)
    except Denied as denied:
        return _error(gateway, denied.code)
    except GatewayFull:
        return _error(gateway, Code.FULL)
    except (StorageProblem, IntegrityError) as error:
        _log.warning("not taken for now: %s", type(error).__name__)
        return _error(gateway, Code.BUSY)
    except ClientDisconnect:
        return Response(status_code=400)
    headers = {}
    if len(content) > 1024 and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers = gzipped(content), {"Content-Encoding": "gzip"}
    return Response(content, 200, headers, "application/json")


async def _body(request: Request) -> bytes:
    """The bytes as sent, never more than the limit."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > 9 or int(length) > protocol.BODY_LIMIT):
        raise Denied(Code.TOO_LARGE)
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > protocol.BODY_LIMIT:
            raise Denied(Code.TOO_LARGE)
        pieces.append(piece)
    return b"".join(pieces)


def _error(gateway: Gateway, code: Code) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_S[code])} if code in RETRY_AFTER_S else {}
    if code is Code.TOO_LARGE:
        headers["Connection"] = "close"
    content = protocol.error_bytes(code, gateway.clock.now().utc_ms)
    return Response(content, _STATUS.get(code, 400), headers, "application/json")


def _no_such_path(gateway: Gateway) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, _error_met: Exception) -> Response:
        return _error(gateway, Code.NO_SUCH_PATH)

    return answer


# --- one function for each path; they run in worker threads --------------------------------------------------------------


def _hello(gateway: Gateway, _request: Request, _body_bytes: bytes) -> bytes:
    greeting = Greeting(gateway.clock.now().utc_ms, protocol.VERSIONS, NAME)
    keys = gateway.keys
    return protocol.greeting_bytes(greeting, gateway.suite.id, keys.sealing_public, keys.signing_public)


def _enrol(gateway: Gateway, request: Request, body: bytes) -> bytes:
    try:
        wanted = protocol.enrol_request_from_bytes(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    return protocol.enrolled_bytes(windows.enrol(gateway, wanted))


def _messages(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    try:
        items = protocol.batch_items(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    receipts = intake.take_batch(gateway, window, items)
    return protocol.receipts_bytes(receipts, gateway.clock.now().utc_ms)


def _blob_offset(gateway: Gateway, request: Request, body: bytes) -> bytes:
    _window(gateway, request, body)
    size = _query(request, "size", protocol.BLOB_LIMIT)
    return protocol.offset_bytes(pages.offset_of(gateway, _blob_name(request), size))


def _blob_chunk(gateway: Gateway, request: Request, body: bytes) -> bytes:
    _window(gateway, request, body)
    size, offset = _query(request, "size", protocol.BLOB_LIMIT), _query(request, "offset", protocol.BLOB_LIMIT)
    return protocol.offset_bytes(pages.add_chunk(gateway, _blob_name(request), size, offset, body))


def _feed(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    cursor, limit = _query(request, "cursor", 2**62), _query(request, "limit", protocol.FEED_LIMIT)
    entries, more = feed.page(gateway, window, cursor, max(limit, 1))
    return protocol.news_bytes(entries, more, gateway.clock.now().utc_ms)


def _window(gateway: Gateway, request: Request, body: bytes) -> Window:
    query = request.scope["query_string"].decode("latin-1")
    target = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return windows.authenticate(
        gateway,
        request.method,
        target,
        body,
        window_id=request.headers.get(protocol.WINDOW_HEADER, ""),
        at=request.headers.get(protocol.TIME_HEADER, ""),
        signature=request.headers.get(protocol.SIGNATURE_HEADER, ""),
    )


def _unpacked(request: Request, body: bytes) -> bytes:
    """Raises ValueError when the body is not the gzip it says it is."""
    is_packed = request.headers.get("content-encoding", "").lower() == "gzip"
    return gunzipped(body, protocol.BODY_LIMIT) if is_packed else body


def _unreadable(error: ValueError) -> Denied:
    return Denied(Code.TOO_LARGE if isinstance(error, TooLarge) else Code.BAD_JSON)


def _query(request: Request, name: str, most: int) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= most):
        raise Denied(Code.BAD_ENVELOPE)
    return int(text)


def _blob_name(request: Request) -> str:
    name = str(request.path_params["blob_sha256"])
    if not is_hash(name):
        raise Denied(Code.UNKNOWN_BLOB)
    return name
