"""THE WIRE CONTRACT: everything that window and gateway share, and nothing else.

All bodies are canonical JSON, UTF-8, perhaps gzip-compressed. Parsers are strict: whatever arrives, a value comes
back or ValueError is raised. Unknown extra fields are let through (and stay part of the signed context), so that an
old gateway serves a newer window and an old window can always deliver.

    GET  /v1/hello                                  who is there, its clock, its public keys (no signature)
    POST /v1/enrol                                  a one-time token buys a window id (no signature)
    POST /v1/messages                               a batch of envelopes; one receipt each, when they are durable
    GET  /v1/blobs/{blob_sha256}?size=N             how many bytes of the ciphertext are held durably
    PUT  /v1/blobs/{blob_sha256}?size=N&offset=M    one raw chunk; answers the new offset
    GET  /v1/feed?cursor=N&limit=M                  entries after a cursor
    GET  /v1/ledger, POST /v1/known                 what is held, by day and by message (ledger.py)
    POST /v1/cases/find, POST /v1/cases/take        a citizen who comes back to another window (hall_cases.py)
    POST /v1/renew                                  a new TLS certificate before the old one ends (certificates.py)

A message that was receipted before may carry that receipt as ``receipt`` in its header: a gateway that came back from an older
backup gives it again, so that what is printed stays true.

Window requests carry three headers: window id, time (UTC ms) and a signature over ``request_bytes``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.domain.feed import FeedEntry, entry_from_json
from clerk_app.domain.hall import Hall
from clerk_app.ports import Enrolled, Greeting, NewsPage, Receipt
from sync.quick_json import parse_json, sound_bytes
from sync.strict import INT64, a_hash, a_list, a_number, a_text, an_id, an_object, from_base64, to_base64

PROTOCOL = 2
VERSIONS = (1, 2)
HELLO, ENROL, MESSAGES, BLOBS, FEED = "/v1/hello", "/v1/enrol", "/v1/messages", "/v1/blobs/", "/v1/feed"
WINDOW_HEADER, TIME_HEADER, SIGNATURE_HEADER = "X-Clerk-Window", "X-Clerk-Time", "X-Clerk-Signature"

BATCH_LIMIT = 50
BODY_LIMIT = 4 * 1024 * 1024
CHUNK = 64 * 1024
FEED_LIMIT = 500
BLOB_LIMIT = 256 * 1024 * 1024
ATTACHMENT_LIMIT = 500
CLOCK_TOLERANCE_MS = 10 * 60_000
STATUSES = frozenset({"stored", "duplicate", "refused", "conflict"})


class Code(StrEnum):
    """Numbered refusals; the number never changes its meaning."""

    BAD_JSON = "R100"
    BAD_SIGNATURE = "R101"
    BAD_ENVELOPE = "R102"
    CLOCK = "R103"
    UNKNOWN_WINDOW = "R104"
    REVOKED_WINDOW = "R105"
    UNKNOWN_TOKEN = "R106"  # noqa: S105 - a code, not a secret
    USED_TOKEN = "R107"  # noqa: S105 - the same
    FOREIGN_TOKEN = "R108"  # noqa: S105 - the same
    UNKNOWN_SUITE = "R109"
    SEALED_WRONG = "R110"
    BODY_HASH = "R111"
    BAD_BODY = "R112"
    TOO_LARGE = "R113"
    CONFLICT = "R114"
    HELD = "R115"
    NO_SUCH_PATH = "R116"
    UNKNOWN_BLOB = "R117"
    BLOB_SIZE = "R118"
    BLOB_HASH = "R119"
    BLOB_OFFSET = "R120"
    NOT_OWNER = "R121"
    NO_CERTIFICATE = "R122"
    NOT_ALLOWED = "R123"
    UNKNOWN_CASE = "R124"
    FULL = "E201"
    BUSY = "E202"
    TOO_MANY = "E203"


REASONS: Mapping[Code, str] = {
    Code.BAD_JSON: "送来的内容读不懂，前置没有收下。",
    Code.BAD_SIGNATURE: "签名不符：内容或密钥与登记的不一致。请联系管理员核对本窗口的登记。",
    Code.BAD_ENVELOPE: "信封缺项或格式不对，前置没有收下。请更新本程序后重试。",
    Code.CLOCK: "本机时间与前置相差太多。请校准本机时间。",
    Code.UNKNOWN_WINDOW: "前置不认识本窗口。请联系管理员重新登记本窗口。",
    Code.REVOKED_WINDOW: "本窗口的登记已被停用。请联系管理员。",
    Code.UNKNOWN_TOKEN: "登记码不对。请向管理员要新的登记码。",
    Code.USED_TOKEN: "登记码已经用过。请向管理员要新的登记码。",
    Code.FOREIGN_TOKEN: "登记码是给别的大厅或窗口的。请核对大厅和窗口号。",
    Code.UNKNOWN_SUITE: "前置不支持这套加密方法。请联系管理员升级前置。",
    Code.SEALED_WRONG: "前置打不开这件的加密内容，多半是前置换过密钥。请联系管理员重新登记本窗口。",
    Code.BODY_HASH: "内容与指纹不符，途中可能被改动。请重试；仍不行请联系管理员。",
    Code.BAD_BODY: "办件内容不完整或格式不对。请打开办件核对后重新提交。",
    Code.TOO_LARGE: "这件太大，超过一次能送的上限。请减少附件或文字后重试。",
    Code.CONFLICT: "同一编号已有不同内容，两份都已保存。请联系管理员核对。",
    Code.HELD: "同一办件的前一条没有收下，这条先等它。",
    Code.NO_SUCH_PATH: "前置没有这个接口。请核对前置地址和版本。",
    Code.UNKNOWN_BLOB: "前置还没有收到提到这份附件的办件。会先送办件，再送附件。",
    Code.BLOB_SIZE: "附件大小与办件里写的不一致。",
    Code.BLOB_HASH: "附件校验不符，前置已丢弃并要求重传。",
    Code.BLOB_OFFSET: "附件的续传位置不对，将从前置已有的位置续传。",
    Code.NOT_OWNER: "这件已转到本厅别的窗口继续办，本窗口的改动另存在前置。请联系那个窗口核对。",
    Code.NO_CERTIFICATE: "本窗口的安全证书与登记的不一致。请联系管理员重新登记本窗口。",
    Code.NOT_ALLOWED: "您的岗位不能查本厅别的窗口的办件。",
    Code.UNKNOWN_CASE: "本厅没有这件办件，或还没有送到前置。",
    Code.FULL: "前置磁盘已满，暂时不能收件。数据都在本机，稍后自动重试。",
    Code.BUSY: "前置暂时忙，没有收下。数据都在本机，稍后自动重试。",
    Code.TOO_MANY: "本窗口送得太密，前置请它缓一缓。数据都在本机，稍后自动重试。",
}


# --- the signature of a request ---------------------------------------------------------------------------------------


def request_bytes(method: str, target: str, window_id: str, at_ms: int, body: bytes) -> bytes:
    """What a window signs for each request. ``target``: path and query as sent; ``body``: the bytes as sent."""
    return request_claim(method, target, window_id, at_ms, hashlib.sha256(body).hexdigest())


def request_claim(method: str, target: str, window_id: str, at_ms: int, body_sha256: str) -> bytes:
    """The same, where the hash of the body is known."""
    return canonical_bytes(
        {
            "purpose": "clerk-request/1",
            "method": method,
            "target": target,
            "window_id": window_id,
            "at_ms": at_ms,
            "body_sha256": body_sha256,
        }
    )


# --- envelopes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Header:
    """The open part of an envelope. ``encoding`` of the sealed body: gzip or plain. ``extra``: later versions' fields."""

    suite: str
    message_id: str
    stream: str
    kind: str
    window_id: str
    revision: int
    body_sha256: str
    encoding: str
    extra: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        own = {name: getattr(self, name) for name in self.__slots__ if name != "extra"}
        return {**self.extra, **own}

    def context(self) -> bytes:
        """The canonical header: the sealed body opens under exactly this and no other."""
        return sound_bytes(self.to_json())


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it travels, the same on the line and on a stick. ``signatures``: over the plain body."""

    header: Header
    signatures: Mapping[str, Json]
    sealed: bytes

    def to_json(self) -> Json:
        return {"header": self.header.to_json(), "signatures": dict(self.signatures), "sealed": to_base64(self.sealed)}


def header_from_json(data: Json) -> Header:
    """Raises ValueError when the data is no header."""
    fields = an_object(data)
    encoding = a_text(fields, "encoding")
    if encoding not in {"plain", "gzip"}:
        raise ValueError("unknown encoding")
    known = set(Header.__slots__) - {"extra"}
    return Header(
        suite=an_id(fields, "suite"),
        message_id=an_id(fields, "message_id"),
        stream=an_id(fields, "stream"),
        kind=an_id(fields, "kind"),
        window_id=an_id(fields, "window_id"),
        revision=a_number(fields, "revision", least=1, most=2**31 - 1),
        body_sha256=a_hash(fields, "body_sha256"),
        encoding=encoding,
        extra={name: value for name, value in fields.items() if name not in known},
    )


def envelope_from_json(data: Json) -> Envelope:
    """Raises ValueError when the data is no envelope."""
    fields = an_object(data)
    return Envelope(
        header_from_json(fields.get("header")), an_object(fields.get("signatures")), from_base64(fields.get("sealed"))
    )


@dataclass(frozen=True, slots=True)
class MessageBody:
    """An opened body: the case document and what the attachments are."""

    message_id: str
    kind: str
    case: Mapping[str, Json]
    attachments: tuple[NamedAttachment, ...]


@dataclass(frozen=True, slots=True, repr=False)
class NamedAttachment:
    """One attachment as the body names it; ``key`` opens its ciphertext. No repr: it must never reach a log."""

    sha256: str
    blob_sha256: str
    size: int
    blob_size: int
    media_type: str
    key: bytes


def body_from_bytes(data: bytes) -> MessageBody:
    """Read an opened body (domain/message.py). Raises ValueError when it is none."""
    fields = an_object(parse_json(data))
    if fields.get("format") != "message/1":
        raise ValueError("unknown message format")
    attachments = tuple(attachment_from_json(each) for each in a_list(fields, "attachments", ATTACHMENT_LIMIT))
    case = an_object(fields.get("case"))
    return MessageBody(an_id(fields, "message_id"), an_id(fields, "kind"), case, attachments)


def attachment_from_json(data: Json) -> NamedAttachment:
    """Raises ValueError."""
    one = an_object(data)
    return NamedAttachment(
        sha256=a_hash(one, "sha256"),
        blob_sha256=a_hash(one, "blob_sha256"),
        size=a_number(one, "size", most=BLOB_LIMIT),
        blob_size=a_number(one, "blob_size", least=1, most=BLOB_LIMIT),
        media_type=a_text(one, "media_type"),
        key=from_base64(one.get("key")),
    )


# --- batches and receipts ---------------------------------------------------------------------------------------------


def batch_bytes(envelopes: Sequence[Envelope]) -> bytes:
    """Envelopes are made of text and whole numbers alone."""
    return sound_bytes({"protocol": PROTOCOL, "messages": [each.to_json() for each in envelopes]})


def batch_items(data: bytes) -> tuple[Json, ...]:
    """The unread envelopes of a batch, so that one bad one spoils no other. Raises ValueError when it is no batch."""
    return tuple(a_list(an_object(parse_json(data)), "messages", BATCH_LIMIT))


def message_id_of(data: Json) -> str:
    """The id of even a broken envelope, for its receipt; empty when there is none."""
    try:
        return an_id(an_object(an_object(data).get("header")), "message_id")
    except ValueError:
        return ""


def receipts_bytes(receipts: Sequence[Receipt], server_ms: int) -> bytes:
    rows = [{name: getattr(each, name) for name in Receipt.__slots__} for each in receipts]
    return sound_bytes({"receipts": rows, "server_ms": server_ms})


def receipt_from_json(data: Json) -> Receipt:
    """Raises ValueError when the data is no receipt."""
    row = an_object(data)
    status, number = a_text(row, "status"), a_text(row, "receipt")
    if status not in STATUSES or (status in {"stored", "duplicate"}) != bool(number):
        raise ValueError("a receipt has a known status, and a number exactly when the message is held")
    return Receipt(a_text(row, "message_id"), status, number, a_text(row, "code"), a_text(row, "reason", 1000))


def receipts_from_bytes(data: bytes, message_ids: Sequence[str]) -> tuple[Receipt, ...]:
    """Raises ValueError unless there is exactly one sound receipt for each message, in order."""
    rows = a_list(an_object(parse_json(data)), "receipts", BATCH_LIMIT)
    receipts = [receipt_from_json(each) for each in rows]
    if [each.message_id for each in receipts] != list(message_ids):
        raise ValueError("the receipts are not those of these messages")
    return tuple(receipts)


def refused_receipt(message_id: str, code: Code, status: str = "refused") -> Receipt:
    return Receipt(message_id, status, code=code.value, reason=REASONS[code])


# --- errors, greeting, enrolment, blobs, feed -------------------------------------------------------------------------


def error_bytes(code: Code, server_ms: int, **more: Json) -> bytes:
    return canonical_bytes({"error": {"code": code.value, "reason": REASONS[code]}, "server_ms": server_ms, **more})


@dataclass(frozen=True, slots=True)
class WireError:
    """A whole request refused: its code, its Chinese reason, and the gateway's clock."""

    code: str
    reason: str
    server_ms: int


