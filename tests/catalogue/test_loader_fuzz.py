"""Whatever stands in a file, reading it gives an entry or problems, and never anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.catalogue.check import check
from clerk_app.catalogue.item_file import read_item
from clerk_app.catalogue.life_event_file import read_life_event
from clerk_app.catalogue.loader import STARTER, load_catalogue
from clerk_app.catalogue.problems import CatalogueProblems, Problem
from clerk_app.catalogue.reading import Reading
from clerk_app.catalogue.vocabulary import read_vocabulary
from tests.catalogue.folder import copy_to

WORDS = read_vocabulary((STARTER / "vocabulary.json").read_bytes(), Reading("vocabulary.json"))
ITEMS = sorted((STARTER / "items").glob("*.json"))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["id_card", "yes", "工作日", "当场", "capture", "defer", "applicant.name", "必要", "拟", "\ud800"]
    )
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    *("format", "id", "name", "version", "department", "task_type", "project_type", "limits", "origins", "codes"),
    *(
        "questions",
        "materials",
        "fields",
        "parts",
        "answers",
        "when",
        "choices",
        "ways",
        "lead",
        "promised",
        "count",
        "unit",
    ),
]


def read_all(data: bytes) -> None:
    for read in (lambda r: read_item(data, WORDS, r), lambda r: read_life_event(data, WORDS, r)):
        reading = Reading("items/x.json")
        entry = read(reading)
        assert (entry is None) == bool(reading.problems)
        for problem in reading.problems:
            assert problem.reason
            str(problem).encode("utf-8")
            assert "\n" not in str(problem)
    read_vocabulary(data, Reading("vocabulary.json"))


@given(st.binary(max_size=300))
def test_raw_bytes(data: bytes) -> None:
    read_all(data)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), VALUES, max_size=12))
def test_any_json(value: dict[str, object]) -> None:
    read_all(json.dumps(value).encode("utf-8"))


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += places(inner, (*path, key))
    return found


@given(st.data())
def test_good_files_with_one_thing_changed(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([*ITEMS, STARTER / "life_events" / "newborn.json"]))
    value = json.loads(path.read_text(encoding="utf-8"))
    *way, last = data.draw(st.sampled_from(places(value)))
    inner = value
    for key in way:
        inner = inner[key]
    if data.draw(st.booleans()):
        del inner[last]
    else:
        inner[last] = data.draw(VALUES)
    read_all(json.dumps(value).encode("utf-8"))


@given(st.data())
def test_good_files_with_bytes_changed(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(ITEMS)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read_all(bytes(content))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_to(tmp_path_factory.mktemp("catalogue"))


@given(data=st.data())
def test_a_whole_folder_with_one_file_changed(folder: Path, data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from(["vocabulary.json", "catalogue.json", "items/pension-claim.json", "life_events/newborn.json"])
    )
    good = (folder / name).read_bytes()
    value = json.loads(good)
    *way, last = data.draw(st.sampled_from(places(value)))
    inner = value
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(VALUES)
    try:
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
        problems = check(folder)
        told: tuple[Problem, ...] = ()
        try:
            load_catalogue(folder).search("养老")
        except CatalogueProblems as refused:
            told = refused.problems
        assert set(told) <= set(problems)
    finally:
        (folder / name).write_bytes(good)
