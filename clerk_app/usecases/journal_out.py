"""日志 for an auditor: the chain as JSON Lines with the window's signed checkpoints, so that tampering shows outside too.

    {"format": "journal/2", …}   {"seq", "previous", "digest", "happening"} …   {"checkpoint"} …   {"end", "signature"}

A checkpoint says "up to here the chain ended in this digest" under the window's signature. Whoever changes an entry later has
to re-sign every checkpoint after it, and an auditor's earlier export still holds the old ones. The end signs the first line, the
last digest, and number and hash of the checkpoints. Whose signature it is the file cannot say of itself: the fingerprint of the
key has to be compared with one that came another way (printed on every paper, noted at the gateway). An export of the earlier
format journal/1, whose end signs only entries and digest, is still read, and it is said what it does not prove.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from clerk_app.domain.canonical import Json, canonical_bytes, content_hash, parse_json
from clerk_app.domain.journal import CHECKPOINTS, GENESIS, HEAD, Happening, JournalEntry, first_break, happening_json
from clerk_app.domain.paper import fingerprint
from clerk_app.domain.rights import Right
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput
from clerk_app.ports import Clock, Store, UnitOfWork
from clerk_app.usecases.desk import Desk, must

FORMAT, EARLIER = "journal/2", "journal/1"
CHECKPOINT_EVERY_MS = 12 * 3600 * 1000
Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Audit:
    """What an exported journal proves. ``broken_at``: the first seq that does not fit, or None; ``words``: for a person;
    ``key``: fingerprint of the key that signed it, by the file's own word; ``hall`` and ``window``: whose journal it says it is.
    """

    entries: int
    checkpoints: int
    broken_at: int | None
    words: str
    key: str = ""
    hall: str = ""
    window: str = ""

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def checkpoint(store: Store, clock: Clock, sign: Sign, *, at_least_ms: int = CHECKPOINT_EVERY_MS) -> bool:
    """Sign the chain's present end, unless that was done lately or nothing was added. True when it was done."""
    now_ms = clock.now().utc_ms
    with store.begin() as uow:
        kept = list(uow.config.get(CHECKPOINTS) or [])
        last = uow.journal.last()
        if last is None or (kept and (kept[-1]["seq"] == last.seq or 0 <= now_ms - kept[-1]["at_ms"] < at_least_ms)):
            return False
        claim = {"seq": last.seq, "digest": last.digest, "at_ms": now_ms}
        kept.append({**claim, "signature": _text(sign(_claim(claim)))})
        uow.config.set(CHECKPOINTS, kept)
        uow.commit()
    return True


def newest_checkpoint(store: Store) -> dict[str, Json] | None:
    """What travels with each message: {"seq", "digest", "at_ms", "signature"}."""
    with store.begin(reading=True) as uow:
        kept = uow.config.get(CHECKPOINTS) or []
    return dict(kept[-1]) if kept else None


def proves(mark: Json, window_public: bytes, verify: Verify) -> bool:
    """A checkpoint that came from elsewhere is this window's own."""
    try:
        return verify(window_public, _raw(mark["signature"]), _claim(mark))
    except (ValueError, KeyError, TypeError):
        return False


def fault_of(uow: UnitOfWork, verify: Callable[[bytes, bytes], bool]) -> tuple[int, str] | None:
    """Where the journal is broken and how, or None: the chain itself, each signed checkpoint against it, the note of its end,
    and whether every case and draft that is there has the entry that began it."""
    broken = first_break(uow.journal.entries())
    if broken is not None:
        return broken, f"从第 {broken} 条起对不上：这一条被改过、移走或调换了。"
    wanted = {int(each["seq"]): each for each in uow.config.get(CHECKPOINTS) or []}
    last = 0
    for entry in uow.journal.entries():
        last = entry.seq
        mark = wanted.pop(entry.seq, None)
        if mark is not None and (mark["digest"] != entry.digest or not verify(_claim(mark), _raw(mark["signature"]))):
            return entry.seq, f"第 {entry.seq} 条与当时签过名的检查点不符：日志被整段重写过。"
    if wanted:
        return last + 1, f"签过名的检查点到第 {max(wanted)} 条，日志只到第 {last} 条：后面的被删掉了。"
    head = uow.config.get(HEAD)
    if head and head["seq"] != last:
        return last + 1, f"写过的日志到第 {head['seq']} 条，现在只到第 {last} 条：后面的被删掉了。"
    if missing := uow.journal.unmentioned():
        return last + 1, f"{_named(uow, missing)}在日志里没有收件的记录：它的记录被删掉了。"
    return None


def _named(uow: UnitOfWork, ids: Sequence[str]) -> str:
    """Cases by their local number; a draft has none."""
    cases = [case.local_number for each in ids if (case := uow.cases.get(each))]
    drafts = len(ids) - len(cases)
    return "办件 " + "、".join(cases) if cases else f"{drafts} 份暂存"


