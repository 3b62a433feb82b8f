"""Who a 演示码 is: for the demo's own gateway. No window, no camera here, so that a gateway needs neither."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.yukuai import DEMO_LABEL, CodeKind, classify_code, verify_demo_code
from clerk_app.domain.identity import CodeAnswer, CodeStatus
from clerk_app.errors import AppError, BadInput

DEMO_HALL = "500199"
DEMO_SECRET = hashlib.sha256(b"clerk-app demo code: no secret at all, anybody may read it").digest()
"""The demo code proves nothing about anybody; it only lets the demo refuse a stale or torn one."""


class DemoResolver:
    """Resolves 演示码 of the sample people for the sample hall and nothing else; each answer is labelled.

    Anybody can make such a code, so no other hall ever gets a person for one. No real code is decoded.
    ADD A RESOLVER HERE: a class beside this one that asks the platform, and its line in ``gateway.py:_open``.
    """

    def __init__(self, keys: Sequence[str] = tuple(SAMPLE_PEOPLE)) -> None:
        self._keys = {f"demo-{key}": key for key in keys}

    def resolve(self, code: str, scanned_ms: int, now_ms: int, hall: str) -> CodeAnswer:
        """See sync.gateway.resolver.CodeResolver."""
        if hall != DEMO_HALL or classify_code(code) is not CodeKind.YUKUAI_DEMO:
            return CodeAnswer(CodeStatus.UNSUPPORTED)
        try:
            token = verify_demo_code(code, secret=DEMO_SECRET, now=now_ms // 1000)
        except BadInput:
            return CodeAnswer(self._why_not(code, scanned_ms), DEMO_LABEL)
        person = SAMPLE_PEOPLE.get(self._keys.get(token.id_token, ""))
        if person is None or not person.has_card:
            return CodeAnswer(CodeStatus.UNKNOWN, DEMO_LABEL)
        names = ("name", "sex", "birth", "ethnicity", "address", "id_number")
        return CodeAnswer(CodeStatus.RESOLVED, DEMO_LABEL, {name: getattr(person, name) for name in names})

    def _why_not(self, code: str, scanned_ms: int) -> CodeStatus:
        """A code that was good when it was scanned has expired; one that never was is not known."""
        try:
            verify_demo_code(code, secret=DEMO_SECRET, now=scanned_ms // 1000)
        except AppError:
            return CodeStatus.UNKNOWN
        return CodeStatus.EXPIRED
