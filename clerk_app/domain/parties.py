"""Who stands beside the applicant: the mandate of an agent (F8), an organisation with its legal representative, and where a
case taken here is decided (通办)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.canonical import Json
from clerk_app.domain.codes import uscc_problem
from clerk_app.domain.divisions import place_fault

POWERS = ("递交", "签收", "修改", "领取")
"""What an agent may be given power for (data sheet §4 F8)."""

ADULT, WORKING = 18, 16
"""民法典 17、18 条【识】: adult at 18; at 16 when living on one's own work."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """授权委托: the powers, the last day (ISO), and how agent and applicant are related."""

    scope: tuple[str, ...] = ("递交", "签收")
    until: str = ""
    relation: str = ""

    def to_json(self) -> Json:
        return {"scope": list(self.scope), "until": self.until, "relation": self.relation}

    @classmethod
    def from_json(cls, data: Json) -> Mandate:
        """Raises ValueError, KeyError or TypeError."""
        scope, until, relation = data.get("scope", list(cls().scope)), data.get("until", ""), data.get("relation", "")
        if not isinstance(scope, list | tuple) or not all(isinstance(text, str) for text in (*scope, until, relation)):
            raise ValueError("a mandate's scope is a list of texts")
        return cls(tuple(scope), until, relation)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An enterprise or other body that applies; the applicant is then its 法定代表人, the agent its 经办人."""

    name: str
    uscc: str

    def to_json(self) -> Json:
        return {"name": self.name, "uscc": self.uscc}

    @classmethod
    def from_json(cls, data: Json) -> Organisation:
        """Raises ValueError, KeyError or TypeError."""
        name, uscc = data["name"], data["uscc"]
        if not isinstance(name, str) or not isinstance(uscc, str):
            raise ValueError("an organisation has a name and a code")
        return cls(name, "".join(uscc.split()).upper())


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Taken here, decided there: 收件地 is the hall, 办理地 is ``place``; ``scope``: which 通办 it rests on."""

    scope: str
    place: str

    def to_json(self) -> Json:
        return {"scope": self.scope, "place": self.place}

    @classmethod
    def from_json(cls, data: Json) -> Elsewhere:
        """Raises ValueError, KeyError or TypeError."""
        scope, place = data["scope"], data["place"]
        if not isinstance(scope, str) or not isinstance(place, str):
            raise ValueError("scope and place are texts")
        return cls(scope, place)


def mandate_faults(mandate: Mandate, today: dt.date) -> tuple[str, ...]:
    """Why a mandate does not hold today, as sentences (data sheet §4 F8: scope and term; that 递交 must be in it 拟)."""
    faults = []
    if not mandate.scope or any(power not in POWERS for power in mandate.scope):
        faults.append("委托权限请从递交、签收、修改、领取里选")
    elif "递交" not in mandate.scope:
        faults.append("委托权限里没有“递交”，不能代为申请")
    if not mandate.until:
        faults.append("请写明委托到哪天")
    try:
        if mandate.until and dt.date.fromisoformat(mandate.until) < today:
            faults.append("委托已经到期，请重新签一份授权委托书")
    except ValueError:
        faults.append("委托期限没有填对")
    return tuple(faults)


def organisation_faults(organisation: Organisation) -> tuple[str, ...]:
    """Why it cannot be this organisation, as sentences (GB 32100, data sheet §6.3 识)."""
    faults = []
    if not organisation.name.strip():
        faults.append("请填写单位名称")
    if problem := uscc_problem(organisation.uscc):
        faults.append(problem)
    return tuple(faults)


def elsewhere_faults(elsewhere: Elsewhere, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """A case may be decided elsewhere only under a 通办 that its item has (D4 第24条, D1 第二点 种); which there are is data."""
    if elsewhere.scope not in scopes:
        told = "、".join(scopes) or "没有"
        return (f"这件事不在“{elsewhere.scope}”范围内（本事项通办范围：{told}）",)
    fault = place_fault(elsewhere.scope, elsewhere.place)
    return (f"{elsewhere.scope}：{fault}",) if fault else ()
