"""People of a window: added, changed, removed and rescued, with a trace each time and with crashes in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.house import house, open_store, sign_in
from clerk_app.bootstrap.people import (
    add_clerk,
    change_pin,
    change_role,
    make_recovery,
    people_of,
    remove_clerk,
    use_recovery,
)
from clerk_app.crypto.signer import verify_signatures
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import first_break
from clerk_app.errors import KeyProblem, Refused
from clerk_app.settings import Settings
from clerk_app.usecases import figures, people_of_window, queries, setup
from clerk_app.usecases.unmasking import unmask
from tests.bootstrap.folder import PIN, found

NEW = "135791"


def verbs(data: Path, login: str, pin: str = PIN) -> list[str]:
    home = house(Settings(data))
    store = open_store(home, home.vault.unlock(login, pin))
    with store.begin(reading=True) as uow:
        entries = list(uow.journal.entries())
    store.close()
    assert first_break(entries) is None
    return [entry.happening.verb for entry in entries]


def opens(data: Path, login: str, pin: str) -> bool:
    try:
        sign_in(house(Settings(data)), login, pin).store.close()
    except (KeyProblem, Refused):
        return False
    return True


def test_a_pin_is_changed_by_wrapping_again(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
    before = house(Settings(data)).vault.unlock("wangmin", PIN)
    pages = (data / "clerk.db").read_bytes()[:16]
    change_pin(data, "wangmin", NEW)
    after = house(Settings(data)).vault.unlock("wangmin", NEW)
    assert after == before  # the same database key, the same signing key
    assert (data / "clerk.db").read_bytes()[:16] == pages  # the salt of an encrypted-anew file would differ
    assert not opens(data, "wangmin", PIN)
    assert opens(data, "admin", PIN)
    assert "pin.changed" in verbs(data, "admin")
    with pytest.raises(Refused, match="至少要 6 位"):
        change_pin(data, "admin", "12345")
    assert opens(data, "admin", PIN)


def test_a_removed_clerk_has_no_way_in_and_the_work_stays(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK), ("lili", Role.CLERK))
    remove_clerk(data, "wangmin", by="admin")
    assert not opens(data, "wangmin", PIN)
    assert opens(data, "lili", PIN)
    assert [(clerk.login, clerk.active, slot) for clerk, slot in people_of(data, by="admin")] == [
        ("admin", True, True),
        ("wangmin", False, False),
        ("lili", True, True),
    ]
    for login, by in (("admin", "admin"), ("lili", "lili"), ("nobody", "admin")):
        with pytest.raises(Refused):
            remove_clerk(data, login, by=by)
    with pytest.raises(Refused, match="有人用了"):  # one login never means two people
        add_clerk(data, "wangmin", "另一个", Role.CLERK, PIN, by="admin")


def test_a_crash_between_closing_and_removing_the_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK), ("lili", Role.CLERK))
    with monkeypatch.context() as patch:
        patch.setattr(FileVault, "remove_slot", _pull_the_plug)
        with pytest.raises(RuntimeError):
            remove_clerk(data, "wangmin", by="admin")
    assert not opens(data, "wangmin", PIN)  # the account is closed, slot or no slot
    remove_clerk(data, "lili", by="admin")
    assert house(Settings(data)).vault.logins() == ("admin",)


@pytest.mark.parametrize("where", ["add_slot", "note_key"])
def test_a_crash_while_adding_is_mended_by_adding_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    data = found(tmp_path / "d")
    with monkeypatch.context() as patch:
        patch.setattr(FileVault if where == "add_slot" else people_of_window, where, _pull_the_plug)
        with pytest.raises(RuntimeError):
            add_clerk(data, "admin", "管理员", Role.ADMIN, PIN, by="")
    if where == "add_slot":
        add_clerk(data, "admin", "管理员", Role.ADMIN, PIN, by="")
    home = house(Settings(data))
    desk = sign_in(home, "admin", PIN)
    with desk.store.begin(reading=True) as uow:
        clerk = uow.clerks.get("admin")
    assert clerk is not None
    assert clerk.public_key == home.vault.unlock("admin", PIN).signing_public
    desk.store.close()


def test_two_others_help_out_a_forgotten_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
    old = make_recovery(data, 2, by="admin")
    papers = make_recovery(data, 3, by="admin")
    assert not any(paper[:20].encode() in (data / "vault.json").read_bytes() for paper in papers)
    for wrong in ((papers[0], papers[0]), (old[0], old[1]), (papers[0], old[1]), (papers[0], "AAAA")):
        with pytest.raises(KeyProblem):
            use_recovery(data, "wangmin", NEW, wrong)
    with pytest.raises(Refused):
        use_recovery(data, "nobody", NEW, papers[:2])
    use_recovery(data, "wangmin", NEW, (papers[2], papers[0]))
    assert not opens(data, "wangmin", PIN)
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", NEW)
    _window, keys, _gateway = setup.keys_of(desk.store)
    assert verify_signatures(home.suite, b"body", desk.signer.sign(b"body"), keys["public"]) == "wangmin"
    desk.store.close()
    assert verbs(data, "wangmin", NEW).count("pin.recovered") == 1
    monkeypatch.setenv("CLERK_APP_PIN", NEW)
    with pytest.raises(Refused, match="只有管理员"):
        make_recovery(data, 2, by="wangmin")


def test_on_another_pc_nobodys_pin_works_and_the_papers_do(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
    papers = make_recovery(data, 2, by="admin")
    (data / "device.secret").unlink()  # what stays on the other PC
    assert not opens(data, "wangmin", PIN)
    use_recovery(data, "admin", NEW, papers, moving_in=True)
    assert opens(data, "admin", NEW)
    assert house(Settings(data)).vault.logins() == ("admin",)
    use_recovery(data, "wangmin", NEW, papers)
    assert opens(data, "wangmin", NEW)


def test_an_admin_sees_no_case_and_an_auditor_neither(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("auditor", Role.AUDITOR))
    for login in ("admin", "auditor"):
        desk = sign_in(house(Settings(data)), login, PIN)
        for look in (
            lambda desk=desk: queries.case_rows(desk),
            lambda desk=desk: queries.search(desk, "王"),
            lambda desk=desk: queries.case_detail(desk, "x"),
            lambda desk=desk: unmask(desk, "x"),
            lambda desk=desk: figures.today_figures(desk),
        ):
            with pytest.raises(Refused, match="岗位"):
                look()
        desk.store.close()
    with pytest.raises(Refused, match="只有管理员"):
        add_clerk(data, "x", "x", Role.CLERK, PIN, by="auditor")


def _pull_the_plug(*_args: object, **_more: object) -> None:
    raise RuntimeError("crash")


def test_a_role_is_changed_by_another_administrator_with_a_trace(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
    change_role(data, "wangmin", Role.CHIEF, by="admin")
    desk = sign_in(house(Settings(data)), "wangmin", PIN)
    assert desk.session.role is Role.CHIEF
    desk.store.close()
    assert "clerk.role" in verbs(data, "admin")
    with pytest.raises(Refused, match="不能改自己的岗位"):
        change_role(data, "admin", Role.CLERK, by="admin")
    with pytest.raises(Refused, match="只有管理员"):
        change_role(data, "admin", Role.CLERK, by="wangmin")


def test_no_chain_of_changes_makes_an_auditor_of_an_administrator(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN), ("second", Role.ADMIN))
    with pytest.raises(Refused, match="先后做管理员和审计员"):
        change_role(data, "second", Role.AUDITOR, by="admin")
    change_role(data, "second", Role.CLERK, by="admin")
    with pytest.raises(Refused, match="先后做管理员和审计员"):
        change_role(data, "second", Role.AUDITOR, by="admin")
    assert [clerk.role for clerk, _ in people_of(data, by="admin")] == [Role.ADMIN, Role.CLERK]


def test_a_window_without_an_administrator_can_get_one_and_only_that(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("wangmin", Role.CLERK))
    with pytest.raises(Refused, match="还没有管理员"):
        add_clerk(data, "lihua", "李华", Role.CLERK, PIN, by="wangmin")
    add_clerk(data, "admin", "管理员", Role.ADMIN, PIN, by="wangmin")
    with pytest.raises(Refused, match="只有管理员"):
        add_clerk(data, "second", "管理员", Role.ADMIN, PIN, by="wangmin")
    add_clerk(data, "lihua", "李华", Role.CLERK, PIN, by="admin")
    assert verbs(data, "admin").count("clerk.added") == 3
