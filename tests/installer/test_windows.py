"""The Windows installer's script compiles around a staged payload, asks for what it should, and cleans up what it laid down."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from clerk_app import __version__

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = ROOT / "installer" / "windows"
SCRIPT = (WINDOWS / "clerk-app.nsi").read_text(encoding="utf-8")


def compiled(payload: Path, out: Path, script: Path = WINDOWS / "clerk-app.nsi") -> subprocess.CompletedProcess[str]:
    words = [
        "-V2",
        "-WX",
        "-INPUTCHARSET",
        "UTF8",
        f"-DVERSION={__version__}",
        f"-DPAYLOAD={payload}",
        f"-DOUTFILE={out}",
    ]
    command = ["makensis", *words, str(script)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=WINDOWS, check=False)


@pytest.fixture
def payload(tmp_path):
    """What a build leaves, in small: Chinese names and a deep folder inside."""
    folder = tmp_path / "全科 窗口"
    deep = folder / "_internal" / "资源" / ("长" * 60)
    deep.mkdir(parents=True)
    (folder / "clerk-app.exe").write_bytes(b"MZ")
    (folder / "files.sha256").write_text("", encoding="utf-8")
    shutil.copyfile(ROOT / "LICENSE", folder / "_internal" / "LICENSE")
    (deep / "字体.ttf").write_bytes(b"\0" * 100)
    return folder


def test_the_script_compiles_around_a_payload_with_chinese_names(payload, tmp_path):
    out = tmp_path / "安装 程序.exe"
    result = compiled(payload, out)
    assert result.returncode == 0, result.stdout + result.stderr
    made = out.read_bytes()
    assert made[:2] == b"MZ"
    assert b">true</dpiAware>" in made  # sharp on dense screens
    assert b'level="asInvoker"' in made or b'level="user"' in made  # no administrator unless somebody chooses so
    assert b"longPathAware" in made


def test_a_script_with_a_fault_does_not_compile(payload, tmp_path):
    broken = WINDOWS / "broken-by-a-test.nsi"
    broken.write_text(SCRIPT.replace("Call CloseFirst", "Call NobodyHasThis", 1), encoding="utf-8")
    try:
        assert compiled(payload, tmp_path / "x.exe", broken).returncode != 0
    finally:
        broken.unlink()


def test_what_is_written_is_taken_away_again():
    written = set(re.findall(r'WriteReg\w+ SHCTX "([^"]+)"', SCRIPT))
    removed = re.findall(r'DeleteRegKey SHCTX "([^"]+)"', SCRIPT)
    assert written
    for key in written:
        assert any(key == gone or key.startswith(gone + "\\") for gone in removed), key
    for link in re.findall(r'CreateShortcut "([^"]+)"', SCRIPT):
        folder = link.rsplit("\\", 1)[0]
        assert f'Delete "{link}"' in SCRIPT or f'RMDir /r "{folder}"' in SCRIPT, link


def test_the_installation_folder_is_never_removed_with_what_others_put_there():
    assert 'RMDir /r "$INSTDIR"' not in SCRIPT
    assert 'RMDir "$INSTDIR"' in SCRIPT


def test_nothing_waits_for_an_answer_in_silent_mode():
    boxes = [line for line in SCRIPT.splitlines() if "MessageBox" in line]
    pages = SCRIPT[SCRIPT.index("Function ChoiceLeave") : SCRIPT.index("!macro CloseFirst")]
    asked = [line for line in boxes if line not in pages]
    assert asked
    assert all("/SD " in line for line in asked)
    kept = next(line for line in asked if "数据" in line)
    assert "/SD IDNO" in kept
    assert "MB_DEFBUTTON2" in kept


def test_an_installer_with_an_administrators_rights_opens_no_window():
    finish = SCRIPT[: SCRIPT.index("!insertmacro MUI_PAGE_FINISH")].rpartition("MUI_PAGE_INSTFILES")[2]
    assert "!define MUI_PAGE_CUSTOMFUNCTION_SHOW FinishShow" in finish
    show = SCRIPT[SCRIPT.index("Function FinishShow") :].partition("FunctionEnd")[0]
    assert "$ForAll == 1" in show
    assert "$mui.FinishPage.Run ${BM_SETCHECK} ${BST_UNCHECKED}" in show
    assert "ShowWindow $mui.FinishPage.Run ${SW_HIDE}" in show


def test_the_programs_manifest_asks_for_sharp_pictures_long_paths_and_utf8():
    tree = ET.parse(WINDOWS / "clerk-app.manifest")  # noqa: S314 - our own file
    told = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in tree.iter()}
    assert told["dpiAwareness"].startswith("PerMonitorV2")
    assert told["longPathAware"] == "true"
    assert told["activeCodePage"] == "UTF-8"
    level = next(element for element in tree.iter() if element.tag.endswith("requestedExecutionLevel"))
    assert level.get("level") == "asInvoker"


def test_the_build_script_names_files_that_are_there():
    text = (WINDOWS / "build.ps1").read_text(encoding="utf-8")
    assert r"installer\windows\clerk-app.nsi" in text
    assert "requirements.lock" in text
    assert "installer.build" in text
    assert "--require-hashes" in text
    assert text.isascii()  # Windows PowerShell 5 reads a script without a mark in the system's code page