def export_journal(desk: Desk, sign: Sign, window_public: bytes) -> Iterator[Json]:
    """The lines of an export, itself journalled. Only auditors and supervisors take it.

    Raises:
        Refused: another role.
    """
    must(desk, Right.JOURNAL)
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("journal.exported"))
        uow.commit()
    checkpoint(desk.store, desk.clock, sign, at_least_ms=0)
    return _lines(desk, sign, window_public)


def _lines(desk: Desk, sign: Sign, window_public: bytes) -> Iterator[Json]:
    with desk.store.begin(reading=True) as uow:
        head: dict[str, Json] = {
            "format": FORMAT,
            "hall": desk.hall.code,
            "window": desk.hall.window,
            "generation": desk.hall.generation,
            "suite": desk.signer.suite_id,
            "window_public": _text(window_public),
        }
        yield head
        count, digest = 0, GENESIS
        for entry in uow.journal.entries():
            count, digest = count + 1, entry.digest
            yield {
                "seq": entry.seq,
                "previous": entry.previous,
                "digest": entry.digest,
                "happening": happening_json(entry.happening),
            }
        marks = list(uow.config.get(CHECKPOINTS) or [])
        for mark in marks:
            yield {"checkpoint": mark}
    end: dict[str, Json] = {"entries": count, "digest": digest, "at_ms": desk.clock.now().utc_ms}
    end |= {"head": content_hash(head), "checkpoints": len(marks), "marks": content_hash(marks)}
    yield {"end": end, "signature": _text(sign(canonical_bytes(end)))}


def suite_of(lines: Iterable[bytes]) -> str:
    """The cipher suite that an exported journal names; older ones name none. Raises BadInput."""
    try:
        return str(parse_json(next(line for line in lines if line.strip())).get("suite", "intl-1"))
    except (ValueError, AttributeError, StopIteration) as error:
        raise BadInput("这不是导出的日志文件，或文件已损坏。", what_to_do="请重新导出。") from error


def audit(lines: Iterable[bytes], verify: Verify) -> Audit:
    """Check an exported journal by itself: chain, checkpoints, the signature at its end.

    Raises:
        BadInput: this is no exported journal.
    """
    try:
        return _audit([parse_json(line) for line in lines if line.strip()], verify)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BadInput("这不是导出的日志文件，或文件已损坏。", what_to_do="请重新导出。") from error


def _audit(rows: list[Json], verify: Verify) -> Audit:
    if not rows or rows[0]["format"] not in (FORMAT, EARLIER):
        raise ValueError("another format")
    head, public = rows[0], _raw(rows[0]["window_public"])
    entries = [_entry(row) for row in rows if "seq" in row]
    marks = [row["checkpoint"] for row in rows if "checkpoint" in row]
    ends = [row for row in rows if "end" in row]

    def told(at: int | None, words: str) -> Audit:
        hall, window = str(head.get("hall", "")), str(head.get("window", ""))
        return Audit(len(entries), len(marks), at, words, fingerprint(public), hall, window)

    broken = first_break(entries)
    if broken is not None:
        return told(broken, f"从第 {broken} 条起对不上：这一条被改过、移走或调换了。")
    digests = {entry.seq: entry.digest for entry in entries}
    for mark in marks:
        if digests.get(int(mark["seq"])) != mark["digest"] or not verify(public, _raw(mark["signature"]), _claim(mark)):
            return told(int(mark["seq"]), f"第 {mark['seq']} 条与签过名的检查点不符。")
    if len(ends) != 1 or not verify(public, _raw(ends[0]["signature"]), canonical_bytes(ends[0]["end"])):
        return told(len(entries) + 1, "结尾的签名不对：文件不完整，或不是这个窗口导出的。")
    end = ends[0]["end"]
    if end["entries"] != len(entries) or end["digest"] != digests.get(len(entries), GENESIS):
        return told(len(entries) + 1, "结尾的条数和指纹对不上：有记录被移走。")
    whole = f"共 {len(entries)} 条，检查点 {len(marks)} 个，没有缺失或改动。"
    if head["format"] == EARLIER:
        return told(None, f"{whole}这是旧格式：大厅、窗口和检查点的个数没有签名，不能当证据。")
    if end["head"] != content_hash(head):
        return told(1, "开头写的大厅、窗口或钥匙与签名不符：开头被改过。")
    if end["checkpoints"] != len(marks) or end["marks"] != content_hash(marks):
        return told(
            len(entries) + 1,
            f"签名时有 {end['checkpoints']} 个检查点，文件里是 {len(marks)} 个，或有改动：检查点被移走或换过。",
        )
    return told(None, whole)


def _entry(row: Json) -> JournalEntry:
    data = row["happening"]
    happening = Happening(
        Stamp.from_json(data["at"]), data["actor"], data["verb"], data["case_id"], data["revision"], data["detail"]
    )
    return JournalEntry(int(row["seq"]), happening, str(row["previous"]), str(row["digest"]))


def _claim(mark: Json) -> bytes:
    return canonical_bytes(["journal.checkpoint/1", mark["seq"], mark["digest"], mark["at_ms"]])


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: Json) -> bytes:
    return base64.b64decode(str(text), validate=True)
