"""THE WIRE CONTRACT of checking a scanned identity code (渝快码): the window asks, the gateway has it resolved.

    POST /v1/codes   {"suite", "sealed": base64}   ->   {"status", "label", "fields": {…}, "server_ms"}

``sealed`` opens with the gateway's sealing key under ``context``: canonical {"code", "at_ms"}. The raw code is in the clear
nowhere between the scanner and the gateway's resolver, and the gateway keeps none.
"""

from __future__ import annotations

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.identity import CodeAnswer, CodeStatus
from sync.strict import a_number, a_text, an_id, an_object, from_base64, to_base64

CODES = "/v1/codes"
CODE_LIMIT = 4096
FIELDS = ("name", "id_number", "document", "sex", "birth", "ethnicity", "address")


def context(window_id: str) -> bytes:
    """What a code is sealed under: for this window, and for nothing else."""
    return canonical_bytes({"purpose": "clerk-code/1", "window_id": window_id})


def plain_bytes(code: str, at_ms: int) -> bytes:
    """What is sealed: the code as it was scanned, and when (UTC)."""
    return canonical_bytes({"code": code, "at_ms": at_ms})


def plain_from_bytes(data: bytes) -> tuple[str, int]:
    """Raises ValueError when the data is no scanned code."""
    fields = an_object(parse_json(data))
    code = a_text(fields, "code", CODE_LIMIT)
    if not code:
        raise ValueError("a code is needed")
    return code, a_number(fields, "at_ms")


def ask_bytes(suite: str, sealed: bytes) -> bytes:
    return canonical_bytes({"suite": suite, "sealed": to_base64(sealed)})


def ask_from_bytes(data: bytes) -> tuple[str, bytes]:
    """Suite and sealed code. Raises ValueError when the data is no question."""
    fields = an_object(parse_json(data))
    sealed = from_base64(fields.get("sealed"))
    if not 1 <= len(sealed) <= 4 * CODE_LIMIT:
        raise ValueError("a sealed code is needed")
    return an_id(fields, "suite"), sealed


def answer_bytes(answer: CodeAnswer, server_ms: int) -> bytes:
    fields: dict[str, Json] = {name: answer.fields[name] for name in FIELDS if answer.fields.get(name)}
    return canonical_bytes(
        {"status": answer.status.value, "label": answer.label, "fields": fields, "server_ms": server_ms}
    )


def answer_from_bytes(data: bytes) -> CodeAnswer:
    """Raises ValueError when the data is no answer."""
    fields = an_object(parse_json(data))
    told = an_object(fields.get("fields"))
    found = {name: a_text(told, name, 200) for name in FIELDS if name in told}
    status = CodeStatus(a_text(fields, "status", 20))
    if status is CodeStatus.RESOLVED and not found.get("id_number"):
        raise ValueError("a resolved code names somebody")
    return CodeAnswer(status, a_text(fields, "label", 40), found)
