"""What a start loads: the sign-in page waits for nothing that it does not need, and a window never loads the gateway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app.cli import main
from clerk_app.errors import EXIT_ENVIRONMENT
from tests.bootstrap.folder import found

NOT_BEFORE_THE_PAGE = (
    "alembic", "argon2", "clerk_app.catalogue", "clerk_app.ports", "clerk_app.usecases", "concurrent.futures", "cryptography", "cv2",
    "hashlib", "local_db.engine", "nacl", "numpy", "pypinyin", "reportlab", "sqlalchemy", "sqlcipher3", "sync", "ui.desk_view",
)  # fmt: skip
NEVER = (
    "clerk_app.bootstrap.demo", "cv2", "fastapi", "numpy", "onnxruntime", "pikepdf", "PIL", "pypdfium2", "rapidocr", "reportlab",
    "sync.gateway", "uvicorn",
)  # fmt: skip
"""Not even behind the sign-in page: papers are made by a process of their own, eyes open with the camera."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("hall") / "window")


def loaded(data: Path, *arguments: str) -> set[str]:
    """Every module that this start of the window imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "clerk_app", "window", "--data", str(data), *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return set(re.findall(r"^import time:.*\|\s+(\S+)$", done.stderr, re.MULTILINE))


def within(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(name for name in names if any(each == name or each.startswith(f"{name}.") for each in modules))


def test_the_sign_in_page_waits_for_nothing_else(data: Path) -> None:
    modules = loaded(data, "--quit-at-once")
    assert "ui.screens.sign_in" in modules
    assert within(modules, NOT_BEFORE_THE_PAGE) == []


def test_what_lies_behind_it_is_a_window_and_no_gateway(data: Path) -> None:
    modules = loaded(data, "--quit-when-ready")
    assert {"ui.desk_view", "sqlalchemy"} <= modules
    assert within(modules, NEVER) == []


def test_a_window_without_keys_says_so_and_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found(tmp_path / "window")
    (tmp_path / "window" / "vault.json").unlink()
    assert main(["window", "--data", str(tmp_path / "window"), "--quit-at-once"]) == EXIT_ENVIRONMENT
    assert "数据文件夹里没有钥匙文件" in capsys.readouterr().err
