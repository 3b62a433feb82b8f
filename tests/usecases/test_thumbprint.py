"""An applicant who cannot write: read to, witnessed, a fingerprint; bound to what was read, kept, sent, printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.draft import Draft
from clerk_app.domain.paper import Form
from clerk_app.domain.sensitive import Consent, ConsentBy, SensitiveKind
from clerk_app.domain.signing import CONSENT_PICTURE, Signature, Thumbprint
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases.accept import accept_application, accept_draft, shown_for
from clerk_app.usecases.consent import consent_by_thumb
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import plan, save
from clerk_app.usecases.printing import order_of
from clerk_app.usecases.thumbprint import keep_picture, sign_by_thumb
from printing.documents.frame import who_and_what
from tests.fakes.desk import PAGES, fill, pension

PICTURE = b"\xff\xd8 a finger on paper"
TOLD = {"thumb.read_by": "王敏", "thumb.witness": "李见证", "thumb.witness_is": "样例社区网格员"}


def read_to(desk: Desk, **changes: str) -> Draft:
    draft = fill(desk, pension(), sign=False)
    return save(desk, draft.id, {**TOLD, **{f"thumb.{key}": value for key, value in changes.items()}})


def test_it_is_accepted_sent_with_its_picture_and_printed(desk: Desk, store: Store) -> None:
    draft = keep_picture(desk, read_to(desk).id, PICTURE)
    draft = sign_by_thumb(desk, draft.id, plan(desk, draft).shown_sha256)
    assert plan(desk, draft).signed
    done = accept_draft(desk, draft.id)
    thumb = done.case.content["signature"]["thumb"]
    assert thumb == {
        "read_by": "王敏",
        "witness": "李见证",
        "witness_is": "样例社区网格员",
        "page": bytes_hash(PICTURE),
    }
    with store.begin(reading=True) as uow:
        (message,) = uow.outbox.open(10)
        assert bytes_hash(PICTURE) in {ref.sha256 for ref in message.attachments}
        assert uow.attachments.read(done.case.id, bytes_hash(PICTURE)) == PICTURE
        verbs = [entry.happening.verb for entry in uow.journal.entries()]
        assert {"consent.fingerprint", "signature.thumb"} <= set(verbs)
    order = order_of(desk, next(job for job in done.jobs if job.form is Form.F2).id)
    assert ("签字方式", "按指印；王敏念给本人听，李见证（样例社区网格员）见证") in who_and_what(order)


def test_without_a_picture_nothing_says_that_one_was_taken(desk: Desk, store: Store) -> None:
    draft = read_to(desk)
    sign_by_thumb(desk, draft.id, plan(desk, draft).shown_sha256)
    accept_draft(desk, draft.id)
    with store.begin(reading=True) as uow:
        assert "consent.fingerprint" not in [entry.happening.verb for entry in uow.journal.entries()]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"witness": ""}, "见证人"),
        ({"read_by": " "}, "念"),
        ({"witness": "王敏"}, "两个人"),
        ({"witness": "冉桂芳"}, "自己"),
    ],
)
def test_a_missing_or_impossible_witness_signs_nothing(desk: Desk, wrong: dict[str, str], said: str) -> None:
    draft = read_to(desk, **wrong)
    save(desk, draft.id, {"applicant.name": "冉桂芳"})
    view = plan(desk, draft)
    with pytest.raises(Refused) as refused:
        sign_by_thumb(desk, draft.id, view.shown_sha256)
    assert said in " ".join(refused.value.reasons)
    assert not plan(desk, save(desk, draft.id, {})).signed


def test_what_changed_since_it_was_read_is_read_again(desk: Desk) -> None:
    draft = read_to(desk)
    read = plan(desk, draft).shown_sha256
    save(desk, draft.id, {"applicant.phone": "13900000001"})
    with pytest.raises(Refused, match="改了"):
        sign_by_thumb(desk, draft.id, read)


def test_an_edit_after_it_voids_it(desk: Desk) -> None:
    draft = read_to(desk)
    draft = sign_by_thumb(desk, draft.id, plan(desk, draft).shown_sha256)
    draft = save(desk, draft.id, {"applicant.phone": "13900000001"})
    assert any("重新签字" in text for text in plan(desk, draft).obstacles)


def test_by_the_command_line_the_same_rules_hold(desk: Desk) -> None:
    application = pension()
    _, sha = shown_for(desk, replace(application, signature=None))
    thumb = Thumbprint("王敏", "王敏", "自己", bytes_hash(PICTURE))
    alone = replace(application, signature=Signature("thumb", sha, thumb=thumb))
    with pytest.raises(Refused, match="受理") as refused:
        accept_application(desk, alone, [*PAGES, (PICTURE, "image/jpeg")])
    assert any("两个人" in text for text in refused.value.reasons)
    good = replace(alone, signature=Signature("thumb", sha, thumb=replace(thumb, witness="李见证")))
    with pytest.raises(Refused, match="没有一起交上来"):
        accept_application(desk, good, PAGES)
    assert accept_application(desk, good, [*PAGES, (PICTURE, "image/jpeg")]).case.accepted_on


def asked(desk: Desk, **changes: str) -> Draft:
    """A draft whose account wants 单独同意, read aloud before a witness."""
    draft = fill(desk, pension(consents={}), sign=False)
    return save(desk, draft.id, {**TOLD, **{f"thumb.{key}": value for key, value in changes.items()}})


ACCOUNT = (SensitiveKind.ACCOUNT,)


def test_consent_read_aloud_goes_with_the_case_and_its_own_picture(desk: Desk, store: Store) -> None:
    draft = keep_picture(desk, asked(desk).id, PICTURE, CONSENT_PICTURE)
    draft = consent_by_thumb(desk, draft.id, ACCOUNT)
    view = plan(desk, draft)
    assert view.unconsented == ()
    assert not view.signed, "consenting is not signing"
    draft = sign_by_thumb(desk, draft.id, view.shown_sha256)
    done = accept_draft(desk, draft.id)
    assert done.case.content["consents"] == {
        "account": {
            "by": "applicant",
            "how": "thumb",
            "thumb": {
                "read_by": "王敏",
                "witness": "李见证",
                "witness_is": "样例社区网格员",
                "page": bytes_hash(PICTURE),
            },
        }
    }
    assert done.case.content["signature"]["thumb"]["page"] == "", (
        "the sheet of the consent is not that of the signature"
    )
    with store.begin(reading=True) as uow:
        (message,) = uow.outbox.open(10)
        assert bytes_hash(PICTURE) in {ref.sha256 for ref in message.attachments}
        (given,) = [each for each in uow.journal.entries() if each.happening.verb == "consent.given"]
    assert dict(given.happening.detail) == {"kinds": "account", "by": "applicant", "how": "thumb"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"witness": ""}, "见证人"), ({"read_by": ""}, "念"), ({"witness": "王敏"}, "两个人")],
)
def test_a_consent_without_reader_or_witness_is_none(desk: Desk, wrong: dict[str, str], said: str) -> None:
    draft = asked(desk, **wrong)
    with pytest.raises(Refused) as refused:
        consent_by_thumb(desk, draft.id, ACCOUNT)
    assert said in " ".join(refused.value.reasons)
    assert plan(desk, save(desk, draft.id, {})).unconsented == ACCOUNT


def test_only_what_was_read_aloud_is_consented_to(desk: Desk) -> None:
    draft = asked(desk)
    with pytest.raises(Refused, match="改了"):
        consent_by_thumb(desk, draft.id, (SensitiveKind.HEALTH,))
    assert plan(desk, save(desk, draft.id, {})).unconsented == ACCOUNT


def test_who_becomes_a_party_was_no_witness_of_the_consent(desk: Desk) -> None:
    draft = consent_by_thumb(desk, asked(desk).id, ACCOUNT)
    draft = save(desk, draft.id, {"agent.name": "李见证", "agent.document_number": "500199196203141224"})
    assert plan(desk, draft).unconsented == ACCOUNT


def test_a_consent_by_a_fingerprint_says_who_read_and_nothing_else_does() -> None:
    by_thumb = Consent(ConsentBy.APPLICANT, "thumb", Thumbprint("王敏", "李见证", "网格员"))
    assert Consent.from_json(by_thumb.to_json()) == by_thumb
    for wrong in (
        {"by": "applicant", "how": "thumb"},
        {"by": "applicant", "how": "screen", "thumb": Thumbprint("王敏", "李见证", "网格员").to_json()},
    ):
        with pytest.raises(ValueError, match="read"):
            Consent.from_json(wrong)


def test_by_the_command_line_a_consent_needs_a_witness_too(desk: Desk) -> None:
    thumb = Thumbprint("王敏", "王敏", "自己", bytes_hash(PICTURE))
    alone = pension(consents={"account": Consent(ConsentBy.APPLICANT, "thumb", thumb)})
    pages = [*PAGES, (PICTURE, "image/jpeg")]
    with pytest.raises(Refused) as refused:
        accept_application(desk, alone, pages)
    assert any("两个人" in text for text in refused.value.reasons)
    given = {"account": Consent(ConsentBy.APPLICANT, "thumb", replace(thumb, witness="李见证"))}
    good = replace(alone, consents=given, signature=Signature("paper", ""))
    with pytest.raises(Refused, match="没有一起交上来"):
        accept_application(desk, good, PAGES)
    assert accept_application(desk, good, pages).case.accepted_on
