"""The sample people are consistent, the generator is repeatable, the committed frames are small and complete."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from stdnum.iso7064 import mod_11_2

from clerk_app.devices import registry, samples, wedge
from clerk_app.devices.samples import SAMPLE_FAMILIES, SAMPLE_PEOPLE, SamplePerson, Scene, compose, demo_reel
from clerk_app.domain.people import id_number_fault, sex_of
from tests.devices.frames import FACE, FOLDER, committed


@pytest.mark.parametrize(
    "person",
    [p for p in SAMPLE_PEOPLE.values() if p.has_card],
    ids=[p.key for p in SAMPLE_PEOPLE.values() if p.has_card],
)
def test_people_are_consistent_and_from_nowhere(person: SamplePerson) -> None:
    number = person.id_number
    assert mod_11_2.is_valid(number)
    assert id_number_fault(number, dt.date(2026, 11, 21)) == ""
    assert number.startswith("500199")
    assert number[6:14] == person.birth.replace("-", "")
    assert sex_of(number) == person.sex
    assert person.address.startswith("重庆市演示区演示镇")


def test_the_family_has_a_newborn_without_a_card() -> None:
    family = SAMPLE_FAMILIES["newborn"]
    father, mother, child = (SAMPLE_PEOPLE[key] for key in (family.father, family.mother, family.newborn))
    assert (father.sex, mother.sex) == ("男", "女")
    assert not child.has_card
    assert child.ethnicity in {father.ethnicity, mother.ethnicity}


def test_same_seed_same_frame() -> None:
    card = samples.draw_id_front(SAMPLE_PEOPLE["he_jun"], FACE)
    one, two, three = (compose(card, Scene(), seed) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)


def test_committed_frames_are_what_the_generator_makes() -> None:
    made = dict(samples.sample_set(FACE, "yk-case:YL-500199-0001"))
    files = sorted(FOLDER.glob("*.jpg"))
    assert {file.stem for file in files} == made.keys()
    for file in files:
        assert np.abs(committed(file.stem).astype(int) - made[file.stem]).mean() < 4, f"{file.stem} is out of date"
    assert all(file.stat().st_size < 200_000 for file in files)


def test_command_line_writes_the_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert samples.main([str(tmp_path / "frames")]) == 0
    assert len(list((tmp_path / "frames").glob("*.jpg"))) == len(capsys.readouterr().out.splitlines()) == 9


def test_a_reel_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="video"):
        demo_reel(tmp_path / "reel.not-a-video", "x", SAMPLE_PEOPLE["he_jun"], pages=())


def test_registry_names_every_driver_file() -> None:
    folder = Path(registry.__file__).parent
    drivers = {file.stem for file in folder.glob("*.py") if '"""Driver: ' in file.read_text(encoding="utf-8")}
    tables = (registry.CAMERAS, registry.SCANNERS, registry.CARD_READERS, registry.SERIAL_SCANNERS)
    assert {driver.key for table in tables for driver in table} == drivers


def test_importing_the_devices_loads_no_heavy_library() -> None:
    modules = "clerk_app.devices.eyes, clerk_app.devices.samples, clerk_app.devices.registry"
    heavy = "{'cv2', 'numpy', 'onnxruntime', 'rapidocr', 'zxingcpp', 'PIL', 'qrcode', 'serial'}"
    program = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scanner_bursts_are_told_from_typing() -> None:
    buffer = wedge.WedgeBuffer()
    keys = [*"yk-case:YL-1", "\r"]
    burst = [buffer.key(key, 5 + 0.01 * n) for n, key in enumerate(keys)]
    assert burst[-1] == "yk-case:YL-1"
    assert not any(burst[:-1])
    typed = [buffer.key(key, 9 + 0.2 * n) for n, key in enumerate(keys)]
    assert not any(typed)
    too_long = [buffer.key(key, 50 + 0.001 * n) for n, key in enumerate([*"x" * 5000, "\r"])]
    assert not any(too_long)
