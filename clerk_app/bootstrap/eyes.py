"""Cameras and recognition for the rest of the program; OpenCV and the models load only when first used."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.demo_codes import DEMO_SECRET
from clerk_app.bootstrap.devices import ChosenEyes, serial_sources
from clerk_app.bootstrap.system import SystemClock
from clerk_app.devices.yukuai import DEMO_LABEL, DEMO_SECONDS, CodeKind, classify_code, make_demo_code, verify_demo_code
from clerk_app.domain.recognition import Seen
from clerk_app.durable import write_durably
from clerk_app.errors import AppError, BadInput, StorageProblem
from clerk_app.ports import DeviceChoice, Eyes
from clerk_app.settings import Settings
from ui.services import CodeNote
from ui.wedge import KeyBurst

VIDEO_SUFFIXES = frozenset({".avi", ".mp4", ".mkv", ".mov", ".webm"})


@dataclass(frozen=True, slots=True)
class CodeVerifier:
    """Codes that can be checked without a line. ``verify(text, now)`` raises BadInput for a forged, torn or expired one; a good
    one is still 待联网核验: only the gateway tells who it is."""

    prefix: str
    label: str
    verify: Callable[[str, int], object]


CODE_VERIFIERS: tuple[CodeVerifier, ...] = (
    CodeVerifier("YKU-DEMO.", DEMO_LABEL, lambda text, now: verify_demo_code(text, secret=DEMO_SECRET, now=now)),
)
"""ADD A VERIFIER HERE, should the platform ever publish a signed code: one line, its check beside ``devices/yukuai.py``."""
SAMPLE_PERSON = "gong_jieyan"


def recognise_file(path: Path) -> Iterator[Seen]:
    """One ``Seen`` for a picture; for a video one for each distinct thing in it.

    Raises:
        BadInput: the file cannot be read as a picture or video.
    """
    from clerk_app.devices.eyes import FrameRecogniser

    if not path.is_file():
        raise BadInput("读不到这个文件。", what_to_do="请核对路径。")
    if path.suffix.lower() in VIDEO_SUFFIXES:
        from clerk_app.devices.video_look import things_in_video

        yield from things_in_video(path)
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput("读不到这个文件。", what_to_do="请核对路径和权限。") from error
    yield FrameRecogniser().recognise_bytes(data)


def pages_as_pdf(files: Sequence[Path], out: Path, *, black_and_white: bool = False) -> tuple[str, ...]:
    """Pictures of sheets, straightened, cleaned and upright, as one PDF at ``out``; what is wrong with each page, empty when
    nothing is.

    Raises:
        BadInput: a file is no picture. StorageProblem: ``out`` cannot be written.
    """
    from clerk_app.devices.eyes import page_of_bytes
    from printing.page_book import page_book

    pages, faults = [], []
    for path in files:
        try:
            seen = page_of_bytes(path.read_bytes(), black_and_white=black_and_white)
        except OSError as error:
            raise BadInput("读不到这个文件。", what_to_do="请核对路径和权限。") from error
        pages.append(seen.page_jpeg)
        faults.append(seen.advice)
    try:
        write_durably(out, page_book(pages, "材料"))
    except OSError as error:
        raise StorageProblem("PDF 没有存住。", what_to_do="请检查文件夹和磁盘空间。") from error
    return tuple(faults)


def recognise_camera(source: str, seconds: float = 10.0) -> Iterator[Seen]:
    """Each thing held still before a camera for the next seconds. Raises DeviceProblem when there is none."""
    from clerk_app.devices.video_look import things_before_camera

    yield from things_before_camera(source, seconds, time.monotonic)


def eyes_for(settings: Settings, clock: SystemClock, failed: Callable[[BaseException], None]) -> ChosenEyes:
    """The running camera: the one that was named, else the one chosen last time, else the first; reader and scanner beside it."""

    def build(choice: DeviceChoice) -> Eyes:
        from clerk_app.devices.eyes import CameraEyes

        return CameraEyes(
            choice.camera or "0",
            clock=clock.seconds,
            failed=failed,
            turned=choice.turned,
            exposure=choice.exposure,
            beside=serial_sources(choice),
        )

    return ChosenEyes(settings.data, build, settings.camera or "")


class DemoDesk:
    """The demo's camera: a folder of pictures played in turn, whose 演示码 is drawn anew before it expires.

    Each picture is read by cv2.VideoCapture as it comes round; a new code replaces the old file in one step.
    """

    def __init__(self, folder: Path, person_key: str = SAMPLE_PERSON) -> None:
        self.folder = folder / "demo_camera"
        self._person_key = person_key
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_fresh, name="demo-code", daemon=True)

    def draw(self) -> None:
        """Draw everything once, with a fresh code."""
        from clerk_app.devices import samples

        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.jpg"):
            old.unlink()
        samples.write_demo_desk(self.folder, samples.SAMPLE_PEOPLE[self._person_key])
        self._draw_code()

    def start(self) -> None:
        """Draw everything, then keep the code fresh."""
        self.draw()
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _keep_fresh(self) -> None:
        while not self._stopping.wait(DEMO_SECONDS / 2):
            self._draw_code()

    def _draw_code(self) -> None:
        from clerk_app.devices import samples

        code = make_demo_code(f"demo-{self._person_key}", secret=DEMO_SECRET, now=int(time.time()))
        samples.write_demo_code(self.folder, code)


def key_burst() -> KeyBurst:
    """What collects the keys of a scanner that types (键盘口扫码枪)."""
    from clerk_app.devices.registry import SCANNERS

    return SCANNERS[0].make()


def classify(text: str) -> CodeNote:
    """What the camera panel says of a code; a real 渝快码 stays opaque, a demo code is labelled as one."""
    tidy = text.strip()
    for verifier in CODE_VERIFIERS:
        if tidy.startswith(verifier.prefix):
            try:
                verifier.verify(tidy, int(time.time()))
            except AppError as problem:
                return CodeNote(f"渝快码（{verifier.label}）", False, problem.sentence())
            return CodeNote(
                f"渝快码（{verifier.label}）", True, f"已读到{verifier.label}，待联网核验。请再放上身份证核对。"
            )
    match classify_code(text):
        case CodeKind.YUKUAI_UNKNOWN:
            return CodeNote("渝快码", True, "已读到渝快码，待联网核验。请再放上身份证核对。")
        case CodeKind.CASE_QR:
            return CodeNote("办件编号", False, "这是办件回执上的码，请到“查询”里查。")
    return CodeNote("别的二维码", False, "这不是渝快码，没有采用。请本人打开“渝快办”出示渝快码，或放上身份证。")


def sample_page(rng: random.Random) -> tuple[bytes, str]:
    """A synthetic page (样例) for sample cases: JPEG bytes and media type, different for each draw of ``rng``."""
    from clerk_app.devices.sample_page import sample_page_jpeg

    return sample_page_jpeg(rng.randrange(1 << 30)), "image/jpeg"
