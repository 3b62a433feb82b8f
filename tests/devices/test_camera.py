"""The camera thread on real files through cv2.VideoCapture; no sleeping, only waiting for what must come."""

from __future__ import annotations

import itertools
import queue
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from clerk_app.devices import stills
from clerk_app.devices.camera import Camera, Frame
from clerk_app.devices.eyes import CameraEyes, FrameRecogniser
from clerk_app.devices.registry import open_source
from clerk_app.devices.samples import SAMPLE_PEOPLE, demo_reel
from clerk_app.devices.video_look import things_in_video
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import BadInput, DeviceProblem
from tests.devices.frames import FOLDER

PATIENCE = 120.0  # seconds; nobody waits as long on a machine that is not crowded


@contextmanager
def running(source: Path | str, problems: queue.Queue[DeviceProblem | None] | None = None) -> Iterator[Camera]:
    camera = Camera(
        lambda: open_source(str(source)),
        clock=time.monotonic,
        on_problem=problems.put if problems is not None else None,
        first_pause=0.02,
        longest_pause=0.1,
    )
    camera.start()
    try:
        yield camera
    finally:
        assert camera.stop()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames, each of one grey of its own."""
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50.0, (160, 120))
    for level in range(10):
        writer.write(np.full((120, 160, 3), 20 + 20 * level, np.uint8))
    writer.release()
    return path


def test_a_file_loops_and_keeps_the_newest_frame(clip: Path) -> None:
    with running(clip) as camera:
        later = camera.wait_for(25, PATIENCE)
        assert later is not None
        assert later.number >= 25, "ten frames in the file: it must have begun again"
        assert camera.problem is None
        newest = camera.latest()
        assert newest is not None
        assert newest.number >= later.number


def test_a_file_is_paced_at_its_rate(clip: Path) -> None:
    seen: queue.Queue[Frame] = queue.Queue()
    camera = Camera(lambda: open_source(str(clip)), clock=time.monotonic, on_frame=seen.put)
    camera.start()
    frames = [seen.get(timeout=PATIENCE) for _ in range(9)]
    assert camera.stop()
    assert frames[8].at - frames[0].at >= 8 / 50 * 0.8


def test_a_vanished_file_is_reported_and_found_again(clip: Path, tmp_path: Path) -> None:
    source = tmp_path / "camera.avi"
    shutil.copy(clip, source)
    problems: queue.Queue[DeviceProblem | None] = queue.Queue()
    with running(source, problems) as camera:
        assert camera.wait_for(1, PATIENCE) is not None
        source.rename(tmp_path / "away.avi")
        problem = problems.get(timeout=PATIENCE)
        assert problem is not None
        assert problem.what_is_safe
        assert problem.what_to_do
        assert str(source) not in problem.sentence()
        assert camera.latest() is None
        (tmp_path / "away.avi").rename(source)
        assert problems.get(timeout=PATIENCE) is None
        assert camera.wait_for(1, PATIENCE) is not None


def test_a_folder_whose_pictures_come_and_go_is_a_camera_that_is_plugged_and_unplugged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What vanishes or breaks in the middle is passed over; an empty or missing folder is an unplugged camera, back by itself."""
    monkeypatch.setattr(stills, "_HOLD", 0.2)
    source = tmp_path / "desk"
    source.mkdir()
    grey = {
        name: np.full((60, 80, 3), level, np.uint8) for name, level in (("1.png", 40), ("2.png", 120), ("3.png", 200))
    }
    for name, picture in grey.items():
        cv2.imwrite(str(source / name), picture)
    reader = open_source(str(source))
    assert reader.read() is not None
    (source / "2.png").unlink()
    (source / "3.png").write_bytes((source / "3.png").read_bytes()[:20])
    assert reader.read() is not None, "the first picture is shown for two frames"
    assert reader.read() is None, "one gone, one half written: the folder is at its end, and nothing was raised"
    problems: queue.Queue[DeviceProblem | None] = queue.Queue()
    with running(source, problems) as camera:
        assert camera.wait_for(5, PATIENCE) is not None
        source.rename(tmp_path / "away")
        assert problems.get(timeout=PATIENCE) is not None
        assert camera.latest() is None
        (tmp_path / "away").rename(source)
        assert problems.get(timeout=PATIENCE) is None
        last = camera.wait_for(1, PATIENCE)
        assert last is not None
        assert camera.wait_for(last.number + 5, PATIENCE) is not None


def test_a_driver_that_fails_in_the_middle_is_an_unplugged_camera() -> None:
    """The thread lives on, says what the driver said, and opens it again."""
    opened = itertools.count()

    class _Torn:
        rate = 100.0  # as a file is paced

        def __init__(self) -> None:
            self._left = 3 if next(opened) == 0 else 10_000

        def read(self) -> np.ndarray | None:
            self._left -= 1
            if self._left < 0:
                raise DeviceProblem("线断了。", what_is_safe="", what_to_do="")
            return np.zeros((60, 80, 3), np.uint8)

        def expose(self, level: int) -> bool:
            return False

        def close(self) -> None:
            pass

    problems: queue.Queue[DeviceProblem | None] = queue.Queue()
    camera = Camera(_Torn, clock=time.monotonic, on_problem=problems.put, first_pause=0.02, longest_pause=0.1)
    camera.start()
    said = problems.get(timeout=PATIENCE)
    assert said is not None
    assert "线断了" in said.sentence()
    assert problems.get(timeout=PATIENCE) is None
    assert camera.wait_for(8, PATIENCE) is not None
    assert camera.stop()


