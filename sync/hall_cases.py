"""THE WIRE CONTRACT for a citizen who comes back to another window of the hall.

    POST /v1/cases/find   who has cases here? by document, or by one of the case's numbers
    POST /v1/cases/take   go on with a case at this window: one owner at a time
    GET  /v1/pages/{blob_sha256}?offset=N     the ciphertext of a page of a case that this window owns

The question is sealed to the gateway's key and signed by clerk and window like a message, with the clerk's post in it; the answer is
sealed under a key that the question brought, so that no proxy sees either. The gateway refuses posts that may not see cases, and
writes each question down (who, when, which post, why, how many were found), never whom it was about in the clear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.hall import MAY_SEE_CASES, MAY_TAKE_CASES, Role
from clerk_app.ports import FoundCase
from sync.protocol import NamedAttachment, attachment_from_json
from sync.strict import INT64, a_list, a_number, a_text, an_id, an_object, from_base64, to_base64

FIND, TAKE, PAGES = "/v1/cases/find", "/v1/cases/take", "/v1/pages/"
FOUND_LIMIT = 50
PIECE = 256 * 1024
REASONS = {"returned": "申请人到本窗口来续办", "delivery": "到本窗口领取结果", "inquiry": "申请人来查询进度"}
"""Why somebody looks; from a list, for free text would hold names."""
_QUESTION, _ANSWER = b"clerk-hall-question/1", b"clerk-hall-answer/1"


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """``number``: of a document (with ``document_kind``) or, with an empty kind, a case's own; ``case_id`` for taking. No repr."""

    window_id: str
    clerk: str
    role: str
    reason: str
    asked_ms: int
    answer_key: bytes
    document_kind: str = ""
    number: str = ""
    case_id: str = ""

    def body(self) -> bytes:
        """What clerk and window sign."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "answer_key"}
        return canonical_bytes({"format": "hall-question/1", **told, "answer_key": to_base64(self.answer_key)})

    @property
    def may_see(self) -> bool:
        """Whether the post may look at cases of other windows."""
        return self.role in {each.value for each in MAY_SEE_CASES}

    @property
    def may_take(self) -> bool:
        """Whether the post may go on with one."""
        return self.role in {*(each.value for each in MAY_TAKE_CASES), Role.DELIVERY.value}


Seal = Callable[[bytes, bytes], bytes]
"""(plain, context) → sealed."""


def question_bytes(suite: str, question: Question, signatures: Mapping[str, Json], seal: Seal) -> bytes:
    """The request body. ``seal``: to the gateway's key."""
    inner = canonical_bytes({"body": to_base64(question.body()), "signatures": dict(signatures)})
    return canonical_bytes({"suite": suite, "sealed": to_base64(seal(inner, _QUESTION))})


def sealed_from_bytes(data: bytes) -> tuple[str, bytes]:
    """(suite, sealed) of a request body. Raises ValueError."""
    fields = an_object(parse_json(data))
    return an_id(fields, "suite"), from_base64(fields.get("sealed"))


def question_from(sealed: bytes, unseal: Seal) -> tuple[Question, bytes, Mapping[str, Json]]:
    """The question, the bytes that were signed, and the signatures. Raises ValueError."""
    fields = an_object(parse_json(unseal(sealed, _QUESTION)))
    body = from_base64(fields.get("body"))
    told = an_object(parse_json(body))
    if told.get("format") != "hall-question/1":
        raise ValueError("another format")
    texts = {
        name: a_text(told, name)
        for name in ("window_id", "clerk", "role", "reason", "document_kind", "number", "case_id")
    }
    key = from_base64(told.get("answer_key"))
    if len(key) != 32 or texts["reason"] not in REASONS:
        raise ValueError("a key of 32 bytes and a reason of the list are needed")
    return (
        Question(**texts, asked_ms=a_number(told, "asked_ms"), answer_key=key),
        body,
        an_object(fields.get("signatures")),
    )


def answer_bytes(told: Json, seal: Seal, server_ms: int) -> bytes:
    """``seal``: under the question's key."""
    return canonical_bytes({"sealed": to_base64(seal(canonical_bytes(told), _ANSWER)), "server_ms": server_ms})


def answer_from_bytes(data: bytes, unseal: Seal) -> dict[str, Json]:
    """What the gateway told. Raises ValueError."""
    return an_object(parse_json(unseal(from_base64(an_object(parse_json(data)).get("sealed")), _ANSWER)))


def found_json(found: FoundCase) -> dict[str, Json]:
    return {name: getattr(found, name) for name in FoundCase.__slots__}


def found_from_json(data: Json) -> FoundCase:
    """Raises ValueError."""
    fields = an_object(data)
    numbers: dict[str, Json] = {name: a_number(fields, name, most=INT64 - 1) for name in ("revision", "received_ms")}
    told: dict[str, Json] = {name: a_text(fields, name, 400) for name in FoundCase.__slots__ if name not in numbers}
    return FoundCase(**told, **numbers)


def found_from_answer(told: Mapping[str, Json]) -> tuple[FoundCase, ...]:
    """Raises ValueError."""
    return tuple(found_from_json(each) for each in a_list(told, "found", FOUND_LIMIT))


def taken_from_answer(told: Mapping[str, Json]) -> tuple[FoundCase, dict[str, Json], tuple[NamedAttachment, ...]]:
    """The case, its document, and how to fetch and open its pages. Raises ValueError."""
    pages = tuple(attachment_from_json(each) for each in a_list(told, "attachments", 500))
    return found_from_json(told.get("found")), an_object(told.get("document")), pages


def piece_bytes(piece: bytes, size: int) -> bytes:
    return canonical_bytes({"piece": to_base64(piece), "size": size})


def piece_from_bytes(data: bytes) -> tuple[bytes, int]:
    """A piece of a page's ciphertext, and the whole size. Raises ValueError."""
    fields = an_object(parse_json(data))
    return from_base64(fields.get("piece")), a_number(fields, "size")
