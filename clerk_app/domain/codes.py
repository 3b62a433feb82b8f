"""Codes of items (data sheet §2.2): 基本编码, 实施编码, 业务办理项编码 and the 统一社会信用代码 inside.

Pure checks. Each answers with a Chinese reason, or None when the code is well formed; nothing is looked up.
"""

from __future__ import annotations

import re

TASK_TYPES = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
    "99": "其他",
}
"""事项类型. Real codes carry others as well (21 has been seen), so an unknown one inside a code is no error."""

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_USCC = re.compile(r"[0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{10}")
_CATALOG = re.compile(r"[0-9A-Z]{12}")
_LEVELS = "123456"


def uscc_check_digit(body: str) -> str:
    """Check character for the first 17 characters of a 统一社会信用代码 (GB 32100-2015, weights 3^i mod 31).

    Raises:
        ValueError: not 17 characters of the alphabet.
    """
    if len(body) != 17 or any(char not in _USCC_ALPHABET for char in body):
        raise ValueError("17 characters of the GB 32100 alphabet are wanted")
    total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def uscc_problem(code: str) -> str | None:
    """Why this is no 统一社会信用代码, or None."""
    if not _USCC.fullmatch(code):
        return "统一社会信用代码应是 18 位，不含 I、O、S、V、Z"
    if uscc_check_digit(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不对"
    return None


def catalog_code_problem(code: str) -> str | None:
    """Why this is no 基本编码 (12), or None."""
    return None if _CATALOG.fullmatch(code) else "基本编码应是 12 位数字或大写字母"


def task_code_problem(code: str) -> str | None:
    """Why this is no 实施编码 (18 USCC + 1 行使层级 + 12 基本编码), or None."""
    if len(code) != 31:
        return f"实施编码应是 31 位，这里是 {len(code)} 位"
    if problem := uscc_problem(code[:18]):
        return f"实施编码前 18 位不对：{problem}"
    if code[18] not in _LEVELS:
        return "实施编码第 19 位（行使层级）应是 1 到 6"
    return catalog_code_problem(code[19:])


def handle_code_problem(code: str) -> str | None:
    """Why this is no 业务办理项编码 (实施编码 + 2 digits), or None."""
    if len(code) != 33 or not (code[31:].isascii() and code[31:].isdigit()):
        return "业务办理项编码应是 31 位实施编码加 2 位数字"
    return task_code_problem(code[:31])


def task_type_warning(catalog_code: str, task_type: str) -> str | None:
    """A hint, never an error: the type inside the code is not in the usual list, or differs from the stated one."""
    inside = catalog_code[2:4]
    if inside not in TASK_TYPES:
        return f"基本编码里的事项类型 {inside} 不在常用表内，请核对"
    if inside != task_type:
        return f"基本编码里的事项类型是 {inside}，事项写的是 {task_type}，请核对"
    return None
