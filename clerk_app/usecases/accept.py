"""受理, 一次性告知, 收件, 不予受理 and 引导 out of a draft: the case, its journal entry, its outbox message and its print jobs in ONE
transaction, durable before it is shown.

The draft's id becomes the case id and the message id is made from it, so that trying again after an unknown outcome
(a commit that reported failure can be there after reopening) finds the case instead of making a second one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash, content_hash
from clerk_app.domain.case import Case, Move
from clerk_app.domain.draft import Draft
from clerk_app.domain.refusing import DeclineKind
from clerk_app.domain.signing import Signature
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.correction_term import term_until
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.nothing_dropped import must_be_known
from clerk_app.usecases.planning import Plan, Then, plan
from clerk_app.usecases.settling import decline_step, ending_of, notice_step, refer_step, write_case
from clerk_app.usecases.writing import Accepted, Step

__all__ = [
    "Accepted",
    "accept_application",
    "accept_draft",
    "case_id_of_key",
    "decline_draft",
    "draft_values",
    "give_notice",
    "receive_application",
    "refer_draft",
    "settle_in",
    "shown_for",
    "take_in",
]


@dataclass(frozen=True, slots=True)
class Entered:
    """What an application carries that was not typed at this window: a retry key, an earlier taking (应急)."""

    case_id: str = ""
    content: Mapping[str, Json] = field(default_factory=dict)
    taken_at: Stamp | None = None


def accept_draft(desk: Desk, draft_id: str) -> Accepted:
    """受理 what stands in a draft.

    Raises:
        Refused: a rule says no (``reasons`` lists every one of them at once), or a one-time notice was given already.
        StorageProblem: the disk failed; call again with the same draft, nothing is doubled.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.ACCEPT)


def give_notice(desk: Desk, draft_id: str, until: dt.date | None = None) -> Accepted:
    """一次性告知: take in what is there and list everything missing at once (F1 + F4); the case waits for correction until the
    day set, else the usual one.

    Raises:
        Refused: nothing is missing, the applicant, item or situation is not known yet, the day lies not ahead, or it was accepted
            already.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.ASK_CORRECTION, notice_step(term_until(desk, until)))


def take_in(desk: Desk, draft_id: str) -> Accepted:
    """收件 without an answer yet: F1 only; the five-day clock of the one-time notice runs from now on.

    Raises:
        Refused: applicant or item is not known yet, or the draft was settled before.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.RECEIVE)


def decline_draft(desk: Desk, draft_id: str, kind: DeclineKind, reason: str, basis: str, instead: str = "") -> Accepted:
    """不予受理 (F3): the ground, the reason in words, the provision it rests on, where to go instead.

    Raises:
        Refused: no reason or no provision; 不属于本机关 without naming who is responsible; applicant or item not known yet.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.DECLINE, decline_step(kind, reason, basis, instead))


def refer_draft(desk: Desk, draft_id: str, where: str, matter: str = "") -> Accepted:
    """首问负责 (F15): not handled here; the slip says which office, address and phone. The item may be none of ours.

    Raises:
        Refused: it is not said where to go or what for.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.REFER, refer_step(where, matter))


def accept_application(
    desk: Desk, application: Application, pages: Sequence[tuple[bytes, str]] = (), *, key: str = ""
) -> Accepted:
    """受理 a whole application at once (command line, later: forms from elsewhere) through the very same rules.

    A signature made on paper (``kind`` paper) without a hash is bound to what is shown at this moment: the clerk who enters
    it answers for the sheet that was signed. ``key``: the same key again answers the same case, once.

    Args:
        pages: (bytes, media type) of every page that the materials name by SHA-256.

    Raises:
        Refused: a rule says no, a named page was not handed over, or the key was used for something else.
        StorageProblem: the disk is nearly full (the same rule as for a new draft), or failed.
    """
    must_take_cases(desk)
    return enter_application(desk, application, pages, Entered(case_id_of_key(desk, key) if key else ""))


def receive_application(
    desk: Desk,
    application: Application,
    pages: Sequence[tuple[bytes, str]] = (),
    *,
    notice: bool = False,
    until: dt.date | None = None,
    key: str = "",
) -> Accepted:
    """收件 of a whole application at once: F1 only, or with ``notice`` F1 and F4 (what is missing, all at once, to be brought
    ``until`` then). Raises as ``give_notice``."""
    must_take_cases(desk)
    entered = Entered(case_id_of_key(desk, key) if key else "")
    if not notice:
        return enter_application(desk, application, pages, entered, Move.RECEIVE)
    told = notice_step(term_until(desk, until))
    return enter_application(desk, application, pages, entered, Move.ASK_CORRECTION, told)


