"""The store in memory: mirrors local_db's SqlStore under the same contract (tests/contracts/test_store_contract.py).

Transactions are copies of small dictionaries: nothing is seen by others before ``commit``, and a block left without it
changes nothing. Blobs are really sealed, so that a gateway can open what a test sends.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from itertools import product
from types import TracebackType
from typing import Any, Self

from pypinyin import Style, pinyin

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import Json, bytes_hash, canonical_bytes, parse_json
from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.draft import Draft
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Clerk
from clerk_app.domain.journal import GENESIS, Happening, JournalEntry, first_break, link
from clerk_app.domain.named_in_form import named_in_form
from clerk_app.domain.numbering import FLOOR, Gap
from clerk_app.domain.outbox import SETTLED, AttachmentRef, Delivery, OutboxMessage, never_sent
from clerk_app.domain.paper import PrintJob, PrintState
from clerk_app.domain.special_groups import Listed
from clerk_app.domain.visits import Visit
from clerk_app.errors import Bug, Refused, StorageProblem
from clerk_app.ports import CipherSuite, OutboxCounts, Receipted, Settled


@dataclass
class State:
    """All tables; ``copy`` is what a transaction works on. Values are frozen or replaced, never changed in place."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    journal: list[JournalEntry] = field(default_factory=list)
    outbox: dict[str, OutboxMessage] = field(default_factory=dict)
    print_jobs: dict[str, PrintJob] = field(default_factory=dict)
    attachments: dict[tuple[str, str], tuple[AttachmentRef, bytes]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    kept: dict[int, FeedEntry] = field(default_factory=dict)
    clerks: dict[str, Clerk] = field(default_factory=dict)
    config: dict[str, bytes] = field(default_factory=dict)
    cursor: int = 0
    last_seq: int = 0
    carried: dict[str, int] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()
    listed: dict[str, Listed] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    free: int = 2**40

    def copy(self) -> State:
        copies: dict[str, Any] = {each.name: copy(getattr(self, each.name)) for each in fields(self)}
        return State(**copies)


def _once(taken: bool) -> None:
    if taken:
        raise Refused("这条记录已经存过了。")


class FakeDrafts:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def must_have_room(self) -> None:
        """Memory has room."""

    def open(self, draft: Draft) -> None:
        _once(draft.id in self._uow.write().drafts)
        values = {key: value for key, value in draft.values.items() if value is not None}
        self._uow.write().drafts[draft.id] = replace(draft, values=_plain(values))

    def save(self, draft_id: str, values: Mapping[str, Json], at_ms: int) -> None:
        state = self._uow.write()
        if draft_id not in state.drafts:
            raise Refused("这份暂存已经不在了。")
        merged = {**state.drafts[draft_id].values, **values}
        left = {key: value for key, value in merged.items() if value is not None}
        state.drafts[draft_id] = replace(state.drafts[draft_id], saved_ms=at_ms, values=_plain(left))

    def get(self, draft_id: str) -> Draft | None:
        return self._uow.read().drafts.get(draft_id)

    def all(self) -> tuple[Draft, ...]:
        return tuple(
            sorted(self._uow.read().drafts.values(), key=lambda draft: (draft.saved_ms, draft.id), reverse=True)
        )

    def close(self, draft_id: str) -> None:
        self._uow.write().drafts.pop(draft_id, None)
        self._uow.closed.add(draft_id)


class FakeCases:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def add(self, case: Case) -> None:
        state = self._uow.write()
        _once(case.id in state.cases)
        _once(
            bool(case.local_number)
            and not case.parent
            and any(c.local_number == case.local_number and not c.parent for c in state.cases.values())
        )
        state.cases[case.id] = replace(case, content=_plain(dict(case.content)))

    def save(self, case: Case) -> None:
        state = self._uow.write()
        before = state.cases.get(case.id)
        if before is None or before.revision != case.revision - 1:
            raise Refused("这件办件刚被别处改过，刚才的操作没有做。")
        state.cases[case.id] = replace(
            case,
            content=_plain(dict(case.content)),
            gateway_receipt=before.gateway_receipt,
            case_number=before.case_number,
        )

    def set_numbers(self, case_id: str, *, gateway_receipt: str = "", case_number: str = "") -> None:
        state = self._uow.write()
        case = state.cases.get(case_id)
        if case is None:
            raise Bug("要登记编号的办件不在库里。")
        for old, new in ((case.gateway_receipt, gateway_receipt), (case.case_number, case_number)):
            if old and new and old != new:
                raise Bug("同一件办件收到了两个不同的编号，先收到的那个保留。")
        state.cases[case_id] = replace(
            case,
            gateway_receipt=case.gateway_receipt or gateway_receipt,
            case_number=case.case_number or case_number,
        )

    def set_receipts(self, receipts: Mapping[str, str]) -> None:
        for case_id, receipt in receipts.items():
            case = self._uow.read().cases.get(case_id)
            if case is not None and not case.gateway_receipt:
                self.set_numbers(case_id, gateway_receipt=receipt)

    def receipts(self, ids: Collection[str]) -> dict[str, str]:
        cases = self._uow.read().cases
        return {each: cases[each].gateway_receipt for each in ids if each in cases and cases[each].gateway_receipt}

    def get(self, case_id: str) -> Case | None:
        return self._uow.read().cases.get(case_id)

    def find(self, number: str) -> Case | None:
        if not number:
            return None
        found = [
            case
            for case in self._uow.read().cases.values()
            if number in (case.id, case.local_number, case.gateway_receipt, case.case_number)
        ]
        return min(found, key=lambda case: (case.id != number, bool(case.parent)), default=None)

    def page(self, *, limit: int = 100, offset: int = 0) -> tuple[Case, ...]:
        cases = list(self._uow.read().cases.values())
        place = {case.id: n for n, case in enumerate(cases)}
        cases.sort(key=lambda c: (-place.get(c.parent, place[c.id]), bool(c.parent), place[c.id]))
        return tuple(cases[offset : offset + limit])

    def in_states(self, states: Collection[CaseState]) -> tuple[Case, ...]:
        return tuple(case for case in self.page(limit=len(self._uow.read().cases)) if case.state in states)

    def parts_of(self, package_id: str) -> tuple[Case, ...]:
        return tuple(case for case in self._uow.read().cases.values() if package_id and case.parent == package_id)

    def search(self, text: str, limit: int = 50, after: str = "") -> tuple[Case, ...]:
        needle = " ".join(text.lower().split())
        newest_first = list(self._uow.read().cases.values())[::-1]
        if after in self._uow.read().cases:
            newest_first = newest_first[[case.id for case in newest_first].index(after) + 1 :]
        return tuple(case for case in newest_first if needle and _has(case, needle))[:limit]

    def count(self) -> int:
        return len(self._uow.read().cases)


def _has(case: Case, needle: str) -> bool:
    parts = ("name", "document_number", "address", "phone")
    people = [p for who in ("applicant", "agent", "guardian") if (p := case.content.get(who))]
    people += [{part: each.told(part) for part in parts} for each in named_in_form(case.content.get("fields"))]
    names, ids, addresses, phones = ([str(person.get(part, "")) for person in people] for part in parts)
    ids = [number.lower() for number in ids]
    if needle in ids or (len(needle) == 18 and needle[:17].isdigit()):
        return needle in ids
    words = [*names, *(number[-4:] for number in ids), *addresses, case.item.id, case.item.name]
    if len(needle) >= 4:
        words += [case.local_number, case.gateway_receipt, case.case_number, *case.document_numbers.values(), *phones]
    if needle == case.id or any(needle in each.lower() for each in words):
        return True
    if not (needle.isascii() and needle.isalpha()):
        return False
    return any(_sounds_like(name[start:], needle) for name in names for start in range(len(name)))


def _sounds_like(name: str, needle: str) -> bool:
    readings = product(*pinyin(name, style=Style.NORMAL, heteronym=True))
    return any(
        "".join(each).startswith(needle) or "".join(syllable[0] for syllable in each).startswith(needle)
        for each in readings
    )


class FakeJournal:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def append(self, happening: Happening) -> JournalEntry:
        entries = self._uow.write().journal
        entry = link(len(entries) + 1, entries[-1].digest if entries else GENESIS, happening)
        entries.append(entry)
        return entry

    def append_all(self, happenings: Sequence[Happening]) -> tuple[JournalEntry, ...]:
        return tuple(self.append(happening) for happening in happenings)

    def last(self) -> JournalEntry | None:
        return self._uow.read().journal[-1] if self._uow.read().journal else None

    def of_case(self, case_id: str) -> tuple[JournalEntry, ...]:
        return tuple(entry for entry in self._uow.read().journal if entry.happening.case_id == case_id)

    def unmentioned(self, limit: int = 20) -> tuple[str, ...]:
        data = self._uow.read()
        told = [(entry.happening.case_id, entry.happening.verb) for entry in data.journal]
        cases = [each for each in data.cases if not any(on == each and verb.startswith("case.") for on, verb in told)]
        return (*cases, *(each for each in data.drafts if (each, "draft.open") not in told))[:limit]

    def entries(self) -> Iterator[JournalEntry]:
        return iter(tuple(self._uow.read().journal))

    def page(self, limit: int, before: int = 0) -> tuple[JournalEntry, ...]:
        entries = [entry for entry in self._uow.read().journal if not before or entry.seq < before]
        return tuple(reversed(entries[-limit:]))


class FakeOutbox:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def add(self, message: OutboxMessage) -> int:
        state = self._uow.write()
        _once(message.id in state.outbox)
        state.last_seq += 1
        state.outbox[message.id] = replace(message, seq=state.last_seq)
        return state.last_seq

    def open(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        still = [m for m in self._uow.read().outbox.values() if m.state not in SETTLED or _to_go(m)]
        return tuple(still[:limit])

    def queue(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        unsettled = [m for m in self._uow.read().outbox.values() if m.state not in SETTLED]
        pinned = {message.stream for message in unsettled if message.priority > 0}
        wanted = [message for n, message in enumerate(unsettled) if n < limit or message.stream in pinned]
        return tuple(_bare(message, revision=0, receipt="", refusal_code="", refusal_reason="") for message in wanted)

    def glance(self, ids: Sequence[str]) -> tuple[OutboxMessage, ...]:
        return tuple(_bare(message) for message in self._uow.read().outbox.values() if message.id in ids)

    def load(self, ids: Sequence[str], *, bodies: bool = True) -> tuple[OutboxMessage, ...]:
        found = [message for message in self._uow.read().outbox.values() if message.id in ids]
        return tuple(message if bodies else replace(message, body=b"") for message in found)

    def owing(self, limit: int = 500, after: int = 0) -> tuple[OutboxMessage, ...]:
        owes = [m for m in self._uow.read().outbox.values() if m.state is Delivery.ACKNOWLEDGED and _to_go(m)]
        return tuple(replace(message, body=b"") for message in owes if message.seq > after)[:limit]

    def pages_went(self, blobs: Mapping[str, Collection[str]]) -> None:
        for message_id, named in blobs.items():
            message = self._uow.write().outbox.get(message_id)
            if message is not None:
                self.save(replace(message, blobs_done=message.blobs_done | set(named), next_try_ms=0))

    def wait_no_longer(self) -> None:
        outbox = self._uow.write().outbox
        put_off = [m for m in outbox.values() if m.next_try_ms and (m.state not in SETTLED or _to_go(m))]
        outbox.update({m.id: replace(m, next_try_ms=0, attempts=0) for m in put_off})

    def receipted(self, since_ms: int) -> tuple[Receipted, ...]:
        there = [m for m in self._uow.read().outbox.values() if m.state is Delivery.ACKNOWLEDGED]
        wanted = [message for message in there if message.created_ms >= since_ms]
        return tuple(Receipted(m.id, m.case_id, m.body_sha256, m.receipt) for m in wanted)

    def sizes(self, ids: Sequence[str]) -> dict[str, int]:
        return {each: len(message.body) for each, message in self._uow.read().outbox.items() if each in ids}

    def note_carried(self, ids: Sequence[str], bundle: str, at_ms: int) -> None:
        self._uow.write().carried.update(dict.fromkeys(ids, at_ms))

    def carried(self, ids: Sequence[str]) -> dict[str, int]:
        return {each: at_ms for each, at_ms in self._uow.read().carried.items() if each in ids}

    def save_all(self, messages: Sequence[OutboxMessage]) -> None:
        for message in messages:
            before = self._uow.write().outbox.get(message.id)
            if before is not None:
                self.save(replace(message, blobs_done=before.blobs_done))

    def save(self, message: OutboxMessage) -> None:
        state = self._uow.write()
        before = state.outbox.get(message.id)
        if before is None:
            raise Bug("待发列表里没有这条消息。")
        state.outbox[message.id] = replace(
            before,
            priority=message.priority,
            state=message.state,
            attempts=message.attempts,
            next_try_ms=message.next_try_ms,
            lease_until_ms=message.lease_until_ms,
            receipt=message.receipt,
            refusal_code=message.refusal_code,
            refusal_reason=message.refusal_reason,
            blobs_done=frozenset(message.blobs_done & {ref.blob_sha256 for ref in before.attachments}),
        )

    def get(self, message_id: str) -> OutboxMessage | None:
        return self._uow.read().outbox.get(message_id)

    def of_case(self, case_id: str) -> tuple[OutboxMessage, ...]:
        return tuple(message for message in self._uow.read().outbox.values() if message.case_id == case_id)

    def counts(self) -> OutboxCounts:
        messages = self._uow.read().outbox.values()
        by_state = {state: [m for m in messages if m.state is state] for state in Delivery}
        going = {
            ref.blob_sha256: ref.blob_size
            for message in messages
            if message.state not in (Delivery.REFUSED, Delivery.REPLACED)
            for ref in message.attachments
            if ref.blob_sha256 not in message.blobs_done
        }
        return OutboxCounts(
            waiting=len(by_state[Delivery.WAITING]),
            refused=len(by_state[Delivery.REFUSED]),
            acknowledged=len(by_state[Delivery.ACKNOWLEDGED]),
            attachments=len(going),
            attachment_bytes=sum(going.values()),
            oldest_ms=min((m.created_ms for m in by_state[Delivery.WAITING]), default=0),
        )


def _bare(message: OutboxMessage, **bare: Any) -> OutboxMessage:
    nothing: dict[str, Any] = {"kind": "", "body": b"", "body_sha256": "", "suite": "", "signatures": {}}
    return replace(message, **nothing, created_ms=0, attachments=(), blobs_done=frozenset(), **bare)


def _to_go(message: OutboxMessage) -> bool:
    if message.state is Delivery.REPLACED:
        return False
    return any(ref.blob_sha256 not in message.blobs_done for ref in message.attachments)


class FakePrintJobs:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def add(self, job: PrintJob) -> None:
        _once(job.id in self._uow.write().print_jobs)
        self._uow.write().print_jobs[job.id] = job

    def save(self, job: PrintJob) -> None:
        state = self._uow.write()
        before = state.print_jobs.get(job.id)
        if before is None:
            raise Bug("打印队列里没有这份文书。")
        fixed = {name: getattr(before, name) for name in ("case_id", "revision", "form", "created_ms")}
        state.print_jobs[job.id] = replace(job, **fixed)

    def get(self, job_id: str) -> PrintJob | None:
        return self._uow.read().print_jobs.get(job_id)

    def open(self) -> tuple[PrintJob, ...]:
        open_states = (PrintState.WAITING, PrintState.SENT, PrintState.FAILED)
        return tuple(job for job in self._uow.read().print_jobs.values() if job.state in open_states)

    def of_case(self, case_id: str) -> tuple[PrintJob, ...]:
        return tuple(job for job in self._uow.read().print_jobs.values() if job.case_id == case_id)


class FakeAttachments:
    def __init__(self, uow: FakeUnitOfWork, suite: CipherSuite) -> None:
        self._uow, self._suite = uow, suite

    def put(self, owner: str, plain: bytes, media_type: str) -> AttachmentRef:
        state, sha256 = self._uow.write(), bytes_hash(plain)
        if (owner, sha256) not in state.attachments:
            key = self._suite.new_key()
            blob = self._suite.seal_blob(key, plain)
            ref = AttachmentRef(sha256, bytes_hash(blob), len(plain), len(blob), media_type)
            state.blobs[ref.blob_sha256] = blob
            state.attachments[owner, sha256] = (ref, key)
        return state.attachments[owner, sha256][0]

    def share(self, owner: str, other_owner: str, sha256: str) -> AttachmentRef:
        state = self._uow.write()
        if (owner, sha256) not in state.attachments:
            state.attachments[owner, sha256] = self._held(other_owner, sha256)
        return state.attachments[owner, sha256][0]

    def read(self, owner: str, sha256: str) -> bytes:
        ref, key = self._held(owner, sha256)
        try:
            return self._suite.open_blob(key, self._uow.read().blobs[ref.blob_sha256])
        except (KeyError, ValueError) as error:
            raise StorageProblem("有一页材料的文件已损坏。") from error

    def ref(self, owner: str, sha256: str) -> AttachmentRef:
        return self._held(owner, sha256)[0]

    def key(self, owner: str, sha256: str) -> bytes:
        return self._held(owner, sha256)[1]

    def blob_bytes(self, blob_sha256: str, offset: int, count: int) -> bytes:
        blob = self._uow.read().blobs.get(blob_sha256)
        if blob is None:
            raise StorageProblem("有一页材料不在库里。")
        return blob[offset : offset + count]

    def _held(self, owner: str, sha256: str) -> tuple[AttachmentRef, bytes]:
        held = self._uow.read().attachments.get((owner, sha256))
        if held is None:
            raise Bug("这件办件没有这一页材料。")
        return held


class FakeNumbers:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def next(self, scope: str) -> int:
        numbers = self._uow.write().numbers
        floor = FakeConfig(self._uow).get(FLOOR)
        first = Gap.from_json(floor).behind(scope, 0) + 1 if floor else 1
        numbers[scope] = numbers[scope] + 1 if scope in numbers else first
        return numbers[scope]

    def skip(self, gap: Gap) -> None:
        state = self._uow.write()
        FakeConfig(self._uow).set(FLOOR, gap.to_json())
        state.numbers = {scope: gap.behind(scope, value) for scope, value in state.numbers.items()}


class FakeNews:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def cursor(self) -> int:
        return self._uow.read().cursor

    def move_cursor(self, cursor: int) -> None:
        state = self._uow.write()
        state.cursor = max(state.cursor, cursor)

    def begin_again(self) -> None:
        self._uow.write().cursor = 0

    def keep(self, entry: FeedEntry) -> None:
        self._uow.write().kept.setdefault(entry.cursor, entry)


class FakeClerks:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def add(self, clerk: Clerk) -> None:
        _once(clerk.login in self._uow.write().clerks)
        self._uow.write().clerks[clerk.login] = clerk

    def save(self, clerk: Clerk) -> None:
        if clerk.login not in self._uow.read().clerks:
            raise Bug("人员表里没有这个登录名。")
        self._uow.write().clerks[clerk.login] = clerk

    def get(self, login: str) -> Clerk | None:
        return self._uow.read().clerks.get(login)

    def all(self) -> tuple[Clerk, ...]:
        return tuple(self._uow.read().clerks.values())


class FakeConfig:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def get(self, name: str) -> Json:
        value = self._uow.read().config.get(name)
        return parse_json(value) if value is not None else None

    def set(self, name: str, value: Json) -> None:
        self._uow.write().config[name] = canonical_bytes(value)

    def remove(self, name: str) -> None:
        self._uow.write().config.pop(name, None)


class FakeKeeping:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def settled(self, limit: int = 200, after: int = 0) -> tuple[Settled, ...]:
        state, found = self._uow.read(), []
        for seq, case in enumerate(state.cases.values(), 1):
            if case.parent or case.id in state.erased or seq <= after:
                continue
            family = (case.id, *(part.id for part in state.cases.values() if part.parent == case.id))
            messages = [message for message in state.outbox.values() if message.case_id in family]
            open_jobs = (PrintState.WAITING, PrintState.SENT, PrintState.FAILED)
            prints = any(job.case_id in family and job.state in open_jobs for job in state.print_jobs.values())
            waits = [message.state not in SETTLED or _to_go(message) for message in messages]
            waits += [self._lacks(case_id, by_word=False) for case_id in family]
            found.append(Settled(seq, family, bool(waits) and not any(waits) and not prints))
        return tuple(found[:limit])

    def never_sent(self) -> tuple[str, ...]:
        state = self._uow.read()
        return tuple(
            case_id for case_id in state.cases if case_id not in state.erased and self._lacks(case_id, by_word=True)
        )

    def _lacks(self, case_id: str, *, by_word: bool) -> bool:
        state = self._uow.read()
        case = state.cases[case_id]
        there = {message.revision for message in state.outbox.values() if message.case_id == case_id}
        if by_word and case.gateway_receipt:
            there.add(1)
        told = [entry.happening for entry in state.journal if entry.happening.case_id == case_id]
        return bool(never_sent(case.revision, there, told, by_word=by_word))

    def erase(self, case_ids: Sequence[str]) -> None:
        state = self._uow.write()
        for case_id in case_ids:
            state.cases[case_id] = replace(state.cases[case_id], content={}, outcome_note="")
            state.erased = state.erased | {case_id}
        state.outbox = {key: each for key, each in state.outbox.items() if each.case_id not in case_ids}
        state.print_jobs = {key: each for key, each in state.print_jobs.items() if each.case_id not in case_ids}
        state.attachments = {key: each for key, each in state.attachments.items() if key[0] not in case_ids}

    def free_bytes(self) -> int:
        return self._uow.read().free


class FakeVisits:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    def keep(self, person: Listed) -> None:
        self._uow.write().listed[person.id] = person

    def person(self, person_id: str) -> Listed | None:
        return self._uow.read().listed.get(person_id)

    def people(self) -> tuple[Listed, ...]:
        return tuple(self._uow.read().listed.values())

    def forget(self, person_id: str) -> None:
        state = self._uow.write()
        state.listed.pop(person_id, None)
        state.visits = {key: each for key, each in state.visits.items() if each.person != person_id}

    def save(self, visit: Visit) -> None:
        state = self._uow.write()
        if visit.person not in state.listed:
            raise Bug("这次上门的人不在台账里。")
        state.visits[visit.id] = visit

    def visit(self, visit_id: str) -> Visit | None:
        return self._uow.read().visits.get(visit_id)

    def between(self, first: dt.date, last: dt.date) -> tuple[Visit, ...]:
        return self._found(lambda each: first <= each.day <= last)

    def of_person(self, person_id: str) -> tuple[Visit, ...]:
        return self._found(lambda each: each.person == person_id)

    def _found(self, wanted: Callable[[Visit], bool]) -> tuple[Visit, ...]:
        found = [each for each in self._uow.read().visits.values() if wanted(each)]
        return tuple(sorted(found, key=lambda each: (each.day, each.at, each.id)))


class FakeUnitOfWork:
    """``read`` and ``write`` are for the repositories above."""

    def __init__(self, store: FakeStore, *, reading: bool) -> None:
        self._store, self._reading = store, reading
        self._state: State | None = None
        self._inside = self._locked = False
        self.closed: set[str] = set()
        self.drafts, self.cases, self.journal = FakeDrafts(self), FakeCases(self), FakeJournal(self)
        self.outbox, self.print_jobs = FakeOutbox(self), FakePrintJobs(self)
        self.attachments, self.numbers = FakeAttachments(self, store.suite), FakeNumbers(self)
        self.news, self.clerks, self.config = FakeNews(self), FakeClerks(self), FakeConfig(self)
        self.keeping, self.visits = FakeKeeping(self), FakeVisits(self)

    def read(self) -> State:
        if not self._inside:
            raise Bug("一次存取已经结束，却还在使用。")
        if self._state is None:
            if not self._reading:
                if not self._store.lock.acquire(timeout=5):
                    raise StorageProblem("数据库正被另一个程序占用。")
                self._locked = True
            self._state = self._store.state.copy()
        return self._state

    def write(self) -> State:
        if self._reading:
            raise Bug("只看不改的存取里写了数据。")
        return self.read()

    def commit(self) -> None:
        if not self._inside:
            raise Bug("一次存取已经结束，却还在使用。")
        state, self._state = self._state, None
        if state is not None and not self._reading:
            for draft_id in self.closed - set(state.cases) - set(state.drafts):
                for held in [held for held in state.attachments if held[0] == draft_id]:
                    del state.attachments[held]
            named = {ref.blob_sha256 for ref, _ in state.attachments.values()}
            state.blobs = {name: blob for name, blob in state.blobs.items() if name in named}
            self._store.state = state
        self.closed.clear()
        self._let_go()

    def _let_go(self) -> None:
        if self._locked:
            self._locked = False
            self._store.lock.release()

    def __enter__(self) -> Self:
        if getattr(self._store.busy, "inside", False):
            raise Bug("一次存取里面又开了一次存取。")
        self._store.busy.inside = self._inside = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.busy.inside = self._inside = False
        self._state = None
        self.closed.clear()
        self._let_go()


class FakeStore:
    """``state``: what is committed, for a test to look at."""

    def __init__(self, suite: CipherSuite | None = None) -> None:
        self.suite: CipherSuite = suite or InternationalSuite(os.urandom)
        self.state = State()
        self.lock, self.busy = threading.Lock(), threading.local()

    def begin(self, *, reading: bool = False) -> FakeUnitOfWork:
        return FakeUnitOfWork(self, reading=reading)

    def quick_check(self) -> tuple[str, ...]:
        return ("日志链断了，有记录被改动或缺失。",) if first_break(self.state.journal) is not None else ()

    def close(self) -> None:
        pass


def _plain(values: dict[str, Json]) -> dict[str, Json]:
    """Through the canonical form and back, as a real store does it: no floats, and nobody's list is shared."""
    result: dict[str, Json] = parse_json(canonical_bytes(values))
    return result