def error_from_bytes(data: bytes) -> WireError:
    """Raises ValueError when the data is no refusal of ours."""
    fields = an_object(parse_json(data))
    error = an_object(fields.get("error"))
    return WireError(an_id(error, "code"), a_text(error, "reason", 1000), a_number(fields, "server_ms"))


def greeting_bytes(greeting: Greeting, suite: str, sealing_public: bytes, signing_public: bytes, **more: Json) -> bytes:
    """``suite`` and its keys: the first one, as older windows know it. ``more``: ``suites``, ``authority`` (certificates.py)."""
    return canonical_bytes(
        {
            **more,
            "server_ms": greeting.server_ms,
            "versions": list(greeting.versions),
            "name": greeting.name,
            "suite": suite,
            "sealing_public": to_base64(sealing_public),
            "signing_public": to_base64(signing_public),
        }
    )


def greeting_from_bytes(data: bytes) -> Greeting:
    """Raises ValueError when the data is no greeting."""
    fields = an_object(parse_json(data))
    versions = a_list(fields, "versions", 100)
    if not versions or not all(isinstance(each, int) and not isinstance(each, bool) for each in versions):
        raise ValueError("versions are whole numbers")
    return Greeting(a_number(fields, "server_ms"), tuple(versions), a_text(fields, "name"))


