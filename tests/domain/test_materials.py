"""Materials and the counter's answer: every row of the decision table (data sheet §4.1), deferral, waiving, promising."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.application import Given
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import WorkCalendar, deadline
from clerk_app.domain.life_event import scheme_of_item
from clerk_app.domain.materials import (
    Answer,
    answer_to,
    check,
    deferral_day,
    fault_of,
    forms_for,
    requirements,
    suggested,
)
from clerk_app.domain.paper import FORM_NAMES, PRINT_MOVES, PRINT_NAMES, Form, PrintState
from clerk_app.domain.people import Verification
from clerk_app.domain.rating import LEVELS, RATING_MOVES, RatingState
from clerk_app.domain.service_item import LimitUnit, TimeLimit, Way, WayKind
from tests.fakes.items import FIVE_DAYS, ID_CARD, MANDATE, PENSION, PHOTO, PROOF, REGISTER

DAY = dt.date(2026, 11, 21)
CALENDAR = WorkCalendar({2026: frozenset()}, {2026: frozenset()})
PROMISED = deadline(DAY, FIVE_DAYS, CALENDAR)  # 2026-11-27
ELSEWHERE, AT_HOME = Facts({"elsewhere": "yes"}, 61), Facts({"elsewhere": "no"}, 61)
SCHEME = scheme_of_item(PENSION)
UNTIL = {"proof": PROMISED.day}
WAIVED = Given(WayKind.E_CERTIFICATE, verification=Verification.PENDING_ONLINE)
TAKEN = Given(WayKind.CAPTURE, ("a" * 64,))


def outcome(facts: Facts, **given: Given) -> tuple[Answer, tuple[Form, ...]]:
    checklist = check(SCHEME, facts, given, UNTIL, DAY)
    answer = answer_to(checklist)
    return answer, forms_for(answer, checklist)


def test_all_there_gives_the_acceptance_notice() -> None:
    assert outcome(AT_HOME, id_card=TAKEN, register=TAKEN) == (Answer.ACCEPT, (Form.F2,))


def test_what_the_platform_holds_needs_no_paper() -> None:
    assert outcome(AT_HOME, id_card=WAIVED, register=TAKEN) == (Answer.ACCEPT, (Form.F2,))
    assert check(SCHEME, AT_HOME, {"id_card": WAIVED, "register": TAKEN}, UNTIL).waived == 1


def test_missing_but_deferrable_gives_the_deferral_commitment_and_the_acceptance_notice() -> None:
    later = Given(WayKind.DEFER, until=PROMISED.day.isoformat())
    answer = (Answer.ACCEPT_DEFERRED, (Form.F6, Form.F2))
    assert outcome(ELSEWHERE, id_card=TAKEN, register=TAKEN, proof=later) == answer


def test_missing_but_promised_gives_the_commitment_and_the_acceptance_notice() -> None:
    promise = Given(WayKind.COMMITMENT)
    assert outcome(ELSEWHERE, id_card=TAKEN, register=TAKEN, proof=promise) == (Answer.ACCEPT, (Form.F7, Form.F2))


def test_an_error_mended_on_the_spot_is_an_acceptance() -> None:
    wrong = replace(TAKEN, faults=("本人页要清楚",))
    assert outcome(AT_HOME, id_card=TAKEN, register=wrong)[0] is Answer.ASK_CORRECTION
    assert outcome(AT_HOME, id_card=TAKEN, register=TAKEN)[0] is Answer.ACCEPT


def test_missing_and_not_deferrable_gives_the_receipt_and_the_one_time_notice() -> None:
    assert outcome(AT_HOME, id_card=TAKEN) == (Answer.ASK_CORRECTION, (Form.F1, Form.F4))


def test_one_missing_paper_outweighs_every_deferral_and_promise() -> None:
    given = {"id_card": TAKEN, "proof": Given(WayKind.DEFER, until="2026-11-24")}
    assert outcome(ELSEWHERE, **given) == (Answer.ASK_CORRECTION, (Form.F1, Form.F4))


def test_the_notice_lists_everything_missing_at_once_with_its_review_points() -> None:
    missing = check(SCHEME, ELSEWHERE, {}, UNTIL).missing
    assert [item.material.id for item in missing] == ["id_card", "register", "proof"]
    assert missing[1].reasons == ("缺少户口簿", "首页要有户主", "本人页要清楚")


def test_the_counts_are_of_what_is_needed_now() -> None:
    given = {"id_card": WAIVED, "register": TAKEN, "photo": Given(WayKind.ON_SITE, ("b" * 64,)), "proof": TAKEN}
    found = check(SCHEME, AT_HOME, given, UNTIL)
    assert (found.needed, found.waived, found.collected, found.missing) == (3, 1, 2, ())  # the proof is not needed


def test_the_situation_decides_what_is_needed() -> None:
    rows = {row.material.id: (row.needed, row.required) for row in requirements(SCHEME, replace(ELSEWHERE, agent=True))}
    assert rows == {
        "id_card": (True, True),
        "register": (True, True),
        "proof": (True, True),
        "photo": (True, False),
        "mandate": (True, True),
    }
    assert not requirements(SCHEME, AT_HOME)[2].needed


def test_a_waiver_is_proposed_before_any_paper_and_stays_unverified() -> None:
    """必知 15: what the city issued is not asked for on paper; promise 10: nothing is verified without a line."""
    assert suggested(ID_CARD, DAY) == WAIVED
    assert suggested(MANDATE, DAY) == Given(WayKind.FORM)
    assert suggested(REGISTER, DAY) is None
    assert suggested(PROOF, DAY) is None  # nobody is made to promise


@pytest.mark.parametrize(
    ("limit", "day"),
    [
        (None, "2026-11-27"),  # as long as the promise
        (TimeLimit(LimitUnit.WORKDAY, 2), "2026-11-24"),
        (TimeLimit(LimitUnit.WORKDAY, 20), "2026-11-27"),  # never beyond it (必知 16)
        (TimeLimit(LimitUnit.DAY, 3), "2026-11-24"),
    ],
)
def test_a_deferred_paper_follows_within_the_promise(limit: TimeLimit | None, day: str) -> None:
    material = replace(PROOF, ways=(Way(WayKind.DEFER, limit=limit),))
    found = deferral_day(material, PROMISED, DAY, CALENDAR)
    assert found is not None
    assert found.day.isoformat() == day


def test_what_is_not_on_the_list_cannot_be_deferred() -> None:
    assert deferral_day(REGISTER, PROMISED, DAY, CALENDAR) is None
    assert fault_of(REGISTER, Given(WayKind.DEFER, until="2026-11-24"), AT_HOME, None) == ("户口簿不能用这种方式提供",)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-28", "最晚"),
        ("2026-11-20", "已经过了"),
        ("", "没有填对"),
        ("明天", "没有填对"),
        ("2026-02-30", "没有填对"),
    ],
)
def test_a_deferral_date_must_lie_between_today_and_the_last_day(until: str, words: str) -> None:
    (fault,) = fault_of(PROOF, Given(WayKind.DEFER, until=until), ELSEWHERE, PROMISED.day, DAY)
    assert words in fault


@pytest.mark.parametrize("until", ["2026-11-21", "2026-11-27"])
def test_both_ends_are_allowed(until: str) -> None:
    assert fault_of(PROOF, Given(WayKind.DEFER, until=until), ELSEWHERE, PROMISED.day, DAY) == ()


def test_an_agent_cannot_promise_for_the_applicant() -> None:
    """必知 17."""
    promise = Given(WayKind.COMMITMENT)
    assert fault_of(PROOF, promise, ELSEWHERE, None) == ()
    assert "代办人不能代为承诺" in fault_of(PROOF, promise, replace(ELSEWHERE, agent=True), None)[0]


@pytest.mark.parametrize(("material", "way"), [(REGISTER, WayKind.CAPTURE), (PHOTO, WayKind.ON_SITE)])
def test_a_capture_without_a_page_is_none(material, way) -> None:
    assert "还没有拍到一页" in fault_of(material, Given(way), AT_HOME, None)[0]


@given(
    st.dictionaries(
        st.sampled_from(["id_card", "register", "proof", "photo", "mandate"]),
        st.builds(
            Given,
            st.sampled_from(WayKind),
            st.sampled_from([(), ("a" * 64,)]),
            st.sampled_from(["", "2026-11-24", "2027-11-24"]),
            st.none(),
            st.sampled_from([(), ("不清楚",)]),
        ),
    ),
    st.builds(Facts, st.sampled_from([{"elsewhere": "yes"}, {"elsewhere": "no"}]), st.just(61), st.booleans()),
)
def test_everything_needed_is_counted_exactly_once(given: dict[str, Given], facts: Facts) -> None:
    found = check(SCHEME, facts, given, UNTIL, DAY)
    assert found.needed == found.waived + found.collected + found.promised + found.deferred + len(found.missing)
    assert (answer_to(found) is Answer.ASK_CORRECTION) == bool(found.missing)
    forms = forms_for(answer_to(found), found)
    assert (Form.F2 in forms) != (Form.F4 in forms)
    assert (Form.F6 in forms) == (answer_to(found) is Answer.ACCEPT_DEFERRED)


def test_papers_and_ratings_know_all_their_words() -> None:
    assert set(FORM_NAMES) == set(Form)
    assert set(PRINT_NAMES) == set(PRINT_MOVES) == set(PrintState)
    assert PRINT_MOVES[PrintState.PRINTED] == frozenset()  # a print is never taken back; a further one is asked for
    assert set(RATING_MOVES) == set(RatingState)
    assert RATING_MOVES[RatingState.INVITED] == {
        RatingState.RATED,
        RatingState.NOT_RATED,
    }  # no default to the best level
    assert RATING_MOVES[RatingState.RATED] == frozenset()  # one service, one rating
    assert LEVELS[5] == "非常满意"
