"""The port towards the central platform (渝快办). The city's interface and its numbering rule are not public.

A new one: a class that fulfils ``Platform`` in a file of its own, and one line in platforms.py.
``LoopbackPlatform`` stands in where there is no connection: its numbers begin with DEMO- and can be taken for nothing else.
``file_drop.FileDropPlatform`` hands packages over in a folder, for a department that fetches them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.canonical import Json


@dataclass(frozen=True, slots=True, repr=False)
class SubmittedPage:
    """One page of a case. ``read`` gives its plain bytes. No repr: personal."""

    sha256: str
    media_type: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One whole case revision (its pages are all here). No repr: the document is personal."""

    case_id: str
    receipt: str
    document: Mapping[str, Json]
    revision: int = 1
    pages: tuple[SubmittedPage, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """What the platform said of a case: its number, or a result (准予, 不予, 补正 …) with a note. ``mark``: for ``settle``."""

    mark: str
    case_id: str
    case_number: str = ""
    result: str = ""
    note: str = ""


class Platform(Protocol):
    def submit(self, submission: Submission) -> str:
        """The platform's number for the case, or empty when it tells it later; the same case and revision may be given again.

        Raises:
            LineProblem: not now; the case is submitted again later. Refused: this case not at all, as it is.
        """
        ...

    def answers(self) -> Iterator[PlatformAnswer]:
        """What came back and was not settled yet. Raises LineProblem."""
        ...

    def settle(self, mark: str, *, understood: bool) -> None:
        """An answer has been acted on (or cannot be); it does not come again."""
        ...


class LoopbackPlatform:
    """Numbers made from the gateway's receipt, so that they need no memory: QZ500199-… gives DEMO-500199-…"""

    def submit(self, submission: Submission) -> str:
        """See Platform."""
        return "DEMO-" + submission.receipt.removeprefix("QZ")

    def answers(self) -> Iterator[PlatformAnswer]:
        """It never speaks first."""
        return iter(())

    def settle(self, mark: str, *, understood: bool) -> None:
        """Nothing to settle."""
