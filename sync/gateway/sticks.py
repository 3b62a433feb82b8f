"""What windows send on a stick (U 盘): the same envelopes and pages as by the line, through the same doors, and a signed answer.

A bundle may come twice, in parts, in any order, damaged, from a copied stick, and beside the line: intake.py and pages.py make one
case of it all. The manifest of each bundle is kept (sealed, as it came), so that a later answer can say how things stand by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from clerk_app.domain.canonical import Json, parse_json
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import BadInput, Refused, StorageProblem
from clerk_app.ports import Receipt
from sync.bundle import format as form
from sync.bundle.format import Head, Kind, Manifest
from sync.bundle.reply import MAGIC as RECEIPT_FILE
from sync.gateway import intake, pages, schema
from sync.gateway.gateway import Gateway
from sync.gateway.stick_answers import Imported, held_now, summary
from sync.gateway.windows import Denied, Window
from sync.protocol import BATCH_LIMIT, REASONS, Code, message_id_of
from sync.settle import HELD
from sync.strict import an_object

FOLDER = "sticks"
_UNFIT = BadInput(
    "这不是窗口的办件包，或已损坏到认不出来。",
    what_is_safe="前置没有变。",
    what_to_do="请选 .bundle 文件；打不开的请窗口重新导出。",
)


@dataclass(slots=True)
class _Gathered:
    """``cases``: case id by message id, as the manifest says."""

    cases: Mapping[str, str]
    receipts: dict[str, Receipt] = field(default_factory=dict)
    waiting: list[Json] = field(default_factory=list)
    broken: intake.Broken = field(default_factory=intake.Broken)


def _silent(_done: int, _all: int) -> None:
    return None


def _untold(_name: str, _why: str) -> None:
    return None


def take_bundle(
    gateway: Gateway, data: Path, file: Path, *, progress: Callable[[int, int], None] = _silent
) -> Imported:
    """Take a bundle in. ``data``: the gateway's folder, where manifests are kept. ``progress(records done, records in all)``.

    Raises:
        BadInput: no bundle, another district's, or not signed by that window. Refused: the window is shut out or unknown.
        StorageProblem: the file cannot be read, or the gateway's own disk fails; what was taken in before stays.
    """
    manifest, sealed, window = _manifest_of(gateway, file)
    _keep(data, manifest.head, sealed)
    gathered = _Gathered({each.message_id: each.case_id for each in manifest.messages})
    expected = {each.message_id: each.body_sha256 for each in manifest.messages}
    sizes = {each.blob_sha256: each.size for each in manifest.blobs}
    total = len(manifest.messages) + len(manifest.blobs)
    done = 0
    for record in _records(file):
        if record.kind is Kind.ENVELOPE:
            done += _take_envelope(gateway, window, manifest, expected, record.payload, gathered)
        elif record.kind is Kind.BLOB:
            _flush(gateway, window, gathered)
            done += _take_stretch(gateway, window, sizes, record.payload)
        progress(min(done, total), total)
    _flush(gateway, window, gathered)
    return summary(gateway, window, manifest, gathered.receipts)


def answers(
    gateway: Gateway, data: Path, passed_over: Callable[[str, str], None] = _untold
) -> Iterator[tuple[str, bytes]]:
    """How things stand by now, for each bundle that ever came: (file name, content). ``passed_over(name, why)``: one that cannot be
    answered (its window was shut out, the gateway's keys were changed, a disk hurt it); the others are."""
    folder = data / FOLDER
    try:
        kept = sorted(folder.glob("*.manifest")) if folder.is_dir() else []
    except OSError as error:
        raise _unreadable() from error
    for path in kept:
        try:
            head, _, sealed = path.read_bytes().partition(b"\n")
            manifest, window = _opened(gateway, form.head_from_bytes(head), sealed)
        except Refused as refused:
            passed_over(path.stem, refused.message)
        except (OSError, ValueError):
            passed_over(path.stem, _unreadable().message)
        else:
            told = summary(gateway, window, manifest, held_now(gateway, manifest))
            yield told.name, told.answer


def _unreadable() -> StorageProblem:
    return StorageProblem(
        "保存的办件包清单读不出来。", what_is_safe="已收的办件都在。", what_to_do="请检查前置的数据目录和磁盘。"
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _records(file: Path) -> Iterator[form.Record]:
    try:
        with file.open("rb") as opened:
            yield from form.records(opened)
    except OSError as error:
        raise StorageProblem(
            "文件读不出来。", what_is_safe="已收的办件都在。", what_to_do="请检查 U 盘，再试一次。"
        ) from error


def _manifest_of(gateway: Gateway, file: Path) -> tuple[Manifest, bytes, Window]:
    """The first sound head and manifest of the file; there is one at each end."""
    heads: list[Head] = []
    trouble: Refused = _UNFIT
    for record in _records(file):
        try:
            if record.kind is Kind.HEAD:
                heads.append(form.head_from_bytes(record.payload))
            elif record.kind is Kind.MANIFEST:
                for head in dict.fromkeys(heads):
                    manifest, window = _opened(gateway, head, record.payload)
                    return manifest, record.payload, window
        except ValueError:
            continue
        except Refused as refused:
            trouble = refused
    if not heads and _starts(file, RECEIPT_FILE):
        raise BadInput("这是给窗口的回执，不是办件包。", what_is_safe="前置没有变。", what_to_do="请在窗口上导入它。")
    raise trouble


def _starts(file: Path, magic: bytes) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(magic)) == magic
    except OSError:
        return False


def _opened(gateway: Gateway, head: Head, sealed: bytes) -> tuple[Manifest, Window]:
    """Raises ValueError when it does not open under that head; BadInput or Refused when it may not come in."""
    cipher = gateway.ciphers.get(head.suite)
    if cipher is None:
        raise BadInput(REASONS[Code.UNKNOWN_SUITE], what_is_safe="前置没有变。")
    try:
        plain = cipher.suite.open_sealed(cipher.keys.sealing_private, sealed, head.to_bytes())
    except ValueError as error:
        raise BadInput(
            "这份办件包不是送给本前置的，或前置换过密钥。",
            what_is_safe="前置没有变。",
            what_to_do="请送到登记时的那个前置，或让窗口重新登记后再导出。",
        ) from error
    told, signature = form.signed_from_bytes(plain)
    window = _window(gateway, head.window_id)
    claim = form.claim_of(told)
    if not any(
        suite == head.suite and cipher.suite.verify(public, signature, claim) for suite, public in window.public_keys
    ):
        raise BadInput(
            "办件包的签名与登记的窗口不符，没有收。",
            what_is_safe="前置没有变。",
            what_to_do="请向送来的窗口核对这份文件。",
        )
    return form.manifest_from_bytes(told, head), window


def _window(gateway: Gateway, window_id: str) -> Window:
    """Raises Refused when the window is not known or was shut out."""
    windows, asked = schema.window, schema.window.alias()
    kin = windows.join(asked, (windows.c.hall == asked.c.hall) & (windows.c.window == asked.c.window))
    with gateway.store.reading() as connection:
        rows = connection.execute(select(windows).select_from(kin).where(asked.c.window_id == window_id)).all()
    row = next((each for each in rows if each.window_id == window_id), None)
    if row is None or row.revoked_ms:
        code = Code.UNKNOWN_WINDOW if row is None else Code.REVOKED_WINDOW
        raise Refused(f"{REASONS[code]}（{code.value}）", what_is_safe="前置没有变。")
    others = ((each.suite, each.public_key) for each in rows if not each.revoked_ms and each.window_id != window_id)
    return Window(row.window_id, row.hall, row.window, ((row.suite, row.public_key), *others))


# --- taking in --------------------------------------------------------------------------------------------------------


def _take_envelope(
    gateway: Gateway,
    window: Window,
    manifest: Manifest,
    expected: Mapping[str, str],
    payload: bytes,
    gathered: _Gathered,
) -> int:
    """Only what the signed manifest names comes in; anything else is as if it were damaged."""
    suite = gateway.ciphers[manifest.head.suite].suite
    try:
        number, sealed = form.numbered(payload)
        context = form.envelope_context(manifest.head.bundle_id, number)
        item = parse_json(suite.open(manifest.key, sealed, context))
        header = an_object(an_object(item).get("header"))
        if expected.get(str(header.get("message_id"))) != header.get("body_sha256"):
            return 0
    except ValueError:
        return 0
    gathered.waiting.append(item)
    if len(gathered.waiting) >= BATCH_LIMIT:
        _flush(gateway, window, gathered)
    return 1


def _flush(gateway: Gateway, window: Window, gathered: _Gathered) -> None:
    """Take in what waits. There is no window to send again what is held: it is taken as soon as there is room for it, or the manifest
    tells that it follows nothing that was refused."""
    waiting = gathered.waiting
    while waiting:
        receipts = intake.take_batch(gateway, window, waiting, gathered.broken)
        held: list[Json] = []
        for item, receipt in zip(waiting, receipts, strict=True):
            gathered.receipts[receipt.message_id] = receipt
            if receipt.code == Code.HELD:
                held.append(item)
            elif receipt.status not in HELD:
                _note_broken(gathered, item, receipt.message_id)
        if len(held) == len(waiting):
            for item in held:
                _note_broken(gathered, item, message_id_of(item))
            break
        waiting = held
    gathered.waiting.clear()


def _note_broken(gathered: _Gathered, item: Json, message_id: str) -> None:
    gathered.broken.note(intake.stream_of(item), gathered.cases.get(message_id, ""))


def _take_stretch(gateway: Gateway, window: Window, sizes: Mapping[str, int], payload: bytes) -> int:
    """1 when the blob is whole now."""
    try:
        blob_sha256, offset, data = form.blob_of(payload)
    except ValueError:
        return 0
    size = sizes.get(blob_sha256)
    if size is None:
        return 0
    try:
        reached = pages.add_chunk(gateway, window, blob_sha256, size, offset, data)
        if offset < reached < offset + len(data):  # the line was here first with a part of it
            reached = pages.add_chunk(gateway, window, blob_sha256, size, reached, data[reached - offset :])
    except Denied:
        return 0  # a stretch before it is missing, or its case was refused: the answer says that the page lacks
    return int(reached >= size)


def _keep(data: Path, head: Head, sealed: bytes) -> None:
    """The manifest as it came, so that ``answers`` can say later how things stand."""
    folder = data / FOLDER
    path = folder / f"{head.window_id}-{head.bundle_id}.manifest"
    try:
        make_folder(folder)
        if not path.exists():
            write_durably(path, head.to_bytes() + b"\n" + sealed)
    except OSError as error:
        raise StorageProblem(
            "前置的磁盘写不进去。", what_is_safe="已收的办件都在。", what_to_do="请检查磁盘空间，再导入一次。"
        ) from error
