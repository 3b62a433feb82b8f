"""Printers behind the system's spooler. A paper goes to the spooler through a pipe: no readable copy is left on our disk.

What a printer can say is passed on truthfully: 'printed' only when the spooler has finished the job successfully.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from pathlib import Path

from clerk_app.domain.paper import PrintState
from clerk_app.errors import DeviceProblem, Refused
from printing import cups_library
from printing.cups_library import job_state
from printing.documents.words import shipped

_PATIENCE_S = 20.0
_KEPT = "这份文书还在打印队列里。"
NO_PRINTER = "没有找到打印机。"
REASONS = {
    "media-jam": f"卡纸了。{_KEPT}请打开盖子把纸取出来，合上后会接着打。",
    "media-empty": f"没有纸了。{_KEPT}请加纸，加好后会接着打。",
    "media-needed": f"要的纸不在纸盒里。{_KEPT}请放上这份文书用的纸。",
    "input-tray-missing": f"纸盒没有装好。{_KEPT}请把纸盒推到底。",
    "door-open": f"盖子开着。{_KEPT}请合上盖子。",
    "cover-open": f"盖子开着。{_KEPT}请合上盖子。",
    "toner-empty": f"没有墨粉了。{_KEPT}请换墨粉。",
    "marker-supply-empty": f"没有墨粉了。{_KEPT}请换墨粉。",
    "output-area-full": f"出纸口满了。{_KEPT}请把纸取走。",
    "offline": f"没有连上。{_KEPT}请看看打印机有没有开机、接好线。",
    "shutdown": f"关着机。{_KEPT}请打开打印机。",
    "timed-out": f"没有回话。{_KEPT}请看看打印机有没有开机、接好线。",
}
"""printer-state-reasons (RFC 8011 5.4.12, PWG 5100.9) in the clerk's words, the most urgent first."""


class UnknownOutcome(DeviceProblem):
    """The spooler was asked to print and did not answer: the paper may come out. It must not be sent again unasked."""


class CupsPrinter:
    """One queue of CUPS, through its own commands lp and lpstat and its library."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def problem(self) -> str:
        """Why it cannot print now, in the clerk's words; empty when ready."""
        if not cups_library.is_there():
            return self._problem_by_command()
        state = cups_library.queue_state(self._name)
        if state is None:
            return self._problem_by_command() or self._gone()
        told = next((words for keyword, words in REASONS.items() if keyword in state.reasons), "")
        if told:
            return f"打印机“{self._name}”{told}"
        if state.is_stopped or not state.is_accepting:
            return f"打印机“{self._name}”停着。{_KEPT}请看看有没有缺纸、卡纸，再请管理员启用。"
        return ""

    def _gone(self) -> str:
        return f"没有找到打印机“{self._name}”。{_KEPT}请看看打印机有没有开机、接好线。"

    def _problem_by_command(self) -> str:
        try:
            answer = _run("lpstat", "-p", self._name)
        except DeviceProblem as problem:
            return problem.sentence()
        said = answer.stdout.decode("utf-8", "replace")
        if answer.returncode or not said.startswith("printer "):
            return self._gone()
        if " disabled since" in said:
            return f"打印机“{self._name}”停着。{_KEPT}请看看有没有缺纸、卡纸，再请管理员启用。"
        return ""

    def submit(self, pdf: bytes, title: str) -> str:
        """Hand over to the spooler; returns its job id.

        Raises:
            UnknownOutcome: no clear answer; the paper may come out.
            DeviceProblem: the spooler did not take it; nothing will come out.
        """
        # Each copy is a sheet of its own: the one for the file must not stand on the back of the applicant's.
        asked = ("-o", f"media={media_of(pdf)}", "-o", "sides=one-sided")
        answer = _run("lp", "-d", self._name, "-t", title, *asked, "--", "-", stdin=pdf)
        if answer.returncode:
            raise DeviceProblem(
                "打印系统没有收下这份文书。", what_is_safe="办件已保存。", what_to_do="请看看打印机，再点重打。"
            )
        match = re.search(rb"request id is (\S+) ", answer.stdout)
        if match is None:
            raise UnknownOutcome("打印系统的回话看不懂，可能已经打印。", what_to_do="请看一眼打印机。")
        return match[1].decode("utf-8")

    def state(self, spool_ref: str) -> PrintState:
        """What became of a job; SENT as long as the spooler has said nothing final.

        Raises:
            DeviceProblem: the spooler does not answer.
        """
        number = spool_ref.rpartition("-")[2]
        return job_state(self._name, int(number)) if number.isascii() and number.isdigit() else PrintState.SENT

    def cancel(self, spool_ref: str) -> None:
        """Ask the scheduler to drop a job; ``state`` tells whether it did. Raises DeviceProblem when it does not answer."""
        if _run("cancel", spool_ref).returncode:
            raise DeviceProblem("打印系统没有收回这份文书。", what_is_safe=_KEPT, what_to_do="请看一眼打印机。")


