"""The window's log: lines that rotate, and nothing personal in them whatever a caller says."""

from __future__ import annotations

import json
import logging

import pytest

from clerk_app.bootstrap import logs
from clerk_app.bootstrap.crash import report_bug
from clerk_app.bootstrap.logs import log_files, log_to_folder, stop_logging, without_numbers


@pytest.fixture
def log(tmp_path):
    root = logging.getLogger()
    level = root.level
    handler = log_to_folder(tmp_path)
    assert handler is not None
    yield tmp_path
    stop_logging(handler)
    root.setLevel(level)


def lines(folder):
    return [json.loads(line) for path in log_files(folder) for line in path.read_text(encoding="utf-8").splitlines()]


def test_our_own_sentences_are_kept_and_their_long_numbers_are_not(log):
    logging.getLogger("sync.worker").warning("row %s of %s", 12, "500199196203142467")
    (line,) = lines(log)
    assert line["event"] == "row 12 of ‹…›"
    assert line["who"] == "sync.worker"
    assert line["level"] == "warning"


def test_of_a_librarys_line_only_the_place_is_kept(log):
    logging.getLogger("somebody.elses").error("could not parse 刘桂芳, 500199196203142467")
    text = log_files(log)[0].read_text(encoding="utf-8")
    assert "刘桂芳" not in text
    assert "5001991962" not in text
    assert lines(log)[0]["event"].startswith("test_logs:")


def test_an_exception_gives_its_kind_and_never_its_words(log):
    try:
        raise ValueError("刘桂芳住在样例路18号")
    except ValueError as error:
        logging.getLogger("local_db.store").exception("not read")
        report_bug(error)
    text = log_files(log)[0].read_text(encoding="utf-8")
    assert "刘桂芳" not in text
    assert "样例路" not in text
    first, bug = lines(log)
    assert first["error"] == "ValueError"
    assert bug["event"].startswith("bug: ValueError at ")
    assert "test_logs.py" in bug["event"]


def test_the_files_turn_over_and_old_ones_go(log, monkeypatch):
    handler = next(
        each for each in logging.getLogger().handlers if getattr(each, "baseFilename", "").startswith(str(log))
    )
    monkeypatch.setattr(handler, "maxBytes", 2000)
    for number in range(400):
        logging.getLogger("clerk_app.x").info("turn %s", number)
    files = log_files(log)
    assert len(files) == logs.KEPT + 1
    assert all(path.stat().st_size <= 2000 for path in files)
    assert json.loads(files[0].read_text(encoding="utf-8").splitlines()[-1])["event"] == "turn 399"


def test_a_disk_that_refuses_the_log_opens_the_window_all_the_same(tmp_path):
    (tmp_path / logs.FOLDER).write_text("a file stands in the way")
    assert log_to_folder(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("身份证 50019919620314246X。", "身份证 ‹…›。"),
        ("电话 138 0013-8000", "电话 ‹…›"),
        ("023-65432109 转 8", "‹…› 转 8"),
        ("６２２２０２１２３４５６７８９０", "‹…›"),
        ("a.b@example.cn 来信", "‹…› 来信"),
        ("2026-11-30 的 12 件，编号 3", "2026-11-30 的 12 件，编号 3"),
        ("2026-11-30T08", "2026-11-30T08"),
    ],
)
def test_what_is_taken_out(text, left):
    assert without_numbers(text) == left
