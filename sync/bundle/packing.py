"""The window's half, on the way out: everything that waits, or chosen cases, over as many files and sticks as it takes.

Writing a stick settles nothing: what was written goes by the line as well when there is one, and the gateway makes one case of
both. A message is noted as carried only when its file is whole on the stick, so that ``fresh`` takes the others next time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from clerk_app.domain.canonical import canonical_bytes
from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import OutboxMessage, due
from clerk_app.domain.time import Stamp
from clerk_app.durable import sync_folder
from clerk_app.errors import StorageProblem
from clerk_app.ports import CipherSuite, Clock, Exported, Store
from sync.bundle import format as form
from sync.bundle.format import Carried, CarriedBlob, Head, Kind, Manifest
from sync.envelope import Seal, envelope_of, with_receipts

SPARE = 4 * 1024 * 1024
"""Left free on a stick, for its own bookkeeping and for the receipt that comes back on it."""
FILE_LIMIT = 3_500_000_000
"""A stick formatted as FAT32 holds no file over 4 GB."""
_AT_ONCE = 200
_LOOK = 200_000

Progress = Callable[[int, int, str], None]
"""(bytes done, bytes in all, what is being written, in Chinese)."""


@dataclass(frozen=True, slots=True, repr=False)
class WindowKeys:
    """What a bundle is sealed and signed with. ``reply_key(bundle_id)``: the same each time, so that nothing is kept for it."""

    window_id: str
    suite: CipherSuite
    sign: Callable[[bytes], bytes]
    seal: Seal
    reply_key: Callable[[str], bytes]


@dataclass(slots=True)
class _Part:
    """One file to be: whole messages, and stretches of their pages."""

    messages: list[OutboxMessage] = field(default_factory=list)
    blobs: list[CarriedBlob] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    weight: int = 64 * 1024

    @property
    def page_bytes(self) -> int:
        return sum(each.end - each.start for each in self.blobs)


def _never() -> bool:
    return False


def _silent(_done: int, _all: int, _doing: str) -> None:
    return None


def export(
    store: Store,
    keys: WindowKeys,
    clock: Clock,
    new_id: Callable[[], str],
    folders: Sequence[Path],
    *,
    actor: str = "",
    cases: Collection[str] = (),
    fresh: bool = False,
    file_limit: int = FILE_LIMIT,
    progress: Progress = _silent,
    stopping: Callable[[], bool] = _never,
) -> Exported:
    """Write what waits into ``folders``, filling one stick after the other.

    Args:
        actor: who did it, for the journal.
        cases: only these (a package with its parts); empty: everything that waits.
        fresh: leave out what is on a stick already.

    Raises:
        StorageProblem: a stick cannot be written; whole files written before stay.
    """
    wanted = _wanted(store, set(cases), fresh)
    with store.begin(reading=True) as uow:
        sizes = uow.outbox.sizes([each.id for each in wanted])
    own = {message_id: size * 3 // 2 + 4096 for message_id, size in sizes.items()}  # base64 inside its record
    written: list[Path] = []
    total = sum(own[each.id] + sum(size for _, size in _pages(each)) for each in wanted)
    done = packed = pages = size = 0
    todo = wanted
    sent: set[str] = set()
    for folder in folders:
        while todo and not stopping():
            part, todo = _next_part(own, todo, min(file_limit, _room(folder)))
            if not part.messages:
                break
            path = _write(store, keys, clock.now(), new_id(), folder, part, done, total, actor, progress, stopping)
            if path is None:
                todo = [*part.messages, *todo]
                break
            done += part.weight
            written.append(path)
            sent |= {each.case_id for each in part.messages}
            packed, pages = len(sent), pages + len({each.blob_sha256 for each in part.blobs})
            size += path.stat().st_size
    left = len({each.id for each in todo})
    return Exported(tuple(written), packed, pages, size, left, stopping() and bool(todo))


def _wanted(store: Store, cases: set[str], fresh: bool) -> list[OutboxMessage]:
    """In the order of delivery: what waits and nothing earlier forbids, then what is there but lacks pages."""
    with store.begin(reading=True) as uow:
        queue = [replace(each, next_try_ms=0, lease_until_ms=0) for each in uow.outbox.queue(_LOOK)]
        ready = [each.id for each in due(queue, 0, _LOOK)]
        place = {each: n for n, each in enumerate(ready)}
        found = sorted(uow.outbox.load(ready, bodies=False), key=lambda each: place[each.id])
        after = 0
        while owing := uow.outbox.owing(500, after):
            found += owing
            after = owing[-1].seq
        carried = uow.outbox.carried([each.id for each in found]) if fresh else {}
    chosen = (each for each in found if not cases or {each.case_id, each.stream} & cases)
    return [each for each in chosen if each.id not in carried]


def _pages(message: OutboxMessage) -> list[tuple[str, int]]:
    """Blobs still to go, small before large."""
    to_go = {ref.blob_sha256: ref.blob_size for ref in message.attachments if ref.blob_sha256 not in message.blobs_done}
    return sorted(to_go.items(), key=lambda each: each[1])


def _room(folder: Path) -> int:
    try:
        return max(shutil.disk_usage(folder).free - SPARE, 0)
    except OSError as error:
        raise _stick_problem() from error


def _next_part(own: Mapping[str, int], todo: list[OutboxMessage], room: int) -> tuple[_Part, list[OutboxMessage]]:
    """What fits into one file; ``own``: bytes of each message without its pages. A message too large for a whole file goes
    alone, its pages over several files."""
    part = _Part()
    named: set[str] = set()
    for message in todo[: form.MESSAGES_LIMIT]:
        alone = own[message.id]
        pages = [(blob, size) for blob, size in _pages(message) if blob not in named]
        weight = alone + sum(size + 4096 for _, size in pages)
        if part.weight + weight > room:
            if part.messages or room < part.weight + alone + 64 * 1024:
                break
            cut, message_rest = _cut(message, pages, room - part.weight - alone)
            part.messages.append(message)
            part.blobs += cut
            part.weight += alone + part.page_bytes
            return part, [message_rest, *todo[1:]]
        part.messages.append(message)
        part.finished.append(message.id)
        part.blobs += [CarriedBlob(blob, size, 0, size) for blob, size in pages]
        named |= {blob for blob, _ in pages}
        part.weight += weight
    part.blobs.sort(key=lambda each: each.size)
    return part, todo[len(part.messages) :]


def _cut(message: OutboxMessage, pages: list[tuple[str, int]], room: int) -> tuple[list[CarriedBlob], OutboxMessage]:
    """As many whole pages as fit; the message with the others left."""
    taken: list[CarriedBlob] = []
    for blob, size in pages:
        if size + 4096 > room:
            break
        taken.append(CarriedBlob(blob, size, 0, size))
        room -= size + 4096
    if not taken:
        raise StorageProblem(
            "U 盘太小，连一份附件都放不下。", what_is_safe="办件都在本机。", what_to_do="请换一个大一点的 U 盘。"
        )
    done = message.blobs_done | {each.blob_sha256 for each in taken}
    return taken, replace(message, blobs_done=done)


def _write(
    store: Store,
    keys: WindowKeys,
    now: Stamp,
    bundle_id: str,
    folder: Path,
    part: _Part,
    done: int,
    total: int,
    actor: str,
    progress: Progress,
    stopping: Callable[[], bool],
) -> Path | None:
    """One file, whole and on the medium, or None when it was broken off."""
    manifest = _manifest(store, keys, now, bundle_id, part)
    stamp = now.local.strftime("%Y%m%d-%H%M%S")
    target = folder / f"{keys.window_id}-{stamp}-{bundle_id[-6:]}{form.SUFFIX}"
    half = target.with_name(target.name + ".half")
    try:
        with half.open("wb") as file:
            for piece in _pieces(store, keys, manifest, part):
                if stopping():
                    break
                file.write(piece)
                progress(min(done + file.tell(), total), total, f"正在写 {len(part.messages)} 件")
            else:
                _flush(file)
        if stopping():
            half.unlink(missing_ok=True)
            return None
        half.replace(target)
        sync_folder(folder)
    except OSError as error:
        _forget(half)
        raise _stick_problem() from error
    with store.begin() as uow:
        uow.outbox.note_carried(part.finished, bundle_id, now.utc_ms)
        detail = {"bundle": bundle_id, "messages": str(len(part.messages))}
        uow.journal.append(Happening(now, actor, "bundle.exported", detail=detail))
        uow.commit()
    return target


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _forget(half: Path) -> None:
    try:
        half.unlink(missing_ok=True)
    except OSError:
        return  # the stick is gone: half a file has no name that anybody would import


def _manifest(store: Store, keys: WindowKeys, now: Stamp, bundle_id: str, part: _Part) -> Manifest:
    in_file = {each.blob_sha256 for each in part.blobs}
    carried = []
    with store.begin(reading=True) as uow:
        cursor = uow.news.cursor()
        for message in part.messages:
            case = uow.cases.get(message.case_id)
            blobs = tuple(blob for blob, _ in _pages(message) if blob in in_file)
            number = case.local_number if case else ""
            carried.append(Carried(message.id, message.case_id, number, message.body_sha256, blobs))
    return Manifest(
        head=Head(keys.suite.id, keys.window_id, bundle_id),
        made_ms=now.utc_ms,
        cursor=cursor,
        key=keys.suite.new_key(),
        reply_key=keys.reply_key(bundle_id),
        messages=tuple(carried),
        blobs=tuple(part.blobs),
    )


def _pieces(store: Store, keys: WindowKeys, manifest: Manifest, part: _Part) -> Iterator[bytes]:
    head = manifest.head.to_bytes()
    sealed = keys.seal(form.signed(manifest, keys.sign(form.claim_of(manifest.to_bytes()))), head)
    ends = form.record(Kind.HEAD, head) + form.record(Kind.MANIFEST, sealed)
    yield form.MAGIC + ends
    yield from _envelopes(store, keys, manifest, part.messages)
    for blob in part.blobs:
        yield from _stretches(store, blob)
    yield ends + form.record(Kind.END, b"")


def _envelopes(
    store: Store, keys: WindowKeys, manifest: Manifest, messages: Sequence[OutboxMessage]
) -> Iterator[bytes]:
    bundle_id, number = manifest.head.bundle_id, 0
    for start in range(0, len(messages), _AT_ONCE):
        ids = [each.id for each in messages[start : start + _AT_ONCE]]
        with store.begin(reading=True) as uow:
            loaded = {each.id: each for each in with_receipts(uow, uow.outbox.load(ids))}
        for message_id in ids:
            envelope = canonical_bytes(envelope_of(loaded[message_id], keys.window_id, keys.seal).to_json())
            sealed = keys.suite.seal(manifest.key, envelope, form.envelope_context(bundle_id, number))
            yield form.record(Kind.ENVELOPE, form.envelope_payload(number, sealed))
            number += 1


def _stretches(store: Store, blob: CarriedBlob) -> Iterator[bytes]:
    offset = blob.start
    while offset < blob.end:
        with store.begin(reading=True) as uow:
            data = uow.attachments.blob_bytes(blob.blob_sha256, offset, min(form.PIECE, blob.end - offset))
        if not data:
            return  # damaged here: the manifest says what is missing, the others still go
        yield form.record(Kind.BLOB, form.blob_payload(blob.blob_sha256, offset, data))
        offset += len(data)


def _stick_problem() -> StorageProblem:
    return StorageProblem(
        "U 盘写不进去。",
        what_is_safe="办件都在本机，一件不少。",
        what_to_do="请检查 U 盘是否写保护、已满或松动，再试一次。",
    )
