"""Serials, the feed's cursor, clerks and settings: four tables too small for rooms of their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.canonical import Json
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.numbering import FLOOR, Gap
from clerk_app.errors import Bug
from local_db.faults import damaged
from local_db.schema import clerk, config, feed_cursor, feed_kept, number
from local_db.transaction import Transaction, as_text, from_text


class SqlNumbers:
    """See ports.Numbers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def next(self, scope: str) -> int:
        """See ports.Numbers."""
        drawn = (
            upsert(number)
            .values(scope=scope, value=self._first(scope))
            .on_conflict_do_update(index_elements=["scope"], set_={"value": number.c.value + 1})
            .returning(number.c.value)
        )
        value: int = self._transaction.execute(drawn).scalar_one()
        return value

    def skip(self, gap: Gap) -> None:
        """See ports.Numbers."""
        for row in self._transaction.execute(select(number)).all():
            behind = gap.behind(row.scope, row.value)
            self._transaction.execute(update(number).where(number.c.scope == row.scope).values(value=behind))
        SqlConfig(self._transaction).set(FLOOR, gap.to_json())

    def _first(self, scope: str) -> int:
        if self._transaction.execute(select(number.c.value).where(number.c.scope == scope)).first():
            return 1  # it goes on from there
        floor = SqlConfig(self._transaction).get(FLOOR)
        return Gap.from_json(floor).behind(scope, 0) + 1 if floor else 1


class SqlNews:
    """See ports.News."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def cursor(self) -> int:
        """See ports.News; 0 before the first entry."""
        value: int | None = self._transaction.execute(select(feed_cursor.c.cursor)).scalar_one_or_none()
        return value or 0

    def move_cursor(self, cursor: int) -> None:
        """See ports.News."""
        moved = upsert(feed_cursor).values(one=1, cursor=cursor)
        self._transaction.execute(
            moved.on_conflict_do_update(
                index_elements=["one"],
                set_={"cursor": cursor},
                where=feed_cursor.c.cursor < cursor,
            )
        )

    def begin_again(self) -> None:
        """See ports.News."""
        self._transaction.execute(update(feed_cursor).values(cursor=0))

    def keep(self, entry: FeedEntry) -> None:
        """See ports.News."""
        self._transaction.execute(
            upsert(feed_kept)
            .values(
                cursor=entry.cursor,
                scope=entry.scope.value,
                kind=entry.kind,
                body=as_text(dict(entry.body)),
                if_unknown=entry.if_unknown.value,
            )
            .on_conflict_do_nothing()
        )


class SqlClerks:
    """See ports.Clerks."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, new: Clerk) -> None:
        """See ports.Clerks."""
        self._transaction.execute(
            insert(clerk),
            {
                "login": new.login,
                "name": new.name,
                "role": new.role.value,
                "public_key": new.public_key,
                "active": new.active,
            },
        )

    def save(self, changed: Clerk) -> None:
        """See ports.Clerks."""
        values = {"name": changed.name, "role": changed.role.value, "public_key": changed.public_key}
        statement = update(clerk).where(clerk.c.login == changed.login).values(**values, active=changed.active)
        if not self._transaction.change(statement):
            raise Bug("人员表里没有这个登录名。")

    def get(self, login: str) -> Clerk | None:
        """See ports.Clerks."""
        row = self._transaction.execute(select(clerk).where(clerk.c.login == login)).one_or_none()
        return _clerk(row) if row is not None else None

    def all(self) -> tuple[Clerk, ...]:
        """See ports.Clerks; in the order of adding."""
        return tuple(_clerk(row) for row in self._transaction.execute(select(clerk).order_by(clerk.c.seq)))


class SqlConfig:
    """See ports.Config."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, name: str) -> Json:
        """See ports.Config; None when it was never set."""
        value = self._transaction.execute(select(config.c.value).where(config.c.name == name)).scalar_one_or_none()
        return from_text(value) if value is not None else None

    def set(self, name: str, value: Json) -> None:
        """See ports.Config."""
        new = upsert(config).values(name=name, value=as_text(value))
        self._transaction.execute(
            new.on_conflict_do_update(index_elements=["name"], set_={"value": new.excluded.value})
        )

    def remove(self, name: str) -> None:
        """See ports.Config."""
        self._transaction.execute(delete(config).where(config.c.name == name))


def _clerk(row: Row[Any]) -> Clerk:
    try:
        role = Role(row.role)
    except ValueError as error:
        raise damaged("人员表有一条读不出来。") from error
    return Clerk(row.login, row.name, role, row.public_key, row.active)
