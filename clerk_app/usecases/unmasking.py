"""A look at the full name and numbers of a case's applicant: by right, for a reason where the role must give one, and in the
journal before anything is shown (promise 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clerk_app.domain.rights import Right, may, must_give_reason, who_may
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.writing import find_case

REASONS: Mapping[str, str] = {
    "compare": "核对证件",
    "contact": "联系申请人",
    "complaint": "核查投诉",
    "file": "检查案卷",
}
"""Why somebody looks, as a closed word: what is typed freely might name a person, and the journal never does."""


@dataclass(frozen=True, slots=True)
class FullView:
    """What the masks hide. ``phone`` and ``address`` may be empty."""

    name: str
    document_number: str
    phone: str
    address: str


def needs_reason(desk: Desk) -> bool:
    """Whether this clerk must say why."""
    return must_give_reason(desk.session.role)


def unmask(desk: Desk, number: str, reason: str = "") -> FullView:
    """The applicant in full; the look is journalled first.

    Args:
        reason: a key of ``REASONS``, or empty for those who serve the person.

    Raises:
        Refused: not this role's to see, no reason where one is due, no such case, or its content was erased.
    """
    if not may(desk.session.role, Right.UNMASK):
        raise Refused("您的岗位不能看完整的证件号码。", what_to_do=f"能看的：{who_may(Right.UNMASK)}。")
    if reason not in REASONS and (reason or needs_reason(desk)):
        raise Refused("请先选为什么要看。", what_to_do=f"可以选：{'、'.join(REASONS.values())}。")
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        applicant = case.content.get("applicant") or {}
        if not applicant:
            raise Refused("这件办件的个人信息已按期清除。", what_is_safe="编号和办理结果都在。")
        why = {"reason": reason} if reason else {}
        uow.journal.append(desk.happening("unmask", case.id, case.revision, **why))
        uow.commit()
    texts = (str(applicant.get(key) or "") for key in ("name", "document_number", "phone", "address"))
    return FullView(*texts)
