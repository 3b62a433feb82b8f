"""Which kinds of 敏感个人信息 an application holds, who must consent to each, and whether they did (个人信息保护法 28, 29, 31 条)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from clerk_app.domain.application import Application
from clerk_app.domain.sensitive import Consent, ConsentBy, SensitiveKind, is_child, mark_of
from clerk_app.domain.service_item import FormField, Material
from clerk_app.domain.signing import thumb_faults


def kinds_in(
    application: Application, fields: Mapping[str, FormField], materials: Mapping[str, Material], today: dt.date
) -> tuple[SensitiveKind, ...]:
    """The kinds that what was entered holds, in the order of the enum. Fields and materials by id, as the entry asks them."""
    found = {
        SensitiveKind(mark)
        for each_id, field in fields.items()
        if application.fields.get(each_id) and (mark := mark_of(field))
    }
    found |= {
        SensitiveKind(material.sensitive)
        for each_id, material in materials.items()
        if each_id in application.materials and material.sensitive
    }
    if is_child(application.applicant.age_on(today)):
        found.add(SensitiveKind.CHILD)
    return tuple(kind for kind in SensitiveKind if kind in found)


def who_consents(application: Application, today: dt.date) -> ConsentBy:
    """For a child the guardian alone (§31); else the applicant, or an agent who acts under a mandate."""
    if is_child(application.applicant.age_on(today)):
        return ConsentBy.GUARDIAN
    return ConsentBy.AGENT if application.agent is not None else ConsentBy.APPLICANT


def missing_consents(
    application: Application, kinds: tuple[SensitiveKind, ...], today: dt.date
) -> tuple[SensitiveKind, ...]:
    """Kinds that nobody consented to, or not the one who must, or before a witness who can be none."""
    wanted = who_consents(application, today)
    given = {SensitiveKind(name): consent for name, consent in application.consents.items()}
    child = wanted is ConsentBy.GUARDIAN

    def stands(consent: Consent) -> bool:
        if child and consent.by is not wanted:
            return False
        return consent.thumb is None or not thumb_faults(consent.thumb, application.names)

    return tuple(kind for kind in kinds if kind not in given or not stands(given[kind]))
