"""From an office's guide page to a case: files written by hand, published, found as people speak, taken in every situation; no code.

``guide_page/page.txt`` is what the office has (synthetic, in the columns of Chongqing's own pages); the two JSON files are what it
writes. docs/catalogue.md walks through the same."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.canonical import Json
from tests.catalogue.folder import copy_to, spoil
from tests.e2e.conftest import PIN, Hall
from tests.printing.reading import squeezed, text_of

WRITTEN = Path(__file__).parent / "guide_page"
ITEM = "birth-booklet-again"


@pytest.fixture
def founded(tmp_path: Path) -> Iterator[Hall]:
    """A window with an admin and a clerk."""
    made = Hall(tmp_path / "window", tmp_path / "gateway", cheap=True)
    url = made.start_gateway()
    token = made.run("gateway", "enrol", "500199", "03", "--data", str(made.gateway_data), "--json")[0]["token"]
    made.run("init", *made.at(), "--hall", "500199", "--window", "03", "--gateway", url, "--enrol", token)
    for login, role, by in (("root", "admin", ()), ("wangmin", "clerk", ("--clerk", "root"))):
        words = ("clerk", "add", login, "--role", role, "--shown-as", login, *by, *made.at())
        made.run(*words, stdin=PIN + "\n")
    yield made
    made.stop_gateway()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The office's folder: what it had, and what it wrote today."""
    folder = tmp_path / "office"
    folder.mkdir()
    copy_to(folder)
    (folder / "items" / f"{ITEM}.json").write_bytes((WRITTEN / "item.json").read_bytes())
    words = json.loads((WRITTEN / "vocabulary.json").read_text(encoding="utf-8"))
    spoil(folder, "vocabulary.json", lambda data: _add_words(data, words))
    spoil(folder, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    return folder


def _add_words(data: Json, words: Json) -> None:
    """What the office adds to the common words: its department, a field, a material."""
    for kind, more in words.items():
        data[kind] = [*data[kind], *more] if isinstance(more, list) else data[kind] | more


def test_what_the_office_wrote_is_found_and_taken(founded: Hall, source: Path, tmp_path: Path) -> None:
    key, package = str(tmp_path / "office.key"), str(tmp_path / "p.package")
    assert founded.run("catalogue", "check", str(source), "--json") == []
    founded.run("catalogue", "key", key, "--json")
    founded.run("catalogue", "sign", str(source), "--key", key, "--out", package, "--json")
    trust = ("--trust", f"{key}.pub")
    refused = founded.raw("catalogue", "import", package, *trust, "--clerk", "wangmin", *founded.at())
    assert (refused.returncode, "管理员" in refused.stderr.decode()) == (3, True)
    done = founded.run("catalogue", "import", package, *trust, "--clerk", "root", *founded.at())[0]
    assert [each["id"] for each in done["changes"] if each["id"] == ITEM]
    for said in ("准生证掉了", "sysc", "生育手册丢了", "补领生育服务手册"):
        hits = [hit["id"] for hit in founded.run("catalogue", "search", said, "--limit", "3", *founded.at())]
        assert ITEM in hits, said
    who = ("--clerk", "wangmin", *founded.at())
    needed = {}
    for state in ("lost", "damaged"):
        told = founded.run("case", "template", ITEM, "--situation", f"booklet_state={state}", *who)[0]
        assert told["sample"] is True
        needed[state] = {each["id"] for each in told["materials"] if each["needed_now"]}
        words = ("case", "template", ITEM, "--sample", "1", "--situation", f"booklet_state={state}")
        case = founded.run(*words, *who)[0]
        taken = founded.run("case", "accept", *who, stdin=json.dumps(case))[0]
        assert (taken["state"], taken["documents"]) == ("accepted", ["acceptance_notice"])
        assert taken["deadline"]
    assert needed == {"lost": {"id_card", "loss_statement"}, "damaged": {"id_card", "damaged_booklet"}}
    short = {**case, "materials": {k: v for k, v in case["materials"].items() if k != "damaged_booklet"}}
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=20)).date()
    told = founded.run("case", "receive", "--notice", "--until", until.isoformat(), *who, stdin=json.dumps(short))[0]
    paper = tmp_path / "notice.pdf"
    founded.run("print", told["case_id"], "--document", "one_time_notice", "--out", str(paper), *who)
    text = squeezed(text_of(paper.read_bytes()))
    assert "损坏的手册" in text
    assert "损坏的手册能看出编号" in text  # the office's own words
    assert "样例" in text
    assert f"补正期限{until.year}年{until.month}月{until.day}日（含）前" in text
    code = re.findall(r"校验([0-9A-Z]{4}-[0-9A-Z]{4})", text)[0]
    found = founded.run("print", "--check", told["local_number"], code.lower(), *who)[0]
    assert (found["document"], found["print"], found["facts"]["补正期限"]) == ("one_time_notice", 1, until.isoformat())
    wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
    assert founded.raw("print", "--check", told["local_number"], wrong, *who).returncode == 3
    assert (
        founded.raw("print", told["case_id"], "--document", "one_time_notice", "--out", f"{paper}2", *who).returncode
        == 3
    )
    again = ("--reason", "申请人弄丢了", "--copy", "applicant", "--out", f"{paper}2")
    founded.run("print", told["case_id"], "--document", "one_time_notice", *again, *who)
    text = squeezed(text_of(Path(f"{paper}2").read_bytes()))
    assert "第3次打印" in text  # the second is the paper that waits for its printer
    assert ("本联交申请人" in text, "本联存档" in text) == (True, False)
