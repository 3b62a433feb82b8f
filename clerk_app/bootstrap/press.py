"""Paper as the window has it: made and turned into pictures by a process of its own, so nothing that draws is loaded here."""

from __future__ import annotations

from pathlib import Path

from clerk_app.bootstrap.program import program
from clerk_app.domain.office import Office
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem
from clerk_app.ports import Printer
from printing import spooler
from printing.press import Press


def press(office: Office) -> Press:
    """The forms of the registry, in the office's own words and look where it has some."""
    return Press(office, [*program(), "press"])


def sample_printer(folder: Path) -> Printer:
    """The demo's printer: a folder that takes sample papers only."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageProblem("建不了 export 文件夹。", what_to_do="请检查磁盘和权限。") from error
    return spooler.FolderPrinter(folder)


def export(pdf: bytes, path: Path) -> None:
    """Write a PDF where somebody asked for it. Raises StorageProblem."""
    try:
        write_durably(path, pdf)
    except OSError as error:
        raise StorageProblem(
            "文件没有存下来。", what_is_safe="办件和文书都在本机。", what_to_do="请换一个位置，或腾出空间再试。"
        ) from error
