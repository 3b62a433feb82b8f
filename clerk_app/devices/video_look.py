"""The distinct things in a video file, or before a camera for a while, found by the very same watcher as the window's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from clerk_app.devices.camera import Reader
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.devices.registry import open_source
from clerk_app.devices.video_capture import open_video_file
from clerk_app.devices.watcher import Watcher
from clerk_app.domain.recognition import Seen
from clerk_app.errors import BadInput, DeviceProblem


def things_in_video(path: Path) -> Iterator[Seen]:
    """One ``Seen`` for each thing that is held still, in order. Raises BadInput when the file is no video."""
    try:
        reader = open_video_file(str(path))
    except DeviceProblem as error:
        raise BadInput("这个文件不是能看的录像。", what_to_do="请换一个文件。") from error
    yield from _watched(reader, lambda number: number / reader.rate, lambda: False)


def things_before_camera(source: str, seconds: float, clock: Callable[[], float]) -> Iterator[Seen]:
    """One ``Seen`` for each thing held still before a camera within ``seconds``. Raises DeviceProblem."""
    reader = open_source(source)
    if reader.rate > 0:  # a file is played at its own time
        yield from _watched(reader, lambda number: number / reader.rate, lambda: False)
        return
    end = clock() + seconds
    yield from _watched(reader, lambda _number: clock(), lambda: clock() >= end)


def _watched(reader: Reader, at: Callable[[int], float], over: Callable[[], bool]) -> Iterator[Seen]:
    found: list[Seen] = []
    watcher = Watcher(recognise, found.append, submit=lambda job: job())
    number = 0
    try:
        while not over() and (frame := reader.read()) is not None:
            watcher.look(frame, at(number))
            number += 1
            yield from found
            found.clear()
    finally:
        reader.close()
