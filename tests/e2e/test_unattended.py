"""An administrator's morning: a window set up from a file with nobody there, and a support bundle without a personal datum."""

from __future__ import annotations

import json
import zipfile

import pytest

from clerk_app.bootstrap.unattended import read_plan
from clerk_app.errors import BadInput
from tests.e2e.conftest import PIN, Hall

NAME, ID_NUMBER, PHONE, STREET = "刘桂芳", "500199196203142467", "13800138000", "样例路18号2-3"


@pytest.fixture
def ready(tmp_path):
    """A gateway that runs, and the code for window 03; no window yet."""
    made = Hall(tmp_path / "window", tmp_path / "gateway")
    url = made.start_gateway()
    token = made.run("gateway", "enrol", "500199", "03", "--data", str(made.gateway_data), "--json")[0]["token"]
    yield made, url, token
    made.stop_gateway()


def test_a_window_is_set_up_from_a_file_and_the_file_may_be_wrong_first(ready, tmp_path):
    hall, url, token = ready
    folder = tmp_path / "部署 文件"
    (folder / "office").mkdir(parents=True)
    (folder / "office" / "office.json").write_text('{"format": 1, "second_line": "便民服务中心"}', encoding="utf-8")
    (folder / "token.txt").write_text(token + "\n", encoding="utf-8")
    plan = folder / "window.toml"
    text = (
        f'hall = "500199"\nwindow = "03"\ngateway = "{url}"\nenrol_file = "token.txt"\ncamera = "1"\nscanner = "/dev/ttyUSB7"\n'
        'printer = "Laser"\nscale = 125\noffice = "office"\n[printers]\npaper_rating = { printer = "小票机", size = "strip" }\n'
        '[receipt_printers]\n"小票机" = { device = "/dev/usb/lp0" }\n'
    )
    plan.write_text(text.replace("scale = 125", "scale = 126"), encoding="utf-8")
    hall.run("init", "--from", str(plan), *hall.at(), code=3)
    assert not hall.data.exists()  # a wrong file founds nothing and the code is still good
    plan.write_text("\ufeff" + text, encoding="utf-8")  # as Windows' own editor saves it
    told = hall.run("init", "--from", str(plan), *hall.at())
    assert told[0]["window"] == "03"
    assert json.loads((hall.data / "devices.json").read_bytes())["camera"] == "1"
    assert json.loads((hall.data / "devices.json").read_bytes())["scanner"] == "/dev/ttyUSB7"
    assert json.loads((hall.data / "display.json").read_bytes())["scale"] == 125
    office = json.loads((hall.data / "office" / "office.json").read_text(encoding="utf-8"))
    assert office["second_line"] == "便民服务中心"
    assert office["printers"]["*"]["printer"] == "Laser"
    assert office["printers"]["paper_rating"]["printer"] == "小票机"
    assert office["receipt_printers"]["小票机"]["device"] == "/dev/usb/lp0"
    assert token not in b"".join(path.read_bytes() for path in hall.data.rglob("*") if path.is_file()).decode("latin-1")
    hall.run("clerk", "add", "wangmin", "--role", "clerk", "--shown-as", "王敏", *hall.at(), stdin=PIN + "\n")
    _holds_nothing_personal(_supported(hall, tmp_path))


def _supported(hall, tmp_path):
    """Personal data in every place where a careless program would find them: cases, drafts, log, file names, an office's words."""
    case = hall.run(
        "case", "template", "pension-claim", "--sample", "1", "--seed", "7", *hall.at(), "--clerk", "wangmin"
    )[0]
    accepted = hall.run("case", "accept", *hall.at(), "--clerk", "wangmin", stdin=json.dumps(case, ensure_ascii=False))[
        0
    ]
    assert accepted["local_number"]
    (hall.data / f"{NAME}的材料.pdf").write_bytes(b"%PDF")
    (hall.data / "export").mkdir(exist_ok=True)
    (hall.data / "export" / f"{ID_NUMBER}.pdf").write_bytes(b"%PDF")
    logs = hall.data / "logs"
    logs.mkdir(exist_ok=True)
    line = {
        "at": "2026-11-30T08:00:00+0800",
        "level": "error",
        "who": "sync.worker",
        "event": "sync round failed: OSError",
    }
    (logs / "clerk.log").write_text(
        json.dumps(line) + f"\nhalf a line of another program {ID_NUMBER} {PHONE}\n", encoding="utf-8"
    )
    file = tmp_path / "support.zip"
    hall.run("support-bundle", str(file), *hall.at(), "--clerk", "wangmin")
    hall.run("support-bundle", str(file), *hall.at(), "--clerk", "wangmin", code=4)  # never over a file that is there
    with zipfile.ZipFile(file) as archive:
        texts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    texts["case"] = json.dumps(case, ensure_ascii=False)
    return texts


def _holds_nothing_personal(texts):
    case = json.loads(texts.pop("case"))
    person = [case["applicant"][name] for name in ("name", "document_number", "birth", "address", "phone")]
    typed = [
        case["fields"][name] for name in ("applicant.residence", "payout.account", "emergency.name", "emergency.phone")
    ]
    whole = "\n".join(texts.values())
    for word in (NAME, ID_NUMBER, PHONE, STREET, *person, *typed):
        assert len(word) > 1
        assert word not in whole
    doctor = json.loads(texts["doctor.json"])
    assert {"数据库", "磁盘", "打印机"} <= {each["check"] for each in doctor}
    folder = json.loads(texts["folder.json"])
    assert folder["entries"]["clerk.db"]["files"] == 1
    assert folder["others"]["files"] >= 1
    assert "sync round failed" in texts["logs/clerk.log.jsonl"]
    assert json.loads(texts["settings.json"])["printers"]["paper_rating"]["named"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hal": "x"}, "hal"),
        ({"window": 3}, "window"),
        ({"gateway": ""}, "gateway"),
        ({"suite": "none"}, "suite"),
        ({"scale": 101}, "scale"),
        ({"office": "not-there"}, "office"),
        ({"printers": {"paper_rating": {"size": "poster"}}}, ""),
        ({"enrol_file": "not-there.txt"}, "enrol_file"),
    ],
)
def test_a_fault_in_the_file_is_named_and_the_code_never_quoted(tmp_path, change, word):
    told = {"hall": "500199", "window": "03", "gateway": "http://127.0.0.1:1", "enrol": "SECRETCODE", **change}
    text = "".join(f"{name} = {_toml(value)}\n" for name, value in told.items())
    (tmp_path / "window.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_plan(tmp_path / "window.toml", {})
    assert word in refused.value.sentence()
    assert "SECRETCODE" not in refused.value.sentence()


def test_words_of_the_command_line_win_over_the_file(tmp_path):
    (tmp_path / "window.toml").write_text(
        'hall = "500199"\nwindow = "03"\ngateway = "http://a"\nenrol = "ONE"\n', encoding="utf-8"
    )
    plan = read_plan(tmp_path / "window.toml", {"window": "07", "enrol": "TWO"})
    assert (plan.window, plan.enrol, plan.hall) == ("07", "TWO", "500199")
    assert "TWO" not in repr(plan)


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    return json.dumps(value)
