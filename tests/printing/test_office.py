"""An office's own settings: what is taken, what is refused and why; its electronic seal behind a port."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.bootstrap.office import adopt_office, keep_office, office_of, office_or_shipped, read_office
from clerk_app.cli import main
from clerk_app.crypto.window_key import WindowKey
from clerk_app.domain.office import ANY_FORM, Office, OfficeText, Route, office_from_json, office_to_json
from clerk_app.domain.paper import Form, Look, PaperSize
from clerk_app.errors import BadInput, DeviceProblem
from printing.documents.words import shipped
from printing.paper import ReportlabPaper
from printing.signing import Verdict, check
from printing.specimens import people
from printing.specimens.orders import Length, specimen
from tests.fakes.desk import SUITE
from tests.printing.reading import squeezed, text_of

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)
ROUTES = st.dictionaries(
    st.sampled_from([ANY_FORM, *(form.value for form in Form)]),
    st.builds(Route, TEXT, st.builds(Look, st.sampled_from(PaperSize), st.booleans())),
)


@given(st.builds(Office, header=TEXT, second_line=TEXT, seal=TEXT, review_body=TEXT, court=TEXT, routes=ROUTES,
                 texts=st.dictionaries(TEXT, st.builds(OfficeText, TEXT, TEXT)), receipt_printers=st.dictionaries(TEXT, TEXT),
                 seal_program=st.lists(TEXT).map(tuple)))  # fmt: skip
def test_settings_come_back_as_they_were_written(office: Office) -> None:
    assert office_from_json(json.loads(json.dumps(office_to_json(office)))) == office


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["format", "texts", "printers", "header", "seal_program", "*", "text"]), inner,
                                      max_size=4), max_leaves=12))  # fmt: skip
def test_no_data_brings_it_down(data: object) -> None:
    with contextlib.suppress(ValueError):  # and nothing else
        office_from_json(data)


def folder_with(tmp_path: Path, data: object, logo: bytes = b"") -> Path:
    folder = tmp_path / "prepared"
    folder.mkdir(exist_ok=True)
    (folder / "office.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    if logo:
        (folder / "logo.png").write_bytes(logo)
    return folder


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ([], "format 1"),
        ({"format": 1, "colour": "red"}, "不认识的项目：colour"),
        ({"format": 1, "texts": {"f3.law": {"text": "依据"}}}, "出处"),
        ({"format": 1, "texts": {"f99.law": {"text": "依据", "source": "文件"}}}, "没有 f99.law 这一句"),
        ({"format": 1, "texts": {"remedy.suit": {"text": "去法院。", "source": "文件"}}}, "{court}"),
        ({"format": 1, "texts": {"f3.law": {"text": "依据{0.__class__}", "source": "文件"}}}, "空格和原句不一样"),
        ({"format": 1, "texts": {"f3.law": {"text": "依据{", "source": "文件"}}}, "空格和原句不一样"),
        ({"format": 1, "printers": {"*": {"size": "a3"}}}, "纸张只能是"),
        ({"format": 1, "printers": {"no_such_form": {}}}, "没有这种文书"),
        ({"format": 1, "seal_program": "stamp"}, "seal_program"),
        ({"format": 1, "receipt_printers": {"小票机": {}}}, "device"),
        ({"format": 1, "header": "样例区\n审批局"}, "header 里有打印不出来的字符：U+000A"),
        ({"format": 1, "header": "样例区\t审批局"}, "header 里有打印不出来的字符：U+0009"),
        ({"format": 1, "second_line": "路\x00 1 号"}, "second_line 里有打印不出来的字符：U+0000"),
        ({"format": 1, "seal": "章\u202e"}, "seal 里有打印不出来的字符：U+202E"),
        ({"format": 1, "court": "法院😀"}, "court 里有打印不出来的字符：U+1F600"),
        (
            {"format": 1, "texts": {"f3.law": {"text": "依据\u2028。", "source": "文件"}}},
            "f3.law 里有打印不出来的字符：U+2028",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(tmp_path: Path, data: object, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_office(folder_with(tmp_path, data))
    assert why in refused.value.sentence()


@pytest.mark.parametrize("name", ["样例区\n审批局", "样例区\t局", "局\x00", "局\u202e", "局😀", "㐀𪨰\U000323b1"])
def test_no_name_of_an_office_or_a_hall_can_stop_a_paper(name: str) -> None:
    plain = specimen(Form.F1, Length.LONG)  # of two pages: the second one has the running head
    for look in (Look(), Look(PaperSize.STRIP), Look(PaperSize.A5, large=True)):
        for order in (
            replace(plain, office=Office(header=name, second_line=name, seal=name), look=look),
            replace(plain, hall=replace(plain.hall, name=name, phone=name), look=look),
        ):
            assert ReportlabPaper().render(order).startswith(b"%PDF")


def test_a_broken_file_or_logo_does_not_stop_the_window(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "office.json").write_text("{", encoding="utf-8")
    office, trouble = office_or_shipped(tmp_path)
    assert (office, "JSON" in trouble) == (Office(), True)
    with pytest.raises(BadInput, match="PNG"):
        read_office(folder_with(tmp_path, {"format": 1}, b"no picture"))
    assert office_or_shipped(tmp_path / "nothing") == (Office(), "")


def test_an_office_is_taken_over_shown_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = {"text": "依据：《样例办法》第九条。", "source": "样例区〔2026〕1 号"}
    data = {"format": 1, "header": "样例区行政审批局", "texts": {"f3.law": law}, "printers": {"*": {"size": "a5"}}}
    folder = folder_with(tmp_path, data, people.name_on_card())
    assert main(["print", "--set-office", str(folder), "--data", str(tmp_path)]) == 0
    office = office_of(tmp_path)
    assert (office.header, office.logo) == ("样例区行政审批局", people.name_on_card())
    assert main(["print", "--texts", "--json", "--data", str(tmp_path)]) == 0
    told = {each["key"]: each for each in map(json.loads, capsys.readouterr().out.splitlines()[1:])}
    assert (told["f3.law"]["text"], told["f3.law"]["by_office"]) == (law["text"], True)
    assert set(told) == set(shipped())
    text = squeezed(text_of(ReportlabPaper(office).render(specimen(Form.F3))))
    assert "《样例办法》第九条" in text
    assert keep_office(replace(office, court="样例区人民法院"), tmp_path).logo == office.logo
    assert office_of(tmp_path).court == "样例区人民法院"
    (tmp_path / "second").mkdir()
    adopt_office(folder_with(tmp_path / "second", {"format": 1}), tmp_path)
    assert office_of(tmp_path) == Office()


KEEPER = """
import sys
sys.path[:0] = {path!r}
from clerk_app.crypto.window_key import WindowKey
from printing.signing import signed
from printing.specimens import people
from tests.fakes.desk import SUITE
pdf = sys.stdin.buffer.read()
assert len(sys.argv) == 6 and float(sys.argv[4]) > 100, sys.argv
sys.stdout.buffer.write({answer})
"""


def keeper(tmp_path: Path, answer: str) -> tuple[str, ...]:
    """A seal's keeper: a program of its own with a key of its own."""
    script = tmp_path / "keeper.py"
    script.write_text(KEEPER.format(path=sys.path, answer=answer), encoding="utf-8")
    return (sys.executable, str(script))


