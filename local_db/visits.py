"""特殊群体服务台账 and its visits. A row shows nothing but ids and days; the rest is sealed under the person's own key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, insert, select, update

from clerk_app.domain.special_groups import Listed
from clerk_app.domain.visits import Visit
from clerk_app.errors import Bug
from local_db.faults import damaged
from local_db.schema import listed_person, visit
from local_db.transaction import Transaction

_PERSON = "listed-person"


class SqlVisits:
    """See ports.Visits."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def keep(self, person: Listed) -> None:
        """See ports.Visits."""
        sealed = self._transaction.seal(person.id, person.to_json(), _PERSON)
        here = listed_person.c.id == person.id
        if not self._transaction.change(update(listed_person).where(here).values(sealed=sealed)):
            self._transaction.execute(insert(listed_person), {"id": person.id, "sealed": sealed})

    def person(self, person_id: str) -> Listed | None:
        """See ports.Visits."""
        wanted = select(listed_person.c.sealed).where(listed_person.c.id == person_id)
        sealed = self._transaction.execute(wanted).scalar_one_or_none()
        return None if sealed is None else self._opened(person_id, sealed)

    def people(self) -> tuple[Listed, ...]:
        """See ports.Visits."""
        rows = self._transaction.execute(select(listed_person).order_by(listed_person.c.seq)).all()
        self._transaction.fetch_keys(row.id for row in rows)
        return tuple(self._opened(row.id, row.sealed) for row in rows)

    def forget(self, person_id: str) -> None:
        """See ports.Visits."""
        self._transaction.execute(delete(visit).where(visit.c.person == person_id))
        if self._transaction.change(delete(listed_person).where(listed_person.c.id == person_id)):
            self._transaction.destroy_key(person_id)

    def save(self, planned: Visit) -> None:
        """See ports.Visits."""
        known = select(listed_person.c.id).where(listed_person.c.id == planned.person)
        if self._transaction.execute(known).first() is None:
            raise Bug("这次上门的人不在台账里。")
        values = {
            "day": planned.day.isoformat(),
            "sealed": self._transaction.seal(planned.person, planned.to_json(), f"visit:{planned.id}"),
        }
        if not self._transaction.change(update(visit).where(visit.c.id == planned.id).values(**values)):
            self._transaction.execute(insert(visit), {"id": planned.id, "person": planned.person, **values})

    def visit(self, visit_id: str) -> Visit | None:
        """See ports.Visits."""
        row = self._transaction.execute(select(visit).where(visit.c.id == visit_id)).one_or_none()
        return None if row is None else self._visit(row.id, row.person, row.sealed)

    def between(self, first: dt.date, last: dt.date) -> tuple[Visit, ...]:
        """See ports.Visits."""
        wanted = select(visit).where(visit.c.day.between(first.isoformat(), last.isoformat()))
        rows = self._transaction.execute(wanted).all()
        self._transaction.fetch_keys(row.person for row in rows)
        return _in_order(self._visit(row.id, row.person, row.sealed) for row in rows)

    def of_person(self, person_id: str) -> tuple[Visit, ...]:
        """See ports.Visits."""
        rows = self._transaction.execute(select(visit).where(visit.c.person == person_id)).all()
        return _in_order(self._visit(row.id, row.person, row.sealed) for row in rows)

    def _opened(self, person_id: str, sealed: bytes) -> Listed:
        try:
            return Listed.from_json(self._transaction.open(person_id, sealed, _PERSON))
        except (ValueError, KeyError, TypeError) as error:
            raise damaged("台账里有一条记录打不开，可能已损坏。") from error

    def _visit(self, visit_id: str, person_id: str, sealed: bytes) -> Visit:
        try:
            return Visit.from_json(self._transaction.open(person_id, sealed, f"visit:{visit_id}"))
        except (ValueError, KeyError, TypeError) as error:
            raise damaged("有一次上门的记录打不开，可能已损坏。") from error


def _in_order(found: Iterable[Visit]) -> tuple[Visit, ...]:
    return tuple(sorted(found, key=lambda each: (each.day, each.at, each.id)))
