"""The catalogue as the core reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from clerk_app.domain.conditions import Facts
from clerk_app.domain.divisions import Place
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.service_item import LifeEvent, ServiceItem


class HitLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def department(self) -> str: ...


class Catalogue(Protocol):
    """A loaded catalogue. Unknown ids raise Refused."""

    @property
    def version(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def items(self) -> tuple[ServiceItem, ...]: ...
    def life_events(self) -> tuple[LifeEvent, ...]: ...
    def item(self, item_id: str) -> ServiceItem: ...
    def life_event(self, event_id: str) -> LifeEvent: ...
    def scheme(self, entry_id: str, chosen: Collection[str] | None = None, facts: Facts | None = None) -> Scheme:
        """The scheme of an item or life event; ``chosen`` None means the default parts under ``facts``."""
        ...

    def hash_of(self, entry_id: str) -> str:
        """The hash that a draft or case pins for this entry now; empty when there is no such entry."""
        ...

    def scheme_at(
        self, entry_id: str, sha256: str, chosen: Collection[str] | None = None, facts: Facts | None = None
    ) -> Scheme:
        """As ``scheme``, by the rules of the version in which the entry had that hash; an empty hash means now.

        Refused also when that version was not kept."""
        ...

    def places(self, text: str, limit: int = 8) -> Sequence[Place]:
        """Districts and townships as one types an address, by name or initials, the nearest first."""
        ...

    def search(self, text: str, limit: int = 10) -> Sequence[HitLike]: ...
