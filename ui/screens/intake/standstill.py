"""Why the next step has to wait, said at the foot of the window until something is done about it."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.canonical import Json
from clerk_app.usecases.intake import Plan
from ui.context import Window


class Standstill:
    """A sentence that no longer holds would only puzzle: it goes with the first change of what was entered."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._why = ""
        self._then: Mapping[str, Json] = {}

    def say(self, why: str, plan: Plan | None) -> None:
        """A few words, with or without their full stop."""
        self._why, self._then = why if why.endswith("。") else f"{why}。", _entered(plan)
        self._window.say(self._why, "amber")

    def show_plan(self, plan: Plan) -> None:
        """The draft as it is now."""
        if self._why and _entered(plan) != self._then:
            self._window.unsay(self._why)
            self._why = ""


def _entered(plan: Plan | None) -> Mapping[str, Json]:
    """What the draft holds, wherever the clerk stands in it."""
    return {key: value for key, value in plan.draft.values.items() if key != "step"} if plan else {}
