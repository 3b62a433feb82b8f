"""The wire contract as OpenAPI 3.1: what ``clerk-app gateway openapi`` prints and docs/openapi.json holds.

Written by hand beside ``endpoints.PATHS``, because the parsers are stricter than any generated schema and let unknown fields
through; a test compares paths and codes, and another sends what this description allows and forbids to a live gateway.
"""

from __future__ import annotations

from clerk_app.domain.canonical import Json
from sync import hall_cases, ledger, protocol
from sync.protocol import REASONS

Schema = dict[str, Json]

_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ID: Schema = {"type": "string", "pattern": "^[0-9A-Za-z._:-]{1,64}$"}
_BASE64: Schema = {"type": "string", "contentEncoding": "base64"}
_MS: Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "description": "UTC milliseconds"}
_TEXT: Schema = {"type": "string", "maxLength": 200}
_DAY: Schema = {"type": "string", "pattern": "^20[0-9]{6}$"}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required or properties)}


def _list(items: Schema, longest: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": longest}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_SEALED = _object(suite=_ID, sealed=_BASE64)
_ANSWER = _object(sealed=_BASE64, server_ms=_MS)
SCHEMAS: Schema = {
    "Header": {
        **_object(
            suite=_ID,
            message_id=_ID,
            stream=_ID,
            kind=_ID,
            window_id=_ID,
            revision={"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
            body_sha256=_HASH,
            encoding={"enum": ["plain", "gzip"]},
        ),
        "description": "Bound to the sealed body as it stands; later versions may add fields (one is ``receipt``).",
    },
    "Envelope": _object(
        header=_ref("Header"), signatures={"type": "object", "description": "over the plain body"}, sealed=_BASE64
    ),
    "Batch": _object(("messages",), protocol={"const": 1}, messages=_list(_ref("Envelope"), protocol.BATCH_LIMIT)),
    "Receipt": _object(
        message_id={"type": "string"},
        status={"enum": sorted(protocol.STATUSES)},
        receipt={"type": "string"},
        code={"type": "string"},
        reason={"type": "string"},
    ),
    "Receipts": _object(receipts=_list(_ref("Receipt"), protocol.BATCH_LIMIT), server_ms=_MS),
    "Error": _object(
        error=_object(code={"enum": [code.value for code in REASONS]}, reason={"type": "string"}), server_ms=_MS
    ),
    "Greeting": _object(
        ("server_ms", "versions", "name", "suite", "sealing_public", "signing_public", "suites"),
        server_ms=_MS,
        versions={"type": "array", "items": {"type": "integer"}},
        name={"type": "string"},
        suite=_ID,
        sealing_public=_BASE64,
        signing_public=_BASE64,
        suites={"type": "object", "additionalProperties": _object(sealing=_BASE64, signing=_BASE64)},
        authority={"type": "string", "description": "PEM, where the gateway speaks TLS of its own"},
    ),
    "Enrolment": _object(
        ("token", "hall", "window", "signing_public"),
        token=_TEXT,
        hall={"type": "string", "maxLength": 20},
        window={"type": "string", "maxLength": 6},
        signing_public=_BASE64,
        suite=_ID,
        csr={"type": "string", "maxLength": 8000},
    ),
    "Enrolled": _object(
        hall={"type": "object"},
        window_id=_ID,
        sealing_public=_BASE64,
        signing_public=_BASE64,
        certificate={"type": "string"},
    ),
    "Renewal": _object(csr={"type": "string", "maxLength": 8000}),
    "Certificate": _object(certificate={"type": "string"}, server_ms=_MS),
    "Offset": _object(offset={"type": "integer", "minimum": 0, "maximum": protocol.BLOB_LIMIT}),
    "Entry": _object(
        cursor={"type": "integer", "minimum": 1},
        scope={"enum": ["window", "hall", "district"]},
        kind=_ID,
        body={"type": "object"},
        if_unknown={"enum": ["skip", "keep", "stop"]},
    ),
    "News": _object(entries=_list(_ref("Entry"), protocol.FEED_LIMIT), more={"type": "boolean"}, server_ms=_MS),
    "Ledger": _object(
        days=_list(_object(day=_DAY, count={"type": "integer", "minimum": 1}, sha256=_HASH), ledger.DAYS_LIMIT),
        server_ms=_MS,
    ),
    "Rows": _object(
        ("messages",), messages=_list(_object(message_id=_ID, body_sha256=_HASH), ledger.KNOWN_LIMIT), server_ms=_MS
    ),
    "DayRows": _object(messages=_list(_object(message_id=_ID, body_sha256=_HASH), ledger.ROWS_LIMIT), server_ms=_MS),
    "Unknown": _object(unknown=_list(_ID, ledger.KNOWN_LIMIT), blobs=_list(_HASH, ledger.ROWS_LIMIT), server_ms=_MS),
    "Sealed": _SEALED,
    "SealedAnswer": _ANSWER,
    "CodeAnswer": _object(
        status={"type": "string"}, label={"type": "string"}, fields={"type": "object"}, server_ms=_MS
    ),
    "Piece": _object(piece=_BASE64, size={"type": "integer", "minimum": 1, "maximum": protocol.BLOB_LIMIT}),
}


def _number(name: str, most: int) -> Json:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "integer", "minimum": 0, "maximum": most}}


