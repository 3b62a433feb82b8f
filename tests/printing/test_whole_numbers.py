"""A number is never torn by a line end: read line by line, without putting lines together first."""

from __future__ import annotations

import re

import pytest

from clerk_app.domain.paper import Form, Look, PaperSize
from printing.specimens.orders import Length
from tests.printing.golden import page_lines
from tests.printing.reading import specimen_pdf

NUMBER = re.compile(r"(?:渝临|应急)500199-W03G1(?:-20261121)?-\d{4}(?!\d)")
TORN = re.compile(r"(?:渝临|应急)(?!500199-W03G1|受理|（)|(?:渝临|应急)500199\S*-$|(?<![临急])500199-W03G1")


@pytest.mark.parametrize("look", [Look(size, large) for size in PaperSize for large in (False, True)], ids=str)
@pytest.mark.parametrize("form", [Form.F2, Form.F10, Form.F14, Form.F16, Form.F4], ids=lambda form: form.name)
def test_every_number_stands_whole_in_its_line(form: Form, look: Look) -> None:
    lines = [line.split(maxsplit=4)[4] for line in page_lines(specimen_pdf(form, Length.LONG, look))]
    assert any(NUMBER.search(line) for line in lines)
    assert [line for line in lines if TORN.search(line)] == []
    assert [line for line in lines if line.count("〔") and not re.search(r"〔\d{4}〕", line)] == []
