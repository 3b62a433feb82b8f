"""Enrolling a window anew from the window itself, where its certificate has ended or a damaged disk took its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """``hall``: name and code; ``times``: how often the window was enrolled. ``until``: the certificate's last day in words, empty
    where there is none. ``wanted``: the gateway takes this window no more, and a new code mends that."""

    hall: str
    window: str
    times: int
    gateway: str
    until: str
    wanted: bool


class EnrolmentDesk(Protocol):
    """For the clerk who is signed in. Both read disk or line: jobs. Raise AppError in the clerk's words."""

    def state(self) -> EnrolmentState: ...
    def enrol_anew(self, own: str, gateway: str, code: str, say: Callable[[str], None]) -> None:
        """``own``: this clerk's own PIN again. ``say``: what is being done, from the job's thread.

        After it this desk holds keys that nobody takes any more, and nothing is sent from it: the clerk is to be signed in again.

        Raises:
            KeyProblem: wrong PIN. Refused: no right to, or the code is not good. LineProblem: no gateway there, or it does take this
                window. The code is not used by any of these, and the line goes on as before.
        """
        ...
