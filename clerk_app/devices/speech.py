"""念给我听 by a speech engine of the system: espeak-ng on Linux, the speech of Windows there. A program of its own, none of ours.

The text goes in by a pipe, never on a command line or into a file, where others could read it.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence

from clerk_app.errors import DeviceProblem

_ESPEAK = ("espeak-ng", "-v", "cmn", "-s", "140", "--stdin")
_SAPI = (
    "[Console]::InputEncoding=[Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech;"
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
_WINDOWS = ("powershell", "-NoProfile", "-NonInteractive", "-Command", _SAPI)
_QUIET_S = 2.0


def system_speaker() -> ProgramSpeaker | None:
    """The voice of this PC, or None where none is installed."""
    command = _WINDOWS if sys.platform == "win32" else _ESPEAK
    return ProgramSpeaker(command) if shutil.which(command[0]) else None


class ProgramSpeaker:
    """See ports.Speaker; ``command`` reads UTF-8 from its standard input and speaks until told to end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def speak(self, text: str) -> None:
        """See ports.Speaker."""
        with self._lock:
            self._quiet()
            try:
                process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            except OSError as error:
                raise DeviceProblem("现在不能朗读。", what_to_do="请工作人员念给申请人听。") from error
            self._process = process
        threading.Thread(target=_feed, args=(process, text.encode("utf-8")), name="speech", daemon=True).start()

    def stop(self) -> None:
        """See ports.Speaker."""
        with self._lock:
            self._quiet()

    @property
    def speaking(self) -> bool:
        """See ports.Speaker."""
        with self._lock:
            return self._process is not None and self._process.poll() is None

    def _quiet(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_QUIET_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _feed(process: subprocess.Popen[bytes], text: bytes) -> None:
    """A long text fills the pipe, so nobody waits for it; who stops the voice breaks the pipe."""
    with contextlib.suppress(OSError, ValueError):
        process.communicate(text)
