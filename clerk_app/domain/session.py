"""Who is signed in at the window."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.hall import Role


@dataclass(frozen=True, slots=True)
class Session:
    """The signed-in clerk: ``login`` is journalled, ``name`` is shown and printed."""

    login: str
    name: str
    role: Role
