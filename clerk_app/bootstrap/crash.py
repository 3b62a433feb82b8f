"""A bug, reported without personal data: kind and place only, since an exception's text might quote what was typed."""

from __future__ import annotations

import ctypes
import logging
import sys
from types import TracebackType

_PR_SET_DUMPABLE = 4


def no_core_files() -> None:
    """A process that is killed leaves no picture of its memory: open keys and a citizen's data stand in it.

    Linux: neither as a file (the limit) nor for a collector that the system pipes it to (not dumpable; nor may another
    program of this user look into it). Elsewhere the system's own setting counts; the threat model says so.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def report_bug(error: BaseException) -> None:
    """To standard error, for technical support."""
    import traceback  # only when there is something to report
    from pathlib import Path

    frames = traceback.extract_tb(error.__traceback__)
    print("程序出了问题，数据没有丢。请把下面几行发给技术支持：", file=sys.stderr)
    print(f"  {type(error).__name__}", file=sys.stderr)
    where = " < ".join(f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})" for frame in reversed(frames[-6:]))
    logging.getLogger(__name__).error("bug: %s at %s", type(error).__name__, where)
    for frame in frames[-6:]:
        print(f"  {frame.name} ({Path(frame.filename).name}:{frame.lineno})", file=sys.stderr)


def excepthook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """For sys.excepthook: the window's own outermost seam calls it first."""
    report_bug(error)
