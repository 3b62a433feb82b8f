"""办件: the case and its one state machine (data sheet §2.6), revisions, package and part cases.

    咨询 ─► 收件 ─┬─► 受理 ─► [审核 / 特殊程序(停表)] ─► 决定 ─► 办结 ─► 送达 ─► 归档
                  ├─► 容缺受理 ─► 补齐 → 受理 | 逾期 → 退件
                  ├─► 补正告知(停表) ─► 补正收件 ─► 受理 | 逾期 → 退件
                  ├─► 不予受理   ├─► 不属本机关   └─► 撤回
    并行: 挂起/恢复, 转办. No deletion, only 作废 with a reason.

Verification, delivery to the platform, printing and rating are state machines of their own beside it
(people.py, outbox.py, paper.py, rating.py). Each change of a case is a numbered revision; what comes back merges by revision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from clerk_app.domain.canonical import Json, content_hash


class CaseState(StrEnum):
    """All states of the data sheet §2.6; the database and the wire store these values and nothing parallel to them."""

    CONSULTING = "consulting"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_DEFERRED = "accepted_deferred"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_RECEIVED = "correction_received"
    DECLINED = "declined"
    NOT_OURS = "not_ours"
    UNDER_REVIEW = "under_review"
    SPECIAL_PROCEDURE = "special_procedure"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    DECIDED = "decided"
    FINISHED = "finished"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    VOIDED = "voided"


STATE_NAMES: Mapping[CaseState, str] = {
    CaseState.CONSULTING: "咨询",
    CaseState.RECEIVED: "收件",
    CaseState.ACCEPTED: "已受理",
    CaseState.ACCEPTED_DEFERRED: "容缺受理",
    CaseState.CORRECTION_ASKED: "待补正",
    CaseState.CORRECTION_RECEIVED: "补正收件",
    CaseState.DECLINED: "不予受理",
    CaseState.NOT_OURS: "不属本机关",
    CaseState.UNDER_REVIEW: "审核中",
    CaseState.SPECIAL_PROCEDURE: "特殊程序",
    CaseState.SUSPENDED: "挂起",
    CaseState.TRANSFERRED: "转办",
    CaseState.DECIDED: "已决定",
    CaseState.FINISHED: "已办结",
    CaseState.DELIVERED: "已送达",
    CaseState.ARCHIVED: "已归档",
    CaseState.WITHDRAWN: "已撤回",
    CaseState.RETURNED: "已退件",
    CaseState.VOIDED: "已作废",
}


class Move(StrEnum):
    """What can happen to a case; each move is one journal entry and one revision."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    ACCEPT_DEFERRED = "accept_deferred"
    ASK_CORRECTION = "ask_correction"
    RECEIVE_CORRECTION = "receive_correction"
    SUPPLEMENT = "supplement"
    SUPPLEMENT_PART = "supplement_part"
    DECLINE = "decline"
    REFER = "refer"
    REVIEW = "review"
    BEGIN_SPECIAL = "begin_special"
    END_SPECIAL = "end_special"
    SUSPEND = "suspend"
    RESUME = "resume"
    TRANSFER = "transfer"
    DECIDE = "decide"
    FINISH = "finish"
    DELIVER = "deliver"
    ARCHIVE = "archive"
    WITHDRAW = "withdraw"
    RETURN = "return"
    VOID = "void"


MOVE_NAMES: Mapping[Move, str] = {
    Move.RECEIVE: "收件",
    Move.ACCEPT: "受理",
    Move.ACCEPT_DEFERRED: "容缺受理",
    Move.ASK_CORRECTION: "要求补正",
    Move.RECEIVE_CORRECTION: "收补正材料",
    Move.SUPPLEMENT: "补齐容缺材料",
    Move.SUPPLEMENT_PART: "收一部分容缺材料",
    Move.DECLINE: "不予受理",
    Move.REFER: "引导到别处",
    Move.REVIEW: "审核",
    Move.BEGIN_SPECIAL: "开始特殊程序",
    Move.END_SPECIAL: "结束特殊程序",
    Move.SUSPEND: "挂起",
    Move.RESUME: "恢复",
    Move.TRANSFER: "转办",
    Move.DECIDE: "作决定",
    Move.FINISH: "办结",
    Move.DELIVER: "送达",
    Move.ARCHIVE: "归档",
    Move.WITHDRAW: "撤回",
    Move.RETURN: "退件",
    Move.VOID: "作废",
}

