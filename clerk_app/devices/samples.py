"""The generator of synthetic camera frames: a drawn thing laid on a desk, seen by a document camera.

``python -m clerk_app.devices.samples OUTDIR [--font FILE] [--fallback FILE]`` writes the committed set.
Scenes are 1280x720 BGR and depend only on their arguments and the seed. No real person, ever (样例).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.devices.sample_drawings import (
    SamplePage,
    draw_id_back,
    draw_id_front,
    draw_page,
    draw_phone,
    sample_pages,
    with_number,
)
from clerk_app.devices.sample_people import SAMPLE_FAMILIES, SAMPLE_PEOPLE, SampleFamily, SamplePerson
from clerk_app.devices.typeface import Typeface, bundled_typeface

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image8 = npt.NDArray[np.uint8]

__all__ = [
    "SAMPLE_FAMILIES", "SAMPLE_PEOPLE", "SampleFamily", "SamplePage", "SamplePerson", "Scene", "Typeface",
    "bundled_typeface", "compose", "demo_reel", "draw_id_back", "draw_id_front", "draw_page", "draw_phone",
    "empty_desk", "sample_pages", "sample_set", "with_number", "write_sample_set",
]  # fmt: skip

FRAME_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class Scene:
    """How the thing lies and how it is seen. ``width`` is its long or short side in frame pixels as drawn."""

    width: float = 620.0
    turn: float = 0.0  # degrees, clockwise; 180 is upside down
    tilt: float = 0.04  # perspective, 0 = straight from above, 0.15 = steep
    shift: tuple[float, float] = (0.0, 0.0)  # pixels from the frame's centre
    blur: float = 0.6  # Gaussian sigma in pixels
    noise: float = 3.0  # sigma of sensor noise, grey levels
    light: float = 0.15  # how much darker the far corner is, 0..1
    glare: float = 0.0  # strength of a bright spot on the thing, 0..1


def empty_desk(seed: int, size: tuple[int, int] = FRAME_SIZE) -> Image8:
    """A wooden desk without anything on it."""
    import cv2
    import numpy as np

    width, height = size
    rng = np.random.default_rng(seed)
    grain = rng.normal(0.0, 1.0, (height, 24)).astype(np.float32)
    wide = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    streaks = np.asarray(cv2.GaussianBlur(wide, (0, 0), sigmaX=18, sigmaY=1.2), np.float32)
    base = np.array([72.0, 98.0, 128.0], dtype=np.float32) * (0.85 + 0.3 * rng.random())
    desk = base[None, None, :] + streaks[:, :, None] * 9.0
    return np.clip(desk, 0, 255).astype(np.uint8)


def compose(
    thing: Image8, scene: Scene, seed: int, size: tuple[int, int] = FRAME_SIZE, desk: Image8 | None = None
) -> Image8:
    """Lay ``thing`` on the desk of ``seed``, or on ``desk``, and take its picture."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(seed)
    frame = (empty_desk(seed, size) if desk is None else desk).astype(np.float32)
    height, width = thing.shape[:2]
    scale = scene.width / width
    half = np.array([width * scale / 2, height * scale / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64) * half
    angle = np.deg2rad(scene.turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ spin.T
    depth = 1.0 + scene.tilt * corners[:, 1:2] / max(half) + 0.4 * scene.tilt * corners[:, :1] / max(half)
    target = corners * depth + np.array(size) / 2 + np.array(scene.shift)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    shrunk = cv2.GaussianBlur(thing, (0, 0), max(0.01, 0.45 / scale)) if scale < 1 else thing
    seen = cv2.warpPerspective(shrunk, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size).astype(np.float32) / 255
    shadow = cv2.GaussianBlur(cv2.warpAffine(cover, np.array([[1, 0, 8], [0, 1, 6]], np.float32), size), (0, 0), 7)
    frame *= (1 - 0.45 * shadow)[:, :, None]
    frame += (seen - frame) * cover[:, :, None]
    across, down = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    frame *= (1 - scene.light * (across + down) / 2)[:, :, None].astype(np.float32)
    if scene.glare > 0:
        spot = target.mean(axis=0) + rng.uniform(-0.3, 0.3, 2) * half
        distance = ((across * size[0] - spot[0]) / 90) ** 2 + ((down * size[1] - spot[1]) / 60) ** 2
        frame += (scene.glare * 190 * np.exp(-distance))[:, :, None].astype(np.float32)
    if scene.blur > 0:
        frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), scene.blur), np.float32)
    frame += rng.normal(0, scene.noise, frame.shape).astype(np.float32)
    return np.clip(frame, 0, 255).astype(np.uint8)


_CARD_SCENE = Scene(width=640, turn=-4, tilt=0.05, shift=(-30, 10))
_PAGE_SCENE = Scene(width=478, turn=1.5, tilt=0.02)
_PHONE_SCENE = Scene(width=380, turn=3, tilt=0.03)


def sample_set(face: Typeface, code_text: str) -> Iterator[tuple[str, Image8]]:
    """The committed frames as (file stem, frame). ``code_text`` is shown as it is."""
    liu, gong = SAMPLE_PEOPLE["liu_guifang"], SAMPLE_PEOPLE["gong_jieyan"]
    front = draw_id_front(liu, face)
    yield "code", compose(draw_phone(code_text, face), _PHONE_SCENE, 11)
    yield "id_front_liu_guifang", compose(front, _CARD_SCENE, 12)
    yield "id_back_liu_guifang", compose(draw_id_back(liu, face), Scene(width=620, turn=6, shift=(20, -20)), 13)
    yield "id_front_upside_down", compose(front, Scene(width=620, turn=184, tilt=0.06), 14)
    yield "id_front_gong_jieyan", compose(draw_id_front(gong, face), Scene(width=660, turn=2), 15)
    wrong = liu.id_number[:-1] + ("1" if liu.id_number[-1] != "1" else "2")
    yield "id_front_wrong_digit", compose(draw_id_front(with_number(liu, wrong), face), _CARD_SCENE, 16)
    chen = SAMPLE_PEOPLE["chen_zhiqiang"]
    other = with_number(chen, liu.id_number)  # a valid number, but another birth date and sex
    yield "id_front_contradiction", compose(draw_id_front(other, face), Scene(width=640, turn=-2), 17)
    yield "page_payment_record", compose(draw_page(sample_pages(liu)[0], face), _PAGE_SCENE, 18)
    yield "empty_desk", compose_empty(19)


