"""What an applicant hands in at the counter: person, answers, materials, form values, signature. Both the window and the
command line build this value and give it to the same use case.

JSON form (``case template`` prints it, ``case accept`` takes it):

    {"format": "application/1", "item": id, "parts": [item ids] (life events), "applicant": {...}, "agent": {...} or null,
     "guardian": {...} or null, "mandate": {"scope": [...], "until": ISO date, "relation": text} or null (with an agent),
     "organisation": {"name": ..., "uscc": ...} or null (the applicant is then its 法定代表人, the agent its 经办人),
     "elsewhere": {"scope": 全渝通办…, "place": 办理地} or null,
     "consents": {kind of domain/sensitive.py: {"by": "applicant" | "guardian" | "agent", "how": "screen" | "paper" | "thumb", ...}},
     "answers": {question id: value},
     "materials": {material id: {"way": ..., "pages": [...], "until": ISO date, "reason": why on paper}},
     "fields": {field id: text}, "delivery": text, "signature": {"kind": "pad" | "paper" | "thumb", ...} (domain/signing.py)}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json, content_hash
from clerk_app.domain.conditions import Facts
from clerk_app.domain.parties import Elsewhere, Mandate, Organisation
from clerk_app.domain.people import Person, Verification
from clerk_app.domain.sensitive import Consent, SensitiveKind
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature, thumb_faults

CHANNELS = ("窗口", "网上", "移动", "自助", "上门", "云窗口", "邮政", "应急（手工）")
"""申请来源 (data sheet §3 拟); the last one is this program's own, for what was written by hand while the system was down."""


