"""Bridges from other threads into Qt: the camera, the line and the printer.

Each bridge is a QObject of the GUI thread; foreign threads only emit its signals, which arrive queued. Frames are scaled
in the camera's own thread and only the newest one waits: a slow screen drops frames instead of falling behind.
"""

from __future__ import annotations

import threading

import shiboken6
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from clerk_app.domain.recognition import Seen
from clerk_app.ports import Eyes
from ui.services import LineControl, LineState, SpoolControl


class CameraBridge(QObject):
    """``frame``: a new picture is ready, fetch it with ``newest``. ``seen``: Seen. ``problem``: text, empty when back."""

    frame = Signal()
    seen = Signal(object)
    problem = Signal(str)

    def __init__(self, eyes: Eyes | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.eyes = eyes
        self._lock = threading.Lock()
        self._newest: QImage | None = None
        self._told = False
        self._size = QSize(568, 412)
        self._running = False

    def switch_on(self) -> None:
        """Open the camera; does nothing when there is none. Runs as a job."""
        if self.eyes is not None:
            self._running = True
            self.eyes.start(self._on_frame, self._on_seen, self._on_problem)

    def pause(self) -> None:
        """Say nothing more, at once."""
        self._running = False
        with self._lock:
            self._newest, self._told = None, False

    def switch_off(self) -> None:
        """Let go of the camera; may take seconds, so it runs as a job."""
        self._running = False
        if self.eyes is not None:
            self.eyes.stop()

    def newest(self) -> QImage | None:
        """The newest frame, once; None when it was fetched already."""
        with self._lock:
            image, self._newest, self._told = self._newest, None, False
        return image

    def _on_frame(self, bgr: bytes, width: int, height: int) -> None:
        """In the camera's thread."""
        if not self._running or width < 1 or height < 1 or len(bgr) < width * height * 3:
            return
        whole = QImage(bgr, width, height, width * 3, QImage.Format.Format_BGR888)
        small = whole.scaled(self._size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        if small.size() == whole.size():
            small = small.copy()  # never hold on to the camera's own memory
        with self._lock:
            self._newest = small
            tell, self._told = not self._told, True
        if tell and shiboken6.isValid(self):
            self.frame.emit()

    def _on_seen(self, seen: Seen) -> None:
        if self._running and shiboken6.isValid(self):
            self.seen.emit(seen)

    def _on_problem(self, text: str) -> None:
        if self._running and shiboken6.isValid(self):
            self.problem.emit(text)


class StatusBridge(QObject):
    """Line and printer. ``line``: LineState; ``paper``: a print job or the printer changed."""

    line = Signal(object)
    paper = Signal()

    def __init__(self, line: LineControl, spool: SpoolControl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        line.subscribe(self._on_line)
        spool.subscribe(self._on_paper)

    def _on_line(self, state: LineState) -> None:
        if shiboken6.isValid(self):
            self.line.emit(state)

    def _on_paper(self) -> None:
        if shiboken6.isValid(self):
            self.paper.emit()
