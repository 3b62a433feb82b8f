"""The house keeps its own rules: layers, names, locks, licences and fonts."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from printing import fonts
from scripts import third_party_notices

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("clerk_app", "local_db", "printing", "sync", "ui")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


# ------------------------------------------------------------------------------------------------------------- layers


def lint_imports(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run the contracts of ``tree`` on ``tree``; on all of them when none is named."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo", *chosen],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree to plant things in."""
    copy = tmp_path_factory.mktemp("house")
    for source in SOURCES:
        target = copy / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    shutil.copyfile(ROOT / "pyproject.toml", copy / "pyproject.toml")
    return copy


def test_the_contracts_hold(tree):
    result = lint_imports(tree)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(PYPROJECT['tool']['importlinter']['contracts'])} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("ui", "import local_db", "layers"),
        ("ui", "from clerk_app import devices", "layers"),
        ("printing", "import sync", "layers"),
        ("sync", "import local_db", "layers"),
        ("clerk_app/usecases", "import local_db", "layers"),
        ("clerk_app/domain", "from clerk_app import ports", "layers"),
        ("clerk_app/crypto", "from clerk_app import bootstrap", "layers"),
        ("clerk_app/domain", "import sqlalchemy", "domain-is-pure"),
        ("clerk_app/domain", "import random", "domain-is-pure"),
        ("clerk_app/domain", "from clerk_app import errors", "domain-knows-nothing"),
        ("ui", "import sqlalchemy.orm", "sql"),
        ("sync", "import sqlcipher3", "sql"),
        ("clerk_app/usecases", "from PySide6 import QtCore", "qt"),
        ("printing", "from PySide6 import QtPrintSupport", "qt"),
        ("ui", "import cv2", "vision"),
        ("clerk_app/catalogue", "import rapidocr", "vision"),
        ("local_db", "import requests", "http"),
        ("ui", "from reportlab.pdfgen import canvas", "paper"),
        ("sync", "from sync import gateway", "gateway-apart"),
        ("sync", "import tuf.ngclient", "tuf"),
        ("clerk_app/launching", "import numpy", "launching-is-light"),
        ("clerk_app/launching", "import sync", "layers"),
    ],
)
def test_a_planted_import_is_caught(tree, where, line, contract):
    planted = tree / where / "planted.py"
    planted.write_text(f'"""Planted by a test."""\n\n{line}\n', encoding="utf-8")
    try:
        result = lint_imports(tree, contract)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "0 kept, 1 broken" in result.stdout
    assert "planted" in result.stdout


def test_common_ground_is_guarded(tree):
    errors = tree / "clerk_app" / "errors.py"
    before = errors.read_text(encoding="utf-8")
    errors.write_text(before + "\nimport clerk_app.domain\n", encoding="utf-8")
    try:
        assert lint_imports(tree, "common-ground").returncode == 1
    finally:
        errors.write_text(before, encoding="utf-8")


def test_the_domain_imports_only_the_standard_library_and_itself():
    strangers = set()
    for path in (ROOT / "clerk_app" / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path.name}: imports here name their full path"
                names = [node.module or ""]
            else:
                continue
            strangers |= {
                f"{path.name}: {name}"
                for name in names
                if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("clerk_app.domain")
            }
    assert not strangers


def test_every_room_of_the_core_has_its_layer():
    layers = next(c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "layers")["layers"]
    placed = {room.strip() for layer in layers for room in layer.split("|")}
    placed |= {"clerk_app.durable", "clerk_app.errors", "clerk_app.settings"}
    rooms = {
        f"clerk_app.{path.stem}"
        for path in (ROOT / "clerk_app").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path.is_dir() and any(path.glob("*.py")))
    }
    assert rooms <= placed


# -------------------------------------------------------------------------------------------------------------- rooms

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "constants", "common", "misc"}


def test_no_file_has_a_name_that_says_nothing():
    assert not [str(path.relative_to(ROOT)) for path in SOURCES if path.stem in EMPTY_NAMES]


def test_the_map_of_the_use_cases_names_each_of_them_once():
    folder = ROOT / "clerk_app" / "usecases"
    text = (folder / "__init__.py").read_text(encoding="utf-8").split("compares the two):")[1]
    named = [name.strip() for line in text.splitlines() for name in line[22:].split(",") if name.strip()]
    assert sorted(named) == sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


# Longer than a room should be, with the reason.
LARGE_ROOMS = {
    "sync/protocol.py": "the wire contract in one file: both sides read it from top to bottom",
}


def test_rooms_stay_small():
    """About 300 lines is where a file wants to be two; at 400 it has to be."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: length for name, length in lengths.items() if length > 400 and name not in LARGE_ROOMS}


def test_every_room_says_what_it_is_for():
    assert not [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) and path.stat().st_size
    ]


# -------------------------------------------------------------------------------------------------------------- locks


def pins(name: str) -> dict[str, list[str]]:
    """Package name to its pinned requirement lines."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)==", line):
            found.setdefault(match[1], []).append(line.rstrip(" \\"))
    return found


