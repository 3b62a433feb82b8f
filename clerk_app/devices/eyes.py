"""The port's Eyes and Recogniser: a camera, a watcher and one worker thread put together; reader and scanner beside them.

Callbacks come from the camera's thread (frames, problems) and the worker's (things seen), never from Qt's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from clerk_app.devices.camera import Camera, Frame, Reader, Turned
from clerk_app.devices.pictures import decoded
from clerk_app.devices.recognition import ocr
from clerk_app.devices.recognition.geometry import clearness, find_quads, jpeg, relative
from clerk_app.devices.recognition.page import (
    PAGE_LIMIT,
    PageSeen,
    finish,
    is_blank,
    looks_like_paper,
    straighten,
    upright,
)
from clerk_app.devices.recognition.page import black_and_white as bitonal
from clerk_app.devices.recognition.recognise import BLURRED, recognise
from clerk_app.devices.registry import open_source
from clerk_app.devices.watcher import Watcher, page_likeness
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import DeviceProblem
from clerk_app.ports import SeenSource

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]

_SAME_SHEET, _PAGES_KEPT, _CHOICE_S = 0.93, 4, 0.3
_WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def page_of_bytes(image: bytes, *, black_and_white: bool = False) -> Seen:
    """The sheet in an encoded picture, as capture_page would keep it. Raises BadInput when it is no picture."""
    seen = page_in(decoded(image))
    if not black_and_white:
        return seen
    return replace(seen, page_jpeg=jpeg(bitonal(decoded(seen.page_jpeg)), PAGE_LIMIT))


class FrameRecogniser:
    """``recognise`` on encoded pictures."""

    def recognise_bytes(self, image: bytes) -> Seen:
        """One encoded picture (JPEG, PNG ...). Raises BadInput when it is no picture."""
        return recognise(decoded(image))


class CameraEyes:
    """A camera that watches. ``source`` as in registry.open_source; ``clock`` gives monotonic seconds.

    ``turned``: quarters clockwise; ``exposure`` as in DeviceChoice; ``beside``: card reader and scanner, which run as long.
    ``failed`` gets what a recognition raised unexpectedly: that is a bug, and bootstrap decides what to do with it.
    """

    def __init__(
        self,
        source: str,
        *,
        clock: Callable[[], float],
        failed: Callable[[BaseException], None],
        turned: int = 0,
        exposure: int | None = None,
        beside: Sequence[SeenSource] = (),
    ) -> None:
        self._source, self._clock, self._failed = source, clock, failed
        self._turned, self._exposure, self._beside = turned, exposure, beside
        self._camera: Camera | None = None
        self._watcher: Watcher | None = None
        self._pages: tuple[bytes, ...] = ()  # the last ones, in memory only, to notice a sheet that is laid twice
        self._worker: ThreadPoolExecutor | None = None

    def start(
        self,
        on_frame: Callable[[bytes, int, int], None],
        on_seen: Callable[[Seen], None],
        on_problem: Callable[[str], None],
    ) -> None:
        """Open the source and begin; models load on the worker meanwhile. Does nothing when already running."""
        if self._camera is not None:
            return
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recognition")
        watcher = Watcher(recognise, on_seen, submit=self._hand_to(worker))

        def take(frame: Frame) -> None:
            height, width = frame.image.shape[:2]
            on_frame(frame.image.tobytes(), width, height)
            watcher.look(frame.image, frame.at)

        def tell(problem: DeviceProblem | None) -> None:
            on_problem(problem.sentence() if problem is not None else "")

        self._worker, self._watcher = worker, watcher
        self._hand_to(worker)(ocr.warm_up)
        self._camera = Camera(self._open, clock=self._clock, on_frame=take, on_problem=tell)
        self._camera.start()
        for source in self._beside:
            source.start(on_seen, lambda text: on_seen(Seen(SeenKind.NOTHING, advice=text)))

    def _open(self) -> Reader:
        return Turned(open_source(self._source), self._turned, self._exposure)

    def _hand_to(self, worker: ThreadPoolExecutor) -> Callable[[Callable[[], None]], None]:
        def done(future: Future[None]) -> None:
            if not future.cancelled() and (error := future.exception()) is not None:
                self._failed(error)

        def submit(job: Callable[[], None]) -> None:
            worker.submit(job).add_done_callback(done)

        return submit

    def look_again(self) -> None:
        """Offer whatever lies there once more."""
        if self._watcher is not None:
            self._watcher.forget()

    def capture_page(self) -> Seen:
        """The page in the clearest of the next frames, straightened and cleaned; the whole frame when no sheet is found.

        Takes up to half a second. Raises DeviceProblem when there is no picture.
        """
        frame = self._clearest()
        if frame is None:
            raise DeviceProblem(
                "现在没有画面。", what_is_safe="已填的内容都在。", what_to_do="请等画面回来再拍，或检查摄像头连线。"
            )
        seen = page_in(frame.image)
        if not seen.advice:
            if any(page_likeness(earlier, seen.page_jpeg) > _SAME_SHEET for earlier in self._pages):
                seen = replace(seen, advice="和刚才拍的一页一样，请看是不是重复了")
            self._pages = (*self._pages, seen.page_jpeg)[-_PAGES_KEPT:]
        return seen

    def _clearest(self) -> Frame | None:
        """Of the newest frame and those of the next ``_CHOICE_S`` seconds: a hand that let go of the sheet, a focus that settles."""
        camera = self._camera
        newest = best = camera.latest() if camera is not None else None
        if camera is None or newest is None or best is None:
            return None
        end, clear = self._clock() + _CHOICE_S, clearness(best.image)
        while (left := end - self._clock()) > 0 and (frame := camera.wait_for(newest.number + 1, left)) is not None:
            newest = frame
            if (now := clearness(frame.image)) > clear:
                best, clear = frame, now
        return best

    def stop(self) -> None:
        """Release the device and end both threads; a running recognition is waited for (up to a second)."""
        for source in self._beside:
            source.stop()
        self._pages = ()
        self._watcher = None  # it may hold a frame
        camera, self._camera = self._camera, None
        worker, self._worker = self._worker, None
        if camera is not None:
            camera.stop()
        if worker is not None:
            worker.shutdown(wait=True, cancel_futures=True)


def page_in(image: Image8) -> Seen:
    """Straighten whatever sheet or card lies in the frame, turn its print upright, and say what is wrong with it."""
    quads = find_quads(image)
    quad = next((quad for quad in quads if looks_like_paper(image, quad)), quads[0] if quads else None)
    if quad is None:
        page = upright(finish(image))
        return Seen(SeenKind.PAGE, outline=_WHOLE, page_jpeg=page.data, advice="没找到纸边，拍下了整个画面")
    page = upright(straighten(image, quad))
    return Seen(SeenKind.PAGE, outline=relative(quad, image), page_jpeg=page.data, advice=fault_of(page))


def fault_of(page: PageSeen) -> str:
    """What is wrong with a captured page, before the paper goes back to the citizen; empty when it will do."""
    if is_blank(page):
        return "是空白的，请看有没有放反"
    return "糊了，请放稳重拍" if page.sharpness < BLURRED else ""
