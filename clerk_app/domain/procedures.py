"""特殊程序: which there are. A closed vocabulary with names and sources, and the form in which an item lists its own.

What they do to the promised days: pauses.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SpecialKind(StrEnum):
    """The closed vocabulary: eight of 行政许可法 45 条 (识), survey and public notice beside them (see SPECIAL_SOURCES)."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SITE_SURVEY = "site_survey"
    PUBLIC_NOTICE = "public_notice"


SPECIAL_NAMES: Mapping[SpecialKind, str] = {
    SpecialKind.HEARING: "听证",
    SpecialKind.TENDER: "招标",
    SpecialKind.AUCTION: "拍卖",
    SpecialKind.INSPECTION: "检验",
    SpecialKind.TESTING: "检测",
    SpecialKind.QUARANTINE: "检疫",
    SpecialKind.APPRAISAL: "鉴定",
    SpecialKind.EXPERT_REVIEW: "专家评审",
    SpecialKind.SITE_SURVEY: "现场踏勘核查",
    SpecialKind.PUBLIC_NOTICE: "公示",
}

_ART_45 = "识 行政许可法 45 条；必知 9"
SPECIAL_SOURCES: Mapping[SpecialKind, str] = {
    **dict.fromkeys(SpecialKind, _ART_45),
    SpecialKind.SITE_SURVEY: "种 D2 第32点",
    SpecialKind.PUBLIC_NOTICE: "疑 数据表 §4 F9；公示算不算在时限里没有查到",
}


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A procedure that an item's data names (特别程序, §2.4). ``basis``: the rule it rests on; ``workdays``: how long it usually
    takes, 0 when the data does not say."""

    kind: SpecialKind
    basis: str = ""
    workdays: int = 0
