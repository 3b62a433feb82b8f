"""The port towards the central platform (渝快办). The city's interface and its numbering rule are not public.

``LoopbackPlatform`` stands in where there is no connection: its numbers begin with DEMO- and can be taken for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.canonical import Json


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One whole case (its attachments are all here). No repr: the document is personal."""

    case_id: str
    receipt: str
    document: Mapping[str, Json]


class Platform(Protocol):
    def submit(self, submission: Submission) -> str:
        """The platform's number for the case; the same case gets the same number however often it is given.

        Raises:
            LineProblem: not now; the case is submitted again later.
        """
        ...


class LoopbackPlatform:
    """Numbers made from the gateway's receipt, so that they need no memory: QZ500199-… gives DEMO-500199-…"""

    def submit(self, submission: Submission) -> str:
        return "DEMO-" + submission.receipt.removeprefix("QZ")
