"""Behind the lock: the view of whoever was there is gone, and nothing of it answers line, printer or camera any more; and a window that
is closed while it locks does close.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from tests.ui.hall import Place
from tests.ui.hands import Hands
from ui.main_window import MainWindow
from ui.screens.registry import BESIDE, SCREENS


def locked(hands: Hands) -> None:
    hands.press("Ctrl+L")
    hands.until(lambda: hands.window.locked and hands.window.desk_view is None and hands.idle())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.parametrize("place", [entry.id for entry in (*SCREENS, *BESIDE)])
def test_news_after_a_lock_reach_no_place_that_is_gone(hall: Place, hands: Hands, place: str) -> None:
    """What a dead place answers is an exception: a crash report, and a word of a fault to whoever signs in next."""
    hands.view.go(place)
    hands.until(hands.idle)
    screen = hands.view.place_of(place)  # Python may keep it for long
    locked(hands)
    hall.line.tell(hall.line.state)
    for signal in (hands.window.status.paper, hands.window.camera.frame):
        signal.emit()
    hands.window.camera.problem.emit("")
    QApplication.processEvents()
    del screen


def test_a_window_that_is_closed_while_it_locks_is_closed(window: MainWindow, hall: Place, hands: Hands) -> None:
    """What is typed is still on its way to the disk then; a window that hid and never ended would keep its folder."""
    hands.fill("applicant.name", "冉样例")
    hands.press("Ctrl+L")
    assert window.locked

    def take_away() -> None:
        """The view goes as soon as it may, before the last answer that it waits for."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    window._stack.widgetRemoved.connect(lambda _at: QTimer.singleShot(0, window, take_away))
    window.close()
    hands.until(lambda: window.closed)
    (draft,) = hall.store.state.drafts.values()
    assert draft.text("applicant.name") == "冉样例"
