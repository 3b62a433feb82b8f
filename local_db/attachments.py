"""Pages as encrypted files ``attachments/ab/<keyed hash>.blob``, durable before the transaction that names them commits.

A file name is the keyed hash of the ciphertext's own hash: it tells nothing, and no two blobs ever share one, so a blob
once written is never overwritten. What a crash leaves unnamed is removed by ``sweep``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import AttachmentRef
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import Bug, Stopped
from local_db.disk_words import disk_problem
from local_db.faults import damaged
from local_db.schema import attachment as table
from local_db.schema import blob, case
from local_db.stopping import GoOn, always, look_up
from local_db.transaction import Transaction

FOLDER = "attachments"
SUFFIX = ".blob"
_NO_LIMIT = 2**62
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PagesLooked:
    """``words``: what was found, for a person; ``after``: where to go on, empty at the end; ``hurt``: hashes of changed pages.
    Not ``whole``: broken off, so that ``words`` say less than there is; ``hurt`` then holds what was not looked at again too."""

    words: tuple[str, ...]
    after: str
    hurt: tuple[str, ...]
    whole: bool = True


class SqlAttachments:
    """See ports.Attachments. ``name_key`` hides the hashes in file names."""

    def __init__(self, transaction: Transaction, folder: Path, name_key: bytes) -> None:
        self.transaction, self._folder, self._name_key = transaction, folder / FOLDER, name_key

    def put(self, owner: str, plain: bytes, media_type: str) -> AttachmentRef:
        """See ports.Attachments."""
        sha256 = bytes_hash(plain)
        case_key = self.transaction.key_of(owner, create=True)  # takes the write lock before the look below
        held = self._row(owner, sha256)
        if held is not None:
            return _ref(held)
        suite = self.transaction.suite
        key = suite.new_key()
        sealed = suite.seal_blob(key, plain)
        blob_sha256 = bytes_hash(sealed)
        name = suite.keyed_hash(self._name_key, blob_sha256.encode("ascii"))
        try:
            make_folder(self.path(name).parent)
            write_durably(self.path(name), sealed)
        except OSError as error:
            raise disk_problem(error) from error
        self.transaction.execute(insert(blob), {"blob_sha256": blob_sha256, "file_name": name, "size": len(sealed)})
        return self._hold(owner, AttachmentRef(sha256, blob_sha256, len(plain), len(sealed), media_type), case_key, key)

    def share(self, owner: str, other_owner: str, sha256: str) -> AttachmentRef:
        """See ports.Attachments."""
        case_key = self.transaction.key_of(owner, create=True)
        held = self._row(owner, sha256)
        if held is not None:
            return _ref(held)
        return self._hold(owner, self.ref(other_owner, sha256), case_key, self.key(other_owner, sha256))

    def read(self, owner: str, sha256: str) -> bytes:
        """See ports.Attachments."""
        row = self._wanted(owner, sha256)
        try:
            sealed = self.path(row.file_name).read_bytes()
            plain = self.transaction.suite.open_blob(self._unwrap(row), sealed)
        except FileNotFoundError as error:
            raise damaged("有一页材料的文件不见了。") from error
        except OSError as error:
            raise disk_problem(error) from error
        except ValueError as error:
            raise damaged("有一页材料的文件已损坏。") from error
        if bytes_hash(plain) != sha256:
            raise damaged("有一页材料的文件与记录对不上。")
        return plain

    def ref(self, owner: str, sha256: str) -> AttachmentRef:
        """See ports.Attachments."""
        return _ref(self._wanted(owner, sha256))

    def key(self, owner: str, sha256: str) -> bytes:
        """See ports.Attachments."""
        return self._unwrap(self._wanted(owner, sha256))

    def blob_bytes(self, blob_sha256: str, offset: int, count: int) -> bytes:
        """See ports.Attachments. Empty at the end of the blob."""
        name = self.file_name(blob_sha256)
        try:
            with self.path(name).open("rb") as file:
                file.seek(offset)
                return file.read(count)
        except FileNotFoundError as error:
            raise damaged("有一页材料的文件不见了。") from error
        except OSError as error:
            raise disk_problem(error) from error

    def file_name(self, blob_sha256: str) -> str:
        """Under which name the blob's file lies. Raises StorageProblem."""
        wanted = select(blob.c.file_name).where(blob.c.blob_sha256 == blob_sha256)
        name: str | None = self.transaction.execute(wanted).scalar_one_or_none()
        if name is None:
            raise damaged("有一页材料不在库里。")
        return name

    def forget(self, owner: str) -> None:
        """Let go of all pages of an owner; files that nobody holds are removed once committed."""
        held = self.transaction.execute(select(table.c.blob_sha256).where(table.c.owner == owner)).scalars().all()
        self.transaction.execute(delete(table).where(table.c.owner == owner))
        for blob_sha256 in held:
            if self.transaction.execute(select(table.c.owner).where(table.c.blob_sha256 == blob_sha256)).first():
                continue
            name: str = self.transaction.execute(
                delete(blob).where(blob.c.blob_sha256 == blob_sha256).returning(blob.c.file_name)
            ).scalar_one()
            self.transaction.after_commit(partial(_remove_if_possible, self.path(name)))

    def sweep(self) -> int:
        """Remove files that no row names, left by a crash or a rolled-back transaction; returns how many.

        The transaction's write lock keeps every ``put`` out meanwhile.
        """
        named = set(self.transaction.execute(select(blob.c.file_name)).scalars())
        strays = [path for path in self._files() if path.name.removesuffix(SUFFIX) not in named]
        for path in strays:
            _remove(path)
        return len(strays)

    def faults(self, *, but_for: Collection[str] = ()) -> tuple[str, ...]:
        """Files that are gone, of the wrong length or changed, in the clerk's words. Every file is read and hashed, but those of the
        names in ``but_for``."""
        return self.faults_from("", _NO_LIMIT, but_for=but_for).words

    def faults_from(
        self,
        after: str,
        most: int,
        again: Collection[str] = (),
        *,
        but_for: Collection[str] = (),
        go_on: GoOn = always,
    ) -> PagesLooked:
        """As ``faults``, with about ``most`` bytes read, from the page after ``after`` on, and of the pages ``again`` (hashes);
        whether a file is there and how long it is, is looked at of all. ``go_on`` is asked before each page and each megabyte."""
        gone = short = read = 0
        hurt: list[str] = []
        last = after
        whole = True
        for row in self.transaction.execute(select(blob).order_by(blob.c.blob_sha256)).all():
            if row.file_name in but_for:
                continue
            path = self.path(row.file_name)
            try:
                look_up(go_on)
                if not path.is_file():
                    gone += 1
                elif path.stat().st_size != row.size:
                    short += 1
                elif (due := row.blob_sha256 > after and read < most) or row.blob_sha256 in again:
                    if _hash_of(path, go_on) != row.blob_sha256:
                        hurt.append(row.blob_sha256)
                    read, last = (read + row.size, row.blob_sha256) if due else (read, last)
            except OSError:  # there, and the disk does not give it
                hurt.append(row.blob_sha256)
            except Stopped:
                whole = False
                hurt += [each for each in again if each >= row.blob_sha256]
                break
        found = []
        if hurt:
            numbers = {number for each in hurt for number in self._numbers(each)}
            whose = "、".join(sorted(numbers)) or "还没有受理的暂存"
            found.append(f"有 {len(hurt)} 页材料的文件被改动或已损坏（{whose}）。")
        if gone:
            found.append(f"有 {gone} 页材料的文件不见了。")
        if short:
            found.append(f"有 {short} 页材料的文件长度不对。")
        return PagesLooked(tuple(found), last if read >= most or not whole else "", tuple(hurt), whole)

    def _numbers(self, blob_sha256: str) -> list[str]:
        """Local numbers of the cases that hold this page."""
        held = select(case.c.local_number).join(table, table.c.owner == case.c.id)
        return list(self.transaction.execute(held.where(table.c.blob_sha256 == blob_sha256)).scalars())

    def path(self, name: str) -> Path:
        """Where the blob of that file name lies."""
        return self._folder / name[:2] / f"{name}{SUFFIX}"

    # --- inside

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.glob("*/*") if path.is_file()]
        except OSError as error:
            raise disk_problem(error) from error

    def _hold(self, owner: str, ref: AttachmentRef, case_key: bytes, key: bytes) -> AttachmentRef:
        self.transaction.execute(
            insert(table),
            {
                "owner": owner,
                "sha256": ref.sha256,
                "blob_sha256": ref.blob_sha256,
                "wrapped": self.transaction.suite.seal(case_key, key, _context(ref.blob_sha256)),
                "size": ref.size,
                "media_type": ref.media_type,
            },
        )
        return ref

    def _unwrap(self, row: Any) -> bytes:
        case_key = self.transaction.key_of(row.owner, create=False)
        return self.transaction.open_with(case_key, row.wrapped, _context(row.blob_sha256))

    def _row(self, owner: str, sha256: str) -> Any:
        joined = select(table, blob.c.file_name, blob.c.size.label("blob_size")).join(blob)
        return self.transaction.execute(joined.where(table.c.owner == owner, table.c.sha256 == sha256)).one_or_none()

    def _wanted(self, owner: str, sha256: str) -> Any:
        row = self._row(owner, sha256)
        if row is None:
            raise Bug("这件办件没有这一页材料。")
        return row


def _hash_of(path: Path, go_on: GoOn) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            look_up(go_on)
            total.update(piece)
    return total.hexdigest()


def _context(blob_sha256: str) -> bytes:
    return b"blob-key:" + blob_sha256.encode("ascii")


def _ref(row: Any) -> AttachmentRef:
    return AttachmentRef(row.sha256, row.blob_sha256, row.size, row.blob_size, row.media_type)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise disk_problem(error) from error


def _remove_if_possible(path: Path) -> None:
    """After a commit nothing may look like a failed one; what stays behind is swept later."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
