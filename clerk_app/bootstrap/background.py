"""The job runner for work that no screen asked for: a thread beside the window, begun anew for each clerk and ended by asking."""

from __future__ import annotations

import threading
from collections.abc import Callable

from clerk_app.errors import Stopped


class Background:
    """Whatever its work raises that nobody expected is a bug and goes to ``on_bug``, in its own thread; the window lives on. That it
    was broken off by ``stop`` is none."""

    def __init__(self, name: str, on_bug: Callable[[BaseException], None]) -> None:
        self._name, self._on_bug = name, on_bug
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self, work: Callable[[threading.Event], None]) -> None:
        """``work`` returns soon when the event that it is given is set. An earlier one is ended first: its own event stays set, so
        that one which was slow to end does not go on beside the new one."""
        self.stop()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work, self._stopping), name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends after the step at hand; does not wait longer than ``timeout_s``."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout_s)

    def _run(self, work: Callable[[threading.Event], None], stopping: threading.Event) -> None:
        try:
            work(stopping)
        except Stopped as error:
            if not stopping.is_set():  # a store was closed under work that nobody had ended
                self._on_bug(error)
        except Exception as error:  # noqa: BLE001 - the job runner's seam
            self._on_bug(error)
