"""What a card tells the draft: by camera (print) or by reader (chip). The chip wins; where the print says otherwise, a person looks.

The draft keeps what was printed under ``card.printed`` and what differs under ``card.differs``: {field: [chip, print]}. Only
print that was read surely counts: a misread is no difference.
"""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.domain.people import DocumentKind, IdentityMeans, Verification, tidy_id_number
from clerk_app.domain.recognition import SURE, Seen, SeenKind

_NAMES = {"name": "name", "sex": "sex", "ethnicity": "ethnicity", "birth": "birth", "address": "address"}
_COMPARED = (*_NAMES, "id_number")
_PERSONAL = ("sex", "ethnicity", "birth", "address", "document_number", "phone")
_BACK = ("authority", "valid_from", "valid_to")


def front_values(draft: Draft, seen: Seen) -> dict[str, Json]:
    """The applicant from the printed front of a card; only the comparison when a chip was read already."""
    printed = {name: seen.fields[name] for name in _COMPARED if seen.confidence.get(name, 0.0) >= SURE}
    is_other = is_somebody_else(draft, seen)
    if not is_other and draft.text("applicant.means") == IdentityMeans.ID_CARD_CHIP.value:
        differs = differences(_known(draft), printed)
        return {"card.printed": dict(printed), "card.differs": differs or None, "doubtful": _doubtful(differs)}
    values = _person_values(draft, seen, other=is_other)
    if draft.text("applicant.means") != IdentityMeans.YUKUAI_CODE.value or is_other:
        values["applicant.means"] = IdentityMeans.ID_CARD_SCAN.value
        values["applicant.verification"] = Verification.MANUAL.value
    values["doubtful"] = sorted("document_number" if name == "id_number" else name for name in seen.doubtful)
    return {**values, "card.printed": dict(printed), "card.differs": None}


def chip_values(draft: Draft, seen: Seen) -> dict[str, Json]:
    """The applicant from a chip. A doubt about the print is settled by it; a difference to the print is a new one."""
    is_other = is_somebody_else(draft, seen)
    values = _person_values(draft, seen, other=is_other)
    if draft.text("applicant.means") != IdentityMeans.YUKUAI_CODE.value or is_other:
        values["applicant.means"] = IdentityMeans.ID_CARD_CHIP.value
        values["applicant.verification"] = Verification.MANUAL.value  # the face is still for a person to compare
    printed = None if is_other else draft.values.get("card.printed")
    differs = differences(seen.fields, printed if isinstance(printed, dict) else {})
    values |= {f"card.{key}": seen.fields.get(key) for key in _BACK}
    return {**values, "card.differs": differs or None, "doubtful": _doubtful(differs)}


def back_values(seen: Seen) -> dict[str, Json]:
    """Authority and term from the back of a card."""
    return {f"card.{key}": seen.fields[key] for key in _BACK if key in seen.fields}


def differences(chip: Mapping[str, str], printed: Mapping[str, Json]) -> dict[str, Json]:
    """{field: [chip, print]} for what both have and what is not the same."""
    return {
        name: [chip[name], printed[name]]
        for name in _COMPARED
        if chip.get(name) and printed.get(name) and chip[name] != printed[name]
    }


def is_somebody_else(draft: Draft, seen: Seen) -> bool:
    """Another card than the one before: then nothing of the earlier person may stay."""
    number, name = seen.fields.get("id_number", ""), seen.fields.get("name", "")
    known_number, known_name = draft.text("applicant.document_number"), draft.text("applicant.name")
    if number and known_number:
        return tidy_id_number(number) != tidy_id_number(known_number)
    return bool(name and known_name and name != known_name)


def _person_values(draft: Draft, seen: Seen, *, other: bool) -> dict[str, Json]:
    values: dict[str, Json] = {f"applicant.{_NAMES[name]}": seen.fields[name] for name in _NAMES if name in seen.fields}
    if seen.fields.get("id_number"):
        values["applicant.document_number"] = seen.fields["id_number"]
    if other:
        gone = [*(f"applicant.{name}" for name in _PERSONAL), *(f"card.{key}" for key in _BACK)]
        values = {**dict.fromkeys(gone), **values}
    values["applicant.document_kind"] = seen.document or DocumentKind.RESIDENT_ID.value
    if seen.kind is SeenKind.ID_FRONT:
        values |= {f"card.{key}": seen.fields[key] for key in _BACK if key in seen.fields}
    return values


def _known(draft: Draft) -> dict[str, str]:
    known = {name: draft.text(f"applicant.{ours}") for name, ours in _NAMES.items()}
    return {**known, "id_number": draft.text("applicant.document_number")}


def _doubtful(differs: Mapping[str, Json]) -> list[str]:
    return sorted("document_number" if name == "id_number" else name for name in differs)
