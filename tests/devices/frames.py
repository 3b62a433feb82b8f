"""Frames for the tests: the committed ones through cv2.VideoCapture, and fresh ones from the generator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.devices import samples
from clerk_app.devices.registry import open_source

if TYPE_CHECKING:
    from clerk_app.devices.samples import Image8

FOLDER = Path(samples.__file__).parent / "sample_frames"
FACE = samples.bundled_typeface()


def committed(stem: str) -> Image8:
    """One committed frame, read as a camera driver reads it."""
    reader = open_source(str(FOLDER / f"{stem}.jpg"))
    try:
        image = reader.read()
    finally:
        reader.close()
    assert image is not None
    return image


def front(key: str, scene: samples.Scene | None = None, *, number: str = "", seed: int = 5) -> Image8:
    person = samples.SAMPLE_PEOPLE[key]
    if number:
        person = samples.with_number(person, number)
    return samples.compose(samples.draw_id_front(person, FACE), scene or samples.Scene(), seed)


def page(key: str, which: int = 0, scene: samples.Scene | None = None, seed: int = 5) -> Image8:
    sheet = samples.sample_pages(samples.SAMPLE_PEOPLE[key])[which]
    return samples.compose(samples.draw_page(sheet, FACE), scene or samples.Scene(width=478, tilt=0.02), seed)
