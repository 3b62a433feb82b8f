"""The table of roles and rights: what §8.4 of the data sheet asks, and that the older short lists agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clerk_app.domain.hall import MAY_SEE_CASES, MAY_TAKE_CASES, Role
from clerk_app.domain.rights import RIGHT_NAMES, RIGHTS, ROLE_NAMES, Right, may, may_become, must_give_reason, who_may

CONTENT = {
    Right.TAKE_CASES,
    Right.SEE_CASES,
    Right.DECIDE,
    Right.DELIVER,
    Right.UNMASK,
    Right.EXPORT,
    Right.PERSON_DATA,
}


def test_every_role_and_right_is_in_the_table_and_has_a_name() -> None:
    assert set(RIGHTS) == set(Role) == set(ROLE_NAMES)
    assert set(RIGHT_NAMES) == set(Right)
    assert all(any(may(role, right) for role in Role) for right in Right)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_runs_the_window_or_audits_it_sees_no_case_content(role: Role) -> None:
    assert not RIGHTS[role] & CONTENT


def test_an_auditor_has_the_journal_alone_and_no_role_runs_people_and_reads_their_trace() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.JOURNAL}
    assert not any(may(role, Right.PEOPLE) and may(role, Right.JOURNAL) for role in Role)


def test_only_the_chief_representative_decides_on_the_spot() -> None:
    assert [role for role in Role if may(role, Right.DECIDE)] == [Role.CHIEF]


def test_no_account_is_administrator_and_auditor_one_after_the_other() -> None:
    assert not may_become(Role.ADMIN, Role.AUDITOR)
    assert not may_become(Role.AUDITOR, Role.ADMIN)
    assert all(may_become(one, other) for one in Role for other in Role if {one, other} != {Role.ADMIN, Role.AUDITOR})


def test_who_looks_without_serving_gives_a_reason() -> None:
    assert {role for role in Role if may(role, Right.UNMASK) and must_give_reason(role)} == {Role.SUPERVISOR}


def test_the_short_lists_of_the_hall_are_the_same_table() -> None:
    assert {role for role in Role if may(role, Right.TAKE_CASES)} == MAY_TAKE_CASES
    assert {role for role in Role if may(role, Right.SEE_CASES)} == MAY_SEE_CASES


def test_who_may_is_said_in_words() -> None:
    assert who_may(Right.JOURNAL) == "督导、审计员"
    assert who_may(Right.DECIDE) == "首席事务代表"


def test_the_table_in_the_documents_is_this_one() -> None:
    text = (Path(__file__).parents[2] / "docs" / "roles.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    head, *lines = [row for row in rows if not re.fullmatch(r"-+", row[0])]
    assert head[1:] == [ROLE_NAMES[role] for role in Role]
    shown = {line[0]: [cell == "●" for cell in line[1:]] for line in lines}
    assert shown == {RIGHT_NAMES[right]: [may(role, right) for role in Role] for right in Right}
