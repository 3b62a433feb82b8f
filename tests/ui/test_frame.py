"""What lies around the work: the line that says things, the help page. Neither moves or changes what is behind it."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from tests.ui.hall import Place, card
from tests.ui.hands import Hands


def test_what_is_said_never_moves_the_work(hall: Place, hands: Hands) -> None:
    field = hands.field("applicant.name")
    before = field.mapTo(hands.view, QPoint(0, 0))
    hands.view.say("材料都收好了。", "green")
    hands.rest()
    assert field.mapTo(hands.view, QPoint(0, 0)) == before
    line, footer = hands.view.say_line, hands.view.footer
    assert line.isVisible()
    assert line.geometry().top() >= footer.geometry().top(), "one sentence covers the keys only"
    hands.view.say("还不能受理：" + "；".join(["申请人还没有签字确认，请申请人再看一遍"] * 9), "red")
    hands.rest()
    assert line.height() >= line.heightForWidth(line.width()), "nothing of a long one is cut"
    assert line.geometry().bottom() < hands.view.height()
    hands.press("Esc")
    assert not line.isVisible()


def test_escape_closes_the_help_and_nothing_happens_behind_it(hall: Place, hands: Hands) -> None:
    hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.press("F1")
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant", "behind the help no step is taken"
    assert not hands.intake.isVisible()
    hands.press("Esc")
    assert hands.intake.isVisible()
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "item")