def test_an_electronic_seal_is_made_by_its_keeper_and_the_window_signs_over_it(tmp_path: Path) -> None:
    seal = "signed(pdf, WindowKey(SUITE, *SUITE.new_signing_pair()), people.HALL, people.NOON)"
    paper = ReportlabPaper(Office(seal_program=keeper(tmp_path, seal)))
    plain = paper.render(specimen(Form.F2))
    sealed = paper.file(specimen(Form.F2), None)
    assert sealed.startswith(plain)
    assert len(sealed) > len(plain)
    for at, place in enumerate(paper.seal_places(specimen(Form.F2))):
        assert (place.page, place.width > 150, 40 < place.low < 400) == (at, True, True)
    assert at == 1  # one place on the applicant's sheet, one on that for the file
    assert sealed.count(b"/ByteRange") == 2
    assert paper.seal_places(specimen(Form.F17)) == ()  # nobody seals a rating sheet


@pytest.mark.parametrize("answer", ["pdf", "b'%PDF-1.7 another'", "pdf + b'not a seal'", "sys.exit(3)"])
def test_what_is_not_this_paper_sealed_is_refused(tmp_path: Path, answer: str) -> None:
    paper = ReportlabPaper(Office(seal_program=keeper(tmp_path, answer)))
    with pytest.raises(DeviceProblem, match="印章"):
        paper.file(specimen(Form.F2), None)


def test_a_keeper_that_is_not_there_is_a_problem_and_the_window_still_signs_without_one(tmp_path: Path) -> None:
    key = WindowKey(SUITE, *SUITE.new_signing_pair())
    with pytest.raises(DeviceProblem, match="没有回应"):
        ReportlabPaper(Office(seal_program=(str(tmp_path / "no-such-program"),))).file(specimen(Form.F2), key)
    assert check(ReportlabPaper().file(specimen(Form.F2), key)).verdict is Verdict.INTACT
