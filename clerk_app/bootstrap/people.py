"""Adding, removing and rescuing the people of a window: the use cases with vault and database joined.

The vault and the database are two files, so a crash can come between their changes. Each order here leaves something that
the next call mends: an open account without a slot is made whole by adding it again, a closed account's slot is removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.house import House, house, open_store, pin_from_environment
from clerk_app.crypto import shares
from clerk_app.domain.hall import Clerk, Role
from clerk_app.errors import KeyProblem, Refused
from clerk_app.ports import Unlocked
from clerk_app.settings import Settings
from clerk_app.usecases import people_of_window as people
from clerk_app.usecases import setup
from local_db.unit_of_work import SqlStore


@dataclass(frozen=True, slots=True, repr=False)
class Hand:
    """Whoever changes people: their open keys, their right, the store. No repr: it holds keys."""

    opened: Unlocked
    acting: people.Acting
    store: SqlStore


def add_clerk(data: Path, login: str, shown_as: str, role: Role, pin: str, *, by: str) -> Clerk:
    """clerk-app clerk add. The first clerk takes the one-time set-up key; later ones need an admin's PIN.

    Raises:
        Refused: the login is taken, the PIN too short, or the one who adds is no admin. KeyProblem: wrong PIN.
    """
    home = house(Settings(data))
    with _open(home, by) as (opened, acting, store):
        return add_by(home, Hand(opened, acting, store), Clerk(login.strip(), shown_as, role), pin)


def add_by(home: House, hand: Hand, clerk: Clerk, pin: str) -> Clerk:
    """As ``add_clerk``, by somebody whose keys are open already."""
    store, login = hand.store, clerk.login
    known = {each.login for each in people.clerks(store)}
    slot_there = login in home.vault.logins()
    if slot_there and login not in known:  # an older version made the slot first, and then came a crash
        home.vault.remove_slot(login)
        slot_there = False
    if slot_there:
        raise Refused("这个登录名已经有人用了。", what_is_safe="原来的人员没有改动。", what_to_do="请换一个登录名。")
    home.vault.must_be_good(login, pin)
    people.add_clerk(store, home.clock, clerk, hand.acting, has_slot=False)
    slot = home.vault.add_slot(hand.opened, login, pin)
    people.note_key(store, slot.login, slot.signing_public)
    return Clerk(slot.login, clerk.name, clerk.role, slot.signing_public)


def remove_clerk(data: Path, login: str, *, by: str) -> None:
    """clerk-app clerk remove. Refused for oneself, the last way in, or without the right."""
    home = house(Settings(data))
    with _open(home, by) as (opened, acting, store):
        remove_by(home, Hand(opened, acting, store), login)


def remove_by(home: House, hand: Hand, login: str) -> None:
    """As ``remove_clerk``, by somebody whose keys are open already."""
    if home.vault.logins() == (login,):
        raise Refused("这是最后一个能打开数据的人，不能移除。", what_to_do="请先添加另一个人员。")
    people.close_account(hand.store, home.clock, login, hand.acting)
    mend(home, hand.store)


def set_pin_by(home: House, hand: Hand, login: str, pin: str) -> None:
    """A new PIN: one's own, or an administrator's for somebody else, who then gets a new signing key. Traced before it
    happens."""
    home.vault.must_be_good(login, pin)
    if login == hand.acting.login:
        people.pin_changes(hand.store, home.clock, login)
    else:
        people.pin_is_set(hand.store, home.clock, login, hand.acting)
    slot = home.vault.renew_slot(hand.opened, login, pin)
    people.note_key(hand.store, login, slot.signing_public)


def change_role(data: Path, login: str, role: Role, *, by: str) -> None:
    """clerk-app clerk role: another post, by an administrator."""
    home = house(Settings(data))
    with _open(home, by) as (_opened, acting, store):
        people.change_role(store, home.clock, login, role, acting)


def change_pin(data: Path, login: str, pin: str) -> None:
    """clerk-app clerk pin: the old one from CLERK_APP_PIN, the new one given. Keys are wrapped again, nothing else."""
    home = house(Settings(data))
    with _open(home, login) as (opened, acting, store):
        set_pin_by(home, Hand(opened, acting, store), acting.login, pin)


def make_recovery(data: Path, count: int, *, by: str) -> tuple[str, ...]:
    """clerk-app recovery make: papers for so many people; they are shown once and kept nowhere."""
    home = house(Settings(data))
    with _open(home, by) as (opened, acting, store):
        people.recovery_is_made(store, home.clock, acting, count)
        return home.vault.make_recovery(opened, count)


def use_recovery(data: Path, login: str, pin: str, papers: Sequence[str], *, moving_in: bool = False) -> None:
    """clerk-app recovery use: two papers give one person a new PIN. ``moving_in``: on another PC than before, where nobody's
    PIN works any more.

    Raises:
        KeyProblem: the papers do not open this folder. Refused: no such open account, or the PIN is too short.
    """
    home = house(Settings(data), moving_in=moving_in)
    opened = home.vault.unlock_recovery(papers)
    home.vault.must_be_good(login, pin)
    store = open_store(home, opened)
    try:
        one, other = (shares.read(paper).x for paper in papers)
        people.pin_recovers(store, home.clock, login, (one, other))
        if moving_in:
            home.vault.move_in(opened)
        slot = home.vault.renew_slot(opened, login, pin)
        people.note_key(store, login, slot.signing_public)
        mend(home, store)
    finally:
        store.close()


def people_of(data: Path, *, by: str) -> tuple[tuple[Clerk, bool], ...]:
    """clerk-app clerk list: everybody, and whether a PIN of theirs opens anything."""
    home = house(Settings(data))
    with _open(home, by) as (_opened, _acting, store):
        logins = set(home.vault.logins())
        return tuple((clerk, clerk.login in logins) for clerk in people.clerks(store))


def mend(home: House, store: SqlStore) -> None:
    """Remove slots of closed accounts: what a crash between closing and removing leaves behind."""
    closed = {clerk.login for clerk in people.clerks(store) if not clerk.active}
    for login in home.vault.logins():
        if login in closed:
            home.vault.remove_slot(login)


@contextmanager
def _open(home: House, by: str) -> Iterator[tuple[Unlocked, people.Acting, SqlStore]]:
    if not home.vault.logins():
        opened = home.vault.unlock_setup()
        store = open_store(home, opened)
        acting = people.SETUP_KEY
    else:
        logins = home.vault.logins()
        login = by or (logins[0] if len(logins) == 1 else "")
        if not login:
            raise KeyProblem(
                "已经有人员了，再加人要管理员来。", what_to_do="请加 --clerk 管理员登录名，PIN 放在 CLERK_APP_PIN 里。"
            )
        opened = home.vault.unlock(login, pin_from_environment())
        store = open_store(home, opened)
        try:
            acting = people.Acting(login, setup.sign_in(store, home.clock, login, opened.signing_public).role)
        except BaseException:
            store.close()
            raise
    try:
        yield opened, acting, store
    finally:
        store.close()
