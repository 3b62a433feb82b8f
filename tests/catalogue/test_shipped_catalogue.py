"""The catalogue that comes with the program: sound, complete enough, marked as sample, light to load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app import ports
from clerk_app.catalogue.check import check
from clerk_app.catalogue.loader import STARTER, LoadedCatalogue, load_catalogue
from clerk_app.catalogue.pinyin import is_hanzi, read_with_pypinyin, syllables
from clerk_app.catalogue.search import phrases_of
from clerk_app.domain.canonical import parse_json
from clerk_app.domain.conditions import Facts
from clerk_app.domain.service_item import LimitUnit, TimeLimit, WayKind
from clerk_app.errors import Refused
from clerk_app.usecases.showing import display_value
from tests.catalogue.folder import SHIPPED

CATALOGUE = load_catalogue()
FILES = sorted(path for folder in ("items", "life_events") for path in (STARTER / folder).glob("*.json"))


def test_check_finds_nothing() -> None:
    assert check(STARTER) == ()


def test_it_is_the_catalogue_that_the_core_asks_for() -> None:
    asked: ports.Catalogue = CATALOGUE
    assert asked.version == SHIPPED
    assert len(asked.sha256) == 64


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_entry_carries_the_hash_of_its_file_and_its_origins(path: Path) -> None:
    data = parse_json(path.read_bytes())
    entry = CATALOGUE.item(path.stem) if path.parent.name == "items" else CATALOGUE.life_event(path.stem)
    assert len(entry.sha256) == 64
    assert entry.is_sample  # nothing here is approved by an office, and the window has to say so
    assert dict(entry.origins) == data["origins"]


def test_two_loads_agree_on_the_hash_of_the_whole() -> None:
    assert load_catalogue().sha256 == CATALOGUE.sha256


def test_what_must_be_there() -> None:
    wanted = {
        "pension-claim": "城乡居民基本养老保险待遇申领",
        "social-card": "社会保障卡（居民服务卡）申领/补换",
        "longevity-allowance": "高龄津贴",
        "fertility-registration": "生育登记",
        "birth-certificate": "出生医学证明",
        "vaccination-certificate": "预防接种证",
        "birth-registration": "出生登记（户口申报）",
        "resident-medical-insurance": "城乡居民基本医疗保险参保登记",
        "maternity-expense": "生育医疗费报销",
    }
    assert {item_id: CATALOGUE.item(item_id).name for item_id in wanted} == wanted
    assert CATALOGUE.life_event("newborn").name == "新生儿出生"


def test_stubs_invent_nothing() -> None:
    stubs = [item for item in CATALOGUE.items() if item.stub]
    assert {"birth-certificate", "vaccination-certificate", "maternity-expense"} <= {item.id for item in stubs}
    for item in stubs:
        assert (item.materials, item.legal_basis, item.statutory, item.conditions) == ((), (), None, ())
        assert item.origins["name"].startswith("拟")
        if item.origins["limits.promised"][0] in "疑拟":
            assert not item.promised.has_day or item.id in ("house-transfer", "employment-registration"), item.id
        else:
            assert item.origins["limits.promised"].startswith(("种 D0a 企业开办 0.5 天", "识 结婚登记当场"))


def test_demo_codes_can_equal_no_real_one() -> None:
    for item in CATALOGUE.items():
        assert item.task_code.startswith("12500199MB0DEM05XN"), item.id
        assert 900 <= int(item.catalog_code[6:9]) <= 999, item.id
        assert item.catalog_code[2:4] == item.task_type, item.id


def test_pension_claim_is_as_designed() -> None:
    item = CATALOGUE.item("pension-claim")
    assert (item.promised, item.project_type, item.min_age) == (TimeLimit(LimitUnit.WORKDAY, 5), "承诺件", 60)
    once, twice = (Facts({"paid_elsewhere": answer}, 64) for answer in ("no", "yes"))
    alone = {m.id for m in item.materials if m.when.holds(once)}
    assert alone == {"id_card", "household_register", "social_security_card", "pension_claim_form"}
    assert {m.id for m in item.materials if m.when.holds(twice)} - alone == {"multi_place_payment_proof"}
    by_agent = Facts({"paid_elsewhere": "no"}, 64, agent=True)
    assert {m.id for m in item.materials if m.when.holds(by_agent)} - alone == {"agent_authorization"}
    proof = next(m for m in item.materials if m.id == "multi_place_payment_proof")
    assert [way.kind for way in proof.ways] == [WayKind.SHARED_DATA, WayKind.DEFER, WayKind.CAPTURE]
    defer = proof.way(WayKind.DEFER)
    assert defer
    assert defer.limit == TimeLimit(LimitUnit.WORKDAY, 5)
    known = {field.id for field in item.fields if field.source}
    assert {"applicant.name", "applicant.id_number", "applicant.birth", "applicant.sex", "applicant.phone"} <= known
    assert {"pension.paid_months", "pension.other_benefit", "payout.account", "emergency.name"} <= {
        field.id for field in item.fields if not field.source
    }


def test_newborn_asks_nothing_twice_and_settles_what_is_clear() -> None:
    scheme = CATALOGUE.scheme("newborn")
    assert [part.id for part in scheme.parts] == [
        "fertility-registration",
        "vaccination-certificate",
        "birth-registration",
        "resident-medical-insurance",
        "social-card",
    ]
    assert scheme.saved_fields > 10
    assert scheme.saved_papers > 2
    questions = {question.id for question in scheme.questions}
    assert "for_whom" not in questions
    assert "already_born" not in questions
    assert "parents_married" in questions
    fields = {field.id for field in scheme.fields}
    assert {"child.name", "child.birth_time", "child.birth_certificate_no", "household.address"} <= fields
    assert {"medical.level", "card.pickup", "mother.name", "father.id_number"} <= fields
    assert "child.id_number" not in fields  # a newborn has none yet
    assert "birth-certificate" in {
        part.id for part in CATALOGUE.scheme("newborn", facts=Facts({"certificate_issued": "no"})).parts
    }
    assert {part.id for part in CATALOGUE.scheme("newborn", ["maternity-expense"]).parts} == {"maternity-expense"}


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda c: c.item("no-such"), "目录里没有这个事项。"),
        (lambda c: c.life_event("pension-claim"), "目录里没有这个一件事。"),
        (lambda c: c.scheme("../../etc/passwd"), "目录里没有这个事项或一件事。"),
        (lambda c: c.scheme("newborn", []), "“新生儿出生”里要办的事项没有选对。"),
        (lambda c: c.scheme("newborn", ["pension-claim"]), "“新生儿出生”里要办的事项没有选对。"),
    ],
)
def test_what_is_not_there_is_refused_in_words(ask, says: str) -> None:
    with pytest.raises(Refused) as caught:
        ask(CATALOGUE)
    assert caught.value.message == says
    assert caught.value.what_to_do


def test_the_pinyin_file_is_up_to_date() -> None:
    kept = json.loads((STARTER / "pinyin.json").read_text(encoding="utf-8"))
    wanted = {text for text in phrases_of(CATALOGUE.items(), CATALOGUE.life_events()) if any(map(is_hanzi, text))}
    assert set(kept) == wanted, "run: python -m clerk_app.catalogue.pinyin"
    for phrase in wanted:
        assert list(syllables(phrase)) == read_with_pypinyin(phrase)


def test_loading_leaves_pypinyin_alone() -> None:
    program = (
        "import sys; from clerk_app.catalogue.loader import load_catalogue; c = load_catalogue(); "
        "assert c.search('ylj') and c.search('养老'); print('pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_a_catalogue_that_came_later_is_still_found_by_pinyin(tmp_path: Path) -> None:
    from tests.catalogue.folder import copy_to, spoil

    folder = copy_to(tmp_path)
    spoil(folder, "items/tree-felling.json", lambda data: data.update(name="乌江榨菜厂长证"))
    later: LoadedCatalogue = load_catalogue(folder)
    assert later.search("wjzccz")[0].id == "tree-felling"
    assert later.sha256 != CATALOGUE.sha256


def test_the_item_of_the_manual_is_taken_as_it_stands(tmp_path: Path) -> None:
    from tests.catalogue.folder import copy_to, spoil

    manual = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    folder = copy_to(tmp_path)
    (folder / "items" / "bus-card.json").write_text(manual.split("```json\n")[1].split("```")[0], encoding="utf-8")
    spoil(folder, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    assert check(folder) == ()
    assert load_catalogue(folder).search("老年卡")[0].id == "bus-card"


def test_the_table_of_the_manual_is_true() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    for event in CATALOGUE.life_events():
        usual, whole = CATALOGUE.scheme(event.id), CATALOGUE.scheme(event.id, [part.item_id for part in event.parts])
        figures = [f"{len(each.parts)} | {each.saved_fields} | {each.saved_papers}" for each in (usual, whole)]
        assert f"| {event.name} | {' | '.join(figures)} |" in manual


def test_every_item_and_event_of_the_data_sheet_is_there() -> None:
    whole = [item for item in CATALOGUE.items() if not item.stub]
    assert len(whole) == 28
    assert len(CATALOGUE.life_events()) == 14
    for item in whole:
        assert item.materials, item.id
        assert item.fields, item.id


@pytest.mark.parametrize("word", ["card.number", "deceased.card_no"])
def test_a_social_card_number_shows_its_ends_only(word: str) -> None:
    """On 确认签字 and on paper, of the shipped vocabulary: its first and last signs, as with every other number of a person."""
    fields = [each for item in CATALOGUE.items() for each in item.fields]
    fields += [each for event in CATALOGUE.life_events() for each in event.fields]
    field = next(each for each in fields if each.id == word)
    assert display_value(field, "A12345678") == "A12***678"
