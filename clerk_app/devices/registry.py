"""ADD A DEVICE HERE: write one driver file beside this one and add one line to the table it belongs to.

A camera driver says which sources it handles and opens them; the first that handles a source gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clerk_app.devices import stills, video_capture, wedge

if TYPE_CHECKING:
    from clerk_app.devices.camera import Reader


@dataclass(frozen=True, slots=True)
class CameraDriver:
    """``key`` names the driver file; ``label`` is what the clerk reads."""

    key: str
    label: str
    handles: Callable[[str], bool]
    open: Callable[[str], Reader]


@dataclass(frozen=True, slots=True)
class ScannerDriver:
    """A device that delivers code texts; ``make`` builds what collects them."""

    key: str
    label: str
    make: Callable[[], wedge.WedgeBuffer]


CAMERAS: tuple[CameraDriver, ...] = (
    CameraDriver("stills", "样例图片", stills.is_folder, stills.open_folder),
    CameraDriver("video_capture", "摄像头、高拍仪", video_capture.is_device, video_capture.open_device),
    CameraDriver("video_capture", "样例录像", video_capture.is_video_file, video_capture.open_video_file),
)

SCANNERS: tuple[ScannerDriver, ...] = (ScannerDriver("wedge", "扫码枪（键盘口）", wedge.WedgeBuffer),)


def open_source(source: str) -> Reader:
    """Open ``source``: a camera number, a device path, a video file, a numbered sequence or a folder of pictures.

    Raises DeviceProblem. Asked again for each attempt, so that a file or folder may come and go.
    """
    driver = next(driver for driver in CAMERAS if driver.handles(source))
    return driver.open(source)
