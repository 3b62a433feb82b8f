"""The JSON that the case commands read: cases, what came in later, days and times; pages stand inside as base64."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import Json, bytes_hash, parse_json
from clerk_app.domain.people import Person
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import BadInput
from clerk_app.usecases.completing import Brought

_OF_A_CASE = frozenset(
    [
        "format",
        "item",
        "parts",
        "applicant",
        "agent",
        "guardian",
        "mandate",
        "organisation",
        "elsewhere",
        "consents",
        "answers",
        "materials",
        "fields",
        "delivery",
        "signature",
        "channel",
        "name_strip",
        "key",
        "case_id",
        "number",
        "taken_at",
    ]
)
_OF_A_PERSON = frozenset({*Person("").to_json(), "valid_to"})
_OF_A_MATERIAL = frozenset({*Given(WayKind.FORM).to_json(), "reason"})
_OF_A_PAGE = frozenset({"media_type", "base64"})
LONGEST_LINE = 64 * 1024 * 1024
Page = tuple[bytes, str]


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines that hold something."""
    while line := stream.readline(LONGEST_LINE):
        if line.strip():
            yield line


def cases_in(text: bytes) -> list[bytes]:
    """A file holds one JSON object (perhaps over many lines) or JSON Lines."""
    try:
        parse_json(text)
    except ValueError:
        return [line for line in text.splitlines() if line.strip()]
    return [text]


def read_case(line: bytes | Json) -> tuple[Application, list[Page]]:
    """Application and pages from one JSON object (as bytes or read already); pages stand inside as base64.

    Raises:
        BadInput: it is no case, or holds something that a case does not have: nothing is left out in silence.
    """
    try:
        data = parse_json(line) if isinstance(line, bytes) else line
        strange = list(_strange(data))
        pages = _pages_out_of(data.get("materials", {})) + _picture_out_of(data.get("signature"))
        pages += [page for consent in (data.get("consents") or {}).values() for page in _picture_out_of(consent)]
        application = Application.from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _no_case("这一行不是办件 JSON，没有受理。") from error
    if strange:
        raise BadInput(
            "办件 JSON 里有不认识的内容，没有受理。",
            reasons=tuple(f"不认识：{each}" for each in strange),
            what_is_safe="其他行不受影响。",
            what_to_do="请改对或者去掉再交。",
        )
    return application, pages


def _strange(data: Json) -> Iterator[str]:
    """Paths of the names that are of no use here. Raises what reading a thing of another form raises."""
    yield from (str(key) for key in data if key not in _OF_A_CASE)
    for who in ("applicant", "agent", "guardian"):
        yield from (f"{who}.{key}" for key in data.get(who) or {} if key not in _OF_A_PERSON)
    for material, given in data.get("materials", {}).items():
        yield from (f"materials.{material}.{key}" for key in given if key not in _OF_A_MATERIAL)
        for page in given.get("pages", []):
            yield from (f"materials.{material}.pages.{key}" for key in page if key not in _OF_A_PAGE)


def key_of(line: bytes) -> str:
    """The retry key (``key`` or ``case_id``) of one JSON object; empty when it has none. Raises BadInput."""
    data = parse_json(line)
    key = data.get("key") or data.get("case_id") or ""
    if not isinstance(key, str):
        raise _no_case("重试编号应是文字。")
    return key


def read_brought(line: bytes) -> Brought:
    """What came in later: {"materials", "fields", "answers", "signature"}, pages inside as base64. Raises BadInput."""
    try:
        data = parse_json(line)
        pages = _pages_out_of(data.get("materials", {})) + _picture_out_of(data.get("signature"))
        signature = data.get("signature")
        return Brought(
            materials={str(key): Given.from_json(given) for key, given in data.get("materials", {}).items()},
            fields={str(key): str(value) for key, value in data.get("fields", {}).items()},
            answers={str(key): str(value) for key, value in data.get("answers", {}).items()},
            signature=Signature.from_json(signature) if signature else None,
            pages=pages,
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _no_case("这不是补正材料的 JSON，没有收下。") from error


def _pages_out_of(materials: Json) -> list[Page]:
    """Take the pages out of the JSON and leave their hashes in their place."""
    pages: list[Page] = []
    for given in materials.values():
        hashes = []
        for page in given.get("pages", []):
            pages.append(_page(page))
            hashes.append(bytes_hash(pages[-1][0]))
        given["pages"] = hashes
    return pages


def _picture_out_of(sealed: Json) -> list[Page]:
    """The same for the picture of a fingerprint under a signature or a consent, where one was taken."""
    thumb = (sealed or {}).get("thumb") or {}
    if not thumb.get("page"):
        return []
    page = _page(thumb["page"])
    thumb["page"] = bytes_hash(page[0])
    return [page]


def _page(data: Json) -> Page:
    return base64.b64decode(data["base64"], validate=True), str(data.get("media_type", "image/jpeg"))


def _no_case(message: str) -> BadInput:
    return BadInput(
        message,
        reasons=("格式不对：请用 clerk-app case template 看看应该怎么写",),
        what_is_safe="其他行不受影响。",
    )


def read_input(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(LONGEST_LINE)
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInput("读不到这个文件。", what_to_do="请核对路径。") from error


def day_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("日期写法不对。", what_to_do="应写成 2026-12-10。") from error


def moment_of(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("时间写法不对。", what_to_do="应写成 2026-11-21T09:30。") from error
