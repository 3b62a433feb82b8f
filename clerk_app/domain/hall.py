"""The hall and window that this program stands for, as told at enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.canonical import Json


class Role(StrEnum):
    """Who may do what (data sheet §8.4). An admin sees no case content, an auditor only logs; one account never both."""

    CLERK = "clerk"
    CHIEF = "chief"
    DELIVERY = "delivery"
    VISITOR = "visitor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


MAY_TAKE_CASES = frozenset({Role.CLERK, Role.CHIEF, Role.VISITOR})
MAY_SEE_CASES = MAY_TAKE_CASES | {Role.DELIVERY, Role.SUPERVISOR}


@dataclass(frozen=True, slots=True)
class Hall:
    """``code``: hall code; ``short``: 机关简称 for document numbers; ``generation``: how often this window was enrolled."""

    code: str
    name: str
    short: str
    window: str
    generation: int
    gateway: str
    phone: str = ""
    complaint_phone: str = "12345"
    sample: bool = False

    def to_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Json) -> Hall:
        """Raises TypeError or KeyError when the data is no hall."""
        return cls(**{name: data[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Clerk:
    """``login`` is typed at sign-in; ``name`` is shown and printed; ``public_key`` checks the clerk's signatures."""

    login: str
    name: str
    role: Role
    public_key: bytes = b""
    active: bool = True
