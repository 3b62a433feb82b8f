"""The window: sign-in or the desk of the clerk who is signed in; the lock; closing only when everything typed is on disk.

The sign-in page comes first and alone. Once it is painted, a job brings everything else (``FrontDoor.complete``, and the modules
of the places); whoever is quicker with the PIN waits for that and nothing more.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.errors import AppError, Bug, EnvironmentProblem
from ui import theme
from ui.front_door import FrontDoor
from ui.jobs import Jobs
from ui.screens.sign_in import SignInPage
from ui.widgets.training_band import TrainingBand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clerk_app.usecases.desk import Desk
    from ui.applicant_window import ApplicantWindow
    from ui.at_the_windows import Idle
    from ui.desk_view import DeskView, LeftOff
    from ui.services import WindowServices
    from ui.workers import CameraBridge, StatusBridge

BUG_TEXT = "程序出了问题，已存的内容都在。请按 F1 看说明，或告诉管理员。"


class MainWindow(QMainWindow):
    """Build it in the GUI thread after the theme. ``brought``: a receipt from a stick, taken in once somebody has signed in.
    ``furnished``: what lies behind the sign-in page is there."""

    furnished = Signal()
    services: WindowServices
    camera: CameraBridge
    status: StatusBridge
    applicant: ApplicantWindow
    _idle: Idle

    def __init__(self, door: FrontDoor, brought: Path | None = None) -> None:
        super().__init__()
        self.setWindowTitle("全科窗口（训练模式）" if door.training else "全科窗口")
        self._door = door
        self._brought = brought
        self._is_furnished = False
        self._painted = self._closing = self._done = self._locking = False
        self._early: Desk | None = None
        self._left: dict[str, LeftOff] = {}
        self._back: Callable[[], Desk] | None = None
        self._at_page = self._word = ""
        self.jobs = Jobs(door.executor, self.say_error, self)
        self.desk_view: DeskView | None = None
        self.sign_in = SignInPage(door, self.jobs)
        self.sign_in.opened.connect(self._on_opened)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.sign_in)
        self.setCentralWidget(_under_a_band(self._stack) if door.training else self._stack)
        self.resize(1366, 768)
        theme.dress(self)
        self.sign_in.begin(door.logins[0] if door.logins else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first picture is there: now for the rest."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._look_behind)

    @Slot()
    def _look_behind(self) -> None:
        if self._closing:
            return
        if not self._is_furnished:
            door = self._door
            self.jobs.run(lambda: _everything(door), self.furnish, owner=self, failed=self._on_nothing_behind)
        self.sign_in.look_again()

    def _on_nothing_behind(self, error: AppError) -> None:
        """Why nobody can work in this folder stands where they would sign in."""
        self.sign_in.stop(error)

    def furnish(self, services: WindowServices) -> None:
        """Put what lies behind the sign-in page in its place; the page stays in front."""
        from ui.applicant_window import ApplicantWindow
        from ui.at_the_windows import Idle
        from ui.workers import CameraBridge, StatusBridge

        theme.load_fonts(services.fonts)
        self.services = services
        self._is_furnished = True
        self.camera = CameraBridge(services.eyes, self)
        self.status = StatusBridge(services.line, services.spool, self)
        self.applicant = ApplicantWindow(services.hall.name, services.speaker, training=services.training)
        self.applicant.aloud.failed.connect(self.say_error)
        self._idle = Idle(self)
        self._idle.idle.connect(self.lock)
        self.applicant.be_quiet()
        self.furnished.emit()
        desk, self._early = self._early, None
        if desk is not None:
            self._on_opened(desk)

    @property
    def locked(self) -> bool:
        return self._stack.currentWidget() is self.sign_in

    @property
    def closed(self) -> bool:
        """Everything is on disk and nothing runs any more."""
        return self._done

    def say_error(self, error: AppError) -> None:
        """A calm sentence: what happened, what is safe, what to do."""
        if self.desk_view is not None and not self.locked:
            tone = "amber" if isinstance(error, EnvironmentProblem) else "red"
            self.desk_view.say(error.sentence(), tone)

    def say_bug(self) -> None:
        """A bug was caught by sys.excepthook: say that nothing saved is lost."""
        if self.desk_view is not None and not self.locked:
            self.desk_view.say(BUG_TEXT, "red")
        elif not self._is_furnished:
            self._on_nothing_behind(Bug(BUG_TEXT))

    @Slot()
    def lock(self) -> None:
        """Lock at once; what is typed goes to disk behind the lock. The applicant's screen and the camera go quiet.

        Signing in hands out a new desk (its store is another one), so the view is taken down and built again.
        """
        view = self.desk_view
        if view is None or self.locked:
            return
        self.applicant.be_quiet()
        self._camera_off()
        self._idle.stop()
        self._stack.setCurrentWidget(self.sign_in)
        self.sign_in.ask(view.desk.session.login, locked=True)
        self.sign_in.hold(True)
        self._locking = True
        view.settle(self._take_down)

    @Slot(object, str, str)
    def _come_back(self, sign_in: Callable[[], Desk], page_id: str, word: str) -> None:
        """The window has new keys: as a lock that whoever is here is led through, since the PIN was given a moment ago."""
        if self.desk_view is not None and not self.locked:
            self._back, self._at_page, self._word = sign_in, page_id, word
            self.lock()

    @Slot()
    def _take_down(self) -> None:
        self._locking = False
        view, self.desk_view = self.desk_view, None
        if view is not None:
            self._left[view.desk.session.login] = view.left_off()
            self._stack.removeWidget(view)
            view.deleteLater()
        if self._closing:
            self._end()
            return
        self.sign_in.hold(False)
        back, self._back = self._back, None
        if back is not None:
            self.sign_in.let_in(back)

    def _camera_off(self) -> None:
        """Letting go of a camera may take seconds: a job; on and off keep their order in one lane."""
        self.camera.pause()
        self.jobs.run(self.camera.switch_off, _ignore, owner=self, lane="camera power")

    def _camera_on(self) -> None:
        self.jobs.run(self.camera.switch_on, _ignore, owner=self, lane="camera power")

    def closeEvent(self, event: QCloseEvent) -> None:
        """First everything typed goes to disk and running jobs end; only then the window closes."""
        if self._done:
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        self._closing = True
        self.hide()
        if self._is_furnished:
            self.applicant.aloud.stop()
            self.applicant.hide()
            self.camera.pause()  # bootstrap stops the camera after the last window is gone
        if self._locking:
            return  # what is typed goes to disk behind the lock; the view that would tell of it ends with that
        if self.desk_view is not None:
            self.desk_view.settle(self._end)
        else:
            self._end()

    def _end(self) -> None:
        self.jobs.close(self._really_close)

    def _really_close(self) -> None:
        self._done = True
        self.close()
        QApplication.quit()

    @Slot(object)
    def _on_opened(self, desk: Desk) -> None:
        if not self._is_furnished:
            self._early = desk  # signed in while the rest still comes
            return
        from ui.desk_view import DeskView

        self.sign_in.hold(True)
        view = DeskView(self.services, desk, self.jobs, self.camera, self.status, self.applicant, self.say_error)
        view.lock_wanted.connect(self.lock)
        view.back_wanted.connect(self._come_back)
        self._stack.addWidget(view)
        QTimer.singleShot(0, view, lambda: self._lay_out(view))  # in turns, none of which anybody notices

    def _lay_out(self, view: DeskView) -> None:
        view.place_of(view.first_place)
        QTimer.singleShot(0, view, lambda: self._come_in(view))

    def _come_in(self, view: DeskView) -> None:
        if self._closing:
            return
        self.sign_in.hold(False)
        self.desk_view = view
        self._stack.setCurrentWidget(view)
        view.begin(self._left.pop(view.desk.session.login, None))
        self._camera_on()
        self._idle.start(self.services.idle_lock_s)
        self._take_in(view)
        view.facts.show_reminders()
        page_id, word = self._at_page, self._word
        self._at_page = self._word = ""
        if page_id:
            view.open_settings(page_id)
            view.say(word, "green")

    def _take_in(self, view: DeskView) -> None:
        """The file that the program was opened with: once, by whoever may see 同步."""
        from ui.screens.sync.screen import SyncScreen

        file, self._brought = self._brought, None
        if file is not None:
            view.go("sync")
            screen = view.place_of("sync")
            if isinstance(screen, SyncScreen) and view.place == "sync":
                screen.stick.read(file)


def _everything(door: FrontDoor) -> WindowServices:
    """In a job: build what stands behind the page, and read the modules of the places."""
    services = door.complete()
    if "ui.desk_view" not in sys.modules:
        import ui.desk_view  # noqa: F401 - so that building the view does not read them in the GUI thread
    return services


def _ignore(_: None) -> None:
    """Nothing is to follow."""


def _under_a_band(work: QWidget) -> QWidget:
    """训练模式, on whatever is in front."""
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(TrainingBand())
    box.addWidget(work, 1)
    return made
