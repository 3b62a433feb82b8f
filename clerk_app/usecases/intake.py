"""收件: an intake under way. Each call saves at once; ``plan`` (planning.py) derives what the screen shows from the draft."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.domain.draft import Draft, application_of
from clerk_app.domain.form import field_fault
from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.people import IdentityMeans, Verification, has_no_type
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import FormField, WayKind
from clerk_app.errors import BadInput, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.planning import (
    DOUBTFUL_NAMES,
    NOT_GIVEN,
    MaterialRow,
    Plan,
    doubtful_of,
    obstacles,
    plan,
    without_cleared,
)
from clerk_app.usecases.taking_cards import back_values, chip_values, front_values

__all__ = [
    "DOUBTFUL_NAMES",
    "NOT_GIVEN",
    "PAPER_REASONS",
    "MaterialRow",
    "Plan",
    "add_page",
    "check_field",
    "choose",
    "discard",
    "drafts",
    "keep",
    "load",
    "looked_at",
    "obstacles",
    "open_draft",
    "page_bytes",
    "paper_reason",
    "plan",
    "save",
    "take_seen",
]


PAPER_REASONS = ("申请人自愿交纸质件", "电子证照调不出来", "电子证照上的信息有误", "要核对原件")
"""Quick answers for why a paper is taken that need not be handed in; any other text will do."""


def open_draft(desk: Desk) -> Draft:
    """Begin an intake; it is on disk when this returns."""
    must_take_cases(desk)
    now = desk.clock.now()
    draft = Draft(
        desk.ids.new_id(),
        desk.session.login,
        now.utc_ms,
        now.utc_ms,
        {"step": "applicant", "received_at": now.to_json()},
    )
    with desk.store.begin() as uow:
        uow.drafts.open(draft)
        uow.journal.append(desk.happening("draft.open", draft.id))
        uow.commit()
    return draft


EMPTY_KEYS = frozenset({"step", "received_at", "focus", "aside", "taken_by"})
"""What stands in a draft that was opened and not used."""


def drafts(desk: Desk) -> tuple[Draft, ...]:
    """This clerk's open drafts, newest first; those in which nothing was entered yet are left out."""
    must_take_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return tuple(
            draft
            for draft in uow.drafts.all()
            if draft.owner == desk.session.login and not set(draft.values) <= EMPTY_KEYS
        )


def load(desk: Desk, draft_id: str) -> Draft:
    """Raises Refused when the draft is gone, or a colleague's (see shelf.take_over)."""
    must_take_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return _own(desk, _load(uow, draft_id))


