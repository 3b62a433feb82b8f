"""Driver: cv2.VideoCapture, for webcams and document cameras (高拍仪, UVC), streams, and files that stand in for one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clerk_app.devices.recognition.geometry import as_bgr
from clerk_app.errors import DeviceProblem

if TYPE_CHECKING:
    from clerk_app.devices.camera import Image8, Reader

_DEFAULT_RATE = 15.0  # frames a second, for files that do not say
_BY_HAND, _EXPOSURES = 1, (20.0, 1250.0)  # V4L2: manual mode; 100 microseconds each, of the usual UVC range
_PATIENCE_MS = 4000  # for a stream to be opened, and to go on
_SIZE = (1920, 1080)  # asked of devices (a sheet along its width has 150 dots an inch); a device may give another


class _Capture:
    def __init__(self, capture: Any, rate: float) -> None:
        self._capture, self.rate = capture, rate

    def read(self) -> Image8 | None:
        import cv2

        try:
            done, image = self._capture.read()
        except cv2.error:  # how some backends say that the device went away
            return None
        return as_bgr(image) if done and image is not None else None

    def expose(self, level: int) -> bool:
        """0 dark to 100 bright. False where the driver does not allow it: then nothing has changed."""
        import cv2

        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _BY_HAND)
        low, high = _EXPOSURES
        return bool(self._capture.set(cv2.CAP_PROP_EXPOSURE, low + (high - low) * level / 100))

    def close(self) -> None:
        self._capture.release()


def is_device(source: str) -> bool:
    """A camera number such as ``0`` or a device file."""
    return source.isdecimal() or source.startswith("/dev/")


def open_device(source: str) -> Reader:
    """Open a camera by number or device path. Raises DeviceProblem."""
    cv2 = _quiet_cv2()
    capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    if not capture.isOpened():
        capture.release()
        raise DeviceProblem(
            "没有打开摄像头。",
            what_is_safe="已填的内容都在。",
            what_to_do="请检查是否插好、有没有被别的程序占用；也可以手工输入。",
        )
    capture.set(
        cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")
    )  # uncompressed, USB 2 carries 5 frames a second of this
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest frame, not the oldest of a queue
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, _SIZE[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _SIZE[1])
    return _Capture(capture, 0.0)


def is_stream(source: str) -> bool:
    """A camera on the network, such as ``rtsp://…`` or an MJPEG ``http://…``."""
    return "://" in source


def open_stream(source: str) -> Reader:
    """Open a stream: live, so not paced, and taken as fast as it comes: what waits in a queue is old. Raises DeviceProblem."""
    cv2 = _quiet_cv2()
    patience = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _PATIENCE_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _PATIENCE_MS]
    capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, patience)
    if not capture.isOpened():
        capture.release()
        raise DeviceProblem(
            "没有连上网络摄像头。",
            what_is_safe="已填的内容都在。",
            what_to_do="请检查网线和地址；也可以手工输入。",
        )
    return _Capture(capture, 0.0)


def cameras() -> tuple[tuple[str, str], ...]:
    """(source, name) of the cameras that this system knows, none of them opened.

    Linux tells by /sys; a device's second node carries no picture (index above 0). Elsewhere the first four numbers.
    """
    classes = Path("/sys/class/video4linux")
    if not classes.is_dir():
        return tuple((str(n), f"摄像头 {n + 1}") for n in range(4)) if sys.platform == "win32" else ()
    found = []
    for node in sorted(classes.glob("video*"), key=lambda path: int(path.name.removeprefix("video"))):
        try:
            index = (node / "index").read_text(encoding="utf-8").strip()
            name = (node / "name").read_text(encoding="utf-8").strip()
        except OSError:
            continue
        if index == "0":
            found.append((f"/dev/{node.name}", name or node.name))
    return tuple(found)


def is_video_file(source: str) -> bool:
    """A video file or an image-sequence pattern such as ``frames/%03d.jpg``."""
    return not is_device(source) and not is_stream(source) and not Path(source).is_dir()


def open_video_file(source: str) -> Reader:
    """Open a video file or a numbered sequence; it is paced at its own rate and begins again at its end."""
    cv2 = _quiet_cv2()
    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        capture.release()
        raise DeviceProblem(
            "打不开模拟摄像头的画面文件。",
            what_is_safe="已填的内容都在。",
            what_to_do="请检查文件还在不在；也可以手工输入。",
        )
    rate = float(capture.get(cv2.CAP_PROP_FPS))
    return _Capture(capture, rate if 0.5 <= rate <= 120 else _DEFAULT_RATE)


def _quiet_cv2() -> Any:
    """cv2 without its own warnings on stderr, which belong to nobody's language."""
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2
