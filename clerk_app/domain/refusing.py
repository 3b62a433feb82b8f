"""Why a case is not taken, ended or undone: closed words with what a clerk and a citizen read. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class DeclineKind(StrEnum):
    """The three grounds of 不予受理 (data sheet §4 F3; 行政许可法 32 条)."""

    NOT_NEEDED = "not_needed"
    NOT_OURS = "not_ours"
    NOT_MET = "not_met"


DECLINE_NAMES: Mapping[DeclineKind, str] = {
    DeclineKind.NOT_NEEDED: "依法不需要申请",
    DeclineKind.NOT_OURS: "不属于本机关职权范围",
    DeclineKind.NOT_MET: "不符合受理条件",
}

VOID_WITHIN_MS = 30 * 60_000
"""作废 only so long after the taking: ours (拟), no source gives a number. Later the applicant withdraws."""
