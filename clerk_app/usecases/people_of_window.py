"""人员: who may work at this window. The table and the journal come first, the key slots after them, so that a crash in
between leaves a trace and a person without a way in, never a way in without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.journal import Happening
from clerk_app.domain.rights import Right, may, may_become, who_may
from clerk_app.errors import Refused
from clerk_app.ports import Clock, Store, UnitOfWork
from clerk_app.usecases.setup import SETUP_ACTOR

RECOVERY_ACTOR = "recovery"
SALVAGE_ACTOR = "salvage"
ROLES_HELD = "roles.held:"
"""Which roles a login had before, so that no chain of changes makes an auditor of an administrator."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes people: ``role`` None for the one-time set-up key, which only ever makes the first one."""

    login: str
    role: Role | None


SETUP_KEY = Acting(SETUP_ACTOR, None)


def add_clerk(store: Store, clock: Clock, clerk: Clerk, by: Acting, *, has_slot: bool) -> None:
    """Record a clerk before the key slot is made. ``has_slot``: the vault knows the login already.

    An open account without a slot is what a crash left behind: it is taken over. A closed one stays closed for ever, so that
    the journal never means two people by one login.

    Raises:
        Refused: no right to, or the login is taken.

    While a window has no administrator, whoever works there may add one, and only one: a first clerk who was no administrator
    must not leave the window without. An administrator sees no case, so nobody gains sight of anything by it. An auditor is
    never first: the one who reads the journal would then choose who runs the people, and could be both.
    """
    with store.begin() as uow:
        has_admin = any(each.active and each.role is Role.ADMIN for each in uow.clerks.all())
        if not has_admin and by.role is not None and clerk.role is not Role.ADMIN:
            raise Refused(
                "这个窗口还没有管理员，先不能添加别的人员。", what_to_do="请先添加一个管理员，再由管理员添加。"
            )
        if not has_admin and (by.role or clerk.role) is Role.AUDITOR:
            raise Refused(
                "审计员不能是这个窗口的第一个人，也不能添加管理员：管人员的和看日志的要是两个人。",
                what_is_safe="没有添加任何人。",
                what_to_do="请先添加管理员或窗口人员，再由管理员添加审计员。",
            )
        if has_admin:
            _must_run_people(by)
        before = uow.clerks.get(clerk.login)
        if before and (has_slot or not before.active):
            raise Refused(
                "这个登录名已经有人用了。", what_is_safe="原来的人员没有改动。", what_to_do="请换一个登录名。"
            )
        if before:
            uow.clerks.save(clerk)
        else:
            uow.clerks.add(clerk)
        detail = {"login": clerk.login, "role": clerk.role.value}
        uow.journal.append(Happening(clock.now(), by.login, "clerk.added", detail=detail))
        uow.commit()


def close_account(store: Store, clock: Clock, login: str, by: Acting) -> None:
    """A clerk leaves: the account is closed, what they did stays. The key slot goes after this.

    Raises:
        Refused: no right to, nobody of that name, oneself, or the last administrator.
    """
    _must_run_people(by)
    with store.begin() as uow:
        clerk = uow.clerks.get(login)
        if clerk is None:
            raise Refused("没有这个登录名。", what_to_do="请用 clerk-app clerk list 核对。")
        if login == by.login:
            raise Refused("不能移除自己。", what_to_do="请另一位管理员来做。")
        if clerk.active:
            uow.clerks.save(replace(clerk, active=False))
            uow.journal.append(Happening(clock.now(), by.login, "clerk.removed", detail={"login": login}))
            uow.commit()


def change_role(store: Store, clock: Clock, login: str, role: Role, by: Acting) -> None:
    """Another post for a person. What they did before stays under their name, with the change in the journal.

    Raises:
        Refused: no right to, nobody of that name, oneself, or administrator and auditor would meet in one account, also by
            way of a third role.
    """
    _must_run_people(by)
    with store.begin() as uow:
        clerk = _active(uow, login)
        if login == by.login:
            raise Refused("不能改自己的岗位。", what_to_do="请另一位管理员来做。")
        held = {Role(text) for text in uow.config.get(f"{ROLES_HELD}{login}") or []} | {clerk.role}
        if not all(may_become(before, role) for before in held):
            raise Refused(
                "一个账号不能先后做管理员和审计员。",
                what_is_safe="岗位没有改动。",
                what_to_do="请另加一个人员。",
            )
        if role is not clerk.role:
            uow.clerks.save(replace(clerk, role=role))
            uow.config.set(f"{ROLES_HELD}{login}", sorted(each.value for each in held))
            detail = {"login": login, "before": clerk.role.value, "role": role.value}
            uow.journal.append(Happening(clock.now(), by.login, "clerk.role", detail=detail))
            uow.commit()


