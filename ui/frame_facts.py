"""What the frame around the work keeps up to date by itself: the time, the room on the disk, the printer, the reminders."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from ui.jobs import Jobs
from ui.services import WindowServices
from ui.widgets.bars import Footer, Header

CLOCK_EVERY_MS = 1_000
ROOM_EVERY_MS = 60_000
REMIND_EVERY_MS = 5_000


class FrameFacts(QObject):
    """Lives as long as ``parent``, the view of one signed-in clerk."""

    def __init__(self, services: WindowServices, jobs: Jobs, header: Header, footer: Footer, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._jobs, self._header, self._footer = services, jobs, header, footer
        self._room = ""
        self._catalogue = f"事项目录 {services.catalogue_version} 版"
        for every_ms, look in (
            (CLOCK_EVERY_MS, self._on_clock),
            (ROOM_EVERY_MS, self._look_at_room),
            (REMIND_EVERY_MS, self.show_reminders),
        ):
            timer = QTimer(self)
            timer.timeout.connect(look)
            timer.start(every_ms)
        self._on_clock()
        self._look_at_room()

    @Slot()
    def show_facts(self) -> None:
        """Catalogue, room and printer in the footer."""
        spool = self._services.spool
        printer = f"！{spool.trouble()}" if spool.trouble() else spool.printer_text()
        self._footer.show_facts([self._catalogue, self._room, printer])

    def name_catalogue(self, version: str, *, has_newer: bool) -> None:
        """The catalogue in use at this desk, and whether another one lies here already."""
        self._catalogue = f"事项目录 {version} 版" + ("，有新版 Ctrl G" if has_newer else "")
        self.show_facts()

    @Slot()
    def show_reminders(self) -> None:
        """What the housekeeper found by now, from memory. First when the view is in front: coming to a place clears what is said."""
        keeper = self._services.safekeeping
        if keeper is not None:
            self._header.reminders.show_warnings(keeper.warnings())

    @Slot()
    def _on_clock(self) -> None:
        self._header.show_time(self._services.clock_text())

    @Slot()
    def _look_at_room(self) -> None:
        self._jobs.run(self._services.free_cases, self._show_room, owner=self)

    def _show_room(self, count: int) -> None:
        self._room = f"磁盘可再存 约 {count / 10_000:.1f} 万件" if count >= 10_000 else f"磁盘可再存 约 {count} 件"
        self.show_facts()
