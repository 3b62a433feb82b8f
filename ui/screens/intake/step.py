"""What every step of the intake is to the page: a widget that shows a plan and says what keeps it from going on."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from clerk_app.usecases.intake import Plan

TITLES = ("申请人", "事项与情形", "材料", "表单", "确认签字", "回执")
STEP_IDS = ("applicant", "item", "materials", "form", "confirm", "receipt")
APPLICANT, ITEM, MATERIALS, FORM, CONFIRM, RECEIPT = range(6)


class Step(Protocol):
    """One step. ``title`` stands in the stepper."""

    id: str
    title: str

    @property
    def widget(self) -> QWidget: ...
    def show_plan(self, plan: Plan | None) -> None:
        """Show what is saved; None is an intake in which nothing was done yet."""
        ...

    def enter(self) -> None:
        """The step comes to the front: put the keyboard where the work is."""
        ...

    def blocked(self) -> str:
        """Why the next step must wait, in a few words, with the keyboard put on the place; empty when it may go on."""
        ...

    def summary(self) -> tuple[str, str, str]:
        """Words for the bottom bar: text, and a chip with its tone (empty for none)."""
        ...

    def act(self, action_id: str) -> bool: ...