def pin_is_set(store: Store, clock: Clock, login: str, by: Acting) -> None:
    """Trace of a PIN that an administrator sets for somebody, before it happens. Refused: no right, or a closed account."""
    _must_run_people(by)
    with store.begin() as uow:
        _active(uow, login)
        uow.journal.append(Happening(clock.now(), by.login, "pin.set", detail={"login": login}))
        uow.commit()


def pin_changes(store: Store, clock: Clock, login: str) -> None:
    """Trace of a clerk's own change of PIN, before it happens."""
    with store.begin() as uow:
        _active(uow, login)
        uow.journal.append(Happening(clock.now(), login, "pin.changed", detail={"login": login}))
        uow.commit()


def pin_recovers(store: Store, clock: Clock, login: str, papers: tuple[int, int]) -> None:
    """Trace of a PIN set anew by two holders of the recovery key, before it happens. Refused when the account is closed."""
    with store.begin() as uow:
        _active(uow, login)
        detail = {"login": login, "papers": "+".join(str(each) for each in sorted(papers))}
        uow.journal.append(Happening(clock.now(), RECOVERY_ACTOR, "pin.recovered", detail=detail))
        uow.commit()


def must_run_window(store: Store, by: Acting) -> None:
    """For what concerns the window as a whole: an administrator, or whoever works there while there is none. Raises Refused."""
    with store.begin(reading=True) as uow:
        admins = any(clerk.active and clerk.role is Role.ADMIN for clerk in uow.clerks.all())
    if admins and by.role is not Role.ADMIN:
        raise Refused("只有管理员可以重新登记窗口。", what_to_do="请管理员来做（命令里是 --clerk 管理员登录名）。")


def recovery_is_made(store: Store, clock: Clock, by: Acting, people: int) -> None:
    """Trace of a new recovery key, before it is made. Only an administrator, where there is one."""
    with store.begin() as uow:
        admins = any(clerk.active and clerk.role is Role.ADMIN for clerk in uow.clerks.all())
        if admins and by.role is not Role.ADMIN:
            raise Refused("只有管理员可以做恢复钥匙。", what_to_do="请管理员登录后再做。")
        happening = Happening(clock.now(), by.login, "recovery.made", detail={"people": str(people)})
        uow.journal.append(happening)
        uow.commit()


def reopen(store: Store, clock: Clock, slots: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
    """After a salvage that lost accounts: whoever has a key slot gets theirs back, with the post that the journal tells last (clerk
    where it tells none) and the login for a name. Whom the journal alone knows has left: closed, and closed for ever. Returns the
    logins that are open again.

    Args:
        slots: login and public key of each slot.
    """
    reopened = []
    with store.begin() as uow:
        known = {clerk.login for clerk in uow.clerks.all()}
        lost = {login: key for login, key in slots if login not in known}
        posts, left = dict.fromkeys(lost, Role.CLERK), set[str]()
        for entry in uow.journal.entries() if lost else ():
            told, verb = entry.happening.detail, entry.happening.verb
            login = str(told.get("login", ""))
            if verb in {"clerk.added", "clerk.role"} and login not in known:
                posts[login] = Role(str(told["role"]))
            if verb == "clerk.removed":
                left.add(login)
        for login, post in posts.items():
            is_open = login in lost and login not in left
            uow.clerks.add(Clerk(login, login, post, lost.get(login, b""), is_open))
            if is_open:
                detail = {"login": login, "role": post.value}
                uow.journal.append(Happening(clock.now(), SALVAGE_ACTOR, "clerk.reopened", detail=detail))
                reopened.append(login)
        uow.commit()
    return tuple(reopened)


def note_key(store: Store, login: str, public_key: bytes) -> None:
    """The slot is there: its public key goes beside the clerk's name."""
    with store.begin() as uow:
        uow.clerks.save(replace(_active(uow, login), public_key=public_key))
        uow.commit()


def clerks(store: Store) -> tuple[Clerk, ...]:
    """Everybody who was ever added, closed accounts too."""
    with store.begin(reading=True) as uow:
        return uow.clerks.all()


def _active(uow: UnitOfWork, login: str) -> Clerk:
    clerk = uow.clerks.get(login)
    if clerk is None or not clerk.active:
        raise Refused("这个账号已停用，或没有这个登录名。", what_to_do="请找管理员。")
    return clerk


def _must_run_people(by: Acting) -> None:
    if by.role is not None and not may(by.role, Right.PEOPLE):
        raise Refused(f"只有{who_may(Right.PEOPLE)}可以管理人员。", what_to_do="请管理员登录后再做。")
