"""敏感个人信息 (个人信息保护法 28, 29, 31 条): the kinds, and the separate consent (单独同意) to one. What an application holds and
who must consent to it: consents.py.

The catalogue's vocabulary marks fields and materials; a field for an account is one by its type; an applicant under 14 is one by
age. Which words of the vocabulary carry a mark is this program's reading (拟); an office may mark its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.canonical import Json
from clerk_app.domain.service_item import FieldType, FormField
from clerk_app.domain.signing import THUMB, Thumbprint

CHILD_YEARS = 14


class SensitiveKind(StrEnum):
    """The kinds that this program may hold."""

    CHILD = "child"
    HEALTH = "health"
    ACCOUNT = "account"
    BIOMETRIC = "biometric"


KIND_NAMES: Mapping[SensitiveKind, str] = {
    SensitiveKind.CHILD: "未满 14 周岁儿童的信息",
    SensitiveKind.HEALTH: "医疗健康信息",
    SensitiveKind.ACCOUNT: "金融账户",
    SensitiveKind.BIOMETRIC: "人脸照片",
}

PURPOSES: Mapping[SensitiveKind, str] = {
    SensitiveKind.CHILD: "只用来办这件事，由监护人同意",
    SensitiveKind.HEALTH: "只用来判断是否符合条件",
    SensitiveKind.ACCOUNT: "只用来发放或代扣",
    SensitiveKind.BIOMETRIC: "只用来制证和核对本人",
}
"""Why it is needed, as the applicant reads it."""


class ConsentBy(StrEnum):
    """Who consented."""

    APPLICANT = "applicant"
    GUARDIAN = "guardian"
    AGENT = "agent"


BY_NAMES: Mapping[ConsentBy, str] = {
    ConsentBy.APPLICANT: "申请人",
    ConsentBy.GUARDIAN: "监护人",
    ConsentBy.AGENT: "代办人",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """``how``: screen (the applicant's own screen), paper (a signed sheet that is kept), or thumb (who cannot write: read to them
    before a witness, ``thumb``, of that way alone)."""

    by: ConsentBy
    how: str = "screen"
    thumb: Thumbprint | None = None

    def to_json(self) -> Json:
        return {"by": self.by.value, "how": self.how, **({"thumb": self.thumb.to_json()} if self.thumb else {})}

    @classmethod
    def from_json(cls, data: Json) -> Consent:
        """Raises ValueError, KeyError or TypeError."""
        how, thumb = data.get("how", "screen"), data.get("thumb")
        if how not in ("screen", "paper", THUMB):
            raise ValueError("consent is given on the screen, on paper or by a fingerprint")
        if (how == THUMB) != bool(thumb):
            raise ValueError("a fingerprint says who read and who witnessed, and nothing else does")
        return cls(ConsentBy(data["by"]), how, Thumbprint.from_json(thumb) if thumb else None)


def mark_of(field: FormField) -> str:
    """The kind a field is of, empty for an ordinary one."""
    return field.sensitive or (SensitiveKind.ACCOUNT.value if field.type is FieldType.ACCOUNT else "")


def is_child(age: int | None) -> bool:
    """Under 14 (§28)."""
    return age is not None and age < CHILD_YEARS
