"""The first start, taken step by step against a real gateway; the window's folder does not exist before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from clerk_app.bootstrap.demo import HALL, PIN
from clerk_app.bootstrap.first_run import FirstRunDesk
from clerk_app.bootstrap.gateway import GatewayProcess, gateway_office
from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.gallery.model import Model, Patience
from tests.ui.gallery.table import Shot
from ui import theme
from ui.first_run import FirstRun


def take_first_run(shots: Sequence[Shot], data: Path, out: Path) -> int:
    """The six steps in their order, each named as the table names it."""
    application = QApplication(["clerk-app"])
    theme.apply(application, (REGULAR, BOLD, FALLBACK), motion=False)
    wanted = {shot.name for shot in shots}
    district = data.with_name("district")
    gateway = GatewayProcess(district)
    try:
        with gateway_office(district) as office, ThreadPoolExecutor(1, thread_name_prefix="job") as executor:
            token = office.enrol_token(HALL, "11", name="演示镇便民服务中心")
            page = FirstRun(FirstRunDesk(data), executor)
            theme.dress(page)
            page.show()
            page.activateWindow()
            for name in _steps(page, gateway.url, token):
                if name in wanted:
                    Model.pause(0.2)
                    page.grab().save(str(out / f"{name}.png"))
                    print(name, flush=True)
            page.close()
            Patience.waitUntil(lambda: page.jobs.pending() == 0)
    finally:
        gateway.stop()
    return 0


def _steps(page: FirstRun, url: str, token: str) -> Iterator[str]:
    """The name of each picture as soon as the page shows it."""
    _rest(page)
    yield "first-1-enrol"
    for entry, text in zip(page.enrolment, (HALL, "11", url, "no-such-code"), strict=True):
        entry.line.setText(text)
    _press(page, page.do)
    yield "first-1-refused"
    page.enrolment[3].line.setText(token)
    _press(page, page.do)
    yield "first-2-admin"
    for entry, text in zip(page.admin, ("zhangli", "张立", PIN, PIN), strict=True):
        entry.line.setText(text)
    _press(page, page.do)
    yield "first-3-recovery"
    _press(page, page.do)
    yield "first-3-paper"
    _press(page, page.next)
    _press(page, page.next)
    yield "first-4-printer"
    _press(page, page.next)
    _press(page, page.do)
    yield "first-5-camera"
    _press(page, page.next)
    yield "first-6-practice"


def _press(page: FirstRun, made: QPushButton) -> None:
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    _rest(page)


def _rest(page: FirstRun) -> None:
    Patience.waitUntil(lambda: page.jobs.pending() == 0)
