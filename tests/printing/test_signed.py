"""The window's signature on a kept file, and what a check says of each way to spoil one."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clerk_app.cli import main
from clerk_app.crypto.window_key import WindowKey, file_key
from clerk_app.domain.paper import Form, fingerprint
from printing.paper import ReportlabPaper
from printing.signing import Verdict, check, signed
from printing.specimens import people
from printing.specimens.orders import Length, specimen
from tests.fakes.desk import SUITE

PAPER = ReportlabPaper()
PRIVATE, PUBLIC = SUITE.new_signing_pair()
KEY = WindowKey(SUITE, PRIVATE, PUBLIC)
PLAIN = PAPER.render(specimen(Form.F2))
FILE = PAPER.file(specimen(Form.F2), KEY)


def test_a_signed_file_is_intact_and_tells_who_when_and_what() -> None:
    found = check(FILE)
    assert found.verdict is Verdict.INTACT
    assert found.key == fingerprint(PUBLIC)
    assert found.window == "重庆市演示区演示镇便民服务中心　500199-W03G1"
    assert (found.signed_at, found.form) == ("2026-11-21 09:46", "acceptance_notice")
    assert found.case_number == specimen(Form.F2).case.local_number
    assert FILE.startswith(PLAIN)  # the pages are those that were checked as PDF/A, byte for byte
    said = subprocess.run(["qpdf", "--check", "-"], input=FILE, capture_output=True, check=False)
    assert said.returncode in (0, 2) or b"error" not in said.stdout


def test_every_length_of_paper_can_be_signed() -> None:
    for form in (Form.F1, Form.F17):
        for length in Length:
            assert check(PAPER.file(specimen(form, length), KEY)).verdict is Verdict.INTACT


def _gap(pdf: bytes) -> tuple[int, int]:
    """Where the signature's own digits stand."""
    ranges = pdf[pdf.rindex(b"/ByteRange") :]
    numbers = [int(each) for each in ranges[ranges.index(b"[") + 1 : ranges.index(b"]")].split()]
    return numbers[0] + numbers[1], numbers[2]


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, len(FILE) - 1), flip=st.integers(1, 255))
@example(at=0, flip=1)
@example(at=len(PLAIN) // 2, flip=128)
@example(at=_gap(FILE)[1] - 9, flip=1)  # in the padding behind the signature
def test_no_changed_byte_is_called_intact(at: int, flip: int) -> None:
    changed = FILE[:at] + bytes([FILE[at] ^ flip]) + FILE[at + 1 :]
    # The signature itself is written in hexadecimal digits: a letter in the other case is the same byte.
    start, end = _gap(FILE)
    same = start <= at < end and FILE[at : at + 1].lower() == changed[at : at + 1].lower()
    assert same or check(changed).verdict is not Verdict.INTACT


def test_what_is_added_cut_off_or_taken_away_is_found() -> None:
    assert check(FILE + b"\n%more").verdict is not Verdict.INTACT
    assert check(FILE[:-300]).verdict is not Verdict.INTACT
    assert check(PLAIN).verdict is Verdict.UNSIGNED
    for nothing in (b"", b"x", b"%PDF-1.7\n", PLAIN[:200], os.urandom(4000)):
        assert check(nothing).verdict is Verdict.UNREADABLE
    with pikepdf.open(io.BytesIO(FILE)) as document:
        document.docinfo["/Title"] = pikepdf.String("另一份")
        rewritten = io.BytesIO()
        document.save(rewritten)
    assert check(rewritten.getvalue()).verdict in (Verdict.CHANGED, Verdict.UNREADABLE)


def test_another_hand_cannot_pass_for_this_window() -> None:
    other = WindowKey(SUITE, *SUITE.new_signing_pair())
    found = check(signed(PLAIN, other, people.HALL, people.NOON))
    assert found.verdict is Verdict.INTACT
    assert found.key != fingerprint(PUBLIC)


def test_a_key_of_a_kind_that_pdf_readers_do_not_know_signs_no_file() -> None:
    class Guomi:
        id = "gm-1"

    assert file_key(Guomi(), PRIVATE, PUBLIC) is None  # type: ignore[arg-type]
    assert file_key(SUITE, PRIVATE, PUBLIC) is not None
    assert PAPER.file(specimen(Form.F2), None) == PLAIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.pdf").write_bytes(FILE)
    (tmp_path / "bad.pdf").write_bytes(FILE.replace(b"/Creator (clerk-app)", b"/Creator (clerk-app)") + b" ")
    (tmp_path / "bare.pdf").write_bytes(PLAIN)
    (tmp_path / "torn.pdf").write_bytes(FILE[: len(FILE) // 3])
    (tmp_path / "window.pub").write_text(PUBLIC.hex(), encoding="ascii")
    return tmp_path


def test_the_command_says_it_in_a_clear_word_without_signing_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> tuple[int, str]:
        code = main(["print", *words])
        return code, capsys.readouterr().out

    here = ("--data", str(folder))
    code, text = said("--verify", str(folder / "good.pdf"), *here)
    assert (code, "完好" in text, fingerprint(PUBLIC) in text) == (0, True, True)
    for name, word in (("bad", "被改过"), ("bare", "没有签名"), ("torn", "打不开")):
        code, text = said("--verify", str(folder / f"{name}.pdf"), *here)
        assert (name, code, word in text) == (name, 3, True)
    elsewhere = ("--data", str(folder / "nowhere"))
    code, text = said("--verify", str(folder / "good.pdf"), *elsewhere)
    assert (code, "窗口钥匙" in text) == (3, True)
    assert said("--verify", str(folder / "good.pdf"), "--key", fingerprint(PUBLIC), *elsewhere)[0] == 0
    assert said("--verify", str(folder / "good.pdf"), "--key", "0000 0000 0000 0000", *here)[0] == 3
