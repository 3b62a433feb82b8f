"""The right column by itself: what was seen, its portrait, and what it says to do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clerk_app.domain.recognition import Seen, SeenKind
from ui.screens.intake.side import HINT, SidePanel
from ui.workers import CameraBridge


@pytest.fixture
def panel(qtbot: QtBot) -> SidePanel:
    side = SidePanel(CameraBridge(None))
    qtbot.addWidget(side)
    side.show()
    return side


def _labels(side: SidePanel) -> list[QLabel]:
    found: list[QLabel] = list(side.findChildren(QLabel))
    return found


def _portrait_of(side: SidePanel) -> QLabel:
    return next(each for each in _labels(side) if "和本人比对" in each.accessibleName())


def test_a_chips_portrait_is_shown_where_a_decoder_made_a_picture_and_goes_with_the_next_thing(
    panel: SidePanel,
) -> None:
    image = QImage(102, 126, QImage.Format.Format_RGB888)
    image.fill(0x808080)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "BMP")  # type: ignore[call-overload]
    bitmap = bytes(buffer.data().data())
    chip = Seen(SeenKind.CHIP, fields={"name": "刘桂芳"}, document="111", photo=bytes(1024))
    panel.show_seen(chip, None, "")
    assert not _portrait_of(panel).isVisible()
    panel.show_seen(Seen(SeenKind.CHIP, fields=chip.fields, document="111", portrait=bitmap), None, "")
    assert _portrait_of(panel).isVisible()
    assert _portrait_of(panel).pixmap().width() == 102
    panel.show_seen(Seen(SeenKind.CODE, text="YKU1"), None, "")
    assert not _portrait_of(panel).isVisible()
    panel.show_seen(Seen(SeenKind.CHIP, fields=chip.fields, document="111", portrait=bitmap), None, "")
    panel.show_nothing()
    assert _portrait_of(panel).pixmap().isNull()


def test_an_advice_stands_until_it_is_taken_back(panel: SidePanel) -> None:
    panel.show_advice("再近一点")
    assert any(each.text() == "再近一点" for each in _labels(panel))
    panel.show_advice("")
    assert any(each.text() == HINT for each in _labels(panel))