def media_of(pdf: bytes) -> str:
    """The name that CUPS has for the size of the first page."""
    import pikepdf  # heavy, and only when a paper comes

    with pikepdf.open(io.BytesIO(pdf)) as document:
        left, low, right, high = (float(edge) for edge in document.pages[0].mediabox)
    wide, tall = right - left, high - low
    named = {"A4": (595, 842), "A5": (420, 595)}
    for name, (width, height) in named.items():
        if abs(wide - width) < 2 and abs(tall - height) < 2:
            return name
    return f"Custom.{wide:.0f}x{tall:.0f}"


def _run(*command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """One command of CUPS in plain English.

    Raises:
        UnknownOutcome: no answer in time.
        DeviceProblem: there is no such command here.
    """
    try:
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
        )
    except FileNotFoundError as error:
        raise DeviceProblem(NO_PRINTER, what_is_safe=_KEPT, what_to_do="可以先存为 PDF。") from error
    except subprocess.TimeoutExpired as error:
        raise UnknownOutcome("打印系统没有回话。", what_is_safe=_KEPT, what_to_do="请看一眼打印机。") from error


class NoPrinter:
    """A PC without a printer: papers wait, can be seen on screen and saved."""

    name = ""

    def problem(self) -> str:
        return f"{NO_PRINTER}{_KEPT}接好打印机后会接着打印，也可以先存为 PDF。"

    def submit(self, pdf: bytes, title: str) -> str:
        raise DeviceProblem(NO_PRINTER, what_is_safe=_KEPT, what_to_do="可以先存为 PDF。")

    def state(self, spool_ref: str) -> PrintState:
        return PrintState.SENT

    def cancel(self, spool_ref: str) -> None:
        """Nothing was ever handed over."""


class FolderPrinter:
    """Saves papers in a folder: the demo and explicit exports, sample papers only, since files there are readable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        return "样例文书存成文件"

    def problem(self) -> str:
        return "" if os.access(self._folder, os.W_OK) else "存放样例文书的文件夹写不进去。请换一个文件夹。"

    def submit(self, pdf: bytes, title: str) -> str:
        """Write durably under a name made from the title; never over another file. Returns the file name.

        Raises:
            Refused: not a sample paper.
            DeviceProblem: the folder cannot be written.
        """
        if not is_sample_paper(pdf):
            raise Refused(
                "这份文书不是样例，不能存成没有加密的文件。", what_is_safe="办件已保存。", what_to_do="请用打印机打印。"
            )
        stem = re.sub(r"[^\w-]+", "_", title).strip("_") or "paper"
        for number in range(1, 1000):
            name = f"{stem}.pdf" if number == 1 else f"{stem}_{number}.pdf"
            try:
                _write_new(self._folder / name, pdf)
            except FileExistsError:
                continue
            except OSError as error:
                raise DeviceProblem(self.problem() or "文件没有存下来。", what_is_safe="办件已保存。") from error
            return name
        raise DeviceProblem("同名的文件太多了。", what_to_do="请清理存放样例文书的文件夹。")

    def state(self, spool_ref: str) -> PrintState:
        return PrintState.PRINTED if (self._folder / spool_ref).is_file() else PrintState.FAILED

    def cancel(self, spool_ref: str) -> None:
        """It is there already."""


def _write_new(path: Path, data: bytes) -> None:
    """Create durably. Raises FileExistsError, or OSError after removing what was half written."""
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise


def is_sample_paper(pdf: bytes) -> bool:
    """Whether a paper of ours is stamped 样例 in its document information."""
    import pikepdf  # heavy, and only when a paper comes

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return str(document.docinfo.get("/Subject", "")) == shipped()["sample"].text


def system_printer() -> CupsPrinter | NoPrinter:
    """The user's default queue, else the first one, else none."""
    try:
        default = _run("lpstat", "-d").stdout.decode("utf-8", "replace")
        if match := re.search(r"destination: (\S+)", default):
            return CupsPrinter(match[1])
        names = _run("lpstat", "-e").stdout.decode("utf-8", "replace").split()
    except DeviceProblem:
        return NoPrinter()
    return CupsPrinter(names[0]) if names else NoPrinter()


def queue_names() -> tuple[str, ...]:
    """Every queue of this PC."""
    try:
        return tuple(_run("lpstat", "-e").stdout.decode("utf-8", "replace").split())
    except DeviceProblem:
        return ()
