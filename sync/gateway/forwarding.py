"""The gateway's own outbox towards the platform: what is to be handed on, how often it was tried, what came back.

    stored (intake)  →  due once all pages are here  →  leased  →  submitted with no transaction open  →  settled in another

A row per case, written in the transaction that stores its message, so that nothing can be forgotten; the newest revision is handed
on. A worker that dies leaves a lease, which runs out. A platform that is away or refuses puts its case off, with growing pauses,
and never holds the others up; neither does a case whose body or page cannot be read here any more, or one that trips the platform's
adapter: it waits with a word for the administrator, and goes on by itself once it can be read again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, exists, select, update

from clerk_app.domain.canonical import Json
from clerk_app.domain.feed import NewsKind
from clerk_app.errors import AppError, Bug, KeyProblem, LineProblem, Refused
from sync.gateway import feed, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import opened_page, stored_body
from sync.gateway.platform import Submission, SubmittedPage

AT_ONCE = 50
LEASE_MS = 120_000
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, 600_000
NEVER = 2**62
"""No try is due: it was handed on, or a page is missing whose arrival makes it due again."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Tried:
    """How one submission went: the number (perhaps empty), or why not."""

    row: Row[*tuple[Any, ...]]
    number: str = ""
    trouble: AppError | None = None


def waiting(case_id: str, revision: int) -> dict[str, Json]:
    """The row of a new case, due at once."""
    row = {"case_id": case_id, "revision": revision, "done_revision": 0, "tries": 0}
    return {**row, "next_ms": 0, "lease_ms": 0, "trouble": ""}


def again(connection: Connection, case_id: str, revision: int) -> None:
    """A newer revision came: hand it on too."""
    table = schema.forward
    newer = update(table).where(table.c.case_id == case_id, table.c.revision < revision)
    connection.execute(newer.values(revision=revision, next_ms=0, tries=0, trouble=""))


def pages_came(connection: Connection, blob_sha256: str) -> None:
    """A page is whole: the cases that name it may be due now."""
    connection.execute(_DUE_AGAIN, {"blob": blob_sha256})


_DUE_AGAIN = (
    update(schema.forward)
    .where(
        schema.forward.c.case_id.in_(
            select(schema.attachment.c.case_id).where(schema.attachment.c.blob_sha256 == bindparam("blob"))
        ),
        schema.forward.c.done_revision < schema.forward.c.revision,
    )
    .values(next_ms=0)
)


def one_round(gateway: Gateway) -> int:
    """Hand on all that is due. Returns how many cases got their number.

    Raises:
        LineProblem: the platform does not answer; what was numbered stays so. StorageProblem.
    """
    numbered, more = 0, True
    while more:
        new, more = hand_on(gateway)
        numbered += new
    return numbered


def hand_on(gateway: Gateway) -> tuple[int, bool]:
    """Hand on some of what is due, at most AT_ONCE. How many cases got their number, and whether more may be due.

    Raises: as one_round.
    """
    rows = _lease(gateway)
    if not rows:
        return 0, False
    tried: list[_Tried] = []
    for row in rows:
        tried.append(_submit(gateway, row))
        if isinstance(tried[-1].trouble, LineProblem):
            break
    numbered = _settle(gateway, rows, tried)
    trouble = tried[-1].trouble
    if isinstance(trouble, LineProblem):
        raise trouble
    return numbered, len(rows) == AT_ONCE


def _lease(gateway: Gateway) -> list[Row[*tuple[Any, ...]]]:
    """Claim what is due; what lacks a page waits until the page comes."""
    table, cases, now_ms = schema.forward, schema.case, gateway.clock.now().utc_ms
    is_free = (table.c.lease_ms <= now_ms) | (table.c.lease_ms > now_ms + 2 * LEASE_MS)
    due = (table.c.next_ms <= now_ms) & is_free & (table.c.done_revision < table.c.revision)
    never_so_late = (table.c.next_ms > now_ms + 2 * LONGEST_PAUSE_MS) & (table.c.next_ms < NEVER)
    claimed: list[Row[*tuple[Any, ...]]] = []
    with gateway.store.transaction() as connection:
        # what a clock told that has jumped back since
        connection.execute(update(table).where(never_so_late).values(next_ms=0))
        query = (
            select(cases, lacks_a_page().label("lacks"), table.c.revision.label("wanted"), table.c.tries)
            .join_from(table, cases, table.c.case_id == cases.c.case_id)
            .where(due)
            .order_by(table.c.next_ms, cases.c.ordinal)
            .limit(AT_ONCE)
            .with_for_update(of=table, skip_locked=True)
        )
        rows = connection.execute(query).all()
        lacking = [row.case_id for row in rows if row.lacks]
        claimed = [row for row in rows if not row.lacks]
        if lacking:
            connection.execute(update(table).where(table.c.case_id.in_(lacking)).values(next_ms=NEVER))
        if claimed:
            ids = [row.case_id for row in claimed]
            connection.execute(update(table).where(table.c.case_id.in_(ids)).values(lease_ms=now_ms + LEASE_MS))
    if lacking and not claimed:
        return _lease(gateway)
    return claimed


