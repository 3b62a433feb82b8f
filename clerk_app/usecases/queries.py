"""Looking things up: what the centre said plus what is pending, in words. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clerk_app.domain.acts import acts_of
from clerk_app.domain.canonical import Json, content_hash, parse_json
from clerk_app.domain.case import MOVE_NAMES, STATE_NAMES, Case, CaseState, case_hash
from clerk_app.domain.identity import identity_of
from clerk_app.domain.lint import Fault
from clerk_app.domain.outbox import Delivery, OutboxMessage
from clerk_app.domain.paper import PrintJob
from clerk_app.domain.people import VERIFICATION_NAMES, Verification, mask_id, mask_name
from clerk_app.domain.rating import RatingState
from clerk_app.domain.service_item import WAY_NAMES, WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.archiving import faults_before_archiving
from clerk_app.usecases.desk import Desk, must_see_cases
from clerk_app.usecases.journal_words import VERBS
from clerk_app.usecases.rate import rating_of
from clerk_app.usecases.sending_anew import lost_revisions

GREEN, AMBER, RED, BLUE, GREY = "green", "amber", "red", "blue", "grey"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list. ``applicant`` is masked. ``sync_tone``: green, amber, red, blue or grey, always with words."""

    case_id: str
    local_number: str
    gateway_receipt: str
    case_number: str
    item: str
    applicant: str
    state: CaseState
    state_text: str
    sync: str
    sync_text: str
    sync_tone: str
    received: str
    parent: str
    outcome: str
    attachments_total: int
    attachments_done: int
    refusal: str
    attention: str = ""  # why a person must look at it, in words; empty: nobody need


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case with its life as lines of (time, what, who)."""

    row: CaseRow
    case: Case
    content_sha256: str
    journal: tuple[tuple[str, str, str], ...]
    materials: tuple[tuple[str, str], ...]
    jobs: tuple[PrintJob, ...]
    parts: tuple[CaseRow, ...]
    identity: str = ""  # how sure the applicant's identity is by now, in words
    acts: tuple[tuple[str, str, str, str], ...] = ()  # (time, what, who, why) of every act kept in the case
    rating: RatingState = RatingState.NOT_INVITED  # that it was rated, never how (protect the rater)
    checks: tuple[Fault, ...] = ()  # what the pre-archive check still finds
    names: Mapping[str, str] = field(default_factory=dict)  # of this window's clerks, by login


def case_rows(desk: Desk, limit: int = 100, offset: int = 0) -> tuple[CaseRow, ...]:
    """Cases, newest first; parts follow their package."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return tuple(_row(uow, case, desk) for case in uow.cases.page(limit=limit, offset=offset))


def sync_rows(desk: Desk, limit: int = 200) -> tuple[CaseRow, ...]:
    """For the 同步 screen: every case on its way (refused first, then what waits, then pages), then the newest others."""
    must_see_cases(desk)
    order = {"refused": 0, "waiting": 1, "attachments": 2}
    with desk.store.begin(reading=True) as uow:
        open_ids = list(dict.fromkeys(message.case_id for message in uow.outbox.open(limit)))
        going = [case for each in open_ids if (case := uow.cases.get(each))]
        others = [case for case in uow.cases.page(limit=60) if case.id not in set(open_ids)]
        rows = [_row(uow, case, desk) for case in (*going, *others)]
    return tuple(sorted(rows, key=lambda row: order.get(row.sync, 3)))


def search(desk: Desk, text: str, limit: int = 50, *, held: int = 0, after: str = "") -> tuple[CaseRow, ...]:
    """Cases by name, numbers or item; an empty text lists the newest. The next page: ``held`` rows so far, the last is ``after``."""
    must_see_cases(desk)
    if not text.strip():
        return case_rows(desk, limit, held)
    with desk.store.begin(reading=True) as uow:
        return tuple(_row(uow, case, desk) for case in uow.cases.search(text.strip(), limit, after))


def rows_again(desk: Desk, case_ids: Sequence[str]) -> tuple[CaseRow, ...]:
    """These cases as they stand now, those that are still here."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return tuple(_row(uow, case, desk) for each in case_ids if (case := uow.cases.get(each)))


def case_detail(desk: Desk, number: str) -> CaseDetail:
    """By case id or any of the three numbers. Raises Refused when there is none."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        case = uow.cases.get(number) or uow.cases.find(number)
        if case is None:
            raise Refused("没有找到这件办件。", what_to_do="请核对编号，或者按姓名再找一次。")
        journal = tuple(
            (when(entry.happening.at), VERBS.get(entry.happening.verb, entry.happening.verb), entry.happening.actor)
            for entry in uow.journal.of_case(case.id)
        )
        return CaseDetail(
            _row(uow, case, desk),
            case,
            _sent_hash(uow, case),
            journal,
            _materials(desk, case),
            uow.print_jobs.of_case(case.id),
            tuple(_row(uow, part, desk) for part in uow.cases.parts_of(case.id)),
            VERIFICATION_NAMES[identity_of(case)],
            tuple((when(act.at), MOVE_NAMES[act.move], act.by, act.reason) for act in acts_of(case)),
            rating_of(case),
            faults_before_archiving(desk, uow, case),
            {clerk.login: clerk.name for clerk in uow.clerks.all()},
        )


