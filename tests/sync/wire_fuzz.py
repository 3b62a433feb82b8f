"""Schemathesis over the published contract against a live gateway: what it allows, what it forbids, each request really signed.

Nothing may answer with a 5xx, and what is answered is what the contract says. A handful of examples in the tests; minutes of it by
``clerk-app bench wire-fuzz``.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from requests.auth import AuthBase
from schemathesis import GenerationMode

from sync import protocol
from sync.gateway.openapi import description
from sync.strict import to_base64
from tests.sync.hall import SUITE, Window


class Signed(AuthBase):
    """Signs each request as the window does, over exactly what is sent."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(str(request.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = request.body or b""
        assert isinstance(body, str | bytes), "nothing here is sent as a stream"
        at_ms = time.time_ns() // 1_000_000
        own = self._window.enrolled.window_id
        claim = protocol.request_bytes(
            str(request.method), target, own, at_ms, body.encode() if isinstance(body, str) else body
        )
        request.headers[protocol.WINDOW_HEADER] = own
        request.headers[protocol.TIME_HEADER] = str(at_ms)
        request.headers[protocol.SIGNATURE_HEADER] = to_base64(SUITE.sign(self._window.private, claim))
        return request


def probe(url: str, window: Window, examples: int, first_seed: int = 1) -> Counter[int]:
    """Send ``examples`` requests of each kind to each path; returns the answers by status. AssertionError for a wrong one."""
    statuses: Counter[int] = Counter()
    schema = schemathesis.openapi.from_dict(description())
    auth = Signed(window)
    with requests.Session() as session:
        session.trust_env = False
        for found in schema.get_all_operations():
            operation = found.ok()  # type: ignore[union-attr]
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _probe_one(
                    url, session, auth, operation.as_strategy(generation_mode=mode), examples, first_seed, statuses
                )
    return statuses


def _probe_one(
    url: str,
    session: requests.Session,
    auth: Signed,
    strategy: Any,
    examples: int,
    first_seed: int,
    statuses: Counter[int],
) -> None:
    @seed(first_seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        try:
            answer = case.call(base_url=url, session=session, auth=auth, timeout=20)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
            return  # the client's library would not send it
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, f"{answer.status_code} for {case.method} {case.path}"
        told = answer.json() if answer.content else {}
        if answer.status_code != 200 and case.method != "HEAD":
            assert told["error"]["code"], answer.content
            assert told["error"]["reason"], answer.content

    with suppress(Unsatisfiable):  # a path that takes nothing cannot be given anything wrong
        run()
