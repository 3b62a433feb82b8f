"""The applicant's screen: read before signing, no empty signature, bound to what was shown."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLayoutItem, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.application import shown_hash
from clerk_app.domain.signing import Signature
from ui import theme
from ui.applicant_window import ApplicantWindow
from ui.reading_page import CONFIRM, CONFIRM_SHORT

FEW = [
    ("办什么事", "城乡居民基本养老保险待遇申领"),
    ("申请人", "刘桂芳　500199********2467"),
    ("多久办好", "11 月 27 日前"),
]
MANY = FEW + [(f"第 {n} 项", "样例内容" * 12) for n in range(20)]


@pytest.fixture
def screen(qapp_themed: QApplication, qtbot: QtBot) -> ApplicantWindow:
    made = ApplicantWindow("演示镇便民服务中心")
    qtbot.addWidget(made)
    made.resize(1280, 800)
    return made


def show(screen: ApplicantWindow, qtbot: QtBot, rows: list[tuple[str, str]]) -> None:
    with qtbot.waitExposed(screen):
        screen.show_case(rows, shown_hash(rows))
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not screen.reading._split_soon.isActive())  # cut by the size it has got


def labels_of(widget: QWidget) -> list[QLabel]:
    return list(widget.findChildren(QLabel))


def draw(screen: ApplicantWindow) -> None:
    pad = screen.reading.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    for x in range(40, 200, 20):
        where = QPoint(x, 60)
        event = QMouseEvent(
            QMouseEvent.Type.MouseMove, where, pad.mapToGlobal(where), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(pad, event)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))


def plain(shown: QLabel) -> str:
    """What is read there, without the places where a line may be broken."""
    return shown.text().replace("\u200b", "")


def forth(screen: ApplicantWindow) -> None:
    QTest.mouseClick(screen.reading.forth, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def test_an_empty_signature_cannot_be_confirmed(screen: ApplicantWindow, qtbot: QtBot) -> None:
    signed: list[Signature] = []
    screen.signed.connect(signed.append)
    show(screen, qtbot, FEW)
    assert screen.reading.page == (1, 1)
    assert not screen.reading.forth.isEnabled()
    forth(screen)
    QTest.mouseClick(screen.reading.pad, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))  # a stray dot is no signature
    assert not screen.reading.forth.isEnabled()
    draw(screen)
    assert screen.reading.forth.isEnabled()
    QTest.mouseClick(screen.reading.again, Qt.MouseButton.LeftButton)
    assert not screen.reading.forth.isEnabled()
    assert signed == []


def test_the_signature_is_bound_to_what_was_shown_and_is_whole_numbers(screen: ApplicantWindow, qtbot: QtBot) -> None:
    signed: list[Signature] = []
    screen.signed.connect(signed.append)
    show(screen, qtbot, FEW)
    draw(screen)
    forth(screen)
    (signature,) = signed
    assert signature.kind == "pad"
    assert signature.shown_sha256 == shown_hash(FEW)
    points = [point for stroke in signature.strokes for point in stroke]
    assert points
    assert all(isinstance(number, int) for point in points for number in point)
    assert all(0 <= x <= 10_000 and 0 <= y <= 10_000 and t >= 0 and 0 <= p <= 1000 for x, y, t, p in points)
    assert Signature.from_json(signature.to_json()) == signature


def test_other_content_voids_what_was_drawn(screen: ApplicantWindow, qtbot: QtBot) -> None:
    show(screen, qtbot, FEW)
    draw(screen)
    show(screen, qtbot, FEW)
    assert screen.reading.pad.is_signed(), "the same content again must not take the pen away"
    show(screen, qtbot, [*FEW, ("怎么取", "本窗口领取")])
    assert not screen.reading.pad.is_signed()


def test_everything_is_read_before_the_confirm_button_comes(screen: ApplicantWindow, qtbot: QtBot) -> None:
    show(screen, qtbot, MANY)
    count = screen.reading.page[1]
    assert count > 1
    read: list[str] = []
    for number in range(1, count + 1):
        assert screen.reading.page[0] == number
        last = number == count
        assert screen.reading.pad.isEnabled() is last
        assert screen.reading.forth.text() == (
            CONFIRM_SHORT if last else "下一页"
        )  # the screen of these tests is a narrow one
        labels = [each for each in labels_of(screen.reading._card) if each.isVisible()]
        for each in labels:
            assert each.height() >= each.heightForWidth(each.width()) or not each.wordWrap(), "a line is cut off"
            assert screen.reading._card.rect().contains(each.geometry()), "a row lies outside the page"
        rows = range(screen.reading._grid.rowCount())
        items = [cast("QLayoutItem | None", screen.reading._grid.itemAtPosition(at, 1)) for at in rows]
        values = [item.widget() for item in items if item is not None]
        read += [plain(each) for each in values if isinstance(each, QLabel)]
        if not last:
            forth(screen)
    names = {title for title, _ in MANY}
    assert "".join(text for _, text in MANY) == "".join(
        each for each in read if each.removesuffix("（续）") not in names
    )


def test_type_is_24_and_up_and_grows(screen: ApplicantWindow, qtbot: QtBot) -> None:
    show(screen, qtbot, FEW)
    small = min(each.fontInfo().pixelSize() for each in labels_of(screen) if each.isVisible())
    assert small >= 24
    QTest.mouseClick(screen.reading.bigger, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not screen.reading._split_soon.isActive())
    assert min(each.fontInfo().pixelSize() for each in labels_of(screen) if each.isVisible()) > small


def test_between_clients_nothing_personal_is_left(screen: ApplicantWindow, qtbot: QtBot) -> None:
    show(screen, qtbot, FEW)
    draw(screen)
    screen.be_quiet()
    QApplication.processEvents()
    assert screen.showing == ""
    assert screen.reading.pad.strokes() == ()
    assert not [each for each in labels_of(screen.reading._card) if "刘桂芳" in each.text() and not each.isHidden()]


def test_something_wrong_goes_back_to_the_clerk(screen: ApplicantWindow, qtbot: QtBot) -> None:
    show(screen, qtbot, FEW)
    with qtbot.waitSignal(screen.wrong):
        QTest.mouseClick(screen.reading.not_right, Qt.MouseButton.LeftButton)
    assert screen.showing == ""


@pytest.mark.parametrize("size", [(915, 512), (1024, 768), (1366, 768), (1280, 800)])
@pytest.mark.parametrize("bigger", [0, 1, 2])
def test_every_size_of_screen_leads_to_the_last_page(
    screen: ApplicantWindow, qtbot: QtBot, size: tuple[int, int], bigger: int
) -> None:
    """Pages are cut by the window, never by what stands on one of them: reading on always ends at the confirm button."""
    show(screen, qtbot, MANY)
    screen.resize(*size)
    QApplication.processEvents()
    for _ in range(bigger):
        QTest.mouseClick(screen.reading.bigger, Qt.MouseButton.LeftButton)
        QApplication.processEvents()
    read: list[str] = []
    for _ in range(600):
        QApplication.processEvents()
        read += [plain(shown) for shown in labels_of(screen.reading._card)]
        if screen.reading.page[0] == screen.reading.page[1]:
            break
        before = screen.reading._starts[screen.reading._page]
        forth(screen)
        assert screen.reading._starts[screen.reading._page] >= before
    assert screen.reading.forth.text() in (CONFIRM, CONFIRM_SHORT)
    assert screen.reading.pad.isEnabled()
    assert screen.width() == size[0], "nothing asks for more than the screen has"
    assert all(title in read for title, _text in MANY)


@pytest.mark.parametrize("bigger", [0, 1, 2])
@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_no_number_runs_out_of_its_line_in_any_type_size(
    screen: ApplicantWindow, qtbot: QtBot, bigger: int, size: tuple[int, int]
) -> None:
    rows = [*FEW, ("邮箱", "yangli.a.very.long.name@example.cq.cn"), ("账号", "6217000000000000001")]
    show(screen, qtbot, rows)
    screen.resize(*size)
    for _ in range(bigger):
        QTest.mouseClick(screen.reading.bigger, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not screen.reading._split_soon.isActive())
    QApplication.processEvents()
    for at in range(screen.reading.page[1]):
        if at:
            forth(screen)
        QApplication.processEvents()
        values = [each for each in labels_of(screen.reading._card) if each.wordWrap()]
        assert all(each.minimumSizeHint().width() <= each.width() for each in values), [each.text() for each in values]
        assert all(each.heightForWidth(each.width()) <= each.height() for each in values)


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_what_a_value_is_called_leaves_it_room_in_the_largest_type(
    screen: ApplicantWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    rows = [*FEW, ("现在从事什么工作、在哪里工作", "在家务农，农闲时在镇上做零工"), ("怎么取", "本窗口领取")]
    show(screen, qtbot, rows)
    screen.resize(*size)
    for _ in range(2):
        QTest.mouseClick(screen.reading.bigger, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not screen.reading._split_soon.isActive())
    sign = QFontMetrics(theme.font(36)).horizontalAdvance("字")
    for at in range(screen.reading.page[1]):
        if at:
            forth(screen)
        QApplication.processEvents()
        shown = [each for each in labels_of(screen.reading._card) if each.isVisible()]
        assert all(screen.reading._card.rect().contains(each.geometry()) for each in shown)
        assert all(each.heightForWidth(each.width()) <= each.height() for each in shown), [
            each.text() for each in shown
        ]
        values = [each for each in shown if plain(each) in {text for _, text in rows}]
        assert all(each.width() >= sign * 7 for each in values), [each.width() for each in values]
