"""ADD A DEVICE HERE: write one driver file beside this one and add one line to the table it belongs to.

A camera driver says which sources it handles and opens them; the first that handles a source gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clerk_app.devices import sam_v, serial_scanner, stills, video_capture, wedge
from clerk_app.ports import SeenSource

if TYPE_CHECKING:
    from clerk_app.devices.camera import Reader
    from clerk_app.devices.chip.photo import PhotoDecoder


@dataclass(frozen=True, slots=True)
class CameraDriver:
    """``key`` names the driver file; ``label`` is what the clerk reads."""

    key: str
    label: str
    handles: Callable[[str], bool]
    open: Callable[[str], Reader]


@dataclass(frozen=True, slots=True)
class ScannerDriver:
    """A device that types code texts like a keyboard; ``make`` builds what collects them."""

    key: str
    label: str
    make: Callable[[], wedge.WedgeBuffer]


@dataclass(frozen=True, slots=True)
class SerialDriver:
    """A device on a serial line that says by itself what it has. ``make(path, clock)``; an empty path: whatever is plugged
    in, where the driver can tell."""

    key: str
    label: str
    make: Callable[[str, Callable[[], float]], SeenSource]


CAMERAS: tuple[CameraDriver, ...] = (
    CameraDriver("stills", "样例图片", stills.is_folder, stills.open_folder),
    CameraDriver("video_capture", "摄像头、高拍仪", video_capture.is_device, video_capture.open_device),
    CameraDriver("video_capture", "网络摄像头", video_capture.is_stream, video_capture.open_stream),
    CameraDriver("video_capture", "样例录像", video_capture.is_video_file, video_capture.open_video_file),
)

SCANNERS: tuple[ScannerDriver, ...] = (ScannerDriver("wedge", "扫码枪（键盘口）", wedge.WedgeBuffer),)

PORTRAITS: PhotoDecoder | None = None
"""What turns the portrait of a chip into a picture: a vendor's library, where this hall has one (see ``chip/photo.py``)."""

CARD_READERS: tuple[SerialDriver, ...] = (
    SerialDriver(
        "sam_v",
        "身份证读卡器（SAM-V 串口）",
        lambda path, clock: sam_v.SamVReader(path, clock=clock, decoder=PORTRAITS),
    ),
)

SERIAL_SCANNERS: tuple[SerialDriver, ...] = (
    SerialDriver("serial_scanner", "扫码枪（串口）", lambda path, clock: serial_scanner.SerialScanner(path)),
)


def open_source(source: str) -> Reader:
    """Open ``source``: a camera number, a device path, a stream's address, a video file, a numbered sequence or a folder of pictures.

    Raises DeviceProblem. Asked again for each attempt, so that a file or folder may come and go.
    """
    driver = next(driver for driver in CAMERAS if driver.handles(source))
    return driver.open(source)
