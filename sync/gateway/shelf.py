"""What one batch touches, read with a few queries and written with a few more, all in the caller's transaction.

Twenty messages cost about as many statements as one; that is what makes a batch worth sending.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from clerk_app.domain.canonical import Json
from sync.gateway import forwarding, schema
from sync.gateway.store import Counter
from sync.gateway.windows import Window

_RECEIPT = re.compile(r"QZ(?P<hall>[0-9A-Z]{2,20})-(?P<day>20[0-9]{6})-(?P<number>[0-9]{6,8})")
_DAY_MS, _CHONGQING_MS = 86_400_000, 8 * 3_600_000
CLAIMED_AHEAD_MS = 10 * 60_000
"""A receipt's number is the moment of its day in milliseconds, or follows the one before where that is more: a gateway that is put
back to last night gives out none that it had given since, though it knows of none. A burst runs ahead of the clock by as many
milliseconds as it has cases; a window's word for an earlier receipt is believed no further ahead than this."""


_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_CASES = select(schema.case).where(schema.case.c.case_id.in_(_IDS)).with_for_update()
_MESSAGES = select(schema.message.c.message_id, schema.message.c.body_sha256, schema.message.c.case_id).where(
    schema.message.c.message_id.in_(_IDS)
)
_CONTENTS = select(schema.message.c.case_id, schema.message.c.revision, schema.message.c.content_sha256).where(
    schema.message.c.case_id.in_(_IDS)
)
_BLOBS = select(schema.blob.c.blob_sha256, schema.blob.c.blob_size, schema.blob.c.complete_ms).where(
    schema.blob.c.blob_sha256.in_(_IDS)
)
_INSERTS = tuple(
    insert(table)
    for table in (
        schema.case,
        schema.message,
        schema.blob,
        schema.attachment,
        schema.conflict,
        schema.forward,
        schema.person,
    )
)
"""In the order in which their rows name each other. Statements are built once: making one costs as much as running it."""


@dataclass(slots=True)
class HeldCase:
    """A case as the gateway holds it, or will at the end of this batch. ``owner``: the window that goes on with it."""

    receipt: str
    hall: str
    revision: int
    content_sha256: str
    owner: str


