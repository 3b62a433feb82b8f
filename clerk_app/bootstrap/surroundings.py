"""What this PC can say of itself before a home visit: battery, printer, camera, room and how fresh the catalogue is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.catalogue import kept_catalogues
from clerk_app.bootstrap.doctor import free_cases
from clerk_app.bootstrap.system import CHINA_MIN
from clerk_app.domain.time import Stamp
from clerk_app.domain.visits import Surroundings

if TYPE_CHECKING:
    from clerk_app.ports import Printer

NO_CAMERA = "插好摄像头再看一次；没有也能办，材料回来补拍。"


def surroundings(data: Path, printer: Printer, *, camera: bool) -> Surroundings:
    """Look now; touches disk and spooler, so it runs as a job.

    Args:
        camera: whether a camera was found for this window.

    Raises:
        StorageProblem: the data folder cannot be read.
    """
    battery, plugged, minutes = _battery()
    renewed = kept_catalogues(data).renewed_ms()
    return Surroundings(
        free_cases(data),
        battery,
        plugged,
        minutes,
        printer.problem(),
        Stamp(renewed, CHINA_MIN).legal_date if renewed is not None else None,
        "" if camera else NO_CAMERA,
    )


def _battery() -> tuple[int | None, bool, int | None]:
    """Percent, on mains, minutes left; a PC without a battery counts as plugged in."""
    import psutil

    try:
        state = psutil.sensors_battery()
    except (OSError, ValueError, AttributeError):  # a driver that tells nonsense, or a system without the call
        return None, False, None
    if state is None:
        return None, True, None
    left = None if state.secsleft < 0 else state.secsleft // 60
    return round(state.percent), bool(state.power_plugged), left
