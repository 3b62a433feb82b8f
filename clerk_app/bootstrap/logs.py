"""The window's log: a few files that rotate, beside the data, without a personal datum by the way they are written.

A line is time, level, who and event. Our own code logs kinds and references; what such a sentence is filled with is looked through
once more. Of a library's line only the place is kept: its text may quote what it was handed. Exceptions give their kind, no words.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from clerk_app import __version__

FOLDER, FILE = "logs", "clerk.log"
EACH, KEPT = 512 * 1024, 6
"""Bytes of one file, and how many older ones stay."""

OURS = ("clerk_app", "local_db", "printing", "sync", "ui")
_log = logging.getLogger(__name__)
_RUNS = re.compile(r"[0-9０-９][0-9０-９Xx*\s-]{6,}[0-9０-９Xx]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[\sT-]*\d{1,2})?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def without_numbers(text: str) -> str:
    """Long runs of digits (ID, telephone, card and account numbers, however grouped) and mail addresses become ‹…›; dates stay."""
    return _MAIL.sub("‹…›", _RUNS.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else "‹…›", text))


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See the module."""
        ours = record.name.partition(".")[0] in OURS
        event = without_numbers(record.getMessage()) if ours else f"{record.module}:{record.lineno}"
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "who": record.name,
        }
        line["event"] = event
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def log_to_folder(data: Path) -> logging.Handler | None:
    """From now on this process writes its log there; None when the disk refuses (the window opens all the same).

    Only the window calls it: one process a data folder holds the window's lock, so nobody else turns the files over.
    """
    folder = data / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handler = RotatingFileHandler(folder / FILE, maxBytes=EACH, backupCount=KEPT, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(Lines())
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    if root.level > logging.INFO or root.level == logging.NOTSET:
        root.setLevel(logging.INFO)
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """The end of the window."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()


@contextmanager
def window_log(data: Path) -> Iterator[None]:
    """The log of a window from here to its end."""
    log = log_to_folder(data)
    try:
        _log.info("window opens, version %s", __version__)
        yield
    finally:
        _log.info("window closed")
        stop_logging(log)


def log_files(data: Path) -> tuple[Path, ...]:
    """All of them, newest first."""
    folder = data / FOLDER
    names = [FILE, *(f"{FILE}.{number}" for number in range(1, KEPT + 1))]
    return tuple(path for name in names if (path := folder / name).is_file())
