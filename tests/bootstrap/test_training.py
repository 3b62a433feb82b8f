"""训练模式 with the real program: its own folder and gateway, papers of a training hall, and no way to a real window or gateway."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app.bootstrap.gateway import GatewayProcess, gateway_office
from clerk_app.bootstrap.house import found_window, house, note_hall
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.training import HALL_NAME, MARK, must_be_here, training_folder, training_hall
from clerk_app.errors import Bug, Refused
from clerk_app.settings import Settings


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_whole_case_by_practice_leaves_the_real_window_and_its_gateway_alone(tmp_path: Path) -> None:
    data, district = tmp_path / "window", tmp_path / "district"
    gateway = GatewayProcess(district)
    try:
        with gateway_office(district) as office:
            token = office.enrol_token("500199", "07", name="样例大厅")
        found_window(data, gateway.url, token, "500199", "07")
        before = state(data)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-m", "clerk_app", "train", "--headless", "--json", "--data", str(data)],
            capture_output=True, text=True, timeout=200, env=environment, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        steps = [json.loads(line) for line in done.stdout.splitlines()]
        assert steps[-1]["step"] == 10
        assert state(data) == before, "nothing of the real window changed"
        folder = training_folder(data)
        assert folder != data
        assert noted_hall(folder).gateway != noted_hall(data).gateway
        assert noted_hall(folder).sample
        with gateway_office(district) as office:
            assert not list(office.dump()), "no practice case at the district"
        paper = next(Path(name) for name in steps[7]["files"])
        text = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True).stdout
        assert HALL_NAME in text
        assert "样例" in text
    finally:
        gateway.stop()


def test_a_real_window_is_never_taken_for_training(tmp_path: Path) -> None:
    data = tmp_path / "window"
    folder = training_folder(data)
    folder.mkdir()
    (folder / "window.json").write_text("{}")
    before = state(folder)
    with pytest.raises(Refused, match="正式窗口"), training_hall(data):
        pass
    assert state(folder) == before
    assert not (folder / MARK).exists()


def test_a_training_window_with_a_gateway_elsewhere_does_not_open(tmp_path: Path) -> None:
    from dataclasses import replace

    data = tmp_path / "window"
    with training_hall(data) as hall:
        assert house(Settings(hall.data)).vault.logins() == ("wangmin",)
        note_hall(hall.data, replace(noted_hall(hall.data), gateway="https://gateway.example:8443"))
        with pytest.raises(Bug):
            must_be_here(hall.data)
