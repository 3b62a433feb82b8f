"""What is under the clerk's hands in the intake, for places beside it."""

from __future__ import annotations

from ui.screens.intake.materials import MaterialStep
from ui.screens.intake.page import IntakeScreen


def looked_at(intake: IntakeScreen) -> tuple[str, str]:
    """The item or life event, and the element of it in front; empty when there is none."""
    step = intake.step("materials") if intake.at == "materials" else None
    return intake.session.text("item"), step.element if isinstance(step, MaterialStep) else ""
