"""Everything a signed-in clerk sees: header, rail, the place in front, footer. One is built for each clerk who signs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clerk_app.domain.canonical import Json
from clerk_app.domain.rights import Right, may
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.shelf import left_in_front
from ui.actions import shown_in
from ui.applicant_window import ApplicantWindow
from ui.asking_rating import AskingRating
from ui.context import Context, Screen
from ui.frame_facts import FrameFacts
from ui.frame_news import FrameNews
from ui.jobs import Jobs
from ui.screens.help import HelpOver
from ui.screens.intake import errand
from ui.screens.intake.at_hand import looked_at
from ui.screens.intake.page import IntakeScreen
from ui.screens.person import PersonScreen
from ui.screens.registry import BESIDE, EMERGENCY, GUIDE, PERSON, SCREENS, SETTINGS, opens, places_of
from ui.screens.search.screen import SearchScreen
from ui.screens.settings.screen import SettingsScreen
from ui.services import LineState, WindowServices
from ui.shortcuts import Shortcuts
from ui.widgets.bars import Footer, Header, Rail, SayLine
from ui.widgets.finder import Finder
from ui.widgets.parts import line
from ui.widgets.work_area import WorkArea
from ui.workers import CameraBridge, StatusBridge


@dataclass(frozen=True, slots=True)
class LeftOff:
    """Where a clerk was when the window locked. ``unsaved``: what a failing disk had not taken yet."""

    screen_id: str = ""
    draft_id: str = ""
    unsaved: Mapping[str, Json] = field(default_factory=dict)


class DeskView(QWidget):
    """``lock_wanted`` on Ctrl+L; the main window locks. ``back_wanted``: see Context's Window.come_back."""

    lock_wanted = Signal()
    back_wanted = Signal(object, str, str)

    def __init__(
        self,
        services: WindowServices,
        desk: Desk,
        jobs: Jobs,
        camera: CameraBridge,
        status: StatusBridge,
        applicant: ApplicantWindow,
        say_error: Callable[[AppError], None],
    ) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self.desk = desk
        self._jobs = jobs
        self.rating = AskingRating(desk, jobs, applicant, self.say, services.line.nudge, self)
        self._screens: dict[str, Screen] = {}
        self._now = ""
        self.header = Header(services.hall, desk.session.name)
        self.header.lock.connect(self.lock_wanted)
        self.header.settings.connect(self._on_settings)
        self.header.reminders.said.connect(self.say)
        self._places = places_of(desk.session.role)
        self.rail = Rail([(entry.id, entry.label, entry.icon) for entry in self._places])
        self.rail.wanted.connect(self.go)
        self.footer = Footer()
        self.say_line = SayLine()
        area = WorkArea()
        self._stack = area.places
        self._help = HelpOver(self._stack, lambda: self._screens[self._now])
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(line(vertical=True))
        middle.addWidget(area, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.header)
        box.addWidget(line())
        box.addLayout(middle, 1)
        box.addWidget(line())
        box.addWidget(self.footer)
        self.say_line.setParent(self)  # it lies over the footer: what is said never pushes the work about
        self.finder = Finder(self.header.search, desk, jobs, self)
        self.finder.entry.connect(self._on_entry)
        self.finder.case.connect(self.open_case)
        self.finder.action.connect(self.do)
        context = Context(services, desk, jobs, camera, status, applicant, self, say_error)
        self._context = context
        Shortcuts(self).wanted.connect(self.do)
        self.facts = FrameFacts(services, jobs, self.header, self.footer, self)
        self.news = FrameNews(desk, jobs, self.header, self.rail, self.facts, self.say, self)
        status.line.connect(self._on_line)
        status.paper.connect(self.facts.show_facts)
        self._on_line(services.line.status())
        self.news.look_at_today()
        self.news.look_at_catalogue()

    # --- what screens ask of the window

    @Slot(str)
    def go(self, screen_id: str) -> None:
        """Bring a place to the front; one that the role does not have is said so."""
        if not opens(self.desk.session.role, screen_id):
            self.say("您的岗位没有这一页。", "grey")
            return
        if self._now and self._now != screen_id and self._now in self._screens:
            self._screens[self._now].leave(_nothing)
        self._now = screen_id
        screen = self.place_of(screen_id)
        self._stack.setCurrentWidget(screen.widget)
        self.rail.show_chosen(screen_id)
        self.say("")
        screen.enter()
        self.place_changed()
        self.counts_changed()

    def say(self, text: str, tone: str = "blue") -> None:
        self.say_line.say(text, tone)

    def unsay(self, text: str) -> None:
        self.say_line.unsay(text)

    def open_draft(self, draft_id: str) -> None:
        self.go("intake")
        self.intake.resume(draft_id)

    @Slot(str)
    def open_case(self, number: str) -> None:
        self.go("search")
        search = self.place_of("search")
        assert isinstance(search, SearchScreen)  # noqa: S101 - the registry's own entry
        search.open_case(number)

    def new_client(self) -> None:
        if may(self.desk.session.role, Right.TAKE_CASES):
            self.intake.new_client()
        self.go("intake")

    def open_errand(self, case_id: str, kind: str) -> None:
        desk = self.desk
        self.go("intake")
        self._jobs.run(lambda: errand.begin(desk, case_id, kind), self._on_errand, owner=self)

    def _on_errand(self, draft_id: str) -> None:
        self.intake.resume(draft_id)

    def invite_rating(self, case_id: str) -> None:
        self.rating.invite(case_id)

    def looked_at(self) -> tuple[str, str]:
        return looked_at(self.intake) if "intake" in self._screens else ("", "")

    def case_open(self) -> bool:
        return "intake" in self._screens and bool(self.intake.left_off()[0])

    def lock_now(self) -> None:
        self.lock_wanted.emit()

    def open_settings(self, page_id: str) -> None:
        """设置, with this page in front."""
        self.go(SETTINGS.id)
        screen = self.place_of(SETTINGS.id)
        assert isinstance(screen, SettingsScreen)  # noqa: S101 - the registry's own entry
        screen.show_page(page_id)

    def come_back(self, sign_in: Callable[[], Desk], page_id: str, word: str) -> None:
        self.back_wanted.emit(sign_in, page_id, word)

    def place_changed(self) -> None:
        if self._now in self._screens:
            self.footer.show_actions(shown_in(self._screens[self._now].place()))

    def counts_changed(self) -> None:
        if self._now:
            self.news.count_drafts()

    # --- the window's own

    @property
    def intake(self) -> IntakeScreen:
        screen = self.place_of("intake")
        assert isinstance(screen, IntakeScreen)  # noqa: S101 - the registry's own entry
        return screen

    def place_of(self, screen_id: str) -> Screen:
        """A place, built when it is first wanted: signing in waits for the first one only."""
        if screen_id not in self._screens:
            entry = next(entry for entry in (*SCREENS, *BESIDE) if entry.id == screen_id)
            self._screens[screen_id] = entry.build(self._context)
            self._stack.addWidget(self._screens[screen_id].widget)
        return self._screens[screen_id]

    @property
    def first_place(self) -> str:
        """Where this clerk begins."""
        return self._places[0].id

    @property
    def place(self) -> str:
        """Where the clerk is: screen id, or screen/step."""
        return self._screens[self._now].place()

    def settle(self, then: Callable[[], None]) -> None:
        """Everything typed is on disk, and what was deleted is gone, then ``then``."""
        for screen_id in ("intake", "drafts"):
            if screen := self._screens.get(screen_id):
                then = partial(screen.leave, then)
        then()

    def begin(self, left: LeftOff | None) -> None:
        """Come to the front; after a lock, with the draft that was open. ``left`` None: nobody knows, since the window was
        closed or died; then the draft that stood in front today. A role without places begins in 设置."""
        first = self.first_place
        self.go(first)
        if left is None:
            if first == "intake":
                look = partial(left_in_front, self.desk)
                self._jobs.run(look, self._on_left_in_front, owner=self, failed=self._on_unread)
            return
        if first == "intake" and (left.draft_id or left.unsaved):
            self.intake.resume(left.draft_id, left.unsaved)
        if left.screen_id and left.screen_id != first:
            self.go(left.screen_id)

    def _on_left_in_front(self, draft_id: str) -> None:
        """Only while nobody has begun with anything else."""
        if draft_id and self._now == "intake" and not any(self.intake.left_off()):
            self.intake.resume(draft_id)
            self.say("上次没办完的这一件已打开，内容都在。要办下一位，按 Ctrl+N。", "blue")

    def left_off(self) -> LeftOff:
        """What to come back to after a lock."""
        if "intake" not in self._screens:
            return LeftOff(self._now)
        return LeftOff(self._now, *self.intake.left_off())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.finder.hide()
        self.say_line.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._help.is_shown:
            self._help.toggle()
        else:
            self.say("")

    @Slot(str)
    def do(self, action_id: str) -> None:
        """An action of ``actions.py``, by its key or chosen in the search on top."""
        if action_id.startswith("go_"):
            self.go(SCREENS[int(action_id[3:]) - 1].id)
        elif action_id == "find":
            self.header.search.setFocus()
            self.header.search.selectAll()
        elif action_id == "lock":
            self.lock_wanted.emit()
        elif action_id == "help":
            self._help.toggle()
        elif action_id == "person":
            self._open_person()
        elif action_id == "reminders":
            self.header.reminders.tell()
        elif action_id == "settings":
            self._on_settings()
        elif action_id in (EMERGENCY.id, GUIDE.id):
            self.go(action_id)
        elif action_id == "new":
            self.new_client()
        elif not self._help.is_shown:  # behind the help nothing happens
            self._screens[self._now].act(action_id)

    @Slot()
    def _on_settings(self) -> None:
        self.go(SETTINGS.id)

    def _open_person(self) -> None:
        """Of the case that is open in 查询, else of whoever shows a document."""
        search, screen = self._screens.get("search"), self.place_of(PERSON.id)
        case_id = search.case_id if self._now == "search" and isinstance(search, SearchScreen) else ""
        self.go(PERSON.id)
        if case_id and isinstance(screen, PersonScreen):
            screen.of_case(case_id)

    @Slot(str)
    def _on_entry(self, entry_id: str) -> None:
        self.go("intake")
        self.intake.begin_with(entry_id)

    @Slot(object)
    def _on_line(self, state: LineState) -> None:
        self.news.show_line(state)
        if self._now:
            self.news.look_at_catalogue()

    def _on_unread(self, error: AppError) -> None:
        if not isinstance(error, Refused):
            self.say(error.sentence(), "amber")


def _nothing() -> None:
    """Leaving a place needs nothing after it."""