@dataclass(frozen=True, slots=True, repr=False)
class EnrolRequest:
    """What a new window says; no repr, for it holds the token. ``csr``: PEM, where the window wants a TLS certificate."""

    token: str
    hall: str
    window: str
    signing_public: bytes
    suite: str = "intl-1"
    csr: str = ""


def enrol_request_bytes(request: EnrolRequest) -> bytes:
    return canonical_bytes(
        {
            "token": request.token,
            "hall": request.hall,
            "window": request.window,
            "signing_public": to_base64(request.signing_public),
            "suite": request.suite,
            "csr": request.csr,
        }
    )


def enrol_request_from_bytes(data: bytes) -> EnrolRequest:
    """Raises ValueError when the data is no enrolment."""
    fields = an_object(parse_json(data))
    public = from_base64(fields.get("signing_public"))
    if not 1 <= len(public) <= 1024:
        raise ValueError("a public key is needed")
    told = a_text(fields, "token"), a_text(fields, "hall", 20), a_text(fields, "window", 6)
    suite = an_id(fields, "suite") if "suite" in fields else "intl-1"
    return EnrolRequest(*told, public, suite, a_text(fields, "csr", 8000) if "csr" in fields else "")


def enrolled_bytes(enrolled: Enrolled, certificate: str = "") -> bytes:
    """``certificate``: the window's TLS certificate, PEM, where it asked for one."""
    return canonical_bytes(
        {
            "certificate": certificate,
            "hall": enrolled.hall.to_json(),
            "window_id": enrolled.window_id,
            "sealing_public": to_base64(enrolled.gateway_sealing_public),
            "signing_public": to_base64(enrolled.gateway_signing_public),
        }
    )


