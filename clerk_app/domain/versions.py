"""Versions of the program on one PC, as pure rules: which one runs, when a new one counts as good, when it is taken back.

There is always the installed program (written as the empty word), which no update touches. An update is a second, whole copy of the
program beside it. A new version runs on trial: only when somebody has signed in with it is it proven; after two starts that ended
badly before that, the version from before runs again. What is not on the disk is never chosen, and a version that is in use, or was
before the one in use is proven, is never thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Self

INSTALLED = ""
"""The program that the package installed, in place of a version."""
BAD_STARTS = 2
"""So many starts on trial that ended badly, and the version from before runs again."""
_WRITTEN = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")


class Version(NamedTuple):
    """Major, minor, patch; ordered as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """``0.12.3``. Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("a version is three whole numbers with dots")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Outcome(StrEnum):
    """What came of the last change of version."""

    NONE = ""
    PROVEN = "proven"  # the new version came up and somebody signed in
    ROLLED_BACK = "rolled_back"  # it did not, twice
    TAKEN_BACK = "taken_back"  # a person went back


@dataclass(frozen=True, slots=True)
class Versions:
    """``active`` runs; ``previous`` ran before it. ``ready``: whole on the disk, not in use. ``trial``: in use, not proven;
    ``starts``: how many starts of it began and are not known to have ended well. ``failed``: not tried again by itself.
    ``outcome``, ``about``: of which version the last change speaks."""

    active: str = INSTALLED
    previous: str = INSTALLED
    ready: str = ""
    trial: str = ""
    starts: int = 0
    failed: tuple[str, ...] = ()
    outcome: Outcome = Outcome.NONE
    about: str = ""

    @property
    def running(self) -> str:
        """What a start would run now."""
        return self.trial or self.active


def made_ready(state: Versions, version: str) -> Versions:
    """A version is whole and checked on the disk. Raises ValueError when it is the one in use."""
    if version in {state.trial, state.active}:
        raise ValueError("this version is in use")
    return replace(state, ready=str(Version.parse(version)))


def chosen(state: Versions) -> Versions:
    """What is ready runs on trial from the next start on. Raises ValueError when nothing is ready or another is on trial."""
    if not state.ready or state.trial:
        raise ValueError("nothing is ready, or a version is on trial")
    failed = tuple(each for each in state.failed if each != state.ready)
    return replace(state, ready="", trial=state.ready, starts=0, failed=failed)


def to_start(
    state: Versions, installed: str, present: Collection[str], *, counted: bool = True
) -> tuple[Versions, str]:
    """Which version a start runs, and the state to write down before it does. ``present``: versions that lie whole on the disk.
    ``counted``: the window itself starts; another command runs the same version and proves or disproves nothing."""
    state = _true_to_the_disk(state, Version.parse(installed), present)
    if state.trial and state.starts >= BAD_STARTS:
        state = _given_up(state)
    if state.trial and counted:
        state = replace(state, starts=state.starts + 1)
    return state, state.running


def ended_well(state: Versions, version: str) -> Versions:
    """A start of a version on trial ended in an orderly way before anybody signed in: nothing against it."""
    if state.trial != version:
        return state
    return replace(state, starts=max(state.starts - 1, 0))


def sign_in_failed(state: Versions, version: str) -> Versions:
    """A version on trial came up and could not open the data for somebody with the right PIN. That counts like a start that ended
    badly, also when the window is then closed in an orderly way: a migration that fails must not keep a hall out."""
    if not version or state.trial != version:
        return state
    return replace(state, starts=min(state.starts + 1, BAD_STARTS + 1))


def cannot_run(state: Versions, version: str) -> Versions:
    """The system would not even start it: taken back at once, as it would be on every start."""
    if state.trial == version:
        return _given_up(state)
    if state.active == version and version != INSTALLED:
        failed = _with(state.failed, version)
        return replace(
            state,
            active=state.previous,
            previous=INSTALLED,
            failed=failed,
            outcome=Outcome.ROLLED_BACK,
            about=version,
        )
    return state


def proven(state: Versions, version: str) -> Versions:
    """Somebody signed in with it. Only the version on trial is changed by that."""
    if not version or state.trial != version:
        return state
    return replace(
        state,
        active=version,
        previous=state.active,
        trial="",
        starts=0,
        outcome=Outcome.PROVEN,
        about=version,
    )


def taken_back(state: Versions) -> Versions:
    """A person wants the version from before; the one left is not offered again by itself.

    Raises ValueError when the installed program is the one in use.
    """
    if state.trial:
        return replace(_given_up(state), outcome=Outcome.TAKEN_BACK)
    if state.active == INSTALLED:
        raise ValueError("there is nothing to go back to")
    return replace(
        state,
        active=state.previous,
        previous=INSTALLED,
        failed=_with(state.failed, state.active),
        outcome=Outcome.TAKEN_BACK,
        about=state.active,
    )


def disposable(state: Versions, present: Collection[str]) -> frozenset[str]:
    """Which versions on the disk nobody needs: not the one in use, not the one before it, not what is ready or on trial."""
    return frozenset(present) - {state.active, state.previous, state.trial, state.ready}


def _true_to_the_disk(state: Versions, installed: Version, present: Collection[str]) -> Versions:
    """Without versions that are not there, and without those that the installed program has caught up with."""

    def good(version: str) -> bool:
        return bool(version) and version in present and Version.parse(version) > installed

    ready = state.ready if good(state.ready) else ""
    trial, starts = (state.trial, state.starts) if good(state.trial) else ("", 0)
    previous = state.previous if good(state.previous) else INSTALLED
    active = state.active if good(state.active) or state.active == INSTALLED else previous
    if active in {previous, INSTALLED}:
        previous = INSTALLED
    return replace(state, active=active, previous=previous, ready=ready, trial=trial, starts=starts)


def _given_up(state: Versions) -> Versions:
    return replace(
        state,
        trial="",
        starts=0,
        failed=_with(state.failed, state.trial),
        outcome=Outcome.ROLLED_BACK,
        about=state.trial,
    )


def _with(failed: tuple[str, ...], version: str) -> tuple[str, ...]:
    return (*(each for each in failed if each != version), version)[-20:]
