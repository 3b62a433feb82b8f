"""Driver: scanners on a serial line (串口扫码枪). A code ends with CR or LF, or with a pause.

Time-boxed: whatever has come when the line falls silent for ``SILENCE`` is a code, so that a scanner without a terminator
works too. Longer than ``LONGEST`` is no code: it is dropped up to the next pause.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from clerk_app.devices.chip.session import Line
from clerk_app.devices.serial_line import HotPlug, SerialLine
from clerk_app.domain.recognition import Seen, SeenKind

SILENCE = 0.12  # seconds
LONGEST = 4096  # bytes
SHORTEST = 4
BAUD = 9600


class CodeLines:
    """Cuts codes out of bytes that come in any pieces."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> list[str]:
        """Codes that ended within ``data``."""
        found = []
        for byte in data:
            if byte in b"\r\n":
                found += self.pause()
            elif len(self._held) >= LONGEST:
                self._too_long = True
            else:
                self._held.append(byte)
        return found

    def pause(self) -> list[str]:
        """The line fell silent: what is held is a code, or nothing."""
        raw, bad = bytes(self._held), self._too_long
        self._held.clear()
        self._too_long = False
        if bad or len(raw) < SHORTEST:
            return []
        for encoding in ("utf-8", "gb18030"):
            try:
                text = raw.decode(encoding).strip()
            except UnicodeDecodeError:
                continue
            return [text] if len(text) >= SHORTEST and text.isprintable() else []
        return []


class SerialScanner:
    """A scanner on ``path``. Each code comes as a Seen of kind CODE, from the scanner's own thread."""

    def __init__(self, path: str, *, baud: int = BAUD, pause: float = 1.0) -> None:
        self._path, self._baud, self._pause = path, baud, pause
        self._plug: HotPlug | None = None

    def start(self, on_seen: Callable[[Seen], None], on_problem: Callable[[str], None]) -> None:
        """Begin; does nothing when already running."""
        if self._plug is not None:
            return

        def serve(line: Line, stopping: threading.Event) -> None:
            listen(line, stopping, lambda text: on_seen(Seen(SeenKind.CODE, text=text)))

        self._plug = HotPlug(
            "code-scanner",
            lambda: self._path,
            lambda path: SerialLine(path, self._baud),
            serve,
            on_problem,
            pause=self._pause,
        )
        self._plug.start()

    def stop(self) -> None:
        plug, self._plug = self._plug, None
        if plug is not None:
            plug.stop()


def listen(line: Line, stopping: threading.Event, on_code: Callable[[str], None]) -> None:
    """Take codes until told to stop. Raises DeviceProblem when the scanner is gone."""
    codes = CodeLines()
    while not stopping.is_set():
        piece = line.read(SILENCE)
        for text in codes.feed(piece) if piece else codes.pause():
            on_code(text)
