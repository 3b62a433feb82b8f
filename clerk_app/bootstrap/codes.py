"""渝快码 between scanner and gateway: sealed at once, asked about at once where there is a line, else when there is one again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from clerk_app.bootstrap.house import House
from clerk_app.domain.draft import Draft
from clerk_app.domain.identity import CodeAnswer
from clerk_app.domain.recognition import Seen
from clerk_app.errors import LineProblem, Refused
from clerk_app.usecases import setup
from clerk_app.usecases.code_checks import ask_waiting, keep_code
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import load, take_seen
from sync.code_wire import context, plain_bytes


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
