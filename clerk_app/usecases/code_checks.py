"""渝快码, 待联网核验: the sealed code waits for the first contact, is asked about once, and is gone; the case keeps what came of it.

Nobody at this window can read a waiting code: it is sealed to the gateway's key the moment it was scanned. The answer is held
against the applicant of the draft or case; another person is a person's task, an expired code becomes 人工核验 (promise 10).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.identity import CODE_REASONS, CodeAnswer, CodeStatus, identity_of, judged, with_identity
from clerk_app.domain.journal import Happening
from clerk_app.domain.people import VERIFICATION_MOVES, DocumentKind, IdentityMeans, Verification
from clerk_app.domain.time import Stamp
from clerk_app.ports import Clock, Store, UnitOfWork
from clerk_app.usecases.desk import Desk

WAITING = "code_checks"
_ACTOR = "gateway"
_TAKEN = {"name": "name", "sex": "sex", "birth": "birth", "ethnicity": "ethnicity", "address": "address"}

Ask = Callable[[bytes], CodeAnswer]
"""Ask the gateway about one sealed code. LineProblem or Refused when no answer came: the code waits on."""


def keep_code(desk: Desk, draft_id: str, sealed: bytes) -> None:
    """A code was scanned for a draft: keep it, sealed, until the first contact. A newer one takes its place."""
    now = desk.clock.now()
    with desk.store.begin() as uow:
        waiting = _waiting(uow)
        waiting[draft_id] = {"sealed": base64.b64encode(sealed).decode("ascii"), "at_ms": now.utc_ms}
        uow.config.set(WAITING, waiting)
        uow.journal.append(desk.happening("code.waits", draft_id))
        uow.commit()


def waiting_codes(store: Store) -> tuple[str, ...]:
    """The drafts and cases whose code waits to be asked about."""
    with store.begin(reading=True) as uow:
        return tuple(_waiting(uow))


def ask_waiting(store: Store, clock: Clock, ask: Ask) -> int:
    """Ask about each waiting code, one transaction each; no transaction is open while the network waits. How many are gone."""
    with store.begin(reading=True) as uow:
        waiting = _waiting(uow)
    settled = 0
    for owner, kept in waiting.items():
        answer = ask(base64.b64decode(kept["sealed"]))
        with store.begin() as uow:
            left = _waiting(uow)
            if left.get(owner) != kept:
                continue  # scanned anew meanwhile: that one is asked about next time
            del left[owner]
            uow.config.set(WAITING, left)
            _settle(uow, owner, answer, clock.now())
            uow.commit()
        settled += 1
    return settled


def _settle(uow: UnitOfWork, owner: str, answer: CodeAnswer, now: Stamp) -> None:
    if (draft := uow.drafts.get(owner)) is not None:
        uow.drafts.save(owner, draft_values(draft, answer), now.utc_ms)
        uow.journal.append(Happening(now, _ACTOR, "code.asked", owner, 0, {"status": answer.status.value}))
    elif (case := uow.cases.get(owner)) is not None:
        for each in (case, *uow.cases.parts_of(owner)):
            _settle_case(uow, each, answer, now)


def draft_values(draft: Draft, answer: CodeAnswer) -> Mapping[str, Json]:
    """What an answer does to a draft: fills an empty applicant, else is held against the one there."""
    label = answer.label
    if answer.status is not CodeStatus.RESOLVED:
        return {
            "applicant.means": IdentityMeans.MANUAL.value,
            "applicant.verification": Verification.MANUAL.value,
            "code.checked": None,
            "code.told": CODE_REASONS[answer.status],
        }
    number, name = draft.text("applicant.document_number"), draft.text("applicant.name")
    filled: dict[str, Json] = {}
    if not number and not name:
        filled = {
            f"applicant.{ours}": answer.fields[theirs] for theirs, ours in _TAKEN.items() if answer.fields.get(theirs)
        }
        number, name = answer.fields["id_number"], answer.fields.get("name", "")
        filled |= {
            "applicant.document_number": number,
            "applicant.document_kind": answer.fields.get("document", DocumentKind.RESIDENT_ID.value),
        }
    same = judged(answer, number, name) is Verification.VERIFIED
    kind = f"渝快码（{label}）" if label else "渝快码"
    told = f"{kind}已联网核对" if same else f"{kind}是另一个人的，请当面核对"
    return {**filled, "code.checked": number if same else None, "code.told": told}


def _settle_case(uow: UnitOfWork, case: Case, answer: CodeAnswer, now: Stamp) -> None:
    applicant = case.content.get("applicant") or {}
    before = identity_of(case)
    found = judged(answer, str(applicant.get("document_number", "")), str(applicant.get("name", "")))
    if before is not Verification.PENDING_ONLINE or found not in VERIFICATION_MOVES[before]:
        return
    reason = CODE_REASONS.get(answer.status, "渝快码和申请人不是同一个人" if found is Verification.MISMATCH else "")
    checked = with_identity(case, found, now, reason)
    uow.cases.save(checked)
    uow.journal.append(
        Happening(now, _ACTOR, "news.identity", checked.id, checked.revision, {"verification": found.value})
    )
    if found is Verification.MISMATCH:
        uow.journal.append(Happening(now, _ACTOR, "news.needs_person", checked.id, checked.revision, {"kind": "code"}))


def _waiting(uow: UnitOfWork) -> dict[str, dict[str, Json]]:
    found = uow.config.get(WAITING)
    return dict(found) if isinstance(found, dict) else {}
