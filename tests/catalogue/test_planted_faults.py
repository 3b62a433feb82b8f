"""Each planted fault is found, with its file, its place and a reason that a person can act on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clerk_app.catalogue.check import check, findings
from clerk_app.catalogue.loader import load_catalogue
from clerk_app.catalogue.problems import CatalogueProblems
from clerk_app.errors import BadInput
from tests.catalogue.folder import copy_to, spoil

PENSION, NEWBORN, WORDS = "items/pension-claim.json", "life_events/newborn.json", "vocabulary.json"
DISEASE = "items/chronic-disease.json"
AID, FOOD = "items/family-planning-aid.json", "items/food-licence.json"
SCHOOL, COMPANY, RETIRE = "life_events/school.json", "life_events/company.json", "life_events/retirement.json"


def put(path: str, value):
    """A change that sets one value; a path such as ``materials.2.ways.1.limit.count``; None deletes."""

    def change(data) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("|")]
        for part in way:
            data = data[part]
        if value is None:
            del data[last]
        elif isinstance(last, int) and last == len(data):
            data.append(value)
        else:
            data[last] = value

    return change


def both(*changes):
    def change(data) -> None:
        for each in changes:
            each(data)

    return change


AT_ONCE = {"unit": "工作日", "count": 21}
FAULTS = [
    # reading
    (PENSION, put("name", None), "name", "缺这一项"),
    (PENSION, put("name", "  "), "name", "不能是空的"),
    (PENSION, put("format", 2), "format", "格式版本"),
    (PENSION, put("materails", []), "materails", "不认识的项目"),
    (PENSION, put("materials|0|wasy", []), "materials[0].wasy", "不认识的项目"),
    (PENSION, put("materials|0|id", "no_such_paper"), "materials[0].id", "词汇表里没有这个材料"),
    (PENSION, put("materials|1|ways|0|kind", "by_post"), "materials[1].ways[0].kind", "只能是"),
    (PENSION, put("materials|1|ways|0|detail", ""), "materials[1].ways[0].detail", "证照种类、数据来源"),
    (PENSION, put("materials|2|ways|1|limit", None), "materials[2].ways[1].limit", "容缺要写期限"),
    (PENSION, put("materials|2|when", {"python": "1"}), "materials[2].when", "不认识的条件写法"),
    (PENSION, put("materials|1|id", "id_card"), "materials", "写了两次"),
    (PENSION, put("fields|0|id", "applicant.no_such"), "fields[0].id", "词汇表里没有这个字段"),
    (PENSION, put("limits|promised|count", 0), "limits.promised.count", "当场"),
    (PENSION, put("limits|promised|unit", "周"), "limits.promised.unit", "只能是"),
    (PENSION, put("min_age", "60"), "min_age", "整数"),
    (PENSION, put("task_type", "21"), "task_type", "只能是"),
    (PENSION, put("id", "pension"), "id", "文件名"),
    (PENSION, put("codes|catalog", "50201490200"), "codes.catalog", "12 位"),
    (PENSION, put("codes|task", "12500199MB0DEM05XA5502014902000"), "codes.task", "校验位"),
    (PENSION, put("codes|task", "12500199MB0DEM05XN7502014902000"), "codes.task", "行使层级"),
    (PENSION, put("codes|handle", "12500199MB0DEM05XN5502014902000"), "codes.handle", "2 位数字"),
    (PENSION, put("questions|0|default", "maybe"), "questions[0].default", "默认答案"),
    (PENSION, put("questions|0|choices|1", None), "questions[0].choices", "至少要有两个答案"),
    (PENSION, put("origins|materials.id_cart", "拟"), "origins.materials.id_cart", "来源标记指向的内容不存在"),
    (PENSION, put("origins|name", "听说"), "origins.name", "写法不对"),
    (PENSION, put("version", "v2"), "version", "写法不对"),
    (WORDS, put("fields|pension.paid_months|type", "integer"), "fields.pension.paid_months.type", "只能是"),
    (NEWBORN, put("parts", []), "parts", "至少要有一个事项"),
    (NEWBORN, put("parts|0|item", "no-such-item"), "parts[0].item", "没有 no-such-item 这个事项"),
    ("catalogue.json", put("version", "2020-01-01"), "version", "还旧"),
    # checking
    (DISEASE, put("limits|promised|count", 21), "limits.promised", "超过了法定时限"),
    (DISEASE, put("materials|2|ways|1|limit|count", 11), "materials[2].ways", "容缺期限"),
    (PENSION, put("fee", "每件 10 元"), "fee_basis", "没有写收费依据"),
    (PENSION, put("visits_reason", None), "visits_reason", "没有写原因"),
    (PENSION, put("project_type", "即办件"), "limits.promised", "即办件应是当场办结"),
    (PENSION, put("materials|2|when|answer", "paid_where"), "materials[2].when", "没有 paid_where 这个情形问题"),
    (PENSION, put("materials|2|when|is", "perhaps"), "materials[2].when", "没有 perhaps 这个答案"),
    (PENSION, put("materials|2|when", {"age": {"under": 60}}), "materials[2].when", "任何情形下都不会成立"),
    (
        PENSION,
        put("fields|3|when", {"all": [{"agent": True}, {"not": {"agent": True}}]}),
        "fields[3].when",
        "任何情形下都不会成立",
    ),
    (PENSION, put("questions|0|when", {"answer": "paid_elsewhere", "is": "no"}), "questions[0].when", "排在它前面"),
    (WORDS, put("fields|pension.paid_months|type", None), "fields[9].type", "字段没有类型"),
    (PENSION, put("fields|9|type", "text"), "fields[9].type", "类型和词汇表不一样"),
    (PENSION, put("materials|2|when", None), "questions[0]", "不影响任何材料和字段"),
    (PENSION, put("materials|0|ways", []), "materials[0].ways", "没有任何提供方式"),
    (PENSION, put("codes|catalog", "502014902001"), "codes.task", "基本编码不一样"),
    (
        PENSION,
        put("codes", {"catalog": "502014102000"}),
        "codes.catalog",
        "900 到 999",
    ),
    (PENSION, put("origins|limits.promised", None), "origins.limits.promised", "没有写来源标记"),
    (NEWBORN, put("parts|0|answers", {"already_born": "soon"}), "parts[0].answers.already_born", "不在可选答案里"),
    (NEWBORN, put("parts|0|answers", {"no_such": "yes"}), "parts[0].answers.no_such", "没有这个情形问题"),
    (NEWBORN, put("parts|1|when|answer", "no_such"), "parts[1].when", "没有 no_such 这个情形问题"),
    ("life_events/flexible-work.json", put("limits|promised|count", 19), "limits.promised", "短于"),
    ("items/birth-registration.json", put("fields|2|type", "text"), "fields[2].type", "类型和词汇表不一样"),
    # limits without days, promises by situation
    (AID, put("limits|promised|text", ""), "limits.promised.text", "什么时候办好"),
    (AID, put("limits|promised|count", 3), "limits.promised.count", "不写天数"),
    (DISEASE, put("limits|promised", {"unit": "另行通知", "text": "以后"}), "limits.promised", "就要写天数"),
    (DISEASE, put("limits|promised|text", "以后"), "limits.promised.text", "其他单位不写"),
    (
        DISEASE,
        put("materials|2|ways|1|limit", {"unit": "另行通知", "text": "以后"}),
        "materials[2].ways[1].limit",
        "期限",
    ),
    (FOOD, put("limits|when|0|when|is", "gift"), "limits.when[0].when", "没有 gift 这个答案"),
    (FOOD, put("limits|when|0|promised", {"unit": "工作日", "count": 11}), "limits.when[0].promised", "超过了法定"),
    (FOOD, put("limits|when|0|promise", {"unit": "当场"}), "limits.when[0].promise", "不认识的项目"),
    (
        FOOD,
        put(
            "limits|when|1|when",
            {"all": [{"answer": "food_task", "is": "filing"}, {"answer": "low_risk", "is": "yes"}]},
        ),
        "limits.when[1].when",
        "任何情形下都不会成立",
    ),
    # words of closed lists, and what nobody could give
    (PENSION, put("level", "火星"), "level", "只能是"),
    (PENSION, put("department|name", "火星局"), "department.name", "没有“火星局”这个部门"),
    (NEWBORN, put("lead", "火星局"), "lead", "没有“火星局”这个部门"),
    (PENSION, put("materials|0|ways|0|detail", "火星证"), "materials[0].ways[0].detail", "没有“火星证”这种电子证照"),
    (SCHOOL, put("materials|0|ways|0|detail", "居民身份证、火星证"), "materials[0].ways[0].detail", "“火星证”"),
    ("items/unemployment-registration.json", put("name", "高龄津贴"), "name", "同名"),
    ("life_events/retirement.json", put("name", "公民身后"), "name", "同名"),
    (PENSION, put("materials|0|originals", 5), "materials[0].originals", "多于"),
    (PENSION, put("materials|0|photocopies", 2), "materials[0].photocopies", "多于"),
    (PENSION, put("fee", " "), "fee", "不收费"),
    (PENSION, put("delivery_ways", []), "delivery_ways", "怎么领"),
    (PENSION, put("materials|0|ways", [{"kind": "commitment", "detail": "承诺"}]), "materials[0].ways", "只能凭承诺"),
    (
        PENSION,
        put("materials|0|ways", [{"kind": "e_certificate", "detail": "居民身份证"}]),
        "materials[0].ways",
        "只能凭电子证照",
    ),
    (
        SCHOOL,
        put(
            "materials|0|ways",
            [{"kind": "e_certificate", "detail": "居民身份证"}, {"kind": "commitment", "detail": "承诺"}],
        ),
        "materials[0].ways",
        "只能凭电子证照、承诺",
    ),
    (
        DISEASE,
        put(
            "materials|2|ways",
            [{"kind": "commitment", "detail": "承诺"}, {"kind": "defer", "limit": {"unit": "工作日", "count": 5}}],
        ),
        "materials[2].ways",
        "只能凭承诺、容缺",
    ),
    (WORDS, put("departments|0", ""), "departments.0", "不能是空的"),
    (WORDS, put("certificates|1", "居民身份证"), "certificates", "重复"),
    # groups and organisations
    (WORDS, put("fields|relief.members|members", []), "fields.relief.members.members", "每位填什么"),
    (
        WORDS,
        put("fields|relief.housing|members", [{"id": "a", "label": "a", "type": "text"}]),
        "fields.relief.housing.members",
        "每位填什么",
    ),
    (
        WORDS,
        put("fields|relief.members|members|0|type", "group"),
        "fields.relief.members.members[0].type",
        "不能再有成员组",
    ),
    (WORDS, put("fields|relief.members|members|1|id", "name"), "fields.relief.members.members", "写了两次"),
    (WORDS, put("fields|relief.members|members|2|choices", []), "fields.relief.members.members[2].choices", "没有可选"),
    ("items/public-hygiene.json", put("fields|3", None), "fields", "统一社会信用代码"),
    # a material nobody asks for
    (
        WORDS,
        put("materials|no_such_paper", {"name": "没人要的", "kind": "其他", "form": "纸质", "source": "其他"}),
        "materials.no_such_paper",
        "没有一个事项要这个材料",
    ),
    # life events against their parts
    (SCHOOL, put("materials|1|when|in", ["elsewhere"]), "materials[1].when", "没有 elsewhere 这个答案"),
    (SCHOOL, put("fields|5|when", {"answer": "no_such", "is": "yes"}), "fields[5].when", "没有 no_such 这个情形问题"),
    (SCHOOL, put("materials|0|id", "no_such_paper"), "materials[0].id", "词汇表里没有这个材料"),
    (SCHOOL, put("materials|0|ways", []), "materials[0].ways", "没有任何提供方式"),
    (COMPANY, put("questions|0|default", None), "parts", "没有一个默认要办的事项"),
    (
        COMPANY,
        put("parts", [{"item": "company-seal", "when": {"answer": "company_stage", "is": "open"}}]),
        "parts",
        "有的情形下没有一个要办的事项",
    ),
    (COMPANY, put("limits|when|0|promised|count", 4), "limits.promised", "短于"),
    (COMPANY, put("materials|4|ways|0|limit|count", 6), "materials[4].ways", "容缺期限"),
    (RETIRE, put("materials|3|when", None), "questions[0]", "不影响任何事项、材料和字段"),
]


@pytest.mark.parametrize(("file", "change", "place", "reason"), FAULTS, ids=lambda value: None)
def test_fault_is_found_where_it_is(tmp_path: Path, file: str, change, place: str, reason: str) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, file, change)
    problems = check(folder)
    where = PENSION if file == WORDS and place.startswith("fields[") else file  # shows where the word is used
    assert any(p.file == where and p.place == place and reason in p.reason for p in problems), problems


def test_parts_of_a_life_event_that_disagree_on_a_field(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, "items/birth-registration.json", put("fields|2|type", "text"))
    found = [p for p in check(folder) if p.file == NEWBORN]
    assert {p.reason for p in found} == {"“孩子姓名”在各事项里的类型不一样（text、name）"}


def test_a_paper_that_no_way_serves_in_both_parts(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, "items/birth-registration.json", put("materials|1|ways", [{"kind": "capture"}]))
    spoil(folder, "items/fertility-registration.json", put("materials|0|ways", [{"kind": "on_site"}]))
    assert "材料 parents_id_card 在各事项里没有共同的提供方式" not in str(check(folder)), "a third part waives it"
    for file, index in (("items/social-card.json", 3), ("items/resident-medical-insurance.json", 1)):
        spoil(folder, file, put(f"materials|{index}|ways", [{"kind": "capture"}]))
    assert "材料 parents_id_card 在各事项里没有共同的提供方式" in {p.reason for p in check(folder)}


def test_several_faults_are_all_told_at_once(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, PENSION, both(put("task_type", "77"), put("version", 3), put("fields|0|id", "x")))
    spoil(folder, NEWBORN, put("lead", ""))
    with pytest.raises(CatalogueProblems) as caught:
        load_catalogue(folder)
    assert isinstance(caught.value, BadInput)
    assert {(p.file, p.place) for p in caught.value.problems} == {
        (PENSION, "task_type"),
        (PENSION, "version"),
        (PENSION, "fields[0].id"),
        (NEWBORN, "lead"),
    }
    assert caught.value.message.startswith("事项目录有 4 处不对")
    assert len(caught.value.reasons) == 4
    assert caught.value.what_is_safe
    assert caught.value.what_to_do


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "不是合格的 JSON"),
        (b'{\n  "format": 1,\n  oops', "不是合格的 JSON"),
        (b"[]", "最外层应是一个对象"),
        (b'{"format": 1, "format": 1}', "重复|重名|重复的|有重复"),
        (b'{"format": 1.5}', "小数"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"a":' * 5000, "套得太深|不是合格的 JSON"),
        (b'{"format": 1, "name": "\\ud800"}', "不能用|控制字符"),
    ],
    ids=["empty", "broken", "list", "twice", "float", "bytes", "deep", "surrogate"],
)
def test_what_is_no_json_object_is_said_calmly(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = copy_to(tmp_path)
    (folder / "items" / "other.json").write_bytes(content)
    found = [p for p in check(folder) if p.file == "items/other.json"]
    assert found
    assert any(word in found[0].reason for word in reason.split("|")), found
    if content.startswith(b"{\n"):
        assert found[0].place == "第 3 行第 3 列"


def test_empty_and_missing_folders(tmp_path: Path) -> None:
    assert [p.file for p in check(tmp_path)] == ["vocabulary.json"]
    assert [p.file for p in check(tmp_path / "nowhere")] == ["vocabulary.json"]
    (tmp_path / "vocabulary.json").write_text('{"format": 1, "fields": {}, "materials": {}}', encoding="utf-8")
    assert [(p.file, p.reason) for p in check(tmp_path)] == [("items", "目录里没有一个事项")]


def test_a_file_written_by_hand_from_a_guide_page_is_taken(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    (folder / "items" / "bus-card.json").write_text(
        """{
  "format": 1, "id": "bus-card", "name": "老年人乘车优惠卡办理", "version": "2026-11-20",
  "department": {"name": "交通", "phone": "（样例）"}, "task_type": "20", "project_type": "即办件",
  "limits": {"promised": {"unit": "当场"}}, "min_age": 65, "level": "乡镇", "fee": "不收费",
  "materials": [{"id": "id_card", "ways": [{"kind": "capture"}]}, {"id": "photo", "ways": [{"kind": "on_site"}]}],
  "fields": [{"id": "applicant.name"}, {"id": "applicant.id_number"}],
  "visits": 1, "visits_reason": "当面拍照",
  "origins": {"name": "拟", "limits.promised": "拟", "materials.id_card": "拟", "materials.photo": "拟"}
}""",
        encoding="utf-8",
    )
    assert check(folder) == ()
    assert load_catalogue(folder).search("lnrcc")[0].id == "bus-card"


def test_an_unusual_task_type_and_an_unused_field_only_warn(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, PENSION, both(put("task_type", "05"), put("fields", [{"id": "applicant.name"}])))
    assert check(folder) == ()
    told = {(each.file, each.place): each.reason for each in findings(folder) if each.warning}
    assert "事项类型是 20，事项写的是 05" in told[PENSION, "codes.catalog"]
    assert told[WORDS, "fields.pension.paid_from"] == "没有一个事项填这个字段"
    assert not findings(copy_to_clean(tmp_path))


def copy_to_clean(tmp_path: Path) -> Path:
    clean = tmp_path / "clean"
    clean.mkdir()
    return copy_to(clean)


def test_a_vocabulary_without_lists_of_departments_and_certificates_is_still_taken(tmp_path: Path) -> None:
    """A catalogue that an office wrote before the lists were there."""
    folder = copy_to(tmp_path)
    spoil(folder, WORDS, both(put("departments", None), put("certificates", None)))
    spoil(folder, PENSION, put("department|name", "某局"))
    assert check(folder) == ()


def test_a_paper_that_the_office_looks_up_itself_is_no_dead_end(tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    spoil(folder, PENSION, put("materials|0|ways", [{"kind": "shared_data", "detail": "公安人口信息"}]))
    assert check(folder) == ()


def test_at_least_thirty_faults_are_planted() -> None:
    assert len({(file, place, reason) for file, _, place, reason in FAULTS}) >= 70


@pytest.mark.parametrize("key", ["level", "materials", "fields", "fee", "visits"])
def test_what_a_whole_item_must_say_is_missed(tmp_path: Path, key: str) -> None:
    """An item without fields would ask nothing, one without materials would want no paper: neither may pass in silence."""
    folder = copy_to(tmp_path)
    path = folder / "items" / "longevity-allowance.json"
    item = json.loads(path.read_text(encoding="utf-8"))
    del item[key]
    path.write_text(json.dumps(item, ensure_ascii=False), encoding="utf-8")
    assert ("items/longevity-allowance.json", key, "缺这一项") in {(p.file, p.place, p.reason) for p in check(folder)}
