"""渝快码: sealed while it waits, asked about once, gone then; the answer against the applicant; on both stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clerk_app.domain.canonical import canonical_bytes
from clerk_app.domain.identity import CodeAnswer, CodeStatus, identity_of
from clerk_app.domain.people import IdentityMeans, Verification
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import LineProblem
from clerk_app.usecases import intake
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.code_checks import ask_waiting, keep_code, waiting_codes
from clerk_app.usecases.desk import Desk
from tests.fakes.desk import SUITE, clock_of, fill, pension, signed
from tests.usecases.test_news import case_of, verbs

RAW = "YKU0123456789abcdef"
LIU = {"name": "刘桂芳", "id_number": "500199196203142467", "sex": "女", "birth": "1962-03-14"}
PRIVATE, PUBLIC = SUITE.new_sealing_pair()


def scanned(desk: Desk, draft_id: str) -> None:
    intake.take_seen(desk, draft_id, Seen(SeenKind.CODE, text=RAW))
    keep_code(desk, draft_id, SUITE.seal_to(PUBLIC, RAW.encode(), b"test"))


def always(status: CodeStatus, **fields: str) -> Callable[[bytes], CodeAnswer]:
    def ask(sealed: bytes) -> CodeAnswer:
        assert SUITE.open_sealed(PRIVATE, sealed, b"test") == RAW.encode()
        return CodeAnswer(status, "演示码", fields)

    return ask


def settle(desk: Desk, ask: Callable[[bytes], CodeAnswer]) -> int:
    return ask_waiting(desk.store, clock_of(desk), ask)


def test_the_raw_code_is_nowhere_and_the_sealed_one_goes_with_the_answer(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    scanned(desk, draft.id)
    with desk.store.begin(reading=True) as uow:
        kept = canonical_bytes(uow.config.get("code_checks"))
    values = canonical_bytes(dict(intake.load(desk, draft.id).values))
    assert RAW.encode() not in kept + values
    assert waiting_codes(desk.store) == (draft.id,)
    assert settle(desk, always(CodeStatus.RESOLVED, **LIU)) == 1
    assert waiting_codes(desk.store) == ()
    assert settle(desk, always(CodeStatus.RESOLVED, **LIU)) == 0


def test_an_empty_applicant_is_filled_and_verified(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    scanned(desk, draft.id)
    settle(desk, always(CodeStatus.RESOLVED, **LIU))
    person = intake.plan(desk, intake.load(desk, draft.id)).application.applicant
    assert (person.name, person.document_number) == (LIU["name"], LIU["id_number"])
    assert person.verification is Verification.VERIFIED


def test_another_applicant_typed_later_is_not_verified(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    scanned(desk, draft.id)
    settle(desk, always(CodeStatus.RESOLVED, **LIU))
    intake.save(desk, draft.id, {"applicant.document_number": "50019919551102031X", "applicant.name": "陈志强"})
    person = intake.plan(desk, intake.load(desk, draft.id)).application.applicant
    assert person.verification is Verification.PENDING_ONLINE


@pytest.mark.parametrize("status", [CodeStatus.EXPIRED, CodeStatus.UNKNOWN, CodeStatus.UNSUPPORTED])
def test_what_cannot_be_told_becomes_a_persons_check(desk: Desk, status: CodeStatus) -> None:
    draft = intake.open_draft(desk)
    scanned(desk, draft.id)
    settle(desk, always(status))
    now = intake.load(desk, draft.id)
    assert now.text("applicant.means") == IdentityMeans.MANUAL.value
    assert "人工核验" in now.text("code.told")
    assert waiting_codes(desk.store) == ()


def test_without_a_line_it_waits_on(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    scanned(desk, draft.id)

    def cut(_: bytes) -> CodeAnswer:
        raise LineProblem("没有网。")

    with pytest.raises(LineProblem):
        settle(desk, cut)
    assert waiting_codes(desk.store) == (draft.id,)


def accepted_offline(desk: Desk) -> str:
    draft = fill(desk, pension())
    scanned(desk, draft.id)
    now = intake.load(desk, draft.id)
    signed(desk, now)
    case = accept_draft(desk, draft.id).case
    assert identity_of(case) is Verification.PENDING_ONLINE
    return case.id


@pytest.mark.parametrize(
    ("status", "change", "found"),
    [
        (CodeStatus.RESOLVED, {}, Verification.VERIFIED),
        (CodeStatus.RESOLVED, {"id_number": "50019919551102031X"}, Verification.MISMATCH),
        (CodeStatus.RESOLVED, {"name": "刘桂香"}, Verification.MISMATCH),
        (CodeStatus.EXPIRED, {}, Verification.MANUAL),
    ],
)
def test_an_accepted_case_is_checked_when_the_line_is_back(
    desk: Desk, status: CodeStatus, change: dict[str, str], found: Verification
) -> None:
    case_id = accepted_offline(desk)
    applicant = case_of(desk, case_id).content["applicant"]
    truth = {"id_number": applicant["document_number"], "name": applicant["name"]}
    settle(desk, always(status, **{**truth, **change}))
    assert identity_of(case_of(desk, case_id)) is found
    assert ("news.needs_person" in verbs(desk)) == (found is Verification.MISMATCH)
    assert waiting_codes(desk.store) == ()
