"""Everything the window needs from outside, in one list. The composition root fills it; tests fill it with fakes.

Nothing here is Qt. Callbacks may come from any thread; ``ui/workers.py`` carries them over to the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from clerk_app.domain.draft import Draft
from clerk_app.domain.hall import Hall
from clerk_app.domain.paper import PrintState
from clerk_app.domain.recognition import Seen
from clerk_app.domain.visits import Surroundings
from clerk_app.ports import (
    Arrived,
    BookReport,
    DeviceDesk,
    DisplayDesk,
    EnrolmentDesk,
    Exported,
    Eyes,
    HallCases,
    Paper,
    PaperDesk,
    Protection,
    Safekeeping,
    Speaker,
    UpdateDesk,
)
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.witness import Witness
from ui.jobs import Threads
from ui.wedge import KeyBurst


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page of a PDF as a picture; ``rgb``: width x height x 3 bytes, rows packed without padding."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class LineState:
    """The line at one moment. ``text`` is what the status pill says: 在线 · 全部已送达, 离线 · 待同步 7, 正在同步 3/7.

    ``waiting`` counts messages not acknowledged yet, ``refused`` those that a person must look at. ``speed_text``: 38 KB/s;
    ``wait_text``: 约 8 分钟 for the pages still to go; ``next_try``: 10:05:20, after a failure; each empty when it is not known.
    ``stuck``: why nothing goes, where waiting will not mend it; else empty. ``wants_enrolling``: a new enrolment code mends it.
    ``held``: a clerk broke the sending off.
    ``moving``: case id → how much (0..1) of its page under way is through.
    """

    online: bool
    waiting: int
    refused: int
    text: str
    speed_text: str = ""
    wait_text: str = ""
    next_try: str = ""
    stuck: str = ""
    wants_enrolling: bool = False
    held: bool = False
    moving: Mapping[str, float] = field(default_factory=dict)


class LineControl(Protocol):
    """The courier as the window sees it. ``status`` answers at once from memory: no disk, no network."""

    def status(self) -> LineState: ...
    def subscribe(self, callback: Callable[[LineState], None]) -> None:
        """Called from the courier's own thread on every change: a receipt, a number, a decision, the line."""
        ...

    def nudge(self) -> None:
        """Try now. Returns at once."""
        ...

    def hold(self) -> None:
        """Break off what is being sent, and send nothing until ``resume``. Returns at once; nothing is lost."""
        ...

    def resume(self) -> None:
        """Go on, now. Returns at once."""
        ...

    def compare_books(self, desk: Desk) -> BookReport | None:
        """Compare books with the gateway now; None without a line. A job. What the gateway lost goes again by itself."""
        ...


class StickControl(Protocol):
    """The USB way as the window sees it. Both run as jobs; ``progress(done, all, words)`` comes from the job's thread."""

    def export(
        self,
        desk: Desk,
        folder: Path,
        cases: Sequence[str],
        *,
        fresh: bool,
        progress: Callable[[int, int, str], None],
        stopping: Callable[[], bool],
    ) -> Exported:
        """Write what waits, or these cases, on a stick. ``fresh``: leave out what is on one already."""
        ...

    def take_receipt(self, desk: Desk, file: Path) -> Arrived:
        """Settle by the gateway's receipt file."""
        ...


class SpoolControl(Protocol):
    """The print spooler as the window sees it. ``printer_text`` answers at once: 打印机 就绪, 没有打印机，存为 PDF …"""

    def printer_text(self) -> str: ...
    def trouble(self) -> str:
        """Why papers wait, in the clerk's words; empty when they do not. At once, from memory."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Called from the spooler's own thread whenever a print job or the printer changed."""
        ...

    def nudge(self) -> None:
        """Look at the queue now. Returns at once."""
        ...

    def cancel(self, job_id: str) -> PrintState:
        """Drop a paper that is not out yet; what it is now. One that a printer has is asked back, and the printer's word comes
        later. Runs as a job. Raises Refused when it is printed already."""
        ...


@dataclass(frozen=True, slots=True)
class CodeNote:
    """What a scanned code is. ``label``: 渝快码（演示码）…; ``ours``: it may identify an applicant;
    ``sentence``: what the clerk reads, such as 这不是渝快码，请本人打开“渝快办”再出示一次。"""

    label: str
    ours: bool
    sentence: str


EnrolAnew = Callable[[str, str, str, str, Callable[[str], None]], Desk]
"""See WindowServices.enrol_anew."""


