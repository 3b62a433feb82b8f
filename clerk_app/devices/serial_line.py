"""A serial line that comes and goes: opened by pyserial, served by one thread, opened again when it is plugged in again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clerk_app.errors import DeviceProblem

if TYPE_CHECKING:
    from clerk_app.devices.chip.session import Line

PAUSE = 1.0  # seconds between looks for a line that is not there
_STOP_PATIENCE = 5.0


class SerialLine:
    """8N1 on ``path``. Raises DeviceProblem when it cannot be opened, and later when it is gone."""

    def __init__(self, path: str, baud: int = 115_200) -> None:
        import serial

        self._trouble: tuple[type[BaseException], ...] = (OSError, serial.SerialException, TypeError)
        try:
            self._serial: Any = serial.Serial(path, baud, timeout=0.05, write_timeout=1.0, exclusive=True)
        except (*self._trouble, ValueError) as error:
            raise _gone() from error

    def write(self, data: bytes) -> None:
        try:
            self._serial.write(data)
        except self._trouble as error:
            raise _gone() from error

    def read(self, timeout: float) -> bytes:
        """What came within ``timeout`` seconds: as soon as something did, all of it."""
        try:
            self._serial.timeout = max(0.0, timeout)
            first = self._serial.read(1)
            return bytes(first + self._serial.read(self._serial.in_waiting)) if first else b""
        except self._trouble as error:
            raise _gone() from error

    def close(self) -> None:
        try:
            self._serial.close()
        except self._trouble:
            return


class HotPlug:
    """Serves a line whenever there is one.

    ``find``: the path of the device now, empty when there is none. ``serve(line, stopping)`` returns when told to stop and
    raises DeviceProblem when the device is gone. ``on_problem``: a sentence, empty when the device is back; from its own
    thread. A device that never was there is no problem: only one that went is.
    """

    def __init__(
        self,
        name: str,
        find: Callable[[], str],
        open_line: Callable[[str], Line],
        serve: Callable[[Line, threading.Event], None],
        on_problem: Callable[[str], None],
        *,
        pause: float = PAUSE,
    ) -> None:
        self._find, self._open, self._serve, self._on_problem, self._pause = find, open_line, serve, on_problem, pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> bool:
        """End the thread; False when a driver hangs and had to be left behind."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_STOP_PATIENCE)
        return not self._thread.is_alive()

    def _run(self) -> None:
        told = ""
        while not self._stopping.is_set():
            path = self._find()
            problem = ""
            if path:
                try:
                    line = self._open(path)
                    try:
                        if told:
                            told = ""
                            self._on_problem("")
                        self._serve(line, self._stopping)
                    finally:
                        line.close()
                except DeviceProblem as trouble:
                    problem = trouble.sentence()
            if problem and problem != told and not self._stopping.is_set():
                told = problem
                self._on_problem(problem)
            self._stopping.wait(self._pause)


def usb_serial(*ids: tuple[int, int]) -> str:
    """The first serial port whose USB vendor and product are among ``ids``; empty when there is none."""
    from serial.tools import list_ports

    return next((str(port.device) for port in list_ports.comports() if (port.vid, port.pid) in ids), "")


def serial_ports() -> tuple[tuple[str, str], ...]:
    """(path, description) of the serial ports of this machine."""
    from serial.tools import list_ports

    return tuple((str(port.device), str(port.description or port.device)) for port in list_ports.comports())


def _gone() -> DeviceProblem:
    return DeviceProblem(
        "串口设备断开了。",
        what_is_safe="已填的内容都在。",
        what_to_do="请检查连线，接好后会自己恢复；可以先用摄像头或手工输入。",
    )