def test_what_we_ask_for_is_locked():
    locked, shipped = pins("requirements.lock"), pins("requirements-runtime.lock")
    project = PYPROJECT["project"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements}

    assert names(project["dependencies"]) <= set(shipped)
    assert names(project["optional-dependencies"]["dev"]) <= set(locked)
    for package, lines in shipped.items():
        assert locked.get(package) == lines, package


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-runtime.lock"])
def test_a_lock_is_exact_hashed_and_names_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert len(blocks) > 50
    for block in blocks:
        if re.match(r"[a-z0-9]", block):
            assert re.match(r"[a-z0-9._-]+==\S+", block), block[:60]
            assert "--hash=sha256:" in block, block[:60]
    assert "://" not in text


def test_there_is_one_cv2_and_nothing_for_tests_only_is_shipped():
    assert [name for name in pins("requirements.lock") if name.startswith("opencv")] == ["opencv-python-headless"]
    shipped = set(pins("requirements-runtime.lock"))
    assert not shipped & {"python-stdnum", "pyinstaller", "pytest", "chinesecalendar", "hypothesis"}


# ----------------------------------------------------------------------------------------------------------- licences


def test_the_notices_are_those_of_the_lock():
    written = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    assert written == third_party_notices.notices(), "run `make notices`"
    assert set(third_party_notices.runtime_packages()) == set(pins("requirements-runtime.lock"))


@pytest.mark.parametrize("spdx", ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "GPLv3"])
def test_a_package_under_gpl_is_refused(spdx):
    with pytest.raises(ValueError, match="may not be shipped"):
        third_party_notices.check_may_ship("planted", spdx)


@pytest.mark.parametrize("spdx", ["LGPL-3.0-only", "MIT OR GPL-2.0-only", "MPL-2.0 AND MIT"])
def test_a_package_that_can_be_had_otherwise_is_not(spdx):
    third_party_notices.check_may_ship("fine", spdx)


def test_a_package_of_unknown_terms_is_refused(monkeypatch):
    monkeypatch.delitem(third_party_notices.REVIEWED, "sqlcipher3")
    with pytest.raises(LookupError, match="sqlcipher3"):
        third_party_notices.terms("sqlcipher3")


def test_the_licence_is_mulan_version_2():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("木兰宽松许可证, 第2版")
    assert "Mulan Permissive Software License，Version 2" in text
    assert PYPROJECT["project"]["license"] == "MulanPSL-2.0"


# -------------------------------------------------------------------------------------------------------------- fonts

# The hanzi of GB 18030-2022 implementation level 3: URO, extensions A to F.
LEVEL_3 = [
    (0x4E00, 0x9FEF),
    (0x3400, 0x4DB5),
    (0x20000, 0x2A6D6),
    (0x2A700, 0x2B734),
    (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1),
    (0x2CEB0, 0x2EBE0),
]


@pytest.mark.parametrize(
    ("path", "full_name", "units_per_em"),
    [
        (fonts.REGULAR, "NotoSansSC-Regular", 1000),
        (fonts.BOLD, "NotoSansSC-Bold", 1000),
        (fonts.FALLBACK, "HanaMinB", 1024),
    ],
)
def test_each_font_has_a_name_of_its_own(path, full_name, units_per_em):
    with TTFont(path, lazy=True) as font:
        assert font["name"].getDebugName(6) == full_name
        assert font["head"].unitsPerEm == units_per_em
        assert "fvar" not in font
        assert "glyf" in font  # TrueType outlines: the PDF writer refuses CFF
        assert font["OS/2"].fsType == 0  # may be embedded


def test_the_two_weights_differ_and_cover_the_same():
    with TTFont(fonts.REGULAR, lazy=True) as regular, TTFont(fonts.BOLD, lazy=True) as bold:
        assert (regular["OS/2"].usWeightClass, bold["OS/2"].usWeightClass) == (400, 700)
        assert set(regular.getBestCmap()) == set(bold.getBestCmap())
        for font in (regular, bold):
            digits = {font["hmtx"][font.getBestCmap()[ord(digit)]][0] for digit in "0123456789"}
            assert len(digits) == 1, "figures line up in columns"


def test_every_hanzi_of_level_3_can_be_drawn():
    with TTFont(fonts.REGULAR, lazy=True) as regular, TTFont(fonts.FALLBACK, lazy=True) as fallback:
        first, both = set(regular.getBestCmap()), set(regular.getBestCmap()) | set(fallback.getBestCmap())
    wanted = {code for low, high in LEVEL_3 for code in range(low, high + 1)}
    assert len(wanted) == 87_875
    assert wanted <= both
    assert {ord(rare) for rare in "䶮㛃𬭎𪨰"} <= first


def test_the_licences_lie_beside_the_fonts():
    folder = fonts.REGULAR.parent
    assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE-NotoSansSC.txt").read_text(encoding="utf-8")
    assert "Hanazono Font License" in (folder / "LICENSE-HanaMinB.txt").read_text(encoding="utf-8")


# ----------------------------------------------------------------------------------------------------------- glossary


def test_the_glossary_speaks_the_language_of_the_code():
    """Every identifier in the second column is defined in the core: a class, an alias, or a member of an enum."""
    defined: set[str] = set()
    for path in (ROOT / "clerk_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                defined.add(node.name)
            elif isinstance(node, ast.Assign):
                defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                defined.add(node.target.id)
    rows = [line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()]
    named = {
        name for row in rows if len(row) == 5 for cell in re.findall(r"`([^`]+)`", row[2]) for name in cell.split(".")
    }
    assert len(named) > 30
    assert not named - defined
