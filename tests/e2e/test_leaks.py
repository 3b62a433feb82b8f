"""A day's work with crashes in it, then a search through everything that was written: a known person is found nowhere."""

from __future__ import annotations

import base64
import json
import resource
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pypinyin import lazy_pinyin

from clerk_app.bootstrap.people import add_clerk
from clerk_app.domain.hall import Role
from tests.e2e.conftest import PIN, Hall, environment
from tests.e2e.test_offline import sample_cases

CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
ADDRESS = "样例区渝州路样例大院 7 幢 3 单元"
PHOTO = b"\xff\xd8\xff\xe0" + bytes((n * 7919 + n // 251) % 256 for n in range(30_000)) + b"\xff\xd9"


def known_person(line: str) -> tuple[str, list[bytes]]:
    """One application with an address and a photographed page, and every form in which that person could be found."""
    case: dict[str, Any] = json.loads(line)
    case["applicant"]["address"] = ADDRESS
    for given in case["materials"].values():
        if given.get("way") == "paper" or given.get("pages"):
            given["pages"] = [{"base64": base64.b64encode(PHOTO).decode(), "media_type": "image/jpeg"}]
            break
    case["signature"] = {
        **case["signature"],
        "kind": "paper",
        "shown_sha256": "",
        "strokes": [],
    }  # bound to what is shown now
    name, number = case["applicant"]["name"], case["applicant"]["document_number"]
    words = [name, number, number[6:], ADDRESS, "".join(lazy_pinyin(name)), " ".join(lazy_pinyin(name))]
    texts = [word.encode(coding) for word in words for coding in CODINGS]
    pieces = [PHOTO[start : start + 48] for start in (1_000, 15_000, 29_000)]
    return json.dumps(case), [*texts, *pieces, *(base64.b64encode(piece) for piece in pieces)]


def with_core_files_wanted() -> None:
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


@pytest.mark.slow
def test_after_a_day_with_crashes_nobody_is_found_in_the_clear(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, here = tmp_path / "tmp", tmp_path / "cwd"
    temporary.mkdir()
    here.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("CLERK_APP_PIN", PIN)
    monkeypatch.chdir(here)
    line, needles = known_person(sample_cases(hall, "pension-claim", 1).strip())
    add_clerk(hall.data, "admin", "管理员", Role.ADMIN, PIN, by="wangmin")
    add_clerk(hall.data, "auditor", "审计员", Role.AUDITOR, PIN, by="admin")
    at = (*hall.at(), "--clerk", "wangmin")
    said = b""

    for how in (signal.SIGABRT, signal.SIGKILL):
        work = subprocess.Popen(
            hall.command("case", "accept", "-", *at),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(PIN),
            preexec_fn=with_core_files_wanted,  # noqa: PLW1509
        )
        assert work.stdin is not None
        assert work.stdout is not None
        work.stdin.write(line.encode() + b"\n")
        work.stdin.flush()
        answer = json.loads(work.stdout.readline())
        limits = Path(f"/proc/{work.pid}/limits").read_text()
        assert limits.split("Max core file size")[1].split()[:2] == ["0", "0"]
        assert "local_number" in answer, answer
        work.send_signal(how)
        _out, errors = work.communicate(timeout=60)
        assert work.returncode == -how
        said += errors
    assert [path for path in hall.data.iterdir() if path.name == "clerk.db-wal"], (
        "the crash left its log, looked at too"
    )

    hall.run("sync", *at)
    for words in (
        ("backup", str(tmp_path / "all.bak"), *hall.at(), "--clerk", "admin"),
        ("backup", *hall.at(), "--clerk", "admin"),
        ("journal", "export", str(tmp_path / "journal.jsonl"), *hall.at(), "--clerk", "auditor"),
        ("case", "accept", "-", *at),
        ("doctor", *at),
    ):
        broken = line.replace('"pension-claim"', '"nothing-of-the-kind"') + "\n" + line[:-40] + "\n"
        said += hall.raw(*words, stdin=broken).stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"clerk.db", "all.bak", "journal.jsonl", "vault.json"}
    assert [path for path in files if path.suffix == ".blob"], "a page was captured"
    assert not list(here.iterdir()), "no core file"
    held = {str(path.relative_to(tmp_path)): path.read_bytes() for path in files} | {"what was said": said}
    found = [(name, needle[:12]) for name, data in held.items() for needle in needles if needle in data]
    assert found == []
    mine = [data for name, data in held.items() if name.startswith("window/") and "clerk" in name]
    assert len(mine) >= 2
    assert not [data[:16] for data in [*mine, held["all.bak"]] if data.startswith(b"SQLite format 3")]
