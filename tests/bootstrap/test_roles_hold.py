"""Every right of the table is asked where the thing is done: in the use case, by the command line too, for every role."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from clerk_app.bootstrap.house import house, open_store, sign_in
from clerk_app.bootstrap.people import add_clerk
from clerk_app.cli import main
from clerk_app.domain.case import Outcome
from clerk_app.domain.hall import Role
from clerk_app.domain.rights import ROLE_NAMES, Right, may, who_may
from clerk_app.errors import Refused
from clerk_app.settings import Settings
from clerk_app.usecases import deadlines_watch, deciding, journal_view, keeping, people_of_window, persons, visiting
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases
from clerk_app.usecases.people_of_window import Acting
from clerk_app.usecases.printing import order_to_save
from clerk_app.usecases.unmasking import unmask
from tests.bootstrap.folder import PIN, found, found_anew

ROOT = Path(__file__).parents[2]
OTHERS = [role for role in Role if role is not Role.ADMIN]
LOGINS = {role: "admin" if role is Role.ADMIN else f"a{role.value}" for role in Role}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return found(tmp_path / "d", ("admin", Role.ADMIN), *((LOGINS[role], role) for role in OTHERS))


def inside(data: Path) -> dict[str, object]:
    home = house(Settings(data))
    store = open_store(home, home.vault.unlock("admin", PIN))
    with store.begin(reading=True) as uow:
        told = {"second": uow.config.get("backup.second"), "handover": uow.config.get("handover")}
        verbs = {entry.happening.verb for entry in uow.journal.entries()}
    store.close()
    return {**told, "made": "backup.made" in verbs, "copies": sorted((data / "copies").glob("*.db"))}


def test_only_who_keeps_the_vault_safe_copies_moves_and_wipes_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = inside(data)
    every = (
        ("backup",),
        ("backup", str(tmp_path / "all.bak")),
        ("backup", "--second", "none"),
        ("handover", str(tmp_path / "moved.bak")),
        ("handover", str(tmp_path / "moved.bak"), "--arrived"),
        ("handover", "--confirm", "0" * 12),
    )
    for role, words in [*((role, every[0]) for role in OTHERS), *((Role.CLERK, words) for words in every[1:])]:
        assert main([*words, "--data", str(data), "--clerk", LOGINS[role]]) == 3, (role, words)
        assert f"请{who_may(Right.SAFEKEEPING)}登录后再做" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.bak"))
    assert inside(data) == before
    assert main(["backup", str(tmp_path / "all.bak"), "--data", str(data), "--clerk", "admin"]) == 0


def test_a_window_without_an_administrator_is_kept_safe_by_who_takes_cases_there(tmp_path: Path) -> None:
    alone = found(tmp_path / "alone", ("wangmin", Role.CLERK))
    assert main(["backup", str(tmp_path / "one.bak"), "--data", str(alone)]) == 0
    add_clerk(alone, "admin", "管理员", Role.ADMIN, PIN, by="wangmin")
    assert main(["backup", str(tmp_path / "two.bak"), "--data", str(alone), "--clerk", "wangmin"]) == 3
    assert [path.name for path in tmp_path.glob("*.bak")] == ["one.bak"]


def test_an_auditor_is_never_the_first_nor_chooses_the_administrator(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="两个人"):
        found_anew(tmp_path / "audited", ("auditor", Role.AUDITOR))
    logins = house(Settings(tmp_path / "audited")).vault.logins()
    assert logins == ()


def test_a_stick_that_is_not_there_is_said(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = tmp_path / "gone"
    assert main(["bundle", "export", str(gone), "--data", str(data), "--clerk", LOGINS[Role.CLERK]]) != 0
    said = capsys.readouterr().err
    assert "没有这个文件夹" in said
    assert "写保护" not in said
    assert not gone.exists()


def test_a_paper_is_saved_as_a_file_only_by_right(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "paper.pdf"
    for role in Role:
        words = ["print", "f" * 32, "--out", str(out), "--data", str(data), "--clerk", LOGINS[role]]
        assert main(words) == 3, role  # with the right there is still no such case
        assert ("另存成文件" in capsys.readouterr().err) is not may(role, Right.EXPORT), role
    assert not out.exists()


def _people(desk: Desk) -> None:
    people_of_window.change_role(
        desk.store, desk.clock, "nobody", Role.CLERK, Acting(desk.session.login, desk.session.role)
    )


GATES: dict[Right, Callable[[Desk], object]] = {
    Right.TAKE_CASES: must_take_cases,
    Right.SEE_CASES: must_see_cases,
    Right.DECIDE: lambda desk: deciding.decide_on_the_spot(desk, "none", deciding.Result(Outcome.GRANTED)),
    Right.DELIVER: lambda desk: deciding.deliver(desk, "none", deciding.Receiver(deciding.Handing.APPLICANT)),
    Right.SUPERVISE: lambda desk: deadlines_watch.confirm_deemed(desk, "none"),
    Right.UNMASK: lambda desk: unmask(desk, "none", "file"),
    Right.EXPORT: lambda desk: order_to_save(desk, "none"),
    Right.PERSON_DATA: lambda desk: persons.kept_of(desk, "500199195803142127"),
    Right.PEOPLE: _people,
    Right.SAFEKEEPING: lambda desk: keeping.set_terms(desk, keeping.Terms()),
    Right.JOURNAL: journal_view.journal_rows,
    Right.VISITS: visiting.register,
}
"""One use case behind each right; DEVICES changes only how this PC looks and prints, and is asked by the window alone."""


@pytest.mark.parametrize("role", Role)
def test_each_right_is_refused_to_exactly_those_who_have_it_not(data: Path, role: Role) -> None:
    assert set(GATES) == set(Right) - {Right.DEVICES}
    desk = sign_in(house(Settings(data)), LOGINS[role], PIN)
    try:
        for right, act in GATES.items():
            try:
                act(desk)
                said = ""
            except Refused as refused:
                said = refused.message
            barred = said.startswith(("您的岗位不能", "当场办结要首席", "视为受理要督导", "只有"))
            assert barred is not may(role, right), (ROLE_NAMES[role], right, said)
    finally:
        desk.store.close()


def test_a_right_that_nobody_asks_shows() -> None:
    asked: set[str] = set()
    for file in [*(ROOT / "clerk_app").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or file.name == "rights.py":
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in ("must", "may", "_desk", "Entry", "PageEntry"):
                continue
            for given in (*node.args, *(each.value for each in node.keywords)):
                if isinstance(given, ast.Attribute) and getattr(given.value, "id", "") == "Right":
                    asked.add(given.attr)
    assert asked == {right.name for right in Right}