def _sent_hash(uow: UnitOfWork, case: Case) -> str:
    """content_sha256 of the revision last handed to the gateway: what ``gateway dump`` shows for it.

    A decision that came back makes a local revision that nobody sends; it does not count here.
    """
    messages = uow.outbox.of_case(case.id)
    if not messages:
        return case_hash(case)
    return content_hash(parse_json(max(messages, key=lambda message: message.revision).body)["case"])


def row_json(row: CaseRow) -> Json:
    """The keys of ``case list --json`` (cli.md)."""
    return {
        "case_id": row.case_id,
        "local_number": row.local_number,
        "gateway_receipt": row.gateway_receipt or None,
        "case_number": row.case_number or None,
        "item": row.item,
        "applicant": row.applicant,
        "state": row.state.value,
        "sync": row.sync,
        "parent": row.parent or None,
        "outcome": row.outcome or None,
        **({"attention": row.attention} if row.attention else {}),
    }


def _row(uow: UnitOfWork, case: Case, desk: Desk) -> CaseRow:
    messages = uow.outbox.of_case(case.id)
    carried = uow.outbox.carried([each.id for each in messages if each.state is Delivery.WAITING])
    sync, text, tone = _sync(case, messages, desk.clock.now().utc_ms, max(carried.values(), default=0))
    if sync != "refused" and lost_revisions(uow, case):
        sync, text, tone = "never_sent", "没有送出的记录，请核对后补送", RED
    blobs = {ref.blob_sha256 for message in messages for ref in message.attachments}
    done = {blob for message in messages for blob in message.blobs_done}
    applicant = case.content.get("applicant", {})
    refusal = next((message.refusal_reason for message in messages if message.state is Delivery.REFUSED), "")
    return CaseRow(
        case_id=case.id,
        local_number=case.local_number,
        gateway_receipt=case.gateway_receipt,
        case_number=case.case_number,
        item=case.item.name,
        applicant=mask_name(str(applicant.get("name", ""))),
        state=case.state,
        state_text=STATE_NAMES[case.state] + (f" · {case.outcome}" if case.outcome else ""),
        sync=sync,
        sync_text=text,
        sync_tone=tone,
        received=when(Stamp.from_json(case.received_at)),
        parent=case.parent,
        outcome=case.outcome,
        attachments_total=len(blobs),
        attachments_done=len(blobs & done),
        refusal=refusal,
        attention=_attention(case),
    )


def _attention(case: Case) -> str:
    if identity_of(case) is Verification.MISMATCH:
        return "身份联网核验不一致：请联系申请人，对照证件再核对"
    return ""


def _sync(case: Case, messages: tuple[OutboxMessage, ...], now_ms: int, carried_ms: int) -> tuple[str, str, str]:
    if refused := next((message for message in messages if message.state is Delivery.REFUSED), None):
        return "refused", f"平台退回：{refused.refusal_reason}", RED
    waiting = next((message for message in messages if message.state is Delivery.WAITING), None)
    if waiting:
        if waiting.lease_until_ms > now_ms:
            return "waiting", "正在送", BLUE
        if carried_ms:
            return "waiting", f"{Stamp(carried_ms).local:%m-%d %H:%M} 写到 U 盘，等回执", BLUE
        if waiting.attempts:
            again = (
                f"{Stamp(waiting.next_try_ms).local:%H:%M:%S} 再试" if waiting.next_try_ms > now_ms else "会自己再试"
            )
            return "waiting", f"没送成，{again}；数据没有丢", AMBER
        return "waiting", "排队中", GREY
    total = {ref.blob_sha256 for message in messages for ref in message.attachments}
    done = {blob for message in messages for blob in message.blobs_done}
    if left := len(total - done):
        return "attachments", f"前置已收 · 附件 {len(total) - left}/{len(total)}", BLUE
    if case.case_number:
        return "numbered", "已进渝快办", GREEN
    return "acknowledged", "前置已收 · 平台编号待换发", GREEN


def _materials(desk: Desk, case: Case) -> tuple[tuple[str, str], ...]:
    parts = case.content.get("parts") or None
    try:
        names = {
            material.id: material.name
            for material in desk.catalogue.scheme_at(case.item.id, case.item.sha256, parts).materials
        }
    except Refused:  # the entry has left the catalogue; the case stays readable
        names = {}
    return tuple(
        (names.get(key, key), WAY_NAMES[WayKind(how["way"])] + (f" {len(how['pages'])} 页" if how.get("pages") else ""))
        for key, how in case.content.get("materials", {}).items()
    )


def masked_applicant(case: Case) -> tuple[str, str]:
    """Name and document number as lists and screens show them."""
    applicant = case.content.get("applicant", {})
    return mask_name(str(applicant.get("name", ""))), mask_id(str(applicant.get("document_number", "")))


def when(stamp: Stamp) -> str:
    """To the minute, as lists show it."""
    return stamp.local.strftime("%Y-%m-%d %H:%M")
