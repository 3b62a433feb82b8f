"""好差评: one service, one rating; voluntary; a time-out is 'not rated' and never a default (data sheet §3).

Levels and reason codes are those of two agreeing public headers of rating devices (data sheet §3.2, 证); the standard's own text
was not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

RATING_SECONDS = 60
"""Time-out of a rating device (证)."""


class RatingState(StrEnum):
    """Its own state machine beside the case."""

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    RATED = "rated"
    NOT_RATED = "not_rated"  # declined or timed out


RATING_MOVES: Mapping[RatingState, frozenset[RatingState]] = {
    RatingState.NOT_INVITED: frozenset({RatingState.INVITED}),
    RatingState.INVITED: frozenset({RatingState.RATED, RatingState.NOT_RATED}),
    RatingState.NOT_RATED: frozenset({RatingState.RATED}),  # 补评: may be added later
    RatingState.RATED: frozenset(),
}

LEVELS: Mapping[int, str] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
BAD = frozenset({1, 2})
"""差评."""

REASONS: Mapping[int, Mapping[str, str]] = {
    5: {
        "510": "一窗受理一次办结",
        "511": "可以先受理后补材料",
        "512": "不用提交证明",
        "513": "可以全程网上办理",
        "514": "可以使用手机办理",
        "515": "可以就近办理",
        "516": "无需材料直接办理",
        "517": "服务热情效率高",
    },
    4: {
        "406": "填写一张表单就可完成申报",
        "407": "在线提交材料窗口核验",
        "408": "一张清单告知全部申报材料",
        "409": "用告知承诺减免申报材料",
        "410": "可以在线预约办理",
        "411": "跑大厅一次办完",
        "412": "可以使用自助机办理",
        "413": "服务态度较好",
    },
    3: {
        "307": "一次性告知需要补正的材料",
        "308": "提供申报材料样本",
        "309": "在承诺的时间内办结",
        "310": "办事指南指引准确",
        "311": "按办事指南要求的材料即可办理",
        "312": "可以快递送达",
        "313": "跑动次数与承诺的一致",
        "314": "服务态度一般",
    },
    2: {
        "207": "没有提供材料样本",
        "208": "没有提供材料清单",
        "209": "未在承诺时间内办结",
        "210": "同样内容的证明材料被要求多次提交",
        "211": "承诺网办但无法在线办理",
        "212": "在线预约办理后到实体大厅重复取号排队",
        "213": "窗口人员业务不熟练",
        "214": "服务态度生硬",
    },
    1: {
        "108": "在办事指南之外增加新的审批条件",
        "109": "需提供办事指南之外的申报材料",
        "110": "无理由超过法定办理时间",
        "111": "办事指南提供样本有错",
        "112": "承诺在线收取申报材料实际无法收取",
        "113": "多头跑窗口和部门",
        "114": "跑动次数与承诺的不一致",
        "115": "服务态度差效率低",
    },
}


def rating_fault(level: int, reasons: Collection[str]) -> str:
    """Why this is no rating, for the person at the counter; empty when it is one. Reasons are optional."""
    if level not in LEVELS:
        return "请选一个满意程度"
    if any(code not in REASONS[level] for code in reasons):
        return "选的原因与满意程度对不上"
    return ""