def lacks_a_page() -> ColumnElement[bool]:
    """A page that no whole blob gives (the same page may have come in two ciphertexts)."""
    cases, named = schema.case, schema.attachment
    other, blobs = schema.attachment.alias(), schema.blob
    whole = exists().where(
        other.c.case_id == named.c.case_id,
        other.c.sha256 == named.c.sha256,
        other.c.blob_sha256 == blobs.c.blob_sha256,
        blobs.c.complete_ms > 0,
    )
    return exists().where(named.c.case_id == cases.c.case_id, ~whole.correlate(named)).correlate(cases)


def _submit(gateway: Gateway, row: Row[*tuple[Any, ...]]) -> _Tried:
    messages = schema.message
    newest = select(messages).where(messages.c.case_id == row.case_id).order_by(messages.c.revision.desc()).limit(1)
    with gateway.store.reading() as connection:
        message = connection.execute(newest).one()
    try:
        number = gateway.platform.submit(_submission(gateway, row, message))
    except AppError as problem:
        return _Tried(row, trouble=problem)
    except Exception as error:  # noqa: BLE001 -- whatever one case makes an adapter trip over, the others go on
        _log.error("a case tripped the platform's adapter", extra={"told": {"kind": type(error).__name__}})
        return _Tried(row, trouble=Bug(f"转发时程序出错（{type(error).__name__}）。"))
    return _Tried(row, number)


def _submission(gateway: Gateway, row: Row[*tuple[Any, ...]], message: Row[*tuple[Any, ...]]) -> Submission:
    """Raises KeyProblem when the stored body does not open."""
    try:
        body = stored_body(gateway, message)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyProblem(
            "前置存的这件打不开，等管理员处理。",
            what_is_safe="其他办件不受影响。",
            what_to_do="请用备份恢复密钥文件或数据库。",
        ) from error
    pages = tuple(
        SubmittedPage(page.sha256, page.media_type, opened_page(gateway, message, page)) for page in body.attachments
    )
    return Submission(row.case_id, row.receipt, body.case, row.wanted, pages)


def _settle(gateway: Gateway, rows: Sequence[Row[*tuple[Any, ...]]], tried: Sequence[_Tried]) -> int:
    """Note how all of them went, in one transaction of a few statements: intake must not wait for it."""
    table, now_ms = schema.forward, gateway.clock.now().utc_ms
    with gateway.store.transaction() as connection:
        tried = _doubled_aside(connection, tried)
        well = [each for each in tried if each.trouble is None]
        numbered = note_numbers(connection, now_ms, {each.row.case_id: each.number for each in well if each.number})
        mine = table.c.case_id == bindparam("own")
        if well:
            done = (
                update(table)
                .where(mine)
                .values(
                    done_revision=bindparam("handed"),
                    next_ms=case((table.c.revision > bindparam("handed"), table.c.next_ms), else_=NEVER),
                    lease_ms=0,
                    tries=0,
                    trouble="",
                )
            )
            connection.execute(done, [{"own": each.row.case_id, "handed": each.row.wanted} for each in well])
        for each in tried:
            if each.trouble is None:
                continue
            tries = each.row.tries + 1
            put_off = {"tries": tries, "lease_ms": 0, "trouble": each.trouble.message[:200]}
            again_ms = now_ms + pause_ms(tries, gateway.random(1)[0])
            own = update(table).where(table.c.case_id == each.row.case_id)
            connection.execute(own.values(next_ms=again_ms, **put_off))
        untouched = [row.case_id for row in rows[len(tried) :]]
        if untouched:
            connection.execute(update(table).where(table.c.case_id.in_(untouched)).values(lease_ms=0))
    return numbered


def _doubled_aside(connection: Connection, tried: Sequence[_Tried]) -> list[_Tried]:
    """A number that the platform gave to another case before is trouble of this one case."""
    cases, given = schema.case, {each.number: each.row.case_id for each in reversed(tried) if each.number}
    if given:
        held = select(cases.c.case_number, cases.c.case_id).where(cases.c.case_number.in_(list(given)))
        given |= {row.case_number: row.case_id for row in connection.execute(held)}
    doubled = Refused("平台给的编号已属于别的办件，等管理员处理。")
    return [
        each if given.get(each.number, each.row.case_id) == each.row.case_id else _Tried(each.row, trouble=doubled)
        for each in tried
    ]


def pause_ms(tries: int, chance: int) -> int:
    """Doubling from 5 s to 10 min, and up to a half more by ``chance`` (0–255), so that nothing comes back all at once."""
    doubled: int = FIRST_PAUSE_MS * 2 ** min(max(tries - 1, 0), 10)
    pause = min(doubled, LONGEST_PAUSE_MS)
    return pause + pause * chance // 512


def note_numbers(connection: Connection, now_ms: int, numbers: Mapping[str, str]) -> int:
    """Keep the numbers of those that have none yet, and tell their windows. Returns how many were new."""
    if not numbers:
        return 0
    cases = schema.case
    unnumbered = select(cases).where(cases.c.case_id.in_(list(numbers)), cases.c.case_number.is_(None))
    new = connection.execute(unnumbered.with_for_update()).all()
    if not new:
        return 0  # numbered before, or another process was first
    noted = update(cases).where(cases.c.case_id == bindparam("own")).values(case_number=bindparam("number"))
    connection.execute(noted, [{"own": row.case_id, "number": numbers[row.case_id]} for row in new])
    told = [(feed.owner_target(row), {"case_id": row.case_id, "case_number": numbers[row.case_id]}) for row in new]
    feed.append_all(connection, now_ms, NewsKind.NUMBERED.value, told)
    return len(new)
