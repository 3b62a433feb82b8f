"""Who may do what (data sheet §8.4, proposed there from the seed's clauses): one table, asked by use cases and by the window.

An administrator runs people and safekeeping and sees no case content; an auditor sees the journal alone; no account is both,
not even one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from clerk_app.domain.hall import Role


class Right(StrEnum):
    """What a role may be allowed."""

    TAKE_CASES = "take_cases"
    SEE_CASES = "see_cases"
    DECIDE = "decide"
    DELIVER = "deliver"
    SUPERVISE = "supervise"
    UNMASK = "unmask"
    EXPORT = "export"
    PERSON_DATA = "person_data"
    DEVICES = "devices"
    PEOPLE = "people"
    SAFEKEEPING = "safekeeping"
    JOURNAL = "journal"
    VISITS = "visits"


RIGHT_NAMES: Mapping[Right, str] = {
    Right.TAKE_CASES: "收件、受理、一次性告知",
    Right.SEE_CASES: "看办件内容",
    Right.DECIDE: "当场作决定",
    Right.DELIVER: "出件",
    Right.SUPERVISE: "督导确认（视为受理、应急补录、作废见证）",
    Right.UNMASK: "看完整的证件号码",
    Right.EXPORT: "把文书另存成文件",
    Right.PERSON_DATA: "替本人查阅、更正、删除个人信息",
    Right.DEVICES: "选摄像头、打印机",
    Right.PEOPLE: "管人员、恢复钥匙、窗口登记",
    Right.SAFEKEEPING: "管备份、空间、保存期限",
    Right.JOURNAL: "看、核对、导出日志",
    Right.VISITS: "看特殊群体台账、安排上门",
}

ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: "综合窗口人员",
    Role.CHIEF: "首席事务代表",
    Role.DELIVERY: "出件员",
    Role.VISITOR: "帮办代办员",
    Role.SUPERVISOR: "督导",
    Role.ADMIN: "管理员",
    Role.AUDITOR: "审计员",
}

_COUNTER = frozenset(
    {
        Right.TAKE_CASES,
        Right.SEE_CASES,
        Right.DELIVER,
        Right.UNMASK,
        Right.EXPORT,
        Right.PERSON_DATA,
        Right.DEVICES,
        Right.VISITS,
    }
)

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.CLERK: _COUNTER,
    Role.VISITOR: _COUNTER,
    Role.CHIEF: _COUNTER | {Right.DECIDE},
    Role.DELIVERY: frozenset({Right.SEE_CASES, Right.DELIVER, Right.UNMASK, Right.DEVICES}),
    Role.SUPERVISOR: frozenset(
        {Right.SEE_CASES, Right.SUPERVISE, Right.UNMASK, Right.EXPORT, Right.PERSON_DATA, Right.JOURNAL}
    ),
    Role.ADMIN: frozenset({Right.DEVICES, Right.PEOPLE, Right.SAFEKEEPING}),
    Role.AUDITOR: frozenset({Right.JOURNAL}),
}

_APART = frozenset({Role.ADMIN, Role.AUDITOR})


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right."""
    return right in RIGHTS[role]


def who_may(right: Right) -> str:
    """The roles that have a right, as a clerk reads them: 督导、审计员."""
    return "、".join(ROLE_NAMES[role] for role in Role if may(role, right))


def may_become(before: Role, after: Role) -> bool:
    """Whether an account may change its role so. From administrator to auditor or back never: whoever ran the people would
    then read the trace of it under one name (data sheet §7.2, §8.4)."""
    return not {before, after} >= _APART


def must_give_reason(role: Role) -> bool:
    """Who looks at full numbers without serving the person says why (拟): a supervisor's look is not needed for the case."""
    return not may(role, Right.TAKE_CASES) and not may(role, Right.DELIVER)
