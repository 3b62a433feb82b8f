"""The message that carries a case revision to the gateway: made once, in the transaction of the act, and fixed for ever.

    {"format": "message/1", "message_id", "kind", "case": case document,
     "attachments": [{"sha256", "blob_sha256", "size", "blob_size", "media_type", "key"}]}

``key`` (base64) opens the attachment's stored ciphertext, which travels as it lies on disk. The body is signed at
acceptance and encrypted to the gateway at sending, so neither line nor stick shows anything (ADR 0006).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from enum import StrEnum

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.domain.case import Case, case_document
from clerk_app.domain.outbox import AttachmentRef


class MessageKind(StrEnum):
    """Kinds this version sends; a gateway keeps a kind that it does not know and says so, it never drops one."""

    RECEIVED = "case.received"
    ACCEPTED = "case.accepted"
    CORRECTION = "case.correction_asked"
    DECLINED = "case.declined"
    SUPPLEMENTED = "case.supplemented"
    CORRECTED = "case.corrected"
    REFERRED = "case.referred"
    WITHDRAWN = "case.withdrawn"
    RETURNED = "case.returned"
    VOIDED = "case.voided"
    SPECIAL_BEGUN = "case.special_begun"
    SPECIAL_ENDED = "case.special_ended"
    DECIDED = "case.decided"
    DELIVERED = "case.delivered"
    TRANSFERRED = "case.transferred"
    PROMISE_CHECKED = "case.promise_checked"
    PROMISE_TAKEN_BACK = "case.promise_taken_back"
    RATED = "case.rated"
    ARCHIVED = "case.archived"
    AMENDED = "case.amended"


def message_body(
    message_id: str,
    kind: MessageKind,
    case: Case,
    attachments: Sequence[AttachmentRef],
    keys: Mapping[str, bytes],
) -> bytes:
    """Canonical bytes of a message; ``keys`` by the attachment's plain SHA-256."""
    return canonical_bytes(
        {
            "format": "message/1",
            "message_id": message_id,
            "kind": kind.value,
            "case": case_document(case),
            "attachments": [attachment_json(ref, keys[ref.sha256]) for ref in attachments],
        }
    )


def attachment_json(ref: AttachmentRef, key: bytes) -> Json:
    """One attachment as the message names it."""
    return {
        "sha256": ref.sha256,
        "blob_sha256": ref.blob_sha256,
        "size": ref.size,
        "blob_size": ref.blob_size,
        "media_type": ref.media_type,
        "key": base64.b64encode(key).decode("ascii"),
    }