class _NetworkCamera(BaseHTTPRequestHandler):
    """MJPEG as network cameras send it, until the server's ``cut`` is set."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        cut: threading.Event = self.server.cut  # type: ignore[attr-defined]
        try:
            for level in itertools.cycle(range(40, 240, 20)):
                data = cv2.imencode(".jpg", np.full((120, 160, 3), level, np.uint8))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                self.wfile.write(head.encode() + data + b"\r\n")
                if cut.wait(0.02):
                    return
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@contextmanager
def network_camera(port: int = 0) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _NetworkCamera)
    server.cut = threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.cut.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


def test_a_network_camera_is_live_and_comes_back_by_itself() -> None:
    problems: queue.Queue[DeviceProblem | None] = queue.Queue()
    with network_camera() as server:
        port = server.server_address[1]
        source = f"http://127.0.0.1:{port}/video.mjpg"
        reader = open_source(source)
        assert reader.rate == 0, "a live picture is not paced: what waits is old"
        reader.close()
        with running(source, problems) as camera:
            first = camera.wait_for(5, PATIENCE)
            assert first is not None
            assert first.image.shape == (120, 160, 3)
            server.cut.set()  # type: ignore[attr-defined]
            server.shutdown()
            server.server_close()
            assert problems.get(timeout=PATIENCE) is not None
            with network_camera(port):
                assert problems.get(timeout=PATIENCE) is None
                assert camera.wait_for(first.number + 20, PATIENCE) is not None


@pytest.mark.parametrize("source", ["97", "/dev/no-such-camera", "no-such-file.avi"])
def test_a_missing_source_is_a_device_problem(source: str) -> None:
    with pytest.raises(DeviceProblem):
        open_source(source)


def test_a_file_that_is_no_video_is_a_device_problem(tmp_path: Path) -> None:
    (tmp_path / "text.avi").write_text("not a video", encoding="utf-8")
    with pytest.raises(DeviceProblem):
        open_source(str(tmp_path / "text.avi"))
    with pytest.raises(DeviceProblem):
        open_source(str(tmp_path / "text.avi").replace("text.avi", ""))


def test_a_folder_of_pictures_plays_through_videocapture() -> None:
    with running(FOLDER) as camera:
        frame = camera.wait_for(1, PATIENCE)
        assert frame is not None
        assert frame.image.shape == (720, 1280, 3)


def test_a_numbered_sequence_plays(tmp_path: Path) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"frame{number:03d}.png"), np.full((90, 120, 3), 60 * number, np.uint8))
    with running(tmp_path / "frame%03d.png") as camera:
        assert camera.wait_for(4, PATIENCE) is not None


def test_stop_is_clean_and_start_works_again(clip: Path) -> None:
    with running(clip) as camera:
        camera.start()
        assert camera.wait_for(1, PATIENCE) is not None
        assert camera.stop()
        assert not any(thread.name == "camera" for thread in threading.enumerate())
        camera.start()
        assert camera.wait_for(1, PATIENCE) is not None


def test_the_demo_reel_is_seen_through_the_eyes(tmp_path: Path) -> None:
    """The whole way: generator, avi, VideoCapture, camera thread, watcher, recognition.

    The reel goes on while a thing is being read, as a counter does: on a crowded machine what comes next is met a lap later.
    Each once and in order is held with a clock that waits (test_watcher, and the next test)."""
    person = SAMPLE_PEOPLE["liu_guifang"]
    reel = demo_reel(tmp_path / "reel.avi", "YKU-DEMO.x.y", person, pages=None, hold=2.0, gap=0.7)
    things: queue.Queue[Seen] = queue.Queue()
    problems: list[str] = []
    faults: list[BaseException] = []
    frames: queue.Queue[tuple[int, int, int]] = queue.Queue()
    eyes = CameraEyes(str(reel), clock=time.monotonic, failed=faults.append)
    eyes.start(lambda raw, width, height: frames.put((len(raw), width, height)), things.put, problems.append)
    try:
        assert frames.get(timeout=PATIENCE) == (1280 * 720 * 3, 1280, 720)
        seen: dict[SeenKind, Seen] = {}
        while len(seen) < 4:
            thing = things.get(timeout=PATIENCE)
            if thing.kind is not SeenKind.NOTHING:
                seen[thing.kind] = thing
        page = eyes.capture_page()
    finally:
        eyes.stop()
    assert set(seen) == {SeenKind.CODE, SeenKind.ID_FRONT, SeenKind.ID_BACK, SeenKind.PAGE}
    assert seen[SeenKind.CODE].text == "YKU-DEMO.x.y"
    assert seen[SeenKind.ID_FRONT].fields["id_number"] == person.id_number
    assert seen[SeenKind.ID_BACK].fields["valid_to"] == person.valid_to
    assert page.kind is SeenKind.PAGE
    assert 0 < len(page.page_jpeg) <= 300_000
    assert problems == []
    assert faults == []
    with pytest.raises(DeviceProblem):
        eyes.capture_page()


def test_a_reel_gives_each_thing_once_in_order(tmp_path: Path) -> None:
    reel = demo_reel(tmp_path / "reel.avi", "YKU-DEMO.x.y", SAMPLE_PEOPLE["liu_guifang"], pages=None, hold=1.0, gap=0.4)
    kinds = [thing.kind for thing in things_in_video(reel)]
    assert kinds == [SeenKind.CODE, SeenKind.ID_FRONT, SeenKind.ID_BACK, SeenKind.PAGE, SeenKind.PAGE]


def test_recognise_bytes() -> None:
    seen = FrameRecogniser().recognise_bytes((FOLDER / "code.jpg").read_bytes())
    assert seen.kind is SeenKind.CODE
    for rubbish in (b"", b"\xff\xd8\xff\xe0 half a jpeg", b"%PDF-1.7"):
        with pytest.raises(BadInput):
            FrameRecogniser().recognise_bytes(rubbish)
