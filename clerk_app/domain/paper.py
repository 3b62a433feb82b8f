"""Which paper for which answer of the counter (data sheet §4.1), and the state machine of a print job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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


class Form(StrEnum):
    """The printed forms by their number in the data sheet §4. ADD A PRINTED FORM HERE: one line, and one file.

    A line holds the name of its file in ``printing/documents/``, its ``heading``, the kind letters in its 文号 after the hall's short
    name (``letters``; empty: no number, as F8, the parties' own paper), and the sheets that it is printed as, in order (``copies``).
    """

    F1 = "receipt_of_materials", "收件回执", "收"
    F2 = "acceptance_notice", "受理通知书", "受"
    F3 = "decline_notice", "不予受理通知书", "不受"
    F4 = "one_time_notice", "一次性告知书", "补"
    F5 = "correction_receipt", "补正材料收件凭证", "补收"
    F6 = "deferral_commitment", "容缺受理承诺书", "容"
    F7 = "commitment", "告知承诺书", "诺"
    F8 = "mandate", "授权委托书", "", Copy.FILE
    F9 = "special_notice", "特殊程序告知书", "特"
    F10 = "refusal_notice", "不予决定通知书", "不予"
    F11 = "completion_notice", "办结通知书", "结"
    F12 = "return_notice", "退件通知书", "退"
    F13 = "delivery_receipt", "送达回证", "达", Copy.FILE
    F14 = "handover_list", "材料交接单", "交", Copy.SENDER, Copy.RECEIVER
    F15 = "referral_slip", "首问负责引导单", "引", Copy.ASKER
    F16 = "emergency_register", "应急受理登记表", "应", Copy.REGISTER
    F17 = "paper_rating", "好差评纸质评价表", "", Copy.BOX
    F18 = "visit_record", "上门服务记录单", "访"
    VOID = "void_notice", "作废通知书", "废"  # ours, the data sheet has no number for it

    _value_: str
    heading: str
    letters: str
    copies: tuple[Copy, ...]

    def __new__(cls, value: str, heading: str = "", letters: str = "", *copies: Copy) -> Form:
        form = str.__new__(cls, value)
        form._value_ = value
        form.heading, form.letters = heading, letters
        form.copies = copies or (Copy.APPLICANT, Copy.KEPT)
        return form


FORM_NAMES: Mapping[Form, str] = {form: form.heading for form in Form}


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
