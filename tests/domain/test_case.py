"""The case state machine against the drawing of the data sheet §2.6, pair by pair."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.case import (
    MOVES,
    STATE_NAMES,
    Case,
    CaseKind,
    CaseState,
    CatalogueVersion,
    Move,
    NotAllowed,
    after,
    case_document,
    case_from_document,
    case_hash,
)

# The drawing, read independently of the code: state -> {move: next state}.
DRAWING: dict[str, dict[str, str]] = {
    "consulting": {"receive": "received", "refer": "not_ours"},
    "received": {
        "accept": "accepted",
        "accept_deferred": "accepted_deferred",
        "ask_correction": "correction_asked",
        "decline": "declined",
        "refer": "not_ours",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "accepted": {
        "review": "under_review",
        "begin_special": "special_procedure",
        "suspend": "suspended",
        "transfer": "transferred",
        "ask_correction": "correction_asked",
        "decide": "decided",
        "finish": "finished",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "accepted_deferred": {
        "supplement": "accepted",
        "supplement_part": "accepted_deferred",
        "return": "returned",
        "review": "under_review",
        "transfer": "transferred",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "correction_asked": {
        "receive_correction": "correction_received",
        "return": "returned",
        "decline": "declined",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "correction_received": {
        "receive_correction": "correction_received",
        "accept": "accepted",
        "accept_deferred": "accepted_deferred",
        "ask_correction": "correction_asked",
        "decline": "declined",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "under_review": {
        "begin_special": "special_procedure",
        "suspend": "suspended",
        "ask_correction": "correction_asked",
        "decide": "decided",
        "finish": "finished",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "special_procedure": {"end_special": "under_review", "withdraw": "withdrawn", "void": "voided"},
    "suspended": {"resume": "under_review", "withdraw": "withdrawn", "void": "voided"},
    "transferred": {
        "review": "under_review",
        "decide": "decided",
        "finish": "finished",
        "withdraw": "withdrawn",
        "void": "voided",
    },
    "decided": {"finish": "finished"},
    "finished": {"deliver": "delivered"},
    "delivered": {"archive": "archived"},
    "declined": {"archive": "archived", "void": "voided"},
    "not_ours": {"archive": "archived", "void": "voided"},
    "withdrawn": {"archive": "archived"},
    "returned": {"archive": "archived"},
    "voided": {"archive": "archived"},
    "archived": {},
}


def a_case(state: CaseState = CaseState.RECEIVED) -> Case:
    return Case(
        "c" * 32,
        CaseKind.SINGLE,
        state,
        1,
        "渝临500199-W03G1-20261121-0001",
        CatalogueVersion("pension-claim", "待遇申领", "2026-11-20", "a" * 64, True),
        "500199",
        "03",
        "wangmin",
        {"utc_ms": 1, "offset_min": 480, "monotonic_ms": 0, "trust": "unchecked"},
        dt.date(2026, 11, 21),
        {"unit": "工作日", "count": 5, "day": "2026-11-27", "estimated": False},
        {"applicant": {"name": "冉样例"}},
        document_numbers={"acceptance_notice": "演示受〔2026〕第 3010001 号"},
    )


@pytest.mark.parametrize("state", list(CaseState))
def test_every_pair_of_state_and_move_is_as_drawn(state: CaseState) -> None:
    for move in Move:
        expected = DRAWING[state.value].get(move.value)
        if expected:
            assert after(state, move) is CaseState(expected)
        else:
            with pytest.raises(NotAllowed):
                after(state, move)


def test_nothing_leads_out_of_the_archive_and_every_state_has_a_name() -> None:
    assert not [move for move, (origins, _) in MOVES.items() if CaseState.ARCHIVED in origins]
    assert set(STATE_NAMES) == set(CaseState) == {CaseState(name) for name in DRAWING}


def test_every_state_can_still_reach_the_archive() -> None:
    for state in CaseState:
        reached, frontier = {state}, [state]
        while frontier:
            here = frontier.pop()
            for origins, target in MOVES.values():
                if here in origins and target not in reached:
                    reached.add(target)
                    frontier.append(target)
        assert CaseState.ARCHIVED in reached


@given(st.sampled_from(CaseState), st.lists(st.sampled_from(Move), max_size=30))
def test_the_revision_counts_the_moves_that_were_made(start: CaseState, moves: list[Move]) -> None:
    case, made = a_case(start), 0
    for move in moves:
        before = case
        try:
            case = case.moved(move)
        except NotAllowed:
            assert case is before
        else:
            made += 1
            assert dataclasses.replace(case, state=before.state, revision=before.revision) == before
    assert case.revision == 1 + made


def test_a_case_comes_back_from_its_document_and_numbers_from_outside_do_not_change_its_hash() -> None:
    case = a_case()
    assert case_from_document(case_document(case)) == case
    numbered = dataclasses.replace(case, gateway_receipt="GW1", case_number="5000000124")
    assert case_hash(numbered) == case_hash(case)
    assert case_hash(case.moved(Move.ACCEPT)) != case_hash(case)


@pytest.mark.parametrize(
    "change", [{"format": "case/2"}, {"state": "lost"}, {"accepted_on": "2026-02-30"}, {"kind": ""}]
)
def test_a_document_that_is_none_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        case_from_document({**case_document(a_case()), **change})