def save(desk: Desk, draft_id: str, values: Mapping[str, Json]) -> Draft:
    """Save some values (see domain/draft.py for the keys); an edit voids the signature by itself: it is bound to a hash.

    Raises:
        BadInput: a value is not of its form; nothing was saved.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        draft = keep(desk, uow, draft_id, values)
        uow.commit()
    return draft


def keep(desk: Desk, uow: UnitOfWork, draft_id: str, values: Mapping[str, Json]) -> Draft:
    """``save`` within a transaction of another act. Never leaves behind a draft that cannot be read again."""
    _own(desk, _load(uow, draft_id))
    bad = BadInput("这项内容不能保存。", what_is_safe="其他内容都在。", what_to_do="请重新填写这一项。")
    try:
        canonical_bytes(dict(values))
    except ValueError as error:
        raise bad from error
    uow.drafts.save(draft_id, values, desk.clock.now().utc_ms)
    draft = _load(uow, draft_id)
    try:
        application_of(without_cleared(draft))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad from error
    return draft


def choose(desk: Desk, draft_id: str, entry_id: str) -> Draft:
    """Choose the item or life event; answers already given are kept where the new entry asks the same.

    The draft keeps the rules of this moment: a catalogue that comes later does not change it (promise 6).
    """
    desk.catalogue.scheme(entry_id)
    pinned = desk.catalogue.hash_of(entry_id)
    return save(desk, draft_id, {"item": entry_id, "parts": None, "pinned": pinned})


def discard(desk: Desk, draft_id: str) -> None:
    """The applicant leaves (不办了): the draft goes, the journal keeps that it was. Raises Refused when it is gone."""
    must_take_cases(desk)
    with desk.store.begin() as uow:
        _load(uow, draft_id)
        uow.drafts.close(draft_id)
        uow.journal.append(desk.happening("draft.discard", draft_id))
        uow.commit()


def take_seen(desk: Desk, draft_id: str, seen: Seen) -> Draft:
    """Take what camera or card reader read into the applicant. Doubtful fields stay marked until a person looks at them.

    Raises:
        BadInput: nothing usable was seen.
    """
    draft = load(desk, draft_id)
    strip = b""
    if seen.kind is SeenKind.CODE:
        values: dict[str, Json] = {
            "applicant.means": IdentityMeans.YUKUAI_CODE.value,
            "applicant.verification": Verification.PENDING_ONLINE.value,
        }
    elif seen.kind is SeenKind.ID_FRONT:
        values = {**front_values(draft, seen), "card.name_strip": ""}
        # Kept only where the name could not be read for sure: it may have a sign that no font has (see people.has_no_type).
        strip = seen.name_strip if "name" in seen.doubtful or has_no_type(seen.fields.get("name", "")) else b""
    elif seen.kind is SeenKind.CHIP:
        values = chip_values(draft, seen)
    elif seen.kind is SeenKind.ID_BACK:
        values = back_values(seen)
    else:
        raise BadInput(
            "没有看到能用的证件或二维码。", what_is_safe="已填的内容都在。", what_to_do="请放正、放近一点再试。"
        )
    if not strip:
        return save(desk, draft_id, values)
    must_take_cases(desk)
    with desk.store.begin() as uow:
        ref = uow.attachments.put(draft_id, strip, "image/png")
        draft = keep(desk, uow, draft_id, {**values, "card.name_strip": ref.sha256})
        uow.commit()
    return draft


def looked_at(desk: Desk, draft_id: str, field: str) -> Draft:
    """A person has looked at a doubtful field and lets it stand."""
    draft = load(desk, draft_id)
    left = [name for name in doubtful_of(draft) if name != field]
    return save(desk, draft_id, {"doubtful": left})


def add_page(
    desk: Desk, draft_id: str, material_id: str, page: bytes, way: str, media_type: str = "image/jpeg", reason: str = ""
) -> Draft:
    """Keep a captured page for a material, encrypted and durable when this returns.

    ``reason``: why on paper, where an e-certificate or shared data would do. Without one it says that the applicant chose so:
    the applicant reads and signs that; where it was the office that asked, ``paper_reason`` says why.
    """
    must_take_cases(desk)
    with desk.store.begin() as uow:
        draft = _load(uow, draft_id)
        ref = uow.attachments.put(draft_id, page, media_type)
        before = draft.values.get(f"material.{material_id}")
        pages = list(before.get("pages", [])) if isinstance(before, dict) and before.get("way") == way else []
        if ref.sha256 not in pages:
            pages.append(ref.sha256)
        why = reason or (str(before.get("reason", "")) if isinstance(before, dict) else "")
        if not why and _is_waivable(plan(desk, draft, uow), material_id, way):
            why = PAPER_REASONS[0]
        values = {f"material.{material_id}": {"way": way, "pages": pages, **({"reason": why} if why else {})}}
        draft = keep(desk, uow, draft_id, values)
        uow.commit()
    return draft


def _is_waivable(view: Plan, material_id: str, way: str) -> bool:
    """Whether a captured paper need not have been handed in at all."""
    rows = (row for row in view.rows if row.material.id == material_id)
    return way == WayKind.CAPTURE and any(row.material.way(kind) for row in rows for kind in WAIVERS)


def paper_reason(desk: Desk, draft_id: str, material_id: str, reason: str) -> Draft:
    """Why a paper is taken that need not be handed in (必知 15). Raises Refused when the material was not given yet."""
    before = load(desk, draft_id).values.get(f"material.{material_id}")
    if not isinstance(before, dict):
        raise Refused("这份材料还没有收。", what_to_do="请先拍材料，再写原因。")
    return save(desk, draft_id, {f"material.{material_id}": {**before, "reason": reason.strip()}})


def page_bytes(desk: Desk, draft_id: str, sha256: str) -> bytes:
    """A captured page, for looking at it again."""
    must_take_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return uow.attachments.read(draft_id, sha256)


def check_field(desk: Desk, field: FormField, text: str) -> str:
    """The fault of one typed value, for the line beside it; empty when fine."""
    return field_fault(field, text, desk.clock.now().legal_date)


def _own(desk: Desk, draft: Draft) -> Draft:
    if draft.owner != desk.session.login:
        raise Refused(
            "这份暂存是同事的。",
            what_is_safe="里面的内容没有动。",
            what_to_do="要接着办，请在“暂存”里选它，按 Enter 接手。",
        )
    return draft


def _load(uow: UnitOfWork, draft_id: str) -> Draft:
    draft = uow.drafts.get(draft_id)
    if draft is None:
        raise Refused("这份暂存已经不在了。", what_to_do="它可能已经受理，请到“查询”里找。")
    return draft
