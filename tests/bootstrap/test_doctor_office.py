"""The doctor says which bodies of remedy the office has not named: a refusal would leave them to be written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clerk_app.bootstrap.doctor import WARNING, examine_office
from clerk_app.domain.office import Office, office_to_json

NAMES = {"review_body": "行政复议机关", "court": "行政诉讼的法院"}


@pytest.mark.parametrize("named", [(), ("review_body",), ("court",), ("review_body", "court")], ids="+".join)
def test_what_is_not_named_is_said_and_what_is_named_is_shown(tmp_path: Path, named: tuple[str, ...]) -> None:
    bodies = dict.fromkeys(named, "重庆市演示区样例机构")
    office = Office(review_body=bodies.get("review_body", ""), court=bodies.get("court", ""))
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "office.json").write_text(json.dumps(office_to_json(office), ensure_ascii=False), encoding="utf-8")
    finding = examine_office(tmp_path)
    missing = [words for key, words in NAMES.items() if key not in named]
    assert (finding.state == WARNING) is bool(missing)
    for words in missing:
        assert words in finding.text
    if not missing:
        assert finding.text.count("重庆市演示区样例机构") == 2
    for key in named:
        if missing:
            assert NAMES[key] not in finding.text


def test_a_window_that_set_nothing_is_warned_of_both(tmp_path: Path) -> None:
    finding = examine_office(tmp_path)
    assert finding.state == WARNING
    assert all(words in finding.text for words in NAMES.values())


def test_a_broken_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "office.json").write_text("{", encoding="utf-8")
    assert examine_office(tmp_path).state == WARNING
