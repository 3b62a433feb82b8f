"""The Windows printer's own code through Qt's print path, here into a PDF: every page, full size, with its ink."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.paper import printed_pages
from clerk_app.domain.numbering import case_qr
from clerk_app.domain.paper import Form, Look, PaperSize, PrintState
from clerk_app.errors import DeviceProblem
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from printing.specimens.orders import Length, specimen
from ui.windows_printer import WindowsPrinter


@pytest.mark.parametrize(("look", "wide"), [(Look(), 595.28), (Look(PaperSize.A5), 419.53)], ids=["a4", "a5"])
def test_every_page_goes_through_qt_in_its_size(qtbot: QtBot, tmp_path: Path, look: Look, wide: float) -> None:
    pdf = ReportlabPaper().render(specimen(Form.F1, Length.LONG, look))
    printer = WindowsPrinter("any", printed_pages, output=str(tmp_path / "out.pdf"))
    assert printer.problem() == ""
    assert printer.state(printer.submit(pdf, "收件回执")) is PrintState.SENT  # Qt never tells that it came out
    came = (tmp_path / "out.pdf").read_bytes()
    with pikepdf.open(tmp_path / "out.pdf") as out:
        box = [float(edge) for edge in out.pages[0].mediabox]
        assert box[2] - box[0] == pytest.approx(wide, abs=2)
    pages = page_pictures(came, width=1200)
    assert len(pages) == len(page_pictures(pdf, width=50))
    last = np.frombuffer(pages[-1].rgb, np.uint8).reshape(pages[-1].height, pages[-1].width, 3)
    number = specimen(Form.F1).case.local_number
    assert [code.text for code in zxingcpp.read_barcodes(last)] == [case_qr(number)]


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_windows_does_not_know_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    assert "没有找到打印机“没有的”" in WindowsPrinter("没有的", printed_pages).problem()
    nowhere = WindowsPrinter("any", printed_pages, output=str(tmp_path / "no" / "folder" / "out.pdf"))
    with pytest.raises(DeviceProblem):
        nowhere.submit(ReportlabPaper().render(specimen(Form.F15)), "a")
