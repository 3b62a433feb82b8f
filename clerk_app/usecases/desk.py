"""The desk: everything a use case may reach, handed in by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.deadlines import WorkCalendar
from clerk_app.domain.hall import Hall, Role
from clerk_app.domain.journal import Happening
from clerk_app.domain.office import CORRECTION_DAYS
from clerk_app.domain.rights import RIGHT_NAMES, Right, may, who_may
from clerk_app.domain.session import Session
from clerk_app.errors import Refused
from clerk_app.ports import Catalogue, Clock, FileSigner, Ids, PaperMark, Signer, Store


@dataclass(frozen=True, slots=True)
class Desk:
    """One signed-in clerk at one window."""

    store: Store
    catalogue: Catalogue
    calendar: WorkCalendar
    clock: Clock
    ids: Ids
    hall: Hall
    session: Session
    signer: Signer
    paper_mark: PaperMark
    window_key: FileSigner | None = None
    correction_days: int = CORRECTION_DAYS

    def happening(self, verb: str, case_id: str = "", revision: int = 0, **detail: str) -> Happening:
        """A journal entry of this clerk, now. ``detail``: closed words and references, never personal data."""
        return Happening(self.clock.now(), self.session.login, verb, case_id, revision, detail)


def must(desk: Desk, right: Right) -> None:
    """Raises Refused when the role has not this right; says which roles have it."""
    if not may(desk.session.role, right):
        raise Refused(f"您的岗位不能{RIGHT_NAMES[right]}。", what_to_do=f"请{who_may(right)}登录后再做。")


def must_keep_safe(desk: Desk) -> None:
    """Raises Refused for who may not make, move or wipe what the window keeps.

    As with the recovery key: while a window has no administrator at all, whoever takes cases there keeps them safe too, so that
    a window of one clerk is not left without a backup.
    """
    if may(desk.session.role, Right.SAFEKEEPING):
        return
    with desk.store.begin(reading=True) as uow:
        has_admin = any(clerk.active and clerk.role is Role.ADMIN for clerk in uow.clerks.all())
    if has_admin or not may(desk.session.role, Right.TAKE_CASES):
        must(desk, Right.SAFEKEEPING)


def must_take_cases(desk: Desk) -> None:
    """Raises Refused when the role may not take cases."""
    if not may(desk.session.role, Right.TAKE_CASES):
        raise Refused("您的岗位不能受理办件。", what_to_do="请换综合窗口人员或首席事务代表登录。")


def must_see_cases(desk: Desk) -> None:
    """Raises Refused when the role may not see case content (管理员, 审计员)."""
    if not may(desk.session.role, Right.SEE_CASES):
        raise Refused("您的岗位不能查看办件内容。", what_to_do="请换窗口人员登录。")
