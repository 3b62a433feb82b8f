"""A bug, reported without personal data: kind and place only, since an exception's text might quote what was typed."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import TracebackType


def report_bug(error: BaseException) -> None:
    """To standard error, for technical support."""
    frames = traceback.extract_tb(error.__traceback__)
    print("程序出了问题，数据没有丢。请把下面几行发给技术支持：", file=sys.stderr)
    print(f"  {type(error).__name__}", file=sys.stderr)
    for frame in frames[-6:]:
        print(f"  {frame.name} ({Path(frame.filename).name}:{frame.lineno})", file=sys.stderr)


def excepthook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """For sys.excepthook: the window's own outermost seam calls it first."""
    report_bug(error)
