"""What a screen reader is told: on every screen each control has a name in the accessibility tree of Qt."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.application import shown_hash
from clerk_app.domain.hall import Role
from tests.ui.conftest import opened
from tests.ui.hall import PIN, card, place
from tests.ui.hands import Hands
from ui.screens.registry import places_of
from ui.screens.settings.screen import SettingsScreen
from ui.widgets.parts import button

CONTROLS = {
    QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.ComboBox, QAccessible.Role.EditableText,
    QAccessible.Role.List, QAccessible.Role.RadioButton, QAccessible.Role.Slider, QAccessible.Role.SpinBox,
    QAccessible.Role.Table, QAccessible.Role.Tree,
}  # fmt: skip


def tree(top: QWidget) -> Iterator[QAccessibleInterface]:
    """Every node below a widget that can be seen."""
    waiting = [QAccessible.queryAccessibleInterface(top)]
    while waiting:
        node = waiting.pop()
        shown = node.object()
        if not node.isValid() or (isinstance(shown, QWidget) and not shown.isVisible()):
            continue
        yield node
        if node.role() not in (QAccessible.Role.Table, QAccessible.Role.List, QAccessible.Role.ComboBox):
            waiting += [node.child(at) for at in range(node.childCount())]


def nameless(top: QWidget) -> list[str]:
    found = []
    for node in tree(top):
        if node.role() in CONTROLS and not node.text(QAccessible.Text.Name).strip():
            widget = node.object()
            found.append(f"{node.role().name} {type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_a_control_without_a_name_is_found(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made = button("")
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    assert nameless(made)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN, Role.CHIEF])
def test_every_control_of_every_screen_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, role: Role
) -> None:
    hall = place(pool, role=role)
    bad: dict[str, list[str]] = {}

    def look(where: str, top: QWidget) -> None:
        QApplication.processEvents()
        assert sum(node.role() in CONTROLS for node in tree(top)) > 0, where
        if found := nameless(top):
            bad[where] = found

    with opened(hall, qtbot) as window:
        look("sign in", window)
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        if role is Role.CLERK:
            hall.eyes.shows(card())
            hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
        for entry in places_of(role):
            hands.view.go(entry.id)
            hands.until(hands.idle)
            look(entry.id, window)
        hands.view.go("settings")
        screen = hands.view.place_of("settings")
        assert isinstance(screen, SettingsScreen)
        for page in screen.entries:
            screen.show_page(page.id)
            hands.until(hands.idle)
            look(f"settings/{page.id}", window)
        rows = [("申请人", "刘桂芳")]
        window.applicant.show_case(rows, shown_hash(rows))
        look("applicant", window.applicant)
        window.applicant.ask_rating("case")
    assert not bad, bad
