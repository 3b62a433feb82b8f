"""Which paper for which answer of the counter (data sheet §4.1), and the state machine of a print job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Form(StrEnum):
    """The printed forms by their number in the data sheet §4."""

    F1 = "receipt_of_materials"  # 收件回执
    F2 = "acceptance_notice"  # 受理通知书
    F3 = "decline_notice"  # 不予受理通知书
    F4 = "one_time_notice"  # 一次性告知书
    F5 = "correction_receipt"  # 补正材料收件凭证
    F6 = "deferral_commitment"  # 容缺受理承诺书
    F7 = "commitment"  # 告知承诺书
    F8 = "mandate"  # 授权委托书
    F9 = "special_notice"  # 特殊程序告知书
    F10 = "refusal_notice"  # 不予决定通知书
    F11 = "completion_notice"  # 办结通知书
    F12 = "return_notice"  # 退件通知书
    F13 = "delivery_receipt"  # 送达回证
    F14 = "handover_list"  # 材料交接单
    F15 = "referral_slip"  # 首问负责引导单
    F16 = "emergency_register"  # 应急受理登记表
    F17 = "paper_rating"  # 好差评纸质评价表
    F18 = "visit_record"  # 上门服务记录单
    VOID = "void_notice"  # 作废通知书: ours, the data sheet has no number for it


FORM_NAMES: Mapping[Form, str] = {
    Form.F1: "收件回执",
    Form.F2: "受理通知书",
    Form.F3: "不予受理通知书",
    Form.F4: "一次性告知书",
    Form.F5: "补正材料收件凭证",
    Form.F6: "容缺受理承诺书",
    Form.F7: "告知承诺书",
    Form.F8: "授权委托书",
    Form.F9: "特殊程序告知书",
    Form.F10: "不予决定通知书",
    Form.F11: "办结通知书",
    Form.F12: "退件通知书",
    Form.F13: "送达回证",
    Form.F14: "材料交接单",
    Form.F15: "首问负责引导单",
    Form.F16: "应急受理登记表",
    Form.F17: "好差评纸质评价表",
    Form.F18: "上门服务记录单",
    Form.VOID: "作废通知书",
}


class Copy(StrEnum):
    """Whose sheet of a paper it is (本联): each is printed on a sheet of its own and says so (data sheet §4: 份数与去向)."""

    APPLICANT = "applicant"  # 交申请人
    KEPT = "kept"  # 存档
    FILE = "file"  # the only one, for the file
    SENDER = "sender"
    RECEIVER = "receiver"
    ASKER = "asker"
    REGISTER = "register"
    BOX = "box"  # nobody keeps a copy of what goes into the box


_COPIES: Mapping[Form, tuple[Copy, ...]] = {
    Form.F8: (Copy.FILE,),
    Form.F13: (Copy.FILE,),
    Form.F14: (Copy.SENDER, Copy.RECEIVER),
    Form.F15: (Copy.ASKER,),
    Form.F16: (Copy.REGISTER,),
    Form.F17: (Copy.BOX,),
}


def copies_of(form: Form) -> tuple[Copy, ...]:
    """The sheets that a form is printed as, in order."""
    return _COPIES.get(form, (Copy.APPLICANT, Copy.KEPT))


class PaperSize(StrEnum):
    """What a form is laid out for; the content is the same on each."""

    A4 = "a4"
    A5 = "a5"
    STRIP = "strip"  # 80 mm 小票


SIZE_NAMES: Mapping[PaperSize, str] = {PaperSize.A4: "A4", PaperSize.A5: "A5", PaperSize.STRIP: "80 毫米小票"}


@dataclass(frozen=True, slots=True)
class Look:
    """Size of the paper, and whether the type is large (适老化大字版)."""

    size: PaperSize = PaperSize.A4
    large: bool = False


def fingerprint(public: bytes) -> str:
    """Of a window's public key, short enough to be read aloud and long enough not to be met twice: 3F2A 9C01 77B0 41DE."""
    digits = hashlib.sha256(public).hexdigest()[:16].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


class PrintState(StrEnum):
    """'printed' only when the spooler says so; jobs expire instead of coming out days later."""

    WAITING = "waiting"
    SENT = "sent"
    PRINTED = "printed"
    FAILED = "failed"
    CANCELLED = "cancelled"


PRINT_NAMES: Mapping[PrintState, str] = {
    PrintState.WAITING: "等待打印",
    PrintState.SENT: "已交打印机",
    PrintState.PRINTED: "已打印",
    PrintState.FAILED: "没有打印成功",
    PrintState.CANCELLED: "已取消",
}

PRINT_MOVES: Mapping[PrintState, frozenset[PrintState]] = {
    PrintState.WAITING: frozenset({PrintState.SENT, PrintState.FAILED, PrintState.CANCELLED}),
    PrintState.SENT: frozenset({PrintState.PRINTED, PrintState.FAILED, PrintState.CANCELLED}),
    PrintState.FAILED: frozenset({PrintState.WAITING, PrintState.CANCELLED}),
    PrintState.PRINTED: frozenset(),
    PrintState.CANCELLED: frozenset({PrintState.WAITING}),
}


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A durable order to print one form of one case revision; made in the transaction of the act.

    ``copy_number`` is 1 for the original and n for the n-th print (第 N 次打印). ``spool_ref``: the spooler's own job id.
    """

    id: str
    case_id: str
    revision: int
    form: Form
    created_ms: int
    state: PrintState = PrintState.WAITING
    copy_number: int = 1
    printer: str = ""
    spool_ref: str = ""
    reason: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Saved as a file instead of going to a printer."""
        return self.detail.get("door") == "file"

    @property
    def state_text(self) -> str:
        """The state in the clerk's words."""
        return "已存成文件" if self.is_file else PRINT_NAMES[self.state]