class Shelf:
    """``day``: YYYYMMDD of the receipts. Nothing is in the database before ``write``."""

    def __init__(
        self,
        connection: Connection,
        window: Window,
        day: str,
        now_ms: int,
        *,
        message_ids: Collection[str],
        case_ids: Collection[str],
        blobs: Collection[str],
        ordinals: Iterator[int],
    ) -> None:
        self._connection, self.window, self._day, self._now_ms = connection, window, day, now_ms
        self._moment = (now_ms + _CHONGQING_MS) % _DAY_MS
        self._receipts = Counter(connection, f"receipt {window.hall} {day}")
        self._ordinals = ordinals
        self._cases = {
            row.case_id: HeldCase(row.receipt, row.hall, row.revision, row.content_sha256, row.owner or row.window)
            for row in connection.execute(_CASES, {"ids": list(case_ids)})
        }
        self._messages = {
            row.message_id: (row.body_sha256, row.case_id)
            for row in connection.execute(_MESSAGES, {"ids": list(message_ids)})
        }
        self._contents = {
            (row.case_id, row.revision): row.content_sha256
            for row in (connection.execute(_CONTENTS, {"ids": list(self._cases)}) if self._cases else ())
        }
        self._proved: dict[str, int] = {}  # the size of each blob that is named; 0 while nobody has proved it
        named = list(blobs)
        for start in range(0, len(named), 500):
            rows = connection.execute(_BLOBS, {"ids": named[start : start + 500]})
            self._proved |= {row.blob_sha256: row.blob_size if row.complete_ms else 0 for row in rows}
        self._new_cases: dict[str, dict[str, Json]] = {}
        self._changed: set[str] = set()
        self._ended: dict[str, str] = {}
        self._new_messages: list[dict[str, Json]] = []
        self._new_blobs: list[dict[str, Json]] = []
        self._new_attachments: list[dict[str, Json]] = []
        self._conflicts: list[dict[str, Json]] = []
        self._people: set[tuple[str, str]] = set()

    def case(self, case_id: str) -> HeldCase | None:
        return self._cases.get(case_id)

    def message(self, message_id: str) -> tuple[str, str] | None:
        """(hash of its body, case id) of a message that is held."""
        return self._messages.get(message_id)

    def content(self, case_id: str, revision: int) -> str | None:
        """The content hash of a revision that is held."""
        return self._contents.get((case_id, revision))

    def expect_blobs(self, named: Iterable[tuple[str, int]]) -> bool:
        """Expect blobs of these hashes and sizes; False, and nothing, when a size contradicts itself or a blob that is whole.

        What others only named is no proof, and keeps no case out (pages.py).
        """
        new: dict[str, int] = {}
        for blob_sha256, size in named:
            if new.setdefault(blob_sha256, size) != size or (self._proved.get(blob_sha256) or size) != size:
                return False
        for blob_sha256, size in new.items():
            if blob_sha256 not in self._proved:
                self._proved[blob_sha256] = 0
                self._new_blobs.append({"blob_sha256": blob_sha256, "blob_size": size, "complete_ms": 0})
        return True

    def put_case(
        self,
        case_id: str,
        *,
        kind: str,
        parent: str,
        revision: int,
        content_sha256: str,
        outcome: str = "",
        receipt: str = "",
        person: str = "",
    ) -> str:
        """A new case, or a newer revision of one (an older one changes nothing). Returns its receipt.

        ``outcome``: how it ended at the counter already (当场办结, 撤回, 退件, 作废): the back office decides it no more.
        ``receipt``: given before, by this gateway, which has forgotten it (an older backup). ``person``: the tag of its applicant.
        """
        if person:
            self._people.add((person, case_id))
        held = self._cases.get(case_id)
        if held is None:
            receipt = (
                self._given_before(receipt)
                or f"QZ{self.window.hall}-{self._day}-{self._receipts.next(self._moment):06d}"
            )
            own = self.window
            held = self._cases[case_id] = HeldCase(receipt, own.hall, revision, content_sha256, own.window)
            self._new_cases[case_id] = {
                "case_id": case_id,
                "ordinal": next(self._ordinals),
                "receipt": receipt,
                "hall": self.window.hall,
                "window": self.window.window,
                "kind": kind,
                "parent": parent,
                "received_ms": self._now_ms,
                "case_number": None,
                "result": outcome,
                "owner": "",
            }
        elif revision > held.revision:
            held.revision, held.content_sha256 = revision, content_sha256
            if outcome:
                self._ended[case_id] = outcome
                if case_id in self._new_cases:
                    self._new_cases[case_id]["result"] = outcome
            if case_id not in self._new_cases:
                self._changed.add(case_id)
        return held.receipt

    def _given_before(self, receipt: str) -> str:
        """The receipt again, when it can be this hall's and is free; else empty. Later ones of its day go on after it."""
        match = _RECEIPT.fullmatch(receipt)
        if match is None or match["hall"] != self.window.hall or match["day"] > self._day:
            return ""
        if int(match["number"]) > (self._moment + CLAIMED_AHEAD_MS if match["day"] == self._day else 2 * _DAY_MS):
            return ""
        taken = select(schema.case.c.case_id).where(schema.case.c.receipt == receipt)
        if receipt in {each.receipt for each in self._cases.values()} or self._connection.execute(taken).first():
            return ""
        number = int(match["number"])
        counter = self._receipts
        if match["day"] != self._day:
            counter = Counter(self._connection, f"receipt {self.window.hall} {match['day']}")
        counter.pass_over(number)
        if counter is not self._receipts:
            counter.keep()
        return receipt

    def put_message(self, row: dict[str, Json], pages: Sequence[tuple[str, str, int]]) -> None:
        """``row``: the message's own columns; ``pages``: (hash of the page, hash of its blob, size)."""
        self._messages[row["message_id"]] = (row["body_sha256"], row["case_id"])
        self._contents.setdefault((row["case_id"], row["revision"]), row["content_sha256"])
        self._new_messages.append({**row, "window_id": self.window.window_id, "received_ms": self._now_ms})
        for position, (sha256, blob_sha256, size) in enumerate(pages):
            own = {"message_id": row["message_id"], "case_id": row["case_id"], "position": position}
            self._new_attachments.append({**own, "sha256": sha256, "blob_sha256": blob_sha256, "size": size})

    def put_conflict(self, row: dict[str, Json]) -> None:
        """Keep what may not overwrite anything; the same one is kept once."""
        kept = schema.conflict
        is_same = (kept.c.message_id == row["message_id"]) & (kept.c.body_sha256 == row["body_sha256"])
        here = any(
            each["message_id"] == row["message_id"] and each["body_sha256"] == row["body_sha256"]
            for each in self._conflicts
        )
        if not here and self._connection.execute(select(kept.c.message_id).where(is_same)).first() is None:
            self._conflicts.append({**row, "received_ms": self._now_ms})

    def write(self) -> None:
        """Everything new, in one go."""
        for case_id, row in self._new_cases.items():
            held = self._cases[case_id]
            row.update(revision=held.revision, content_sha256=held.content_sha256)
        waiting = [forwarding.waiting(each, self._cases[each].revision) for each in self._new_cases]
        for statement, rows in zip(
            _INSERTS,
            (
                list(self._new_cases.values()),
                self._new_messages,
                self._new_blobs,
                self._new_attachments,
                self._conflicts,
                waiting,
                self._new_people(),
            ),
            strict=True,
        ):
            if rows:
                self._connection.execute(statement, rows)
        cases = schema.case
        for case_id in self._changed:
            held = self._cases[case_id]
            newer = {"revision": held.revision, "content_sha256": held.content_sha256}
            self._connection.execute(update(cases).where(cases.c.case_id == case_id).values(**newer))
            forwarding.again(self._connection, case_id, held.revision)
        for case_id, outcome in self._ended.items():  # what the back office decided first stands
            undecided = (cases.c.case_id == case_id) & (cases.c.result == "")
            self._connection.execute(update(cases).where(undecided).values(result=outcome))
        if self._new_cases:
            self._receipts.keep()

    def _new_people(self) -> list[dict[str, Json]]:
        table, ids = schema.person, {case_id for _, case_id in self._people} - self._new_cases.keys()
        held: set[tuple[str, str]] = set()
        if ids:
            query = select(table.c.tag, table.c.case_id).where(table.c.case_id.in_(ids))
            held = {(row.tag, row.case_id) for row in self._connection.execute(query)}
        return [{"tag": tag, "case_id": case_id} for tag, case_id in sorted(self._people - held)]
