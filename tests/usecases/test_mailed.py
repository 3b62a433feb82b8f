"""A result that goes by mail has somewhere to go: an address is asked for, shown before signing and printed."""

from __future__ import annotations

import dataclasses

from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import plan
from tests.fakes.desk import PERSON, fill, pension

BY_MAIL = "邮寄"
NO_ADDRESS = dataclasses.replace(PERSON, address="")


def test_mail_wants_an_address(desk: Desk) -> None:
    built = plan(desk, fill(desk, pension(delivery=BY_MAIL, applicant=NO_ADDRESS)))
    assert any("寄到哪里" in text for text in built.obstacles)
    built = plan(desk, fill(desk, pension(applicant=NO_ADDRESS)))
    assert built.obstacles == ()


def test_the_applicant_reads_where_it_goes(desk: Desk) -> None:
    built = plan(desk, fill(desk, pension(delivery=BY_MAIL)))
    assert built.obstacles == ()
    assert ("怎么取", f"{BY_MAIL}，寄到{PERSON.address}") in built.shown


def test_where_the_applicant_lives_now_goes_before_the_card() -> None:
    lives = pension(delivery=BY_MAIL, fields={"applicant.residence": "样例路 9 号"})
    assert lives.delivery_words == f"{BY_MAIL}，寄到样例路 9 号"
    assert pension(fields={"applicant.residence": "样例路 9 号"}).delivery_words == "本窗口领取"