def _day(name: str) -> Json:
    return {"name": name, "in": "query", "required": True, "schema": _DAY}


def _path(name: str, schema: Schema) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


_BLOB, _SIZE, _OFFSET = (
    _path("blob_sha256", _HASH),
    _number("size", protocol.BLOB_LIMIT),
    _number("offset", protocol.BLOB_LIMIT),
)


def _operation(
    words: str,
    answer: str,
    *,
    asks: str = "",
    raw: bool = False,
    parameters: tuple[Json, ...] = (),
    signed: bool = True,
) -> Schema:
    told: Schema = {
        "summary": words,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "done", "content": {"application/json": {"schema": _ref(answer)}}},
            "default": {
                "description": "refused or put off, with a number and a Chinese reason; Retry-After where it says when",
                "content": {"application/json": {"schema": _ref("Error")}},
            },
        },
        "security": [{"window": [], "time": [], "signature": []}] if signed else [],
    }
    if asks:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(asks)}}}
    if raw:
        told["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    return told


def description() -> Schema:
    """The whole document; ``/v1`` stands for any version, which is served alike."""
    paths: dict[str, Schema] = {
        "/v1/hello": {"get": _operation("Who is there, its clock, its public keys", "Greeting", signed=False)},
        "/v1/enrol": {
            "post": _operation("A one-time token buys a window id", "Enrolled", asks="Enrolment", signed=False)
        },
        "/v1/renew": {"post": _operation("A new TLS certificate", "Certificate", asks="Renewal")},
        "/v1/messages": {
            "post": _operation("A batch; one receipt each once they are durable", "Receipts", asks="Batch")
        },
        "/v1/blobs/{blob_sha256}": {
            "get": _operation("How many bytes are held durably", "Offset", parameters=(_BLOB, _SIZE)),
            "put": _operation("One chunk of ciphertext", "Offset", raw=True, parameters=(_BLOB, _SIZE, _OFFSET)),
        },
        "/v1/feed": {
            "get": _operation(
                "News after a cursor",
                "News",
                parameters=(_number("cursor", 2**62), _number("limit", protocol.FEED_LIMIT)),
            )
        },
        ledger.LEDGER: {"get": _operation("What is held, by day", "Ledger", parameters=(_day("from"), _day("to")))},
        f"{ledger.LEDGER}/{{day}}": {
            "get": _operation("The messages of one day", "DayRows", parameters=(_path("day", _DAY),))
        },
        ledger.KNOWN: {"post": _operation("Which of these are not held", "Unknown", asks="Rows")},
        hall_cases.FIND: {
            "post": _operation("Cases of the hall, by document or number", "SealedAnswer", asks="Sealed")
        },
        hall_cases.TAKE: {"post": _operation("Go on with a case at this window", "SealedAnswer", asks="Sealed")},
        f"{hall_cases.PAGES}{{blob_sha256}}": {
            "get": _operation("A piece of a page of an own case", "Piece", parameters=(_BLOB, _OFFSET))
        },
        "/v1/codes": {"post": _operation("Who a scanned code is", "CodeAnswer", asks="Sealed")},
    }
    keys = {
        name: {"type": "apiKey", "in": "header", "name": header}
        for name, header in (
            ("window", protocol.WINDOW_HEADER),
            ("time", protocol.TIME_HEADER),
            ("signature", protocol.SIGNATURE_HEADER),
        )
    }
    reasons = "\n".join(f"- `{code.value}` {words}" for code, words in REASONS.items())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "区县前置：窗口与前置之间的约定",
            "version": str(protocol.PROTOCOL),
            "description": f"Bodies are canonical JSON, perhaps gzip-compressed. Numbers of refusals:\n\n{reasons}",
        },
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": keys},
    }
