"""The port to whoever knows who an identity code (渝快码) is; the platform's own interface is not public (must-know 3)."""

from __future__ import annotations

from typing import Protocol

from clerk_app.domain.identity import CodeAnswer


class CodeResolver(Protocol):
    """Asks the platform. ``hall``: who asks. LineProblem when it cannot be reached: then the window keeps its question."""

    def resolve(self, code: str, scanned_ms: int, now_ms: int, hall: str) -> CodeAnswer: ...
