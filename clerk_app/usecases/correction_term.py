"""补正期限: until when an applicant may bring what the one-time notice lists (data sheet §4 F4). Nothing prints it as a blank.

No source gives a number of days (必知 7 has only the five days for the notice itself): the department sets it. What is proposed until
somebody does is ours (拟), an office may set its own (``correction_days`` in office.json), and each notice its own day.
"""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.deadlines import deadline
from clerk_app.domain.service_item import LimitUnit, TimeLimit
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk

LONGEST_DAYS = 366
"""Ours (拟): a later day is taken for a slip of the pen."""


def usual_until(desk: Desk) -> dt.date:
    """The last day of the usual term, counted in working days from tomorrow."""
    limit = TimeLimit(LimitUnit.WORKDAY, desk.correction_days)
    return deadline(desk.clock.now().legal_date, limit, desk.calendar).day


def term_until(desk: Desk, until: dt.date | None) -> dt.date:
    """The day that goes on the notice: as it was set, else the usual one.

    Raises:
        Refused: the day lies not ahead, or too far.
    """
    if until is None:
        return usual_until(desk)
    today = desk.clock.now().legal_date
    if until <= today:
        raise Refused("补正期限要在今天以后。", what_is_safe="办件没有变。", what_to_do="请核对日期。")
    if (until - today).days > LONGEST_DAYS:
        raise Refused("补正期限太远了。", what_is_safe="办件没有变。", what_to_do="请核对日期。")
    return until