def enter_application(
    desk: Desk,
    application: Application,
    pages: Sequence[tuple[bytes, str]],
    entered: Entered,
    move: Move = Move.ACCEPT,
    given: Step | None = None,
) -> Accepted:
    """As ``accept_application``, with an id of its own or an earlier day (see ``Entered``), or another ending."""
    now = desk.clock.now()
    by_hash = {bytes_hash(data): (data, media_type) for data, media_type in pages}
    wanted = set(application.pages)
    if wanted - set(by_hash):
        raise Refused("有材料页没有一起交上来。", what_is_safe="没有留下半份数据。", what_to_do="请把缺的页补上再试。")
    told = content_hash(application.to_json())
    taken_at = entered.taken_at or now
    then = replace(desk, clock=Then(taken_at))
    case_id = entered.case_id or desk.ids.new_id()
    draft = Draft(case_id, desk.session.login, now.utc_ms, now.utc_ms, draft_values(application, taken_at))
    with desk.store.begin() as uow:
        if entered.case_id and (before := uow.cases.get(case_id)):
            if before.content.get("notes", {}).get("told_sha256") != told:
                raise Refused(
                    "这个编号已经用过，内容却不一样。", what_is_safe="先前那件没有变。", what_to_do="请换一个编号。"
                )
            return _read_back(uow, before)
        uow.drafts.must_have_room()
        view = _with_paper_signature(then, draft, uow)
        must_be_known(desk, application, view)
        ending = ending_of(view, move, given)
        for page in view.application.pages:
            uow.attachments.put(draft.id, *by_hash[page])
        content = {**entered.content, "told_sha256": told} if entered.case_id else dict(entered.content)
        accepted = write_case(desk, uow, view, taken_at, ending, content)
        uow.commit()
    return replace(accepted, findings=view.findings)


def case_id_of_key(desk: Desk, key: str) -> str:
    """The case id behind a retry key; an id (32 hexadecimal digits) stands for itself. Raises Refused for an odd key."""
    if re.fullmatch(r"[0-9a-f]{32}", key):
        return key
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Refused("重试编号写法不对。", what_to_do="请用 1 到 200 个可见字符。")
    return bytes_hash(f"key:{desk.hall.code}:{desk.hall.window}:{desk.hall.generation}:{key}".encode())[:32]


def shown_for(desk: Desk, application: Application) -> tuple[tuple[tuple[str, str], ...], str]:
    """What the applicant would be shown for it now, and the hash that a signature on the pad binds to."""
    now = desk.clock.now()
    view = plan(desk, Draft("0" * 32, "", now.utc_ms, now.utc_ms, draft_values(application, now)))
    return view.shown, view.shown_sha256


def _with_paper_signature(desk: Desk, draft: Draft, uow: UnitOfWork) -> Plan:
    """A sheet signed on paper has no hash of its own: it is bound here, once, to the rows as they stand."""
    view = plan(desk, draft, uow)
    signature = view.application.signature
    if signature is None or signature.kind != "paper" or signature.shown_sha256:
        return view
    bound = Signature("paper", view.shown_sha256)
    return plan(desk, replace(draft, values={**draft.values, "signature": bound.to_json()}), uow)


def draft_values(application: Application, now: Stamp) -> dict[str, Json]:
    """The flat draft form of an application (the inverse of domain.draft.application_of)."""
    data = application.to_json()
    values: dict[str, Json] = {
        "item": application.item_id,
        "parts": list(application.parts),
        "received_at": now.to_json(),
    }
    sections = {"answers": "answer", "materials": "material", "fields": "field"}
    for name, prefix in sections.items():
        values |= {f"{prefix}.{key}": value for key, value in data[name].items()}
    values |= {f"consent.{kind}": value for kind, value in data.get("consents", {}).items()}
    values |= {f"applicant.{key}": value for key, value in data["applicant"].items()}
    for who in ("agent", "guardian", "mandate", "organisation", "elsewhere"):
        values |= {f"{who}.{key}": value for key, value in (data.get(who) or {}).items()}
    if valid_to := values.pop("applicant.valid_to", ""):
        values["card.valid_to"] = valid_to
    return values | {"delivery": application.delivery, "signature": data["signature"], "channel": application.channel}


def _settle(desk: Desk, draft_id: str, move: Move, given: Step | None = None) -> Accepted:
    now = desk.clock.now()
    with desk.store.begin() as uow:
        accepted = settle_in(desk, uow, draft_id, move, now, given)
        uow.commit()
    return accepted


def settle_in(
    desk: Desk, uow: UnitOfWork, draft_id: str, move: Move, now: Stamp, given: Step | None = None
) -> Accepted:
    """End a draft inside the caller's transaction; a draft that ended so before answers its case. Raises Refused."""
    if before := uow.cases.get(draft_id):
        if _first_move(before) is not move:
            raise _settled_otherwise(before)
        return _read_back(uow, before)
    draft = uow.drafts.get(draft_id)
    if draft is None:
        raise Refused("这份暂存已经不在了。", what_to_do="请到“查询”里找这件办件。")
    view = plan(desk, draft, uow)
    ending = ending_of(view, move, given)
    accepted = write_case(desk, uow, view, now, ending, {})
    uow.drafts.close(draft_id)
    return accepted


def _first_move(case: Case) -> Move:
    """How the case came to be; ACCEPT stands for both kinds of acceptance."""
    acts = case.content.get("acts", [])
    first = Move(acts[0]["move"]) if acts else Move.ACCEPT if case.accepted_on else Move.ASK_CORRECTION
    return Move.ACCEPT if first is Move.ACCEPT_DEFERRED else first


def _settled_otherwise(before: Case) -> Refused:
    if before.accepted_on is None:
        return Refused("这件办件已经收下，还没有受理。", what_to_do="请到“查询”里找到它，补齐后再受理。")
    return Refused("这件办件已经受理了，不用再告知。", what_to_do="请到“查询”里找到它。")


def _read_back(uow: UnitOfWork, case: Case) -> Accepted:
    return Accepted(case, uow.cases.parts_of(case.id), uow.print_jobs.of_case(case.id))
