"""Where one intake stands among its six steps, how far it came, and which steps are open to it. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.screens.intake.errand import CORRECT, SUPPLEMENT, Errand
from ui.screens.intake.step import APPLICANT, CONFIRM, FORM, MATERIALS, RECEIPT, STEP_IDS


@dataclass(slots=True)
class Way:
    """``at``: the step in front, from 0. ``noticing``: 一次性告知 stands before it. ``errand``: papers for a case that was taken
    before."""

    at: int = APPLICANT
    furthest: int = APPLICANT
    noticing: bool = False
    errand: Errand | None = None

    def go(self, at: int) -> None:
        self.at, self.noticing = at, False
        self.furthest = max(self.furthest, at)

    @property
    def step_id(self) -> str:
        return STEP_IDS[self.at]

    @property
    def is_over(self) -> bool:
        """Accepted, or whatever became of it: the receipt."""
        return self.at == RECEIPT

    @property
    def first(self) -> int:
        """Of a case that was taken before, applicant and item stand."""
        return MATERIALS if self.errand else APPLICANT

    @property
    def before(self) -> int | None:
        """The step to go back to, if there is one."""
        if self.noticing:
            return MATERIALS
        return self.at - 1 if self.first < self.at < RECEIPT else None

    def is_open(self, at: int) -> bool:
        """Whether this step may be chosen now."""
        last = MATERIALS if self.errand and self.errand.kind == SUPPLEMENT else CONFIRM
        return not self.is_over and self.first <= at <= last

    def done(self, steps: Sequence[bool]) -> tuple[bool, ...]:
        """``steps``: which have nothing open. Only what was passed is ticked."""
        settled = (True,) * len(STEP_IDS) if self.is_over else steps
        return tuple(each and at < self.furthest for at, each in enumerate(settled))

    @property
    def takes_notice(self) -> bool:
        """F8 means something here."""
        more_to_come = self.errand is None or self.errand.kind == CORRECT
        return self.at == MATERIALS and not self.noticing and more_to_come

    @property
    def brings_late_papers(self) -> bool:
        """The materials are its end: 容缺补齐."""
        return self.at == MATERIALS and self.errand is not None and self.errand.kind == SUPPLEMENT

    @property
    def is_checked(self) -> bool:
        """The pre-check stands at the right."""
        return self.at in (FORM, CONFIRM)
