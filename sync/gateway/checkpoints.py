"""Journal checkpoints of the windows, kept and compared: a journal that was rewritten later contradicts what it said before.

A checkpoint says "up to entry ``seq`` the chain ended in ``digest``", signed by the window; each message carries the newest one
(usecases/journal_out.py). Three contradictions are named:

    rewritten   the same ``seq`` with another digest
    shortened   a ``seq`` before one that was told earlier, and not known: the chain went back
    unproved    it does not carry the window's signature
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.usecases.journal_out import proves
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.windows import Window
from sync.strict import a_hash, a_number

REWRITTEN, SHORTENED, UNPROVED = "rewritten", "shortened", "unproved"
WORDS = {
    REWRITTEN: "同一条日志前后两次的指纹不同：这个窗口的日志被改写过。",
    SHORTENED: "日志比以前报过的短：后面的记录被删掉了，或窗口用旧备份恢复过。",
    UNPROVED: "日志检查点没有这个窗口的签名，不能当证据。",
}


def note(
    gateway: Gateway, connection: Connection, window: Window, now_ms: int, signatures: Sequence[Mapping[str, Json]]
) -> None:
    """Keep each new checkpoint that came with these messages, with how it contradicts the earlier ones, if it does."""
    table, seen = schema.checkpoint, set()
    for each in signatures:
        mark = each.get("journal")
        if not isinstance(mark, dict):
            continue
        try:
            seq, digest = a_number(mark, "seq", most=2**53), a_hash(mark, "digest")
            at_ms = a_number(mark, "at_ms")
            written = canonical_bytes(mark).decode()
        except ValueError:
            continue  # no checkpoint at all; the message itself was proved by its own signatures
        if (seq, digest) in seen:
            continue
        seen.add((seq, digest))
        mine = table.c.window_id == window.window_id
        same = select(table.c.digest).where(mine, table.c.seq == seq, table.c.digest == digest)
        if connection.execute(same).first() is not None:
            continue
        fault = _fault(gateway, connection, window, mark, seq)
        row = {"window_id": window.window_id, "seq": seq, "digest": digest, "at_ms": at_ms, "mark": written}
        connection.execute(insert(table).values(**row, fault=fault, received_ms=now_ms))


def _fault(gateway: Gateway, connection: Connection, window: Window, mark: Mapping[str, Json], seq: int) -> str:
    if not _is_proved(gateway, window, mark):
        return UNPROVED
    table = schema.checkpoint
    proved = (table.c.window_id == window.window_id) & (table.c.fault != UNPROVED)
    if connection.execute(select(table.c.seq).where(proved, table.c.seq == seq)).first() is not None:
        return REWRITTEN
    # Messages wait and come in any order, so an older mark is no fault by itself: only one that was *signed* later is.
    later = select(table.c.seq).where(proved, table.c.seq > seq, table.c.at_ms < mark["at_ms"])
    return SHORTENED if connection.execute(later).first() is not None else ""


def _is_proved(gateway: Gateway, window: Window, mark: Mapping[str, Json]) -> bool:
    return any(
        proves(dict(mark), public, gateway.ciphers[suite].verifier.verify) for suite, public in window.public_keys
    )
