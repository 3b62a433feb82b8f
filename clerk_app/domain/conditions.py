"""The closed vocabulary of conditions that catalogue files may use: data, never code.

null                                   always
{"answer": "paid_elsewhere", "is": "yes"}      a situation question was answered so ("in": [...] for several)
{"age": {"at_least": 60}}              the applicant's age in full years ("under": 18 as well; both may stand)
{"agent": true}                        somebody applies for somebody else (帮办代办/委托)
{"all": [..]} {"any": [..]} {"not": ..}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may ask about: answers by question id, age in full years (None: unknown), agent or not."""

    answers: Mapping[str, str] = field(default_factory=dict)
    age: int | None = None
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Always:
    """Holds without condition."""

    def holds(self, facts: Facts) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Answered:
    """The question has one of these answers."""

    question: str
    values: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        return facts.answers.get(self.question) in self.values


@dataclass(frozen=True, slots=True)
class Age:
    """At least / under so many full years; an unknown age holds neither way."""

    at_least: int | None = None
    under: int | None = None

    def holds(self, facts: Facts) -> bool:
        if facts.age is None:
            return False
        return (self.at_least is None or facts.age >= self.at_least) and (self.under is None or facts.age < self.under)


@dataclass(frozen=True, slots=True)
class ByAgent:
    """An agent acts (or not)."""

    wanted: bool

    def holds(self, facts: Facts) -> bool:
        return facts.agent is self.wanted


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        return all(part.holds(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        return any(part.holds(facts) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        return not self.part.holds(facts)


Condition = Always | Answered | Age | ByAgent | AllOf | AnyOf | Not


def parse_condition(data: Json) -> Condition:
    """Read a condition from a catalogue file.

    Raises:
        ValueError: not in the vocabulary above; the message names the offending part, in Chinese.
    """
    if data is None:
        return Always()
    if not isinstance(data, Mapping):
        raise ValueError("条件应是一个对象")
    keys = sorted(map(str, data))
    match keys:
        case ["answer", "is"] if isinstance(data["answer"], str) and isinstance(data["is"], str):
            return Answered(data["answer"], frozenset({data["is"]}))
        case ["answer", "in"] if isinstance(data["answer"], str) and _texts(data["in"]):
            return Answered(data["answer"], frozenset(data["in"]))
        case ["age"] if isinstance(data["age"], Mapping) and data["age"] and set(data["age"]) <= {"at_least", "under"}:
            bounds = data["age"]
            if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 150 for n in bounds.values()):
                raise ValueError("年龄条件应是 0 到 150 的整数")
            return Age(bounds.get("at_least"), bounds.get("under"))
        case ["agent"] if isinstance(data["agent"], bool):
            return ByAgent(data["agent"])
        case ["all"] if isinstance(data["all"], list) and data["all"]:
            return AllOf(tuple(parse_condition(part) for part in data["all"]))
        case ["any"] if isinstance(data["any"], list) and data["any"]:
            return AnyOf(tuple(parse_condition(part) for part in data["any"]))
        case ["not"]:
            return Not(parse_condition(data["not"]))
    raise ValueError(f"不认识的条件写法：{'、'.join(keys)}")


def questions_of(condition: Condition) -> frozenset[str]:
    """Every question id that a condition asks about (so that a check can find questions that do not exist)."""
    match condition:
        case Answered(question, _):
            return frozenset({question})
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(questions_of(part) for part in parts))
        case Not(part):
            return questions_of(part)
    return frozenset()


def _texts(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
