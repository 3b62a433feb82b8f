"""办件 cases: references and dates in columns, content sealed, search tokens beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, text, update

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion
from clerk_app.errors import Bug, Refused
from local_db.faults import damaged
from local_db.schema import case as table
from local_db.schema import config
from local_db.search import matches, number_tokens, query_of, texts_of, tokens_of
from local_db.transaction import Transaction, as_text, from_text

_FIND = text(
    "SELECT rowid FROM case_search WHERE case_search MATCH :query AND rowid < :below ORDER BY rowid DESC LIMIT :count"
)
_UNINDEX = text("DELETE FROM case_search WHERE rowid = :seq")
_INDEX = text("INSERT INTO case_search (rowid, tokens) VALUES (:seq, :tokens)")
_INDEX_MORE = text("UPDATE case_search SET tokens = tokens || :more WHERE rowid = :seq")
_RECEIPT = update(table).where(table.c.seq == bindparam("its_seq")).values(gateway_receipt=bindparam("its"))
_STEP, _FAR_STEP = 100, 2000
_LAST = 2**62
SEARCH_BEHIND = "search.behind"
SEARCH_CUT = "search.cut"
"""The config row that a migration leaves: the last case whose search row is written anew."""
_BEHIND = select(config.c.value).where(config.c.name == SEARCH_BEHIND)
_ERASED: Mapping[str, Json] = {"content": {}, "outcome_note": ""}
_GIVEN_OUTSIDE = (table.c.gateway_receipt, table.c.case_number)  # their indexes leave the empty ones out


class SqlCases:
    """See ports.Cases."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, case: Case) -> None:
        """See ports.Cases."""
        columns = self._columns(case) | {
            "id": case.id,
            "newest_first": 0,
            "gateway_receipt": case.gateway_receipt,
            "case_number": case.case_number,
        }
        added = self._transaction.execute(insert(table).returning(table.c.seq), columns)
        seq: int = added.scalar_one()
        package = select(table.c.newest_first).where(table.c.id == case.parent).scalar_subquery()
        place = func.coalesce(package, -seq) if case.parent else -seq
        self._transaction.execute(update(table).where(table.c.seq == seq).values(newest_first=place))
        if case.kind is CaseKind.PACKAGE:
            self._transaction.execute(update(table).where(table.c.parent == case.id).values(newest_first=-seq))
        self._index(seq, case)

    def save(self, case: Case) -> None:
        """See ports.Cases."""
        here = (table.c.id == case.id, table.c.revision == case.revision - 1)
        changed = self._transaction.execute(
            update(table).where(*here).values(**self._columns(case)).returning(table.c.seq)
        ).scalar_one_or_none()
        if changed is None:
            raise Refused(
                "这件办件刚被别处改过，刚才的操作没有做。",
                what_is_safe="别处的改动都在。",
                what_to_do="请重新打开这件办件，看过再做。",
            )
        stored = self.get(case.id)
        if stored is not None:
            self._index(changed, stored)

    def set_numbers(self, case_id: str, *, gateway_receipt: str = "", case_number: str = "") -> None:
        """See ports.Cases."""
        row = self._transaction.execute(
            select(table.c.seq, table.c.gateway_receipt, table.c.case_number).where(table.c.id == case_id)
        ).one_or_none()
        if row is None:
            raise Bug("要登记编号的办件不在库里。")
        new = {"gateway_receipt": gateway_receipt, "case_number": case_number}
        old = {"gateway_receipt": row.gateway_receipt, "case_number": row.case_number}
        if any(new[name] and old[name] and new[name] != old[name] for name in new):
            raise Bug("同一件办件收到了两个不同的编号，先收到的那个保留。")
        wanted = {name: value for name, value in new.items() if value and not old[name]}
        if wanted:
            self._transaction.execute(update(table).where(table.c.id == case_id).values(**wanted))
            more = " ".join(number_tokens(wanted.values()))
            self._transaction.execute(_INDEX_MORE, {"seq": row.seq, "more": " " + more})

    def set_receipts(self, receipts: Mapping[str, str]) -> None:
        """See ports.Cases."""
        ids = list(receipts)
        rows: list[Any] = []
        for start in range(0, len(ids), 500):
            columns = (table.c.seq, table.c.id, table.c.gateway_receipt)
            rows += self._transaction.execute(select(*columns).where(table.c.id.in_(ids[start : start + 500])))
        new = [row for row in rows if not row.gateway_receipt]
        if new:
            self._transaction.execute(_RECEIPT, [{"its_seq": row.seq, "its": receipts[row.id]} for row in new])
            self._transaction.execute(
                _INDEX_MORE,
                [{"seq": row.seq, "more": " " + " ".join(number_tokens([receipts[row.id]]))} for row in new],
            )

    def receipts(self, ids: Collection[str]) -> dict[str, str]:
        """See ports.Cases."""
        found: dict[str, str] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), 500):
            given = select(table.c.id, table.c.gateway_receipt).where(table.c.id.in_(wanted[start : start + 500]))
            found |= {row.id: row.gateway_receipt for row in self._transaction.execute(given) if row.gateway_receipt}
        return found

    def get(self, case_id: str) -> Case | None:
        """See ports.Cases."""
        row = self._transaction.execute(select(table).where(table.c.id == case_id)).one_or_none()
        return self._case(row) if row is not None else None

    def find(self, number: str) -> Case | None:
        """See ports.Cases. A number that package and parts share finds the package."""
        if not number:
            return None
        given = (and_(column == number, text(f"{column.name} <> ''")) for column in _GIVEN_OUTSIDE)
        wanted = or_(table.c.id == number, table.c.local_number == number, *given)
        rows = self._transaction.execute(select(table).where(wanted)).all()
        best = min(rows, key=lambda row: (row.id != number, row.parent != "", row.seq), default=None)
        return self._case(best) if best is not None else None

    def page(self, *, limit: int = 100, offset: int = 0) -> tuple[Case, ...]:
        """See ports.Cases."""
        order = (table.c.newest_first, table.c.parent, table.c.seq)
        return self._cases(self._transaction.execute(select(table).order_by(*order).limit(limit).offset(offset)).all())

    def in_states(self, states: Collection[CaseState]) -> tuple[Case, ...]:
        """See ports.Cases."""
        wanted = select(table).where(table.c.state.in_(sorted(states)))
        order = (table.c.newest_first, table.c.parent, table.c.seq)
        return self._cases(self._transaction.execute(wanted.order_by(*order)).all())

    def parts_of(self, package_id: str) -> tuple[Case, ...]:
        """See ports.Cases."""
        if not package_id:
            return ()
        parts = select(table).where(table.c.parent == package_id).order_by(table.c.seq)
        return self._cases(self._transaction.execute(parts).all())

    def search(self, text: str, limit: int = 50, after: str = "") -> tuple[Case, ...]:
        """See ports.Cases. Newest first; read in stretches, so that a common name costs no more than a rare one."""
        all_new = self._transaction.execute(_BEHIND).first() is None
        query, found, below, step = query_of(text, all_new=all_new), list[Case](), _LAST, max(limit, 1)
        if after:
            below = self._transaction.execute(select(table.c.seq).where(table.c.id == after)).scalar() or _LAST
        while query and len(found) < limit:
            given = {"query": query, "below": below, "count": step}
            seqs = [row[0] for row in self._transaction.execute(_FIND, given)]
            for start in range(0, len(seqs), _STEP):
                wanted = select(table).where(table.c.seq.in_(seqs[start : start + _STEP])).order_by(table.c.seq.desc())
                found += [case for case in self._cases(self._transaction.execute(wanted).all()) if matches(case, text)]
                if len(found) >= limit:
                    break
            if len(seqs) < step:
                break
            below, step = seqs[-1], _FAR_STEP
        return tuple(found[:limit])

    def count(self) -> int:
        """See ports.Cases."""
        total: int = self._transaction.execute(select(func.count()).select_from(table)).scalar_one()
        return total

    # --- inside

    def _columns(self, case: Case) -> dict[str, Any]:
        """Everything but the id and the numbers that come from outside: a revision never touches those."""
        sealed = {"content": dict(case.content), "outcome_note": case.outcome_note}
        return {
            "kind": case.kind.value,
            "state": case.state.value,
            "revision": case.revision,
            "local_number": case.local_number,
            "item_id": case.item.id,
            "item": as_text(case.item.to_json()),
            "hall": case.hall,
            "window": case.window,
            "clerk": case.clerk,
            "received_at": as_text(case.received_at),
            "accepted_on": case.accepted_on.isoformat() if case.accepted_on else None,
            "deadline": as_text(case.deadline),
            "document_numbers": as_text(dict(case.document_numbers)),
            "parent": case.parent,
            "outcome": case.outcome,
            "sealed": self._transaction.seal(case.id, sealed, "case"),
        }

    def _cases(self, rows: Sequence[Any]) -> tuple[Case, ...]:
        self._transaction.fetch_keys(row.id for row in rows if row.sealed)
        return tuple(self._case(row) for row in rows)

    def _case(self, row: Any) -> Case:
        sealed = self._transaction.open(row.id, row.sealed, "case") if row.sealed else _ERASED
        try:
            return Case(
                id=row.id,
                kind=CaseKind(row.kind),
                state=CaseState(row.state),
                revision=row.revision,
                local_number=row.local_number,
                item=CatalogueVersion.from_json(from_text(row.item)),
                hall=row.hall,
                window=row.window,
                clerk=row.clerk,
                received_at=from_text(row.received_at),
                accepted_on=dt.date.fromisoformat(row.accepted_on) if row.accepted_on else None,
                deadline=from_text(row.deadline),
                content=sealed["content"],
                parent=row.parent,
                document_numbers=from_text(row.document_numbers),
                gateway_receipt=row.gateway_receipt,
                case_number=row.case_number,
                outcome=row.outcome,
                outcome_note=sealed["outcome_note"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise damaged("有一件办件的记录读不出来。") from error

    def index_after(self, seq: int, count: int) -> int:
        """Write the search rows of the next ``count`` cases after ``seq`` anew; returns the last seq done, 0 at the end."""
        rows = self._transaction.execute(
            select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(count)
        ).all()
        for row, case in zip(rows, self._cases(rows), strict=True):
            self._index(row.seq, case)
        return rows[-1].seq if rows else 0

    def _index(self, seq: int, case: Case) -> None:
        self._transaction.execute(_UNINDEX, {"seq": seq})
        self._transaction.execute(_INDEX, {"seq": seq, "tokens": tokens_of(texts_of(case))})
