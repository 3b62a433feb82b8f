"""A running camera: one plain thread that always holds the newest frame, survives loss, stops cleanly. No Qt.

Where frames come from is a driver's business (``registry.py``). Frames are never written to disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clerk_app.errors import DeviceProblem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds between attempts to reopen: doubled each time
_STOP_PATIENCE = 3.0  # seconds; a driver that hangs longer is left to die with the process


class Reader(Protocol):
    """An open source of frames. ``rate`` in frames a second when the source must be paced (files), else 0 (devices)."""

    rate: float

    def read(self) -> Image8 | None:
        """The next BGR frame, blocking at most about a second; None when the source has ended or is gone. May raise
        DeviceProblem instead, where it can say more than that it is gone."""
        ...

    def expose(self, level: int) -> bool:
        """Exposure from 0 (dark) to 100 (bright). False where the driver does not allow it."""
        ...

    def close(self) -> None: ...


class Turned:
    """A reader whose picture is turned by so many quarters, clockwise, and exposed by hand where it can be."""

    def __init__(self, reader: Reader, quarters: int, exposure: int | None) -> None:
        self._reader, self._quarters, self.rate = reader, quarters % 4, reader.rate
        if exposure is not None:
            reader.expose(exposure)

    def read(self) -> Image8 | None:
        import numpy as np

        image = self._reader.read()
        return image if image is None or not self._quarters else np.ascontiguousarray(np.rot90(image, -self._quarters))

    def expose(self, level: int) -> bool:
        return self._reader.expose(level)

    def close(self) -> None:
        self._reader.close()


@dataclass(frozen=True, slots=True)
class Frame:
    """One BGR frame; ``number`` counts from 1 since start; ``at`` in seconds of the camera's clock."""

    image: Image8
    number: int
    at: float


class Camera:
    """Keeps the newest frame of a source.

    ``open_reader`` opens the source or raises DeviceProblem. ``on_frame`` and ``on_problem`` are called from the
    camera's thread; ``on_problem(None)`` says that the picture is back. ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        *,
        clock: Callable[[], float],
        on_frame: Callable[[Frame], None] | None = None,
        on_problem: Callable[[DeviceProblem | None], None] | None = None,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._open_reader, self._clock = open_reader, clock
        self._on_frame, self._on_problem = on_frame, on_problem
        self._first_pause, self._longest_pause = first_pause, longest_pause
        self._news = threading.Condition()
        self._latest: Frame | None = None
        self._problem: DeviceProblem | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing when already running."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
            self._thread.start()

    def stop(self) -> bool:
        """End the thread and release the device. False when the driver hangs and had to be left behind."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(_STOP_PATIENCE)
        return not thread.is_alive()

    def latest(self) -> Frame | None:
        """The newest frame; None before the first and while the device is gone."""
        with self._news:
            return self._latest

    @property
    def problem(self) -> DeviceProblem | None:
        """Why there is no picture, or None."""
        with self._news:
            return self._problem

    def wait_for(self, number: int, timeout: float) -> Frame | None:
        """The newest frame once its number is at least ``number``; None after ``timeout`` seconds."""
        with self._news:
            self._news.wait_for(lambda: self._latest is not None and self._latest.number >= number, timeout)
            return self._latest if self._latest is not None and self._latest.number >= number else None

    def _run(self) -> None:
        number, pause = 0, self._first_pause
        while not self._stopping.is_set():
            try:
                reader = self._open_reader()
            except DeviceProblem as problem:
                self._report(problem)
                self._stopping.wait(pause)
                pause = min(self._longest_pause, pause * 2)
                continue
            before = number
            try:
                number, why = self._play(reader, number)
            finally:
                reader.close()
            if number > before:
                pause = self._first_pause
                if reader.rate > 0 and why is None:
                    continue  # a file came to its end: play it again
            if not self._stopping.is_set():
                self._report(why or _gone())
                self._stopping.wait(pause)
                pause = min(self._longest_pause, pause * 2)

    def _play(self, reader: Reader, number: int) -> tuple[int, DeviceProblem | None]:
        """The number of the last frame, and what the source said when it gave up (None: it just ended)."""
        due = self._clock()
        while not self._stopping.is_set():
            try:
                image = reader.read()
            except DeviceProblem as problem:
                return number, problem
            if image is None:
                return number, None
            number += 1
            frame = Frame(image, number, self._clock())
            self._report(None)
            with self._news:
                self._latest = frame
                self._news.notify_all()
            if self._on_frame is not None:
                self._on_frame(frame)
            if reader.rate > 0:
                due = max(due + 1.0 / reader.rate, self._clock() - 1.0)
                self._stopping.wait(max(0.0, due - self._clock()))
        return number, None

    def _report(self, problem: DeviceProblem | None) -> None:
        with self._news:
            changed = (problem is None) != (self._problem is None)
            self._problem = problem
            if problem is not None:
                self._latest = None
        if changed and self._on_problem is not None:
            self._on_problem(problem)


def _gone() -> DeviceProblem:
    return DeviceProblem(
        "摄像头断开了。",
        what_is_safe="已填的内容都在。",
        what_to_do="请检查连线，接好后画面会自己回来；也可以手工输入。",
    )