@dataclass(frozen=True, slots=True)
class Given:
    """How one material was given. ``pages``: SHA-256 of each captured page. ``until``: ISO date for 容缺.

    ``verification``: waivers taken without a line stay 待联网核验.
    """

    way: WayKind
    pages: tuple[str, ...] = ()
    until: str = ""
    verification: Verification | None = None
    faults: tuple[str, ...] = ()  # 审核要点 that the clerk found not met; each goes on the one-time notice
    reason: str = ""  # why a paper was asked for that need not be handed in (必知 15)

    def to_json(self) -> Json:
        return {
            "way": self.way.value,
            "pages": list(self.pages),
            "until": self.until,
            "verification": self.verification.value if self.verification else None,
            "faults": list(self.faults),
            **({"reason": self.reason} if self.reason else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> Given:
        """Raises ValueError, KeyError or TypeError."""
        pages, until, faults = data.get("pages", []), data.get("until", ""), data.get("faults", [])
        if not isinstance(pages, list | tuple) or not isinstance(faults, list | tuple) or not isinstance(until, str):
            raise ValueError("pages and faults are lists, until is a text")
        if not all(isinstance(text, str) for text in (*pages, *faults)):
            raise ValueError("pages and faults are texts")
        checked, reason = data.get("verification"), data.get("reason", "")
        if not isinstance(reason, str):
            raise ValueError("a reason is a text")
        verification = Verification(checked) if checked else None
        return cls(WayKind(data["way"]), tuple(pages), until, verification, tuple(faults), reason)


MAIL = "邮寄"
"""How a way of getting the result by mail begins (data sheet §2.4: 邮寄送达)."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application as it stands at the counter. ``parts``: chosen item ids of a life event, empty for an item."""

    item_id: str
    applicant: Person
    agent: Person | None = None
    parts: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, Given] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    delivery: str = ""
    signature: Signature | None = None
    channel: str = "窗口"
    guardian: Person | None = None
    mandate: Mandate | None = None
    organisation: Organisation | None = None
    elsewhere: Elsewhere | None = None
    consents: Mapping[str, Consent] = field(default_factory=dict)
    name_strip: str = ""  # SHA-256 of the picture of the name on the card, where no font draws it

    @property
    def is_mailed(self) -> bool:
        """Whether the result goes by mail (邮寄送达)."""
        return self.delivery.startswith(MAIL)

    @property
    def mail_to(self) -> str:
        """Where a mailed result goes: where the applicant lives now, else the card's address; empty when neither is known."""
        return (self.fields.get("applicant.residence", "") or self.applicant.address).strip()

    @property
    def delivery_words(self) -> str:
        """领取方式 as people read it, with the address of a mailed result."""
        return f"{self.delivery}，寄到{self.mail_to}" if self.is_mailed and self.mail_to else self.delivery

    def facts(self, day: dt.date) -> Facts:
        """What catalogue conditions may ask about on that day."""
        return Facts(self.answers, self.applicant.age_on(day), self.agent is not None)

    def to_json(self) -> dict[str, Json]:
        """The canonical JSON form; also the ``content`` of the case."""
        return {
            "format": "application/1",
            "item": self.item_id,
            "parts": list(self.parts),
            "applicant": self.applicant.to_json(),
            "agent": self.agent.to_json() if self.agent else None,
            "answers": dict(self.answers),
            "materials": {key: given.to_json() for key, given in self.materials.items()},
            "fields": dict(self.fields),
            "delivery": self.delivery,
            "signature": self.signature.to_json() if self.signature else None,
            "channel": self.channel,
            **{name: value.to_json() for name, value in self._beside().items() if value is not None},
            **({"name_strip": self.name_strip} if self.name_strip else {}),
            **({"consents": {kind: each.to_json() for kind, each in self.consents.items()}} if self.consents else {}),
        }

    def _beside(self) -> dict[str, Person | Mandate | Organisation | Elsewhere | None]:
        return {
            "guardian": self.guardian,
            "mandate": self.mandate,
            "organisation": self.organisation,
            "elsewhere": self.elsewhere,
        }

    @classmethod
    def from_json(cls, data: Json) -> Application:
        """Read an application from outside.

        Raises:
            ValueError, KeyError, TypeError or AttributeError: the data is no application.
        """
        answers, fields = dict(data.get("answers", {})), dict(data.get("fields", {}))
        if not all(isinstance(text, str) for pair in (*answers.items(), *fields.items()) for text in pair):
            raise ValueError("answers and fields are texts")
        agent, signature = data.get("agent"), data.get("signature")
        guardian, mandate = data.get("guardian"), data.get("mandate")
        organisation, elsewhere = data.get("organisation"), data.get("elsewhere")
        return cls(
            item_id=str(data["item"]),
            applicant=Person.from_json(data["applicant"]),
            agent=Person.from_json(agent) if agent else None,
            parts=tuple(str(part) for part in data.get("parts", [])),
            answers=answers,
            materials={str(key): Given.from_json(value) for key, value in data.get("materials", {}).items()},
            fields=fields,
            delivery=str(data.get("delivery", "")),
            signature=Signature.from_json(signature) if signature else None,
            channel=str(data.get("channel", "窗口")),
            guardian=Person.from_json(guardian) if guardian else None,
            mandate=Mandate.from_json(mandate) if mandate else None,
            organisation=Organisation.from_json(organisation) if organisation else None,
            elsewhere=Elsewhere.from_json(elsewhere) if elsewhere else None,
            name_strip=str(data.get("name_strip", "")),
            consents={
                SensitiveKind(kind).value: Consent.from_json(each)
                for kind, each in (data.get("consents") or {}).items()
            },
        )

    def people(self) -> dict[str, Person | None]:
        """Those at the counter, as FormField.source names them."""
        return {"applicant": self.applicant, "agent": self.agent, "guardian": self.guardian}

    @property
    def pages(self) -> tuple[str, ...]:
        """SHA-256 of every captured page, each once: of the materials, and the pictures of fingerprints."""
        thumbs = (*(consent.thumb for consent in self.consents.values()), self.signature and self.signature.thumb)
        own = tuple(thumb.page for thumb in thumbs if thumb and thumb.page)
        return tuple(dict.fromkeys((*(page for given in self.materials.values() for page in given.pages), *own)))

    @property
    def thumb_faults(self) -> dict[str, str]:
        """What is wrong with a fingerprint in place of a signature, by field; empty where there is none."""
        thumb = self.signature.thumb if self.signature else None
        return thumb_faults(thumb, self.names) if thumb else {}

    @property
    def consent_faults(self) -> tuple[str, ...]:
        """The same for 单独同意 given by a fingerprint, each sentence once."""
        thumbs = (consent.thumb for consent in self.consents.values())
        found = (text for thumb in thumbs if thumb for text in thumb_faults(thumb, self.names).values())
        return tuple(dict.fromkeys(found))

    @property
    def names(self) -> tuple[str, ...]:
        """Of those at the counter."""
        return tuple(person.name for person in self.people().values() if person)

    def known(self) -> dict[str, str]:
        """Values that need not be asked again, by source name (see FormField.source)."""
        known: dict[str, str] = {}
        if self.organisation is not None:
            known |= {"organisation.name": self.organisation.name, "organisation.uscc": self.organisation.uscc}
        for who, person in self.people().items():
            if person is None:
                continue
            known |= {
                f"{who}.name": person.name,
                f"{who}.id_number": person.document_number,
                f"{who}.sex": person.sex,
                f"{who}.ethnicity": person.ethnicity,
                f"{who}.birth": person.birth,
                f"{who}.address": person.address,
                f"{who}.phone": person.phone,
                f"{who}.valid_to": person.valid_to,
            }
        return {key: value for key, value in known.items() if value}


def shown_hash(rows: list[tuple[str, str]], application: Application | None = None) -> str:
    """The hash that a signature binds to: label and text of every row, in order, and the values behind them.

    Rows mask numbers and count pages; with the ``application`` a changed account or a swapped page voids the signature too.
    """
    behind: Json = {}
    if application is not None:
        behind = {key: value for key, value in application.to_json().items() if key not in ("signature", "channel")}
    return content_hash([[[label, text] for label, text in rows], behind])