def enrolled_from_bytes(data: bytes, gateway: str) -> Enrolled:
    """``gateway``: the address that answered, kept in the hall. Raises ValueError when the data is no such answer."""
    fields = an_object(parse_json(data))
    hall = an_object(fields.get("hall"))
    sealing, signing = from_base64(fields.get("sealing_public")), from_base64(fields.get("signing_public"))
    return Enrolled(
        Hall(
            code=a_text(hall, "code", 20),
            name=a_text(hall, "name"),
            short=a_text(hall, "short"),
            window=a_text(hall, "window", 6),
            generation=a_number(hall, "generation", least=1, most=9999),
            gateway=gateway,
            phone=a_text(hall, "phone"),
            complaint_phone=a_text(hall, "complaint_phone"),
            sample=hall.get("sample") is True,
        ),
        an_id(fields, "window_id"),
        sealing,
        signing,
    )


def offset_bytes(offset: int) -> bytes:
    return canonical_bytes({"offset": offset})


def offset_from_bytes(data: bytes, size: int) -> int:
    """Raises ValueError when the data is no offset within the blob."""
    return a_number(an_object(parse_json(data)), "offset", most=size)


def news_bytes(entries: Sequence[FeedEntry], more: bool, server_ms: int, head: int | None = None) -> bytes:
    """``head``: the newest cursor ever given, so that a window notices a gateway that went back to an older backup."""
    rows = [
        {
            "cursor": each.cursor,
            "scope": each.scope.value,
            "kind": each.kind,
            "body": dict(each.body),
            "if_unknown": each.if_unknown.value,
        }
        for each in entries
    ]
    known = {} if head is None else {"head": head}
    return canonical_bytes({**known, "entries": rows, "more": more, "server_ms": server_ms})


def news_from_bytes(data: bytes, cursor: int, limit: int = FEED_LIMIT) -> NewsPage:
    """Raises ValueError unless the entries are sound and their cursors grow from ``cursor``."""
    fields = an_object(parse_json(data))
    entries = []
    for each in a_list(fields, "entries", limit):
        try:
            entry = entry_from_json(each)
        except (KeyError, TypeError) as error:
            raise ValueError("this is no feed entry") from error
        if not cursor < entry.cursor < INT64:
            raise ValueError("the cursor does not grow")
        cursor = entry.cursor
        entries.append(entry)
    more = fields.get("more") is True
    if more and not entries:
        raise ValueError("more without anything would never end")
    head = a_number(fields, "head") if "head" in fields else None
    return NewsPage(tuple(entries), more, a_number(fields, "server_ms"), head)
