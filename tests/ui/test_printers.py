"""设置 · 打印 and the papers of a case: a form's printer and paper, the office's words, cancelling, large print; by keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.office import ANY_FORM, Office, Route
from clerk_app.domain.paper import Copy, Form, Look, PaperSize, PrintState
from clerk_app.errors import BadInput
from clerk_app.usecases.printing import order_of
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from tests.ui.test_main_job import to_receipt
from ui.screens.papers import Papers
from ui.screens.settings.printers import PrintersPage
from ui.screens.settings.screen import SettingsScreen


@dataclass
class Drawer:
    """The office's settings in memory."""

    kept: Office = field(default_factory=Office)
    refuses: str = ""

    def office(self) -> Office:
        return self.kept

    def printers(self) -> tuple[str, ...]:
        return ("激光机", "小票机")

    def adopt(self, office: Office) -> None:
        if self.refuses:
            raise BadInput(self.refuses)
        self.kept = office


def test_a_form_gets_its_printer_and_the_office_its_words(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor
) -> None:
    drawer, hall = Drawer(), place(pool)
    hall = replace(hall, services=replace(hall.services, paper_desk=drawer))
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        hands.press("Ctrl+,")
        settings = hands.view.place_of("settings")
        assert isinstance(settings, SettingsScreen)
        settings.show_page("printers")
        hands.until(hands.idle)
        (page,) = list[PrintersPage](window.findChildren(PrintersPage))
        assert [label for _, label in page.printer.choices] == ["默认打印机", "激光机", "小票机"]
        page.form.show_value(Form.F1.value)
        page.form.picked.emit(Form.F1.value)
        page.printer.show_value("小票机")
        page.paper.show_value(PaperSize.STRIP.value)
        page.type_size.show_value("yes")
        qtbot.mouseClick(page.route.go, Qt.MouseButton.LeftButton)
        hands.until(hands.idle)
        assert drawer.kept.routes == {Form.F1.value: Route("小票机", Look(PaperSize.STRIP, large=True))}
        page.form.picked.emit(ANY_FORM)
        assert page.paper.value() == PaperSize.A4.value
        page.review.show_value("演示区人民政府")
        qtbot.mouseClick(page.words.go, Qt.MouseButton.LeftButton)
        hands.until(hands.idle)
        assert (drawer.kept.review_body, drawer.kept.seal) == ("演示区人民政府", Office().seal)
        assert len(drawer.kept.routes) == 1
        drawer.refuses = "文书设置不能用。"
        qtbot.mouseClick(page.words.go, Qt.MouseButton.LeftButton)
        hands.until(hands.idle)
        assert "不能用" in page.words.note.text()


@pytest.mark.usefixtures("qapp_themed")
def test_a_paper_is_cancelled_and_asked_for_again_in_large_type(hands: Hands, qtbot: QtBot) -> None:
    to_receipt(hands)
    papers: Papers = next(filter(Papers.isVisible, hands.window.findChildren(Papers)))
    assert papers.cancel.isEnabled()
    qtbot.mouseClick(papers.cancel, Qt.MouseButton.LeftButton)
    hands.until(hands.idle)
    assert papers.main_text().endswith("已取消")
    qtbot.mouseClick(papers.large, Qt.MouseButton.LeftButton)
    papers._reason.setText("看不清")
    papers._on_reprint()
    hands.until(hands.idle)
    newest = papers._jobs[-1]
    assert (newest.state, newest.copy_number) == (PrintState.WAITING, 2)
    with ThreadPoolExecutor(1) as aside:  # the store is not for the GUI thread
        assert aside.submit(order_of, hands.hall.desk, newest.id).result().look == Look(large=True)
        code = aside.submit(order_of, hands.hall.desk, papers._jobs[0].id).result().check
    papers._on_reprint()  # without a reason
    hands.until(hands.idle)
    assert "写明原因" in hands.view.say_line.text
    assert papers._reason.hasFocus()
    qtbot.mouseClick(papers.one_copy, Qt.MouseButton.LeftButton)
    papers._reason.setText("申请人弄丢了")
    papers._on_reprint()
    hands.until(hands.idle)
    assert papers._jobs[-1].detail["copies"] == Copy.APPLICANT.value
    papers.code.setFocus()
    hands.type("A7KM3XRP")
    hands.press("Return")
    hands.until(hands.idle)
    assert "对不上" in hands.view.say_line.text
    papers.code.clear()
    hands.type(code.lower())
    hands.press("Return")
    hands.until(hands.idle)
    assert "对得上" in hands.view.say_line.text
    assert papers._job() == papers._jobs[0]
