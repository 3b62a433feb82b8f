"""People: identity numbers, names, masking, applicants and agents.

Resident identity numbers follow GB 11643-1999; names follow GB 18030-2022 level 3 and are never normalised (must-know 19).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from clerk_app.domain.canonical import Json
from clerk_app.domain.documents import (
    hk_macao_fault,
    hmt_fault,
    is_new_permanent_resident,
    passport_fault,
    permanent_resident_fault,
    permit_birth,
    register_fault,
    taiwan_fault,
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format (zero width, right to left), surrogate, line ends
_JOINERS = frozenset("\u180e\u200c\u200d")  # Mongolian and Uyghur names are spelt with them
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


class DocumentKind(StrEnum):
    """证件类型, codes of the national exchange tables; ``hmt`` has no confirmed code and keeps its own word."""

    RESIDENT_ID = "111"
    TEMPORARY_ID = "112"
    HOUSEHOLD_REGISTER = "113"
    PASSPORT = "414"
    TAIWAN_PERMIT = "511"
    HK_MACAO_PERMIT = "516"
    PERMANENT_RESIDENT = "553"
    HMT_RESIDENCE = "hmt"


def looks_like_citizen_number(text: str) -> bool:
    """Eighteen signs of that form, whether right or mistyped: what a typed number is taken for until a person says otherwise."""
    return len(text) == 18 and text[:17].isascii() and text[:17].isdigit() and (text[17] in "0123456789Xx")


class IdentityMeans(StrEnum):
    """How the applicant was identified; stored with each case (capability 27)."""

    ID_CARD_SCAN = "id_card_scan"  # 身份证, by camera
    ID_CARD_CHIP = "id_card_chip"  # 身份证, by reader
    YUKUAI_CODE = "yukuai_code"  # 渝快码
    SOCIAL_CARD = "social_card"
    MANUAL = "manual"  # 人工核验: typed, the clerk compared the face with the document


class Verification(StrEnum):
    """Its own state machine beside the case: what could be verified without a line (promise 10)."""

    VERIFIED = "verified"  # 已核验
    PENDING_ONLINE = "pending_online"  # 待联网核验
    MANUAL = "manual"  # 人工核验
    MISMATCH = "mismatch"  # 核验不一致: a person must look


CITIZEN_NUMBER_KINDS = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.TEMPORARY_ID, DocumentKind.HMT_RESIDENCE})
"""Documents whose number is an 18-character one after GB 11643-1999 (data sheet §6.1: 810000, 820000, 830000 too)."""

WITHOUT_ETHNICITY = frozenset(
    {
        DocumentKind.PASSPORT,
        DocumentKind.TAIWAN_PERMIT,
        DocumentKind.HK_MACAO_PERMIT,
        DocumentKind.PERMANENT_RESIDENT,
        DocumentKind.HMT_RESIDENCE,
    }
)
"""Documents of people who have no 民族 and no 户籍地址 on the mainland (拟); nobody asks them for either."""

VERIFICATION_NAMES = {
    Verification.VERIFIED: "已核验",
    Verification.PENDING_ONLINE: "待联网核验",
    Verification.MANUAL: "人工核验",
    Verification.MISMATCH: "核验不一致",
}

VERIFICATION_MOVES: dict[Verification, frozenset[Verification]] = {
    Verification.PENDING_ONLINE: frozenset({Verification.VERIFIED, Verification.MISMATCH, Verification.MANUAL}),
    Verification.MISMATCH: frozenset({Verification.MANUAL, Verification.VERIFIED}),
    Verification.MANUAL: frozenset({Verification.VERIFIED, Verification.MISMATCH}),
    Verification.VERIFIED: frozenset(),
}


def id_check_digit(first17: str) -> str:
    """The 18th character for 17 digits (GB 11643-1999: weights, sum mod 11, 1 0 X 9 8 7 6 5 4 3 2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def tidy_id_number(text: str) -> str:
    """What was typed or scanned, without spaces and with x as X."""
    return "".join(text.split()).translate(str.maketrans("x０１２３４５６７８９Ｘｘ", "X0123456789XX"))


def tidy_number(text: str, kind: DocumentKind) -> str:
    """A document's number without spaces and in capitals; only a household register keeps what was written."""
    if kind is DocumentKind.HOUSEHOLD_REGISTER:
        return text.strip()
    tidy = tidy_id_number(text)
    return tidy if kind in CITIZEN_NUMBER_KINDS else tidy.upper()


def id_number_fault(text: str, today: dt.date) -> str:
    """Why an 18-character number cannot be right, in the clerk's words; empty when it can.

    The area code is not judged: abolished and old 51xxxx areas stay valid in numbers (必知 1).
    """
    number = tidy_id_number(text)
    if len(number) != 18:
        return f"应为 18 位，现在是 {len(number)} 位"
    if not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in "0123456789X":
        return "只能有数字，最后一位可以是 X"
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not 1 <= month <= 12:
        return f"没有 {month} 月，请对照身份证再看一眼"
    try:
        birth = dt.date(year, month, day)
    except ValueError:
        return f"{year} 年没有 {month} 月 {day} 日，请对照身份证再看一眼"
    if birth > today or birth.year < 1880:
        return f"出生日期 {birth.isoformat()} 不可能，请对照身份证再看一眼"
    if id_check_digit(number[:17]) != number[17]:
        return "校验位不对，多半有一位看错了，请对照身份证再看一眼"
    return ""


def birth_of(number: str) -> dt.date:
    """The birth date inside a valid number. Raises ValueError when there is none."""
    return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> str:
    """男 when the 17th digit is odd, else 女."""
    return "男" if int(number[16]) % 2 else "女"


def age_on(birth: dt.date, day: dt.date) -> int:
    """Full years (周岁); somebody born on 29 February comes of age on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def name_fault(name: str) -> str:
    """Why a name cannot be accepted; empty when it can. Rare characters and · are fine, any length up to 100.

    Variation selectors stay allowed (they choose a glyph); what only hides or turns text round is refused.
    """
    if not name.strip():
        return "请填写姓名"
    if len(name) > 100:
        return "姓名太长，请核对"
    if any(unicodedata.category(ch) in _UNSEEN and ch not in _JOINERS for ch in name):
        return "姓名里有看不见的字符，请重新输入"
    if all(unicodedata.category(ch)[0] in "NPSZ" for ch in name):
        return "姓名不能全是数字或符号，是不是和号码填反了？"
    return ""


def needs_rare_check(name: str) -> bool:
    """True when a private-use code point stands in the name (old chips carry them): 需核对生僻字."""
    return any(0xE000 <= ord(ch) <= 0xF8FF or ord(ch) >= 0xF0000 for ch in name)


def has_no_type(name: str) -> bool:
    """True when the bundled fonts may lack a sign of it: private use, or beyond CJK extension F. Then the card's own picture of
    the name is kept with the case."""
    return any(0xE000 <= ord(ch) <= 0xF8FF or ord(ch) >= 0x2EBE1 for ch in name)


def mask_name(name: str) -> str:
    """Two characters 张*, three and more 李*敏 (masking defaults of the data sheet §6.3)."""
    if len(name) <= 1:
        return "*"
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def mask_id(number: str) -> str:
    """First 6 and last 4; numbers under 15 keep a third at each end."""
    if len(number) >= 15:
        return number[:6] + "*" * (len(number) - 10) + number[-4:]
    keep = len(number) // 3
    return number[:keep] + "*" * (len(number) - 2 * keep) + (number[-keep:] if keep else "")


def mask_phone(phone: str) -> str:
    """138****3210."""
    return phone[:3] + "*" * max(len(phone) - 7, 0) + phone[-4:] if len(phone) >= 8 else "*" * len(phone)


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant, agent or guardian. ``birth``: ISO date or empty; ``valid_to`` of the document: ISO date, 长期, or empty."""

    name: str
    document_kind: DocumentKind = DocumentKind.RESIDENT_ID
    document_number: str = ""
    sex: str = ""
    ethnicity: str = ""
    birth: str = ""
    address: str = ""
    phone: str = ""
    means: IdentityMeans = IdentityMeans.MANUAL
    verification: Verification = Verification.MANUAL
    valid_to: str = ""

    def to_json(self) -> Json:
        return ({"valid_to": self.valid_to} if self.valid_to else {}) | {
            "name": self.name,
            "document_kind": self.document_kind.value,
            "document_number": self.document_number,
            "sex": self.sex,
            "ethnicity": self.ethnicity,
            "birth": self.birth,
            "address": self.address,
            "phone": self.phone,
            "means": self.means.value,
            "verification": self.verification.value,
        }

    @classmethod
    def from_json(cls, data: Json) -> Person:
        """Raises ValueError, KeyError or TypeError when the data is no person."""
        texts = ("name", "document_number", "sex", "ethnicity", "birth", "address", "phone", "valid_to")
        values = {key: data.get(key, "") for key in texts}
        if not all(isinstance(value, str) for value in values.values()):
            raise ValueError("a person's fields are texts")
        kind = DocumentKind(data.get("document_kind", DocumentKind.RESIDENT_ID.value))
        values["document_number"] = tidy_number(values["document_number"], kind)
        person = cls(
            **values,
            document_kind=kind,
            means=IdentityMeans(data.get("means", IdentityMeans.MANUAL.value)),
            verification=Verification(data.get("verification", Verification.MANUAL.value)),
        )
        return person.with_known_from_number()

    def with_known_from_number(self) -> Person:
        """Fill sex and birth from a citizen's number where they are empty; half a number fills nothing."""
        if self.document_kind not in CITIZEN_NUMBER_KINDS or not _CITIZEN_NUMBER.fullmatch(self.document_number):
            return self
        try:
            birth = birth_of(self.document_number).isoformat()
        except ValueError:
            return self
        return replace(self, birth=self.birth or birth, sex=self.sex or sex_of(self.document_number))

    def age_on(self, day: dt.date) -> int | None:
        """Full years, or None when the birth date is not known."""
        try:
            return age_on(dt.date.fromisoformat(self.birth), day)
        except ValueError:
            return None


def person_faults(person: Person, today: dt.date) -> dict[str, str]:
    """Faults by field name: number, birth against the number, sex against the number, name."""
    faults: dict[str, str] = {}
    if fault := name_fault(person.name):
        faults["name"] = fault
    if person.document_kind not in CITIZEN_NUMBER_KINDS:
        return faults | _other_document_faults(person)
    if fault := id_number_fault(person.document_number, today):
        faults["document_number"] = fault
        return faults
    number = tidy_id_number(person.document_number)
    if person.document_kind is DocumentKind.HMT_RESIDENCE and (fault := hmt_fault(number)):
        faults["document_number"] = fault
    if person.birth and person.birth != birth_of(number).isoformat():
        faults["birth"] = f"出生日期与身份证号码不一致，号码里是 {birth_of(number).isoformat()}"
    if person.sex and person.sex != sex_of(number):
        faults["sex"] = f"性别与身份证号码不一致，号码里是{sex_of(number)}"
    return faults


_NUMBER_FAULTS: dict[DocumentKind, Callable[[str], str]] = {
    DocumentKind.PASSPORT: passport_fault,
    DocumentKind.HK_MACAO_PERMIT: hk_macao_fault,
    DocumentKind.TAIWAN_PERMIT: taiwan_fault,
    DocumentKind.PERMANENT_RESIDENT: permanent_resident_fault,
    DocumentKind.HOUSEHOLD_REGISTER: register_fault,
}


def _other_document_faults(person: Person) -> dict[str, str]:
    number = person.document_number.strip()
    if not number:
        return {"document_number": "请填写证件号码"}
    if fault := _NUMBER_FAULTS[person.document_kind](number):
        return {"document_number": fault}
    if person.document_kind is DocumentKind.PERMANENT_RESIDENT and is_new_permanent_resident(number):
        birth = permit_birth(number)
        if birth is not None and person.birth and person.birth != birth.isoformat():
            return {"birth": f"出生日期与证件号码不一致，号码里是 {birth.isoformat()}"}
    return {}
