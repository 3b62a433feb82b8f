"""The window's side of hall_cases.py: ask who has cases here, go on with one, fetch its pages. For one thread, as the centre is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.errors import LineProblem
from clerk_app.ports import CipherSuite, FoundCase, TakenCase, TakenPage
from sync import hall_cases
from sync.hall_cases import Question
from sync.http_centre import HttpCentre
from sync.http_line import line_problem
from sync.protocol import NamedAttachment

_T = TypeVar("_T")
_D = TypeVar("_D")


@dataclass(frozen=True, slots=True, repr=False)
class Asker:
    """Who asks, with what. ``sign``: clerk's and window's signatures over the question; ``seal``: to the gateway's key. No repr."""

    window_id: str
    clerk: str
    role: str
    suite: CipherSuite
    sign: Callable[[bytes], Mapping[str, Json]]
    seal: Callable[[bytes, bytes], bytes]
    now_ms: Callable[[], int]


class HallLine:
    """Every failure is a LineProblem, or a Refused where the gateway says no (another post, not this hall)."""

    def __init__(self, centre: HttpCentre, asker: Asker) -> None:
        self._centre, self._asker = centre, asker

    def find(self, number: str, document_kind: str = "", *, reason: str = "returned") -> tuple[FoundCase, ...]:
        """Cases of the hall, newest first: by a document (kind and number), or by one of the case's own numbers."""
        question = self._question(reason, number=number, document_kind=document_kind)
        return _sound(hall_cases.found_from_answer, self._ask(hall_cases.FIND, question))

    def take(self, case_id: str, *, reason: str = "returned") -> TakenCase:
        """See ports.HallCases: the case with all its pages, each proved by the hash that its document's message gives."""
        answer = self._ask(hall_cases.TAKE, self._question(reason, case_id=case_id))
        found, document, named = _sound(hall_cases.taken_from_answer, answer)
        return TakenCase(found, document, tuple(self._opened(each) for each in named))

    def _opened(self, named: NamedAttachment) -> TakenPage:
        try:
            plain = self._asker.suite.open_blob(named.key, self.page(named.blob_sha256))
        except ValueError as error:
            raise _odd() from error
        if bytes_hash(plain) != named.sha256:
            raise _odd()
        return TakenPage(named.sha256, named.media_type, plain)

    def page(self, blob_sha256: str) -> bytes:
        """The whole ciphertext of a page of a taken case."""
        data = b""
        while True:
            answer = self._centre.ask("GET", f"{hall_cases.PAGES}{blob_sha256}?offset={len(data)}")
            piece, size = _sound(hall_cases.piece_from_bytes, answer)
            data += piece
            if len(data) >= size:
                break
            if not piece:
                raise _odd()
        if bytes_hash(data) != blob_sha256:
            raise _odd()
        return data

    def _question(self, reason: str, *, number: str = "", document_kind: str = "", case_id: str = "") -> Question:
        own = self._asker
        told = {"number": number, "document_kind": document_kind, "case_id": case_id, "reason": reason}
        who = {"window_id": own.window_id, "clerk": own.clerk, "role": own.role}
        return Question(**who, **told, asked_ms=own.now_ms(), answer_key=own.suite.new_key())

    def _ask(self, target: str, question: Question) -> dict[str, Json]:
        own = self._asker
        body = hall_cases.question_bytes(own.suite.id, question, own.sign(question.body()), own.seal)
        answer = self._centre.ask("POST", target, body)
        return _sound(
            lambda data: hall_cases.answer_from_bytes(
                data, lambda box, context: own.suite.open(question.answer_key, box, context)
            ),
            answer,
        )


def _sound(parse: Callable[[_D], _T], data: _D) -> _T:
    try:
        return parse(data)
    except ValueError as error:
        raise _odd() from error


def _odd() -> LineProblem:
    return line_problem("前置的回答不完整或读不懂。")
