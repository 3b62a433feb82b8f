"""What this window's own store already knows of an applicant: broken promises (told by the feed), earlier cases."""

from __future__ import annotations

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, content_hash
from clerk_app.domain.case import STATE_NAMES, CaseState
from clerk_app.domain.people import Person
from clerk_app.domain.precheck import Earlier, Known
from clerk_app.ports import UnitOfWork

BROKEN = "promises.broken"
_ENDED_BARE = frozenset(
    {CaseState.VOIDED, CaseState.WITHDRAWN, CaseState.RETURNED, CaseState.DECLINED, CaseState.NOT_OURS}
)


def person_hash(person: Person) -> str:
    """How a list names a person without saying who: SHA-256 over kind and number of the document."""
    return content_hash([person.document_kind.value, person.document_number])


def promiser_hash(application: Application) -> str:
    """Who answers for a promise: the organisation that applies, whoever represents it; else the applicant."""
    if application.organisation is not None:
        return content_hash(["uscc", application.organisation.uscc])
    return person_hash(application.applicant)


def known_of(uow: UnitOfWork, application: Application, own_id: str) -> Known:
    """What is known of the applicant beside the case ``own_id`` itself."""
    barred = promiser_hash(application) in (uow.config.get(BROKEN) or {})
    if not application.applicant.document_number:
        return Known(barred)
    return Known(barred, _earlier(uow, application, own_id) if application.item_id else ())


FEED, LOCAL = "feed", "local"
"""Who says that a promise was broken: the city's list, or a check at this window."""


def note_broken(uow: UnitOfWork, hashes: list[str], source: str, *, lifted: bool) -> None:
    """Add people to the list of broken promises, or take them off it.

    The city's word (信用修复 is not decided at a counter, D2 第9点) takes off both; this window's own word only its own entry.
    """
    kept: dict[str, Json] = dict(uow.config.get(BROKEN) or {})
    for each in hashes:
        said = _sources(kept.pop(each, None))
        said = (set() if source == FEED else said - {source}) if lifted else said | {source}
        if said:
            kept[each] = sorted(said)
    uow.config.set(BROKEN, kept)


def _sources(kept: Json) -> set[str]:
    """A list of an earlier version only says ``true``: it came by the feed."""
    return {FEED} if kept is True else set(kept or ())


def remember(uow: UnitOfWork, application: Application, case_id: str) -> None:
    """Note the case under a few signs of its applicant's hash, so that a repetition is found at once among a hundred thousand
    cases. Many people share such a bucket: after a case was erased the note tells nothing of anybody."""
    if application.applicant.document_number and application.item_id:
        bucket = _bucket(application)
        uow.config.set(bucket, [*(uow.config.get(bucket) or []), case_id])


def _bucket(application: Application) -> str:
    return f"asked:{person_hash(application.applicant)[:4]}"


def _earlier(uow: UnitOfWork, application: Application, own_id: str) -> tuple[Earlier, ...]:
    person = application.applicant
    cases = (uow.cases.get(each) for each in uow.config.get(_bucket(application)) or [] if each != own_id)
    return tuple(
        Earlier(case.local_number, STATE_NAMES[case.state], frozenset({case.item.id, *case.content.get("parts", ())}))
        for case in cases
        if case and case.state not in _ENDED_BARE and _is_of(case.content.get("applicant"), person)
    )


def _is_of(kept: Json, person: Person) -> bool:
    """An erased case has no applicant any more and is none of anybody's."""
    return isinstance(kept, dict) and (kept.get("document_kind"), kept.get("document_number")) == (
        person.document_kind.value,
        person.document_number,
    )