@dataclass(frozen=True, slots=True)
class WindowServices:
    """What bootstrap hands to the window.

    Attributes:
        sign_in: login and PIN to a desk; slow on purpose (Argon2), so it runs as a job. Raises KeyProblem.
        logins: who can sign in here, in the order shown.
        eyes: the camera with its recogniser, None when there is no camera: the panel says so and typing still works.
        paper: renders forms for the preview; ``preview`` turns a PDF into page pictures. Both run as jobs.
        executor: runs jobs. More than one thread is fine: the window itself keeps the saves of one draft in order.
        free_cases: how many more cases the disk can hold. Touches the disk, so it runs as a job.
        export_pdf: write a PDF durably to a path that the clerk chose.
        clock_text: 09:42, as the header shows it (the wall clock lives in bootstrap).
        login_names: login to name where it is known before sign-in; may be empty.
        sign_in_hint: one line under the PIN on the sign-in page; the demo tells its login there, else empty.
        check_pin: whether a second clerk's login and PIN are right (作废); slow on purpose, so it runs as a job. Raises
            KeyProblem. Without it nothing that wants a second pair of eyes is offered.
        safekeeping: vault and copies for the pages of 设置; None: those pages say that there is nothing here.
        recover: login, new PIN and two recovery papers: a way in when a PIN is forgotten. Slow; raises AppError.
        known_logins: who can sign in now (people are added while the window is open); reads a small file, so it is a job.
        enrol_anew: for a folder whose enrolment is lost: login, PIN, gateway, new code, what to tell of each step; the desk of who did
            it. Slow; raises AppError. ``enrolment``: the same for who is signed in; None: the page 登记 says there is nothing here.
        protection: what protects the keys on this PC, for the sign-in page; reads a small file, so it is a job.
        print_sheet: print one page of no case at once (title, names with values, notes); what came of it, in words. A job.
        surroundings: battery, printer, camera and room before a home visit; a job. None: nothing of it is shown.
        take_code: take a scanned 渝快码 into a draft and have it checked where there is a line; up to a few seconds, so a job.
        key_burst: what tells a keyboard scanner's burst from typing; None: such scanners only type.
        devices: which camera, reader and scanner; None: the page 设备 says that there is nothing to choose.
        updates: versions of the program; None: the page 版本与更新 says that this window takes none (the demo).
        training: this is 训练模式: a band on every screen. ``train`` opens such a window beside this one; a job.
        display: how the window looks on this PC; None: as usual, and nothing is remembered.
        third_party: what others made: work, terms, what is inside it. Reads a small file.
        speaker: reads the applicant's pages aloud; None where no voice is installed: then nothing is offered.
        sticks: the USB way; None where there is none (tests).
        hall_cases: the other windows of the hall, opened for one errand in one job; None: nothing of it is offered.
        idle_lock_s: lock after so many seconds without a key or a click.
    """

    sign_in: Callable[[str, str], Desk]
    logins: tuple[str, ...]
    eyes: Eyes | None
    paper: Paper
    preview: Callable[[bytes], tuple[PageImage, ...]]
    line: LineControl
    spool: SpoolControl
    classify_code: Callable[[str], CodeNote]
    fonts: tuple[Path, ...]
    hall: Hall
    catalogue_version: str
    executor: Threads
    free_cases: Callable[[], int]
    export_pdf: Callable[[bytes, Path], None]
    clock_text: Callable[[], str]
    login_names: Mapping[str, str]
    idle_lock_s: int = 600
    devices: DeviceDesk | None = None
    key_burst: Callable[[], KeyBurst] | None = None
    take_code: Callable[[Desk, str, Seen], Draft] | None = None
    surroundings: Callable[[], Surroundings] | None = None
    sticks: StickControl | None = None
    sign_in_hint: str = ""
    check_pin: Callable[[str, str], Witness] | None = None
    safekeeping: Safekeeping | None = None
    recover: Callable[[str, str, Sequence[str]], None] | None = None
    enrol_anew: EnrolAnew | None = None
    enrolment: EnrolmentDesk | None = None
    known_logins: Callable[[], tuple[str, ...]] | None = None
    protection: Callable[[], Protection] | None = None
    print_sheet: Callable[[str, Sequence[tuple[str, str]], Sequence[str]], str] | None = None
    paper_desk: PaperDesk | None = None
    speaker: Speaker | None = None
    display: DisplayDesk | None = None
    third_party: Callable[[], tuple[tuple[str, str, str], ...]] = tuple
    hall_cases: Callable[[Desk], AbstractContextManager[HallCases]] | None = None
    updates: UpdateDesk | None = None
    training: bool = False
    train: Callable[[], None] | None = None

    def complete(self) -> Self:
        """See ui.front_door.FrontDoor: nothing is missing here."""
        return self
