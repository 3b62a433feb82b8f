"""Handing cases over in a folder, for a platform that fetches files (or a department that has nothing else).

    FOLDER/out/<case id>-r<revision>/case.json, pages/<sha256>.<kind>, manifest.json    each folder appears whole, by one rename
    FOLDER/in/*.json     {"case_id", "case_number"} or {"case_id", "result", "note"}    answers, in the order of their names
    FOLDER/in/done, FOLDER/in/bad                                                       answers that were acted on, or not understood

What lies in ``out`` is in the clear, for whoever fetches it has to read it: the folder belongs on an encrypted disk, readable by
the gateway's user and the fetcher alone. It is made with mode 0700.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from clerk_app.domain.canonical import Json, bytes_hash, canonical_bytes, parse_json
from clerk_app.durable import make_folder, sync_folder, write_durably
from clerk_app.errors import LineProblem
from sync.gateway.platform import PlatformAnswer, Submission
from sync.strict import a_text, an_id, an_object

_KINDS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_SAFE = re.compile(r"[^0-9A-Za-z._-]")
_HALF_KEPT_S = 3600
_LARGEST_ANSWER = 64 * 1024
NUMBER = re.compile(r"[0-9A-Za-z._〔〕-]{1,80}")


class FileDropPlatform:
    """See Platform. Handing the same revision over again changes nothing once the folder is there."""

    def __init__(self, folder: Path) -> None:
        self._out, self._in = folder / "out", folder / "in"
        self._sweep()

    def _sweep(self) -> None:
        """Half packages of processes that were killed: they are in the clear. What is younger may be under way in another process."""
        with suppress(OSError):
            for each in self._out.glob(".*-r*.*"):
                if time.time() - each.stat().st_mtime > _HALF_KEPT_S:
                    shutil.rmtree(each)

    def submit(self, submission: Submission) -> str:
        """Write the package; the number comes back as a file. Raises LineProblem when the folder cannot be written."""
        name = f"{_SAFE.sub('_', submission.case_id)}-r{submission.revision:04d}"
        final, making = self._out / name, self._out / f".{name}.{os.getpid()}"
        if final.exists():
            return ""
        try:
            make_folder(self._out)
            make_folder(self._in)
            shutil.rmtree(making, ignore_errors=True)
            make_folder(making / "pages")
            self._write(making, submission)
            making.rename(final)
            sync_folder(self._out)
        except OSError as error:
            if final.exists():  # another process was first
                return ""
            raise _unreachable() from error
        finally:
            shutil.rmtree(making, ignore_errors=True)  # half a package is in the clear: it stays for nobody
        return ""

    @staticmethod
    def _write(folder: Path, submission: Submission) -> None:
        document = canonical_bytes(dict(submission.document))
        files: dict[str, Json] = {"case.json": bytes_hash(document)}
        write_durably(folder / "case.json", document)
        for page in submission.pages:
            name = f"{page.sha256}.{_KINDS.get(page.media_type, 'bin')}"
            write_durably(folder / "pages" / name, page.read())
            files[f"pages/{name}"] = page.sha256
        told = {"case_id": submission.case_id, "receipt": submission.receipt, "revision": submission.revision}
        write_durably(folder / "manifest.json", canonical_bytes({"format": "handover/1", **told, "files": files}))

    def answers(self) -> Iterator[PlatformAnswer]:
        """See Platform; what cannot be read is put aside."""
        try:
            names = sorted(each.name for each in self._in.glob("*.json"))
        except OSError as error:
            raise _unreachable() from error
        for name in names:
            answer = self._read(name)
            if answer is None:
                self.settle(name, understood=False)
            else:
                yield answer

    def _read(self, name: str) -> PlatformAnswer | None:
        try:
            with (self._in / name).open("rb") as file:
                fields = an_object(parse_json(file.read(_LARGEST_ANSWER)))
            told = {key: a_text(fields, key, 2000) for key in ("case_number", "result", "note") if key in fields}
            if not (told.get("case_number") or told.get("result")):
                return None
            if not NUMBER.fullmatch(told.get("case_number", "-")):
                return None
            return PlatformAnswer(name, an_id(fields, "case_id"), **told)
        except (OSError, ValueError):
            return None

    def settle(self, mark: str, *, understood: bool) -> None:
        """Move the answer's file aside."""
        target = self._in / ("done" if understood else "bad")
        try:
            make_folder(target)
            (self._in / mark).replace(target / mark)
            sync_folder(self._in)
        except FileNotFoundError:
            return  # another process was first
        except OSError as error:
            raise _unreachable() from error


def _unreachable() -> LineProblem:
    return LineProblem(
        "转发文件夹写不进去。", what_is_safe="办件都在前置。", what_to_do="请检查转发文件夹和磁盘，稍后自动重试。"
    )