_S = CaseState
_OPEN = frozenset(
    {_S.ACCEPTED, _S.ACCEPTED_DEFERRED, _S.UNDER_REVIEW, _S.SPECIAL_PROCEDURE, _S.SUSPENDED, _S.TRANSFERRED}
)
_BEFORE = frozenset({_S.RECEIVED, _S.CORRECTION_ASKED, _S.CORRECTION_RECEIVED})

MOVES: Mapping[Move, tuple[frozenset[CaseState], CaseState]] = {
    Move.RECEIVE: (frozenset({_S.CONSULTING}), _S.RECEIVED),
    Move.ACCEPT: (frozenset({_S.RECEIVED, _S.CORRECTION_RECEIVED}), _S.ACCEPTED),
    Move.ACCEPT_DEFERRED: (frozenset({_S.RECEIVED, _S.CORRECTION_RECEIVED}), _S.ACCEPTED_DEFERRED),
    Move.ASK_CORRECTION: (
        frozenset({_S.RECEIVED, _S.CORRECTION_RECEIVED, _S.UNDER_REVIEW, _S.ACCEPTED}),
        _S.CORRECTION_ASKED,
    ),
    Move.RECEIVE_CORRECTION: (frozenset({_S.CORRECTION_ASKED, _S.CORRECTION_RECEIVED}), _S.CORRECTION_RECEIVED),
    Move.SUPPLEMENT: (frozenset({_S.ACCEPTED_DEFERRED}), _S.ACCEPTED),
    Move.SUPPLEMENT_PART: (frozenset({_S.ACCEPTED_DEFERRED}), _S.ACCEPTED_DEFERRED),
    Move.DECLINE: (_BEFORE, _S.DECLINED),
    Move.REFER: (frozenset({_S.CONSULTING, _S.RECEIVED}), _S.NOT_OURS),
    Move.REVIEW: (frozenset({_S.ACCEPTED, _S.ACCEPTED_DEFERRED, _S.TRANSFERRED}), _S.UNDER_REVIEW),
    Move.BEGIN_SPECIAL: (frozenset({_S.ACCEPTED, _S.UNDER_REVIEW}), _S.SPECIAL_PROCEDURE),
    Move.END_SPECIAL: (frozenset({_S.SPECIAL_PROCEDURE}), _S.UNDER_REVIEW),
    Move.SUSPEND: (frozenset({_S.ACCEPTED, _S.UNDER_REVIEW}), _S.SUSPENDED),
    Move.RESUME: (frozenset({_S.SUSPENDED}), _S.UNDER_REVIEW),
    Move.TRANSFER: (frozenset({_S.ACCEPTED, _S.ACCEPTED_DEFERRED}), _S.TRANSFERRED),
    Move.DECIDE: (frozenset({_S.ACCEPTED, _S.UNDER_REVIEW, _S.TRANSFERRED}), _S.DECIDED),
    Move.FINISH: (frozenset({_S.DECIDED, _S.ACCEPTED, _S.UNDER_REVIEW, _S.TRANSFERRED}), _S.FINISHED),
    Move.DELIVER: (frozenset({_S.FINISHED}), _S.DELIVERED),
    Move.ARCHIVE: (
        frozenset({_S.DELIVERED, _S.DECLINED, _S.NOT_OURS, _S.WITHDRAWN, _S.RETURNED, _S.VOIDED}),
        _S.ARCHIVED,
    ),
    Move.WITHDRAW: (_OPEN | _BEFORE, _S.WITHDRAWN),
    Move.RETURN: (frozenset({_S.ACCEPTED_DEFERRED, _S.CORRECTION_ASKED}), _S.RETURNED),
    Move.VOID: (_OPEN | _BEFORE | frozenset({_S.DECLINED, _S.NOT_OURS}), _S.VOIDED),
}


class NotAllowed(ValueError):
    """The move does not lead out of the case's state; nothing changed."""


