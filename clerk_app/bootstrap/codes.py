"""渝快码 between scanner and gateway: sealed at once, asked about at once where there is a line, else when there is one again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from clerk_app.bootstrap.eyes import DEMO_SECRET
from clerk_app.bootstrap.house import House
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.yukuai import DEMO_LABEL, CodeKind, classify_code, verify_demo_code
from clerk_app.domain.draft import Draft
from clerk_app.domain.identity import CodeAnswer, CodeStatus
from clerk_app.domain.recognition import Seen
from clerk_app.errors import AppError, BadInput, LineProblem, Refused
from clerk_app.usecases import setup
from clerk_app.usecases.code_checks import ask_waiting, keep_code
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import load, take_seen
from sync.code_wire import context, plain_bytes

DEMO_HALL = "500199"


class AskingCentre(Protocol):
    """What is needed of HttpCentre."""

    def resolve_code(self, suite: str, sealed: bytes) -> CodeAnswer: ...
    def close(self) -> None: ...


def take_code(
    home: House,
    open_centre: Callable[[Desk], AskingCentre],
    is_online: Callable[[], bool],
    desk: Desk,
    draft_id: str,
    seen: Seen,
) -> Draft:
    """Take a scanned code into a draft: sealed and kept first, then asked about if there is a line. Takes up to a few seconds."""
    take_seen(desk, draft_id, seen)
    window_id, _, gateway = setup.keys_of(desk.store)
    plain = plain_bytes(seen.text.strip(), home.clock.now().utc_ms)
    keep_code(desk, draft_id, home.suite.seal_to(gateway["sealing"], plain, context(window_id)))
    if is_online():
        centre = open_centre(desk)
        try:
            ask_codes(home, desk, centre)
        except (LineProblem, Refused):
            pass  # it waits: the line's own worker asks again
        finally:
            centre.close()
    return load(desk, draft_id)


def ask_codes(home: House, desk: Desk, centre: AskingCentre) -> int:
    """Ask about whatever waits. Raises LineProblem or Refused; what was not answered waits on."""
    return ask_waiting(desk.store, home.clock, lambda sealed: centre.resolve_code(home.suite.id, sealed))


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
