"""One function for each path of the wire contract; they run in worker threads.

ADD A PATH HERE: a function, a line in ``PATHS``, and its description in ``openapi.py``; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.ports import Greeting
from sync import certificates, code_wire, ledger, protocol
from sync.gateway import books, codes, feed, intake, lookup, pages, windows
from sync.gateway.gateway import Gateway
from sync.gateway.store import storage_problem
from sync.gateway.windows import Denied, Window
from sync.protocol import Code
from sync.strict import TooLarge, gunzipped, is_hash, to_base64

NAME = "区县前置"
PEER = "peer_certificate"
"""Key in the request's state: (name, serial number) of the TLS certificate it came with, or None; absent without our own TLS."""

Handler = Callable[[Gateway, Request, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Path:
    """``wakes``: something may be there to be handed on. ``signed``: only an enrolled window may ask."""

    method: str
    template: str
    handler: Handler
    wakes: bool = False
    signed: bool = True


def _hello(gateway: Gateway, request: Request, _body_bytes: bytes) -> bytes:
    greeting = Greeting(gateway.clock.now().utc_ms, protocol.VERSIONS, NAME)
    first = gateway.first
    suites = {
        name: {"sealing": to_base64(each.keys.sealing_public), "signing": to_base64(each.keys.signing_public)}
        for name, each in gateway.ciphers.items()
    }
    more: dict[str, Json] = {"authority": gateway.authority.certificate_pem} if PEER in request.scope["state"] else {}
    keys = first.keys
    return protocol.greeting_bytes(
        greeting, first.suite.id, keys.sealing_public, keys.signing_public, suites=suites, **more
    )


def _enrol(gateway: Gateway, request: Request, body: bytes) -> bytes:
    try:
        wanted = protocol.enrol_request_from_bytes(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    enrolled, certificate = windows.enrol(gateway, wanted)
    return protocol.enrolled_bytes(enrolled, certificate)


def _renew(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    try:
        csr = certificates.csr_from_bytes(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    return certificates.certificate_bytes(
        windows.renew(gateway, window, csr, (_peer(request) or ("", ""))[1]), gateway.clock.now().utc_ms
    )


def _messages(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    try:
        items = protocol.batch_items(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    receipts = intake.take_batch(gateway, window, items)
    return protocol.receipts_bytes(receipts, gateway.clock.now().utc_ms)


def _blob_offset(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    size = _query(request, "size", protocol.BLOB_LIMIT)
    return protocol.offset_bytes(pages.offset_of(gateway, window, _blob_name(request), size))


def _blob_chunk(gateway: Gateway, request: Request, body: bytes) -> bytes:
    sha256 = bytes_hash(body)
    window = _signed(gateway, request, sha256)
    size, offset = _query(request, "size", protocol.BLOB_LIMIT), _query(request, "offset", protocol.BLOB_LIMIT)
    gateway.metrics.page_bytes.inc(len(body))
    return protocol.offset_bytes(pages.add_chunk(gateway, window, _blob_name(request), size, offset, body, sha256))


def _feed(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    cursor, limit = _query(request, "cursor", 2**62), _query(request, "limit", protocol.FEED_LIMIT)
    entries, more = feed.page(gateway, window, cursor, max(limit, 1))
    return protocol.news_bytes(entries, more, gateway.clock.now().utc_ms, feed.head(gateway))


def _ledger(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    first, last = request.query_params.get("from", ""), request.query_params.get("to", "")
    if not (ledger.is_day(first) and ledger.is_day(last)):
        raise Denied(Code.BAD_ENVELOPE)
    return ledger.ledger_bytes(books.days(gateway, window, first, last), gateway.clock.now().utc_ms)


def _ledger_day(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window, day = _window(gateway, request, body), str(request.path_params["day"])
    if not ledger.is_day(day):
        raise Denied(Code.BAD_ENVELOPE)
    return ledger.rows_bytes(books.rows(gateway, window, day), gateway.clock.now().utc_ms)


def _known(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    try:
        rows = ledger.rows_from_bytes(_unpacked(request, body), ledger.KNOWN_LIMIT)
    except ValueError as error:
        raise _unreadable(error) from error
    return ledger.unknown_bytes(books.unknown(gateway, window, rows), gateway.clock.now().utc_ms)


def _find(gateway: Gateway, request: Request, body: bytes) -> bytes:
    return lookup.find(gateway, _window(gateway, request, body), _packed_json(request, body))


def _take(gateway: Gateway, request: Request, body: bytes) -> bytes:
    return lookup.take(gateway, _window(gateway, request, body), _packed_json(request, body))


def _page(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    offset = _query(request, "offset", protocol.BLOB_LIMIT)
    try:
        return lookup.piece(gateway, window, _blob_name(request), offset)
    except OSError as error:
        raise storage_problem(error) from error


def _packed_json(request: Request, body: bytes) -> bytes:
    try:
        return _unpacked(request, body)
    except ValueError as error:
        raise _unreadable(error) from error


def _window(gateway: Gateway, request: Request, body: bytes) -> Window:
    return _signed(gateway, request, bytes_hash(body))


def _signed(gateway: Gateway, request: Request, body_sha256: str) -> Window:
    query = request.scope["query_string"].decode("latin-1")
    target = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return windows.authenticate(
        gateway,
        request.method,
        target,
        body_sha256,
        window_id=request.headers.get(protocol.WINDOW_HEADER, ""),
        at=request.headers.get(protocol.TIME_HEADER, ""),
        signature=request.headers.get(protocol.SIGNATURE_HEADER, ""),
        peer=_peer(request),
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


def _peer(request: Request) -> tuple[str, str] | None:
    """Who the TLS certificate names; ("", "") when none was shown, None when TLS is not ours (loopback, or a proxy's)."""
    state = request.scope["state"]
    return (state[PEER] or ("", "")) if PEER in state else None


def _codes(gateway: Gateway, request: Request, body: bytes) -> bytes:
    window = _window(gateway, request, body)
    try:
        suite, sealed = code_wire.ask_from_bytes(_unpacked(request, body))
    except ValueError as error:
        raise _unreadable(error) from error
    return code_wire.answer_bytes(codes.resolve(gateway, window, suite, sealed), gateway.clock.now().utc_ms)


PATHS = (
    Path("GET", "/v{version}/hello", _hello, signed=False),
    Path("POST", "/v{version}/enrol", _enrol, signed=False),
    Path("POST", "/v{version}/renew", _renew),
    Path("POST", "/v{version}/messages", _messages, wakes=True),
    Path("GET", "/v{version}/blobs/{blob_sha256}", _blob_offset),
    Path("PUT", "/v{version}/blobs/{blob_sha256}", _blob_chunk, wakes=True),
    Path("GET", "/v{version}/feed", _feed),
    Path("GET", "/v{version}/ledger", _ledger),
    Path("GET", "/v{version}/ledger/{day}", _ledger_day),
    Path("POST", "/v{version}/known", _known),
    Path("POST", "/v{version}/codes", _codes),
    Path("POST", "/v{version}/cases/find", _find),
    Path("POST", "/v{version}/cases/take", _take),
    Path("GET", "/v{version}/pages/{blob_sha256}", _page),
)
