"""Those who stand beside an applicant: guardian, agent, organisation, 通办; what refuses, and the mandate that is proposed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from clerk_app.domain.application import Application
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.parties import ADULT, WORKING, Mandate, elsewhere_faults, mandate_faults, organisation_faults
from clerk_app.domain.people import person_faults

MANDATE_DAYS = 30
"""Proposed term of a mandate where no promised day is known (拟)."""


def with_mandate(application: Application, promised: Deadline | None, today: dt.date) -> Application:
    """An agent acts under a mandate: what the window proposes until the parties say otherwise stands on F8, to be signed."""
    if application.agent is None or application.mandate is not None:
        return application
    until = promised.day if promised and promised.day > today else today + dt.timedelta(days=MANDATE_DAYS)
    return replace(application, mandate=Mandate(until=until.isoformat()))


def beside(scheme: Scheme, application: Application, today: dt.date) -> tuple[str, ...]:
    """What is wrong with those who stand beside the applicant, as sentences that refuse."""
    wrong = list[str]()
    guardian, organisation = application.guardian, application.organisation
    age = application.applicant.age_on(today)
    if guardian is not None:
        wrong += [f"监护人：{text}" for text in person_faults(guardian, today).values()]
        if (years := guardian.age_on(today)) is not None and years < ADULT:
            wrong.append(f"监护人要年满 {ADULT} 周岁")
    elif organisation is None and age is not None and age < WORKING:
        wrong.append(f"申请人未满 {WORKING} 周岁，要由监护人一起办，请填写监护人")
    if organisation is not None and age is not None and age < WORKING:
        wrong.append(f"申请单位的法定代表人要年满 {WORKING} 周岁，申请人现在 {age} 周岁，请核对")
    if (
        application.agent is not None
        and (of_agent := application.agent.age_on(today)) is not None
        and of_agent < WORKING
    ):
        wrong.append(f"代办人要年满 {WORKING} 周岁，现在 {of_agent} 周岁，请换一位代办")
    if application.mandate is not None and application.agent is not None:
        wrong += mandate_faults(application.mandate, today)
    if organisation is None:
        alone = scheme.organisations_only
        wrong += [f"“{name}”只给单位办，请填写申请单位的名称和统一社会信用代码" for name in alone]
    else:
        wrong += [f"申请单位：{text}" for text in organisation_faults(organisation)]
    if application.elsewhere is not None:
        wrong += elsewhere_faults(application.elsewhere, scheme.scopes)
    return tuple(wrong)
