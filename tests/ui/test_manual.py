"""The manuals cannot rot: their keys are those of the program, their pictures are there, and the gallery's index is its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from scripts.manual_keys import BEGIN, END, MANUAL, keys_table
from tests.ui.gallery.__main__ import index
from tests.ui.gallery.rooms import ROOMS
from tests.ui.gallery.table import SECTIONS
from ui.actions import ACTIONS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (MANUAL, DOCS / "管理员手册.md", DOCS.parent / "README.md", DOCS / "screenshots" / "README.md")
SHOTS = [shot for _title, shots in SECTIONS for shot in shots]


def test_the_manual_has_the_keys_of_the_program() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == keys_table(), "run: python scripts/manual_keys.py"
    assert all(f"`{action.shown}`" in text for action in ACTIONS)


def test_every_key_that_the_manual_names_exists() -> None:
    known = {action.key.replace("Return", "Enter") for action in ACTIONS} | {"Ctrl+Enter", "Del", "Tab", "Enter"}
    prose = MANUAL.read_text(encoding="utf-8").partition(BEGIN)[0]
    named = set(re.findall(r"`((?:Ctrl|Alt|Shift)\+[^`]+|F\d+|Del)`", prose))
    assert named, "the manual names no key at all"
    assert named <= known, named - known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_and_page_that_is_named_exists(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert local
    missing = [target for target in local if not (page.parent / target).exists()]
    assert not missing, missing


def test_the_index_of_the_gallery_is_made_from_its_table() -> None:
    assert (DOCS / "screenshots" / "README.md").read_text(encoding="utf-8") == index(), "run: make screenshots"


def test_every_picture_of_the_table_is_there_and_none_is_left_over() -> None:
    there = {file.stem for file in (DOCS / "screenshots").glob("*.png")}
    assert there == {shot.name for shot in SHOTS}


def test_the_pictures_are_small_and_can_be_opened() -> None:
    files = list((DOCS / "screenshots").glob("*.png"))
    assert sum(file.stat().st_size for file in files) < 12_000_000
    assert not [file.name for file in files if QImage(str(file)).width() < 800]


def test_the_table_of_pictures_holds_together() -> None:
    names = [shot.name for shot in SHOTS]
    assert len(names) == len(set(names))
    rooms = {room.id for room in ROOMS}
    assert {shot.room for shot in SHOTS} == rooms, "a room without a picture, or a picture without a room"


def test_every_picture_says_what_it_shows() -> None:
    assert not [shot.name for shot in SHOTS if not shot.shows.strip()]
