"""好差评 as the clerk's side sees it: the invitation, and what becomes of the answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from clerk_app.domain.case import Case
from clerk_app.domain.rating import RatingState
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.rate import not_rated, rate, rating_of
from ui.applicant_window import ApplicantWindow
from ui.frame_news import Say
from ui.jobs import Jobs


class AskingRating(QObject):
    """``kept`` is called once an answer, or that there was none, is on disk."""

    def __init__(
        self, desk: Desk, jobs: Jobs, applicant: ApplicantWindow, say: Say, kept: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._applicant, self._say, self._kept = desk, jobs, applicant, say, kept
        applicant.rated.connect(self._on_rated)
        applicant.unrated.connect(self._on_unrated)

    def invite(self, case_id: str) -> None:
        """On the applicant's own screen, never over something that is being read."""
        if self._applicant.showing:
            self._say("申请人正在看内容，签完再请他评价。", "amber")
        else:
            self._applicant.ask_rating(case_id)
            self._say("已请申请人评价，自愿；60 秒没评算未评价。", "blue")

    @Slot(str, int, list)
    def _on_rated(self, case_id: str, level: int, reasons: list[str]) -> None:
        desk = self._desk
        self._jobs.run(lambda: rate(desk, case_id, level, reasons), self._on_kept, owner=self)

    @Slot(str)
    def _on_unrated(self, case_id: str) -> None:
        desk = self._desk
        self._jobs.run(lambda: not_rated(desk, case_id), self._on_kept, owner=self, failed=self._on_unkept)

    def _on_kept(self, case: Case) -> None:
        self._say("申请人评价好了。" if rating_of(case) is RatingState.RATED else "申请人没有评价。", "grey")
        self._kept()

    def _on_unkept(self, error: AppError) -> None:
        """Asked a second time and declined again: what was kept before stands."""
        if not isinstance(error, Refused):
            self._say(error.sentence(), "amber")
