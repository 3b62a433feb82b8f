"""Opening what lies sealed: the body of an envelope, and the pages it names. Each suite has its own keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row

from clerk_app.domain.canonical import bytes_hash
from clerk_app.errors import StorageProblem
from clerk_app.ports import CipherSuite
from sync import protocol
from sync.gateway.gateway import Gateway
from sync.protocol import Envelope, MessageBody, NamedAttachment, body_from_bytes, header_from_json
from sync.quick_json import parse_json
from sync.strict import gunzipped


def open_body(gateway: Gateway, envelope: Envelope, context: bytes | None = None) -> bytes:
    """The plain body of a sealed envelope. Raises ValueError when it does not open, or its suite is not spoken here.

    ``context``: the header's canonical bytes, where they are at hand.
    """
    cipher = gateway.ciphers.get(envelope.header.suite)
    if cipher is None:
        raise ValueError("another suite")
    plain = cipher.suite.open_sealed(cipher.keys.sealing_private, envelope.sealed, context or envelope.header.context())
    return gunzipped(plain, protocol.BODY_LIMIT) if envelope.header.encoding == "gzip" else plain


def stored_envelope(row: Row[*tuple[Any, ...]]) -> Envelope:
    """A stored message as it came."""
    return Envelope(header_from_json(parse_json(row.header.encode())), parse_json(row.signatures.encode()), row.sealed)


def stored_body(gateway: Gateway, row: Row[*tuple[Any, ...]]) -> MessageBody:
    """The body of a stored message, opened again. Raises ValueError when the gateway's keys were changed."""
    return body_from_bytes(open_body(gateway, stored_envelope(row)))


def stored_page(gateway: Gateway, row: Row[*tuple[Any, ...]]) -> tuple[CipherSuite, NamedAttachment]:
    """The page at ``position`` of a stored message, and the suite that opens it; the row holds header, sealed body and position.

    Raises ValueError when the gateway's keys were changed.
    """
    context = row.header.encode()
    header = header_from_json(parse_json(context))
    body = body_from_bytes(open_body(gateway, Envelope(header, {}, row.sealed), context))
    return gateway.ciphers[header.suite].suite, body.attachments[row.position]


def open_page(gateway: Gateway, row: Row[*tuple[Any, ...]], page: NamedAttachment, blob: bytes) -> bytes:
    """The plain page of a stored message from its ciphertext. Raises ValueError when it does not open, or to another page.

    Another message may have proved the ciphertext (pages.py); this one's word for it counts here.
    """
    plain = gateway.ciphers[stored_envelope(row).header.suite].suite.open_blob(page.key, blob)
    if bytes_hash(plain) != page.sha256:
        raise ValueError("another page")
    return plain


def opened_page(gateway: Gateway, row: Row[*tuple[Any, ...]], page: NamedAttachment) -> Callable[[], bytes]:
    """How to read one page of a stored message; calling it raises StorageProblem when the page is damaged or gone."""

    def read() -> bytes:
        try:
            return open_page(gateway, row, page, gateway.blobs.read(page.blob_sha256))
        except (OSError, ValueError) as error:
            raise StorageProblem(
                "前置存的一页附件读不出来。", what_is_safe="其他办件不受影响。", what_to_do="请用备份恢复这份附件。"
            ) from error

    return read
