"""What a refusal rests on: the provision that is not met, named by who refuses (data sheet §4 F3 理由+法律条文, F10 依据).

The item's own legal basis says what the item rests on; which article was not met only a person can say.
"""

from __future__ import annotations

from clerk_app.domain.case import Case
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import says_something
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk


def basis_of(told: str) -> str:
    """The provision as it goes on paper. Raises Refused when none is named."""
    if not says_something(told):
        raise Refused(
            "不予受理、不予办理要写明依据的条款。",
            what_is_safe="办件没有变。",
            what_to_do="请写明哪部规定、第几条，例如“《……办法》第九条第二项”。",
        )
    return told.strip()


def own_basis(scheme: Scheme | None) -> str:
    """What the catalogue names as the basis of an entry, for whoever looks for the article; empty where it names none."""
    items = (scheme.item, *scheme.parts) if scheme else ()
    return "；".join(dict.fromkeys(text for item in items if item for text in item.legal_basis))


def basis_of_case(desk: Desk, case: Case) -> str:
    """As ``own_basis``, by the rules that the case began with; empty when its entry is gone."""
    try:
        return own_basis(desk.catalogue.scheme_at(case.item.id, case.item.sha256, case.content.get("parts") or None))
    except Refused:
        return ""
