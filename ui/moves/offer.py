"""What a move is to the panel: its words, its few questions, its use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clerk_app.usecases.desk import Desk
from clerk_app.usecases.witness import Witness
from clerk_app.usecases.writing import Accepted

Values = Mapping[str, str]
Done = Accepted | tuple[Accepted, ...]


def _always(_: Values) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a move. ``choices``: answers to pick from; ``secret``: a PIN; ``when``: asked only then."""

    key: str
    title: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    optional: bool = False
    secret: bool = False
    when: Callable[[Values], bool] = _always


@dataclass(frozen=True, slots=True)
class Offer:
    """``label`` and ``told``: what the clerk reads. ``act``: the use case. ``errand``: papers come in through the intake
    (correct or supplement) or the applicant is asked (rate); then nothing is asked here."""

    id: str
    label: str
    told: str
    asks: tuple[Ask, ...] = ()
    act: Callable[[Desk, str, Values], Done] | None = None
    errand: str = ""
    seen: Callable[[Desk, str, Values, Witness], Done] | None = None


def open_asks(offer: Offer, values: Values) -> tuple[Ask, ...]:
    """The questions that the answers so far leave to ask."""
    return tuple(ask for ask in offer.asks if ask.when(values))
