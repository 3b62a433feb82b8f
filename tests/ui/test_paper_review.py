"""A paper that need not be handed in wants its reason; a review point not met is told; both by keyboard."""

from __future__ import annotations

from pathlib import Path

from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import WayKind
from clerk_app.usecases.intake import PAPER_REASONS, MaterialRow
from tests.ui.hall import card
from tests.ui.hands import Hands
from ui.screens.intake.materials import MaterialStep

PAGE = Path(__file__).parents[2] / "clerk_app" / "devices" / "sample_frames" / "page_payment_record.jpg"


def to_materials(hands: Hands) -> None:
    """待遇申领 for 刘桂芳, at the table of materials."""
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
    hands.rest()
    hands.go("item")
    hands.type("领养老金")
    hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    hands.rest()
    hands.go("materials")


def row(hands: Hands, at: int) -> MaterialRow:
    assert hands.intake.session.plan is not None
    return hands.intake.session.plan.rows[at]


def materials(hands: Hands) -> MaterialStep:
    step = hands.intake.step("materials")
    assert isinstance(step, MaterialStep)
    return step


def shoot(hands: Hands) -> None:
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    hands.press("F3")
    hands.rest()
    hands.until(hands.idle)


def test_a_waivable_paper_asks_why_and_can_go_back_to_the_waiver(hands: Hands) -> None:
    to_materials(hands)
    assert not materials(hands).review.isVisible(), "nothing was taken on paper yet"
    shoot(hands)
    assert row(hands, 0).given is not None
    assert hands.focus.objectName() == "paper.reason", "the reason is asked at once"
    assert hands.window.minimumSizeHint().width() <= 1366, "the smallest screen of a hall"
    hands.press("3")
    hands.rest()
    given = row(hands, 0).given
    assert given is not None
    assert given.reason == PAPER_REASONS[2]
    assert materials(hands)._table.hasFocus(), "the keyboard is back on the table"
    own = materials(hands).review.own
    own.setFocus()
    hands.type("照片和本人不像")
    hands.press("Return")
    hands.rest()
    given = row(hands, 0).given
    assert given is not None
    assert given.reason == "照片和本人不像"
    hands.press("F10")
    hands.rest()
    given = row(hands, 0).given
    assert given is not None
    assert given.way is WayKind.E_CERTIFICATE
    assert not materials(hands).review.isVisible()


def test_a_review_point_not_met_is_told_and_can_be_taken_back(hands: Hands) -> None:
    to_materials(hands)
    shoot(hands)
    hands.press("1")
    hands.rest()
    hands.press("1")
    hands.rest()
    point = row(hands, 0).material.review_points[0]
    assert row(hands, 0).faults == (point,)
    assert hands.intake.session.plan is not None
    assert point in hands.intake.session.plan.obstacles
    hands.press("1")
    hands.rest()
    assert row(hands, 0).faults == ()
