"""暂存: an intake under way, saved field by field, so that a crash loses nothing typed over a second ago.

A draft is a flat map of keys to JSON values; its id becomes the case id. Keys: ``step``, ``item``, ``parts``,
``applicant.<field>``, ``agent.<field>``, ``guardian.<field>``, ``mandate.<scope|until|relation>``, ``organisation.<name|uscc>``,
``elsewhere.<scope|place>``, ``card.<valid_to>``, ``answer.<question>``, ``material.<id>`` (a Given as JSON), ``field.<id>``,
``consent.<kind>``, ``delivery``, ``signature``, ``thumb.<read_by|witness|witness_is|page|consent_page>``, ``channel``, ``received_at``,
``emergency.<number|taken_at|taken_by>``.

Of the window itself: ``focus`` (the field under the cursor), ``aside`` (put away for the next client), ``drawn`` (strokes that the
applicant has not confirmed), ``taken_by`` (a colleague
went on with it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.people import has_no_type

AGENT_KEYS = ("name", "document_number", "phone")
"""An agent acts as soon as one of these is typed, so that half an agent is never taken for none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``id``: the future case id. ``values``: see the module's docstring. Times in milliseconds UTC."""

    id: str
    clerk: str
    opened_ms: int
    saved_ms: int
    values: Mapping[str, Json] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose it is: who began it, or who took it over since."""
        return self.text("taken_by") or self.clerk

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def section(self, prefix: str) -> dict[str, Json]:
        """All values under ``prefix.`` with the prefix taken off; unset (null) ones left out."""
        start = prefix + "."
        return {
            key[len(start) :]: value
            for key, value in self.values.items()
            if key.startswith(start) and value is not None
        }


def application_of(draft: Draft) -> Application:
    """The application as it stands in the draft.

    Raises:
        ValueError, KeyError, TypeError or AttributeError: a stored value is not of its form (foreign or damaged data).
    """
    card = {"valid_to": valid_to} if (valid_to := draft.text("card.valid_to").strip().replace(".", "-")) else {}
    applicant = {"name": "", **card, **draft.section("applicant")}
    agent = draft.section("agent")
    return Application.from_json(
        {
            "item": draft.text("item"),
            "parts": draft.values.get("parts") or [],
            "applicant": applicant,
            "agent": {"name": "", **agent} if any(agent.get(key) for key in AGENT_KEYS) else None,
            "answers": draft.section("answer"),
            "materials": draft.section("material"),
            "fields": draft.section("field"),
            "delivery": draft.text("delivery"),
            "signature": draft.values.get("signature"),
            "channel": draft.text("channel") or "窗口",
            "consents": draft.section("consent"),
            "name_strip": draft.text("card.name_strip") if has_no_type(str(applicant["name"] or "")) else "",
            **_beside(draft, agent),
        }
    )


def _beside(draft: Draft, agent: Mapping[str, Json]) -> dict[str, Json]:
    """Guardian, mandate, organisation and place of decision, each once something of it was typed."""
    guardian, organisation, elsewhere = (draft.section(name) for name in ("guardian", "organisation", "elsewhere"))
    beside: dict[str, Json] = {}
    if any(guardian.get(key) for key in AGENT_KEYS):
        beside["guardian"] = {"name": "", **guardian}
    if any(agent.get(key) for key in AGENT_KEYS) and (mandate := draft.section("mandate")):
        beside["mandate"] = mandate
    if any(organisation.values()):
        beside["organisation"] = {"name": "", "uscc": "", **organisation}
    if any(elsewhere.values()):
        beside["elsewhere"] = {"scope": "", "place": "", **elsewhere}
    return beside
