"""按指印: how an applicant who cannot write signs. Somebody reads what is shown aloud, a witness stands by, the finger is pressed.

What is entered lies in the draft under ``thumb.<read_by|witness|witness_is|page>`` until it is signed: nothing is lost half way.
单独同意 is given in the same way (consent.py), before the same two people, with a picture of its own.
"""

from __future__ import annotations

from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.domain.signing import THUMB, THUMB_PICTURE, Signature, Thumbprint
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.intake import keep, plan


def entered(draft: Draft, picture: str = THUMB_PICTURE) -> Thumbprint:
    """What the draft holds of it so far; what is not there is empty. ``picture``: where the draft keeps the picture's hash."""
    read_by, witness, witness_is = (
        draft.text(f"thumb.{name}").strip() for name in ("read_by", "witness", "witness_is")
    )
    return Thumbprint(read_by, witness, witness_is, draft.text(picture))


def keep_picture(desk: Desk, draft_id: str, picture: bytes, where: str = THUMB_PICTURE) -> Draft:
    """Keep the picture of the fingerprint, encrypted and durable when this returns; one taken again replaces the one before.

    A fingerprint is sensitive (个人信息保护法 29 条): that the applicant agreed to the picture is journalled with it.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        ref = uow.attachments.put(draft_id, picture, "image/jpeg")
        draft = keep(desk, uow, draft_id, {where: ref.sha256})
        uow.journal.append(desk.happening("consent.fingerprint", draft_id, by="applicant"))
        uow.commit()
    return draft


def sign_by_thumb(desk: Desk, draft_id: str, read_sha256: str) -> Draft:
    """The applicant's word for what was read to them. ``read_sha256``: the hash of what was read aloud (``Plan.shown_sha256``).

    Raises:
        Refused: reader or witness is missing or cannot be one, or the content was changed since it was read; nothing changed.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        signature = Signature(THUMB, read_sha256, thumb=entered(keep(desk, uow, draft_id, {})))
        values: dict[str, Json] = {"signature": signature.to_json(), "drawn": None}
        draft = keep(desk, uow, draft_id, values)
        view = plan(desk, draft, uow)
        if faults := view.application.thumb_faults:
            raise Refused(
                "还不能按指印。", reasons=tuple(faults.values()), what_is_safe="已填的都在。", what_to_do="请补上再按。"
            )
        if view.shown_sha256 != read_sha256:
            raise Refused(
                "内容在念过以后改了。", what_is_safe="已填的都在。", what_to_do="请再念一遍给申请人听，再按指印。"
            )
        uow.journal.append(desk.happening("signature.thumb", draft_id))
        uow.commit()
    return draft