def compose_empty(seed: int) -> Image8:
    """The bare desk with sensor noise."""
    import numpy as np

    rng = np.random.default_rng(seed)
    desk = empty_desk(seed)
    return np.clip(desk + rng.normal(0, 3, desk.shape), 0, 255).astype(np.uint8)


def write_sample_set(out: Path, face: Typeface, code_text: str) -> list[Path]:
    """Write the set as JPEG (quality 88) into ``out``; returns the files in order."""
    import cv2

    out.mkdir(parents=True, exist_ok=True)
    written = []
    for stem, frame in sample_set(face, code_text):
        path = out / f"{stem}.jpg"
        cv2.imwrite(str(path), frame, [cv2.IMWRITE_JPEG_QUALITY, 88])
        written.append(path)
    return written


def demo_reel(
    out: Path,
    code_text: str,
    person: SamplePerson,
    pages: Sequence[SamplePage] | None = None,
    *,
    face: Typeface | None = None,
    rate: int = 10,
    hold: float = 3.0,
    gap: float = 1.0,
    seed: int = 7,
) -> Path:
    """Write an MJPG avi (``out``, ending in .avi): code, ID front, ID back, each page; bare desk between.

    ``hold`` and ``gap`` in seconds, ``rate`` in frames a second. Raises OSError when the file cannot be written.
    """
    import cv2
    import numpy as np

    used = face or bundled_typeface()
    laid = [compose(draw_phone(code_text, used), _PHONE_SCENE, seed)]
    if person.has_card:
        laid.append(compose(draw_id_front(person, used), _CARD_SCENE, seed))
        laid.append(compose(draw_id_back(person, used), _CARD_SCENE, seed))
    chosen = sample_pages(person) if pages is None else pages
    laid.extend(compose(draw_page(page, used), _PAGE_SCENE, seed) for page in chosen)
    bare = compose_empty(seed)
    rng = np.random.default_rng(seed)
    grains = [rng.integers(-2, 3, bare.shape, dtype=np.int16) for _ in range(3)]
    out.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"MJPG"), float(rate), FRAME_SIZE)
    if not writer.isOpened():
        raise OSError(f"cannot write a video to a .avi file of suffix {out.suffix!r}")
    try:
        count = 0
        for thing in laid:
            for picture, seconds in ((bare, gap), (thing, hold)):
                for _ in range(round(seconds * rate)):
                    grain = grains[count % len(grains)]
                    writer.write(np.clip(picture + grain, 0, 255).astype(np.uint8))
                    count += 1
    finally:
        writer.release()
    return out


_DEMO_CODE = "2-code.jpg"


def write_demo_desk(folder: Path, person: SamplePerson, *, face: Typeface | None = None, seed: int = 7) -> None:
    """Still pictures for a folder camera, in playing order: bare desk, (code), bare desk, card front, back, a page.

    The code is written apart by ``write_demo_code``, since it must stay fresh. Raises OSError.
    """
    used = face or bundled_typeface()
    laid = [("4-front", draw_id_front(person, used), _CARD_SCENE), ("6-back", draw_id_back(person, used), _CARD_SCENE)]
    laid += [(f"8-page-{n}", draw_page(page, used), _PAGE_SCENE) for n, page in enumerate(sample_pages(person)[:1])]
    for name, thing, scene in laid:
        _write_jpeg(folder / f"{name}.jpg", compose(thing, scene, seed))
    for name in ("1-bare", "3-bare", "5-bare", "7-bare", "9-bare"):
        _write_jpeg(folder / f"{name}.jpg", compose_empty(seed))


def write_demo_code(folder: Path, code_text: str, *, face: Typeface | None = None, seed: int = 7) -> None:
    """Replace the code's picture in one step, so that a reader never meets half a file. Raises OSError."""
    picture = compose(draw_phone(code_text, face or bundled_typeface()), _PHONE_SCENE, seed)
    fresh = folder / "fresh.part.jpg.new"
    fresh.write_bytes(_jpeg(picture))
    fresh.replace(folder / _DEMO_CODE)


def _write_jpeg(path: Path, image: Image8) -> None:
    path.write_bytes(_jpeg(image))


def _jpeg(image: Image8) -> bytes:
    import cv2

    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not done:
        raise OSError("the picture could not be encoded")
    return bytes(data.tobytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sample frames into a folder; the code in them is not a real 渝快码 and long expired."""
    bundled = bundled_typeface()
    parser = argparse.ArgumentParser(prog="python -m clerk_app.devices.samples", description="生成样例画面")
    parser.add_argument("out", type=Path, metavar="OUTDIR")
    parser.add_argument("--font", type=Path, default=bundled.regular)
    parser.add_argument("--fallback", type=Path, default=bundled.fallback)
    parser.add_argument("--code-text", default="yk-case:YL-500199-0001")
    chosen = parser.parse_args(arguments)
    for path in write_sample_set(chosen.out, Typeface(chosen.font, chosen.fallback), chosen.code_text):
        print(path.name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