def after(state: CaseState, move: Move) -> CaseState:
    """The state that ``move`` leads to. Raises NotAllowed."""
    origins, target = MOVES[move]
    if state not in origins:
        raise NotAllowed(f"{move.value} is not possible from {state.value}")
    return target


class Outcome(StrEnum):
    """办结 results (rule 6 of §2.6)."""

    GRANTED = "准予"
    REFUSED = "不予"
    WITHDRAWN = "撤回"
    TERMINATED = "终止"


class CaseKind(StrEnum):
    """A life event is a package case plus its part cases, each with its own id and outbox message (ADR 0001)."""

    SINGLE = "single"
    PACKAGE = "package"
    PART = "part"


@dataclass(frozen=True, slots=True)
class CatalogueVersion:
    """The rules a case began with (promise 6): entry id, name, version and hash, pinned."""

    id: str
    name: str
    version: str
    sha256: str
    sample: bool = False

    def to_json(self) -> Json:
        return {"id": self.id, "name": self.name, "version": self.version, "sha256": self.sha256, "sample": self.sample}

    @classmethod
    def from_json(cls, data: Json) -> CatalogueVersion:
        return cls(data["id"], data["name"], data["version"], data["sha256"], bool(data.get("sample", False)))


@dataclass(frozen=True, slots=True)
class Case:
    """One application taken for one person and one item or life event.

    ``content``: what the applicant gave and signed (see application.py), personal; sealed under the case's own key at rest.
    Everything else is references and dates. ``revision`` starts at 1. ``outcome`` and the official numbers come from outside.
    """

    id: str
    kind: CaseKind
    state: CaseState
    revision: int
    local_number: str
    item: CatalogueVersion
    hall: str
    window: str
    clerk: str
    received_at: Json
    accepted_on: dt.date | None
    deadline: Json
    content: Mapping[str, Json] = field(default_factory=dict)
    parent: str = ""
    document_numbers: Mapping[str, str] = field(default_factory=dict)
    gateway_receipt: str = ""
    case_number: str = ""
    outcome: str = ""
    outcome_note: str = ""

    def moved(self, move: Move) -> Case:
        """The next revision after a move. Raises NotAllowed."""
        return replace(self, state=after(self.state, move), revision=self.revision + 1)


def case_document(case: Case) -> dict[str, Json]:
    """The wire form of a case revision: what is hashed, signed and sent. Numbers that come from outside are not in it.

    An outcome stands in it as soon as there is one (当场办结, 撤回, 退件).
    """
    ended = {"outcome": case.outcome, "outcome_note": case.outcome_note} if case.outcome else {}
    return ended | {
        "format": "case/1",
        "case_id": case.id,
        "kind": case.kind.value,
        "parent": case.parent,
        "revision": case.revision,
        "state": case.state.value,
        "local_number": case.local_number,
        "item": case.item.to_json(),
        "hall": case.hall,
        "window": case.window,
        "clerk": case.clerk,
        "received_at": case.received_at,
        "accepted_on": case.accepted_on.isoformat() if case.accepted_on else None,
        "deadline": case.deadline,
        "document_numbers": dict(case.document_numbers),
        "content": dict(case.content),
    }


def case_hash(case: Case) -> str:
    """content_sha256: what the client holds and what ``gateway dump`` shows."""
    return content_hash(case_document(case))


def case_from_document(data: Json) -> Case:
    """Read a case document from outside.

    Raises:
        ValueError, KeyError or TypeError: the data is no case document.
    """
    if data["format"] != "case/1":
        raise ValueError("unknown case format")
    accepted = data["accepted_on"]
    return Case(
        id=str(data["case_id"]),
        kind=CaseKind(data["kind"]),
        state=CaseState(data["state"]),
        revision=int(data["revision"]),
        local_number=str(data["local_number"]),
        item=CatalogueVersion.from_json(data["item"]),
        hall=str(data["hall"]),
        window=str(data["window"]),
        clerk=str(data["clerk"]),
        received_at=data["received_at"],
        accepted_on=dt.date.fromisoformat(accepted) if accepted else None,
        deadline=data["deadline"],
        content=dict(data["content"]),
        parent=str(data["parent"]),
        document_numbers=dict(data["document_numbers"]),
        outcome=str(data.get("outcome", "")),
        outcome_note=str(data.get("outcome_note", "")),
    )
