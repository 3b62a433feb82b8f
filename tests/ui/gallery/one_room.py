"""One room in this process: ``python -m tests.ui.gallery.one_room ROOM STOCK_FOLDER OUTDIR [NAME ...]``."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ui.gallery.rooms import ROOMS, Room, Stock, Wire


def platform(room: Room, folder: Path) -> str:
    """Qt's offscreen platform with this room's screens; the first one listed comes last and is not the clerk's."""
    sizes = [each for each in (room.second, room.size) if each is not None]
    left, screens = 0, []
    for width, height in sizes:
        screens.append({"name": f"{width}", "x": left, "y": 0, "width": width, "height": height,
                        "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1})  # fmt: skip
        left += width
    file = folder / "screens.json"
    file.write_text(
        json.dumps({"synchronousWindowSystemEvents": False, "windowFrameMargins": False, "screens": screens})
    )
    return f"offscreen:configfile={file}"


def main(room: Room, stock: Path, out: Path, names: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.environ["QT_QPA_PLATFORM"] = platform(room, folder)
        data = folder / "hall"
        if room.stock is not Stock.NONE and not room.training:
            shutil.copytree(stock / room.stock, data)
        if room.lost:
            from tests.ui.gallery.stock import lose_enrolment

            lose_enrolment(data)
        from tests.ui.gallery.table import shots_of

        shots = [shot for shot in shots_of(room.id) if not names or shot.name in names]
        if room.stock is Stock.NONE:
            from tests.ui.gallery.first_steps import take_first_run

            return take_first_run(shots, data, out)
        with _hall(room, data) as (home, demo):
            return _pose(room, shots, home, demo, out)


@contextmanager
def _hall(room: Room, data: Path) -> Iterator[tuple[Path, bool]]:
    """The folder with its gateway beside it; stopped again at the end."""
    from clerk_app.bootstrap.demo import demo_hall
    from clerk_app.bootstrap.training import training_hall

    if room.training:
        with training_hall(data) as hall:
            yield hall.data, True
    elif room.wire is Wire.DOWN or room.lost:
        yield data, not room.lost
    else:
        with demo_hall(data):
            if room.wire is Wire.WEAK:
                _make_weak(data)
            yield data, room.login != "" and not room.printer


def _make_weak(data: Path) -> None:
    """Between the window and its gateway a line of 256 kbit/s with loss."""
    from urllib.parse import urlsplit

    from clerk_app.bootstrap.demo import _follow_gateway
    from clerk_app.bootstrap.noted import noted_hall
    from tests.benchmarks.slow_line import PROFILES, SlowLine

    port = urlsplit(noted_hall(data).gateway).port
    assert port is not None
    _follow_gateway(data, SlowLine(port, PROFILES["A"]).url)


def _pose(room: Room, shots: Sequence[object], data: Path, demo: bool, out: Path) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QShowEvent

    import ui.app
    from clerk_app.bootstrap.display import RememberedDisplay
    from clerk_app.bootstrap.front import open_window
    from clerk_app.ports.display import DisplayChoice
    from clerk_app.settings import Settings
    from tests.ui.accessible import nameless
    from tests.ui.gallery.model import Model, lay
    from tests.ui.gallery.table import Shot
    from ui.main_window import MainWindow

    camera = data / "demo_camera"
    if room.lies:
        lay(camera, "liu_guifang", room.lies)
    RememberedDisplay(data).choose(DisplayChoice(room.contrast, room.scale, motion=False))
    failed: list[BaseException] = []

    class Posing(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            width, height = room.size
            self.resize(width * 100 // room.scale, height * 100 // room.scale)
            QTimer.singleShot(100, self.pose)

        def pose(self) -> None:
            model = Model.of(self, data, camera)
            try:
                for shot in shots:
                    assert isinstance(shot, Shot)
                    if room.login and self.desk_view is None:
                        model.sign_in(room.login)
                    if self.desk_view is not None:
                        self.desk_view.say("")
                        self.activateWindow()
                    grabbed = shot.pose(model) or self
                    model.pause(0.1)
                    if found := nameless(grabbed):
                        raise AssertionError(f"{shot.name}: controls without a name: {found}")
                    grabbed.grab().save(str(out / f"{shot.name}.png"))
                    print(shot.name, flush=True)
            except BaseException as error:  # noqa: BLE001 - told below, once the window is gone
                failed.append(error)
            finally:
                self.close()

    setattr(ui.app, "MainWindow", Posing)  # noqa: B010 - the program's own window, with a pose
    source = str(camera) if room.lies else None
    open_window(
        Settings(data, camera=source, printer=room.printer, demo=demo, training=room.training), hint=_hint(room)
    )
    if failed:
        raise failed[0]
    return 0


def _hint(room: Room) -> str:
    return "训练：登录名 wangmin，PIN 246810" if room.training else ""


if __name__ == "__main__":
    wanted = next(room for room in ROOMS if room.id == sys.argv[1])
    sys.exit(main(wanted, Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
