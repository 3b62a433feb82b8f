"""Printed forms and the printers that take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clerk_app.domain.application import Application
from clerk_app.domain.case import Case
from clerk_app.domain.hall import Hall
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Copy, Form, Look, PrintState
from clerk_app.domain.time import Stamp
from clerk_app.ports.keys import FileSigner


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """Everything one printed form needs, as values.

    Attributes:
        until: material id to the ISO day for 容缺. missing: material name and reason sentences for the one-time notice.
        offline: the case had not reached the gateway when printed.
        rows: the lines of a list of cases (F14: number, item, applicant masked, papers; F16: hand number, time, applicant, item,
            materials, entered by).
        clerk_name: who acted: the paper is theirs, whoever took the case or prints it again.
        made_at: when it was made; stands beside the seal on every later print too. None: it is made now.
        look: size and type; None: as the office has it for this form.
        office: the office's own header, texts and seal.
        name_picture: the applicant's name as the card shows it (PNG or JPEG), for a name that no font draws.
        check: the check code of this print (domain/paper_check.py). copies: which of the form's sheets; empty: all of them.
        key_words: the window key's fingerprint, empty when files are not signed.
    """

    form: Form
    case: Case
    application: Application
    scheme: Scheme
    hall: Hall
    clerk_name: str
    printed_at: Stamp
    copy_number: int = 1
    offline: bool = True
    until: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reason: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    look: Look | None = None
    office: Office = field(default_factory=Office)
    name_picture: bytes = b""
    key_words: str = ""
    made_at: Stamp | None = None
    check: str = ""
    copies: tuple[Copy, ...] = ()

    @property
    def sheets(self) -> tuple[Copy, ...]:
        """Whose sheets are printed, in the order of the form."""
        return tuple(copy for copy in self.form.copies if copy in self.copies) or self.form.copies

    @property
    def dated(self) -> Stamp:
        """The moment of the act that the paper tells of, not that of this print."""
        return self.made_at or self.printed_at


class Paper(Protocol):
    def render(self, order: PaperOrder) -> bytes:
        """The PDF of one form."""
        ...

    def file(self, order: PaperOrder, signer: FileSigner | None) -> bytes:
        """The same pages to be kept as a file: signed with the window's key where there is one."""
        ...

    def forms(self) -> tuple[Form, ...]:
        """Forms that can be printed."""
        ...


class Printer(Protocol):
    """A printer behind the system's spooler."""

    @property
    def name(self) -> str: ...
    def problem(self) -> str:
        """Why it cannot print now, in the clerk's words; empty when ready."""
        ...

    def submit(self, pdf: bytes, title: str) -> str:
        """Hand over to the spooler; returns its job id. DeviceProblem when it does not take it."""
        ...

    def state(self, spool_ref: str) -> PrintState: ...
    def cancel(self, spool_ref: str) -> None:
        """Ask for a job to be dropped; what became of it is told by ``state``. DeviceProblem when nobody answers."""
        ...


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal belongs: page from 0, the rest in points from the bottom left corner."""

    page: int
    left: float
    low: float
    width: float
    height: float


class ElectronicSeal(Protocol):
    """A real 电子印章, kept and made outside this program with a key of its own."""

    def sealed(self, pdf: bytes, place: SealPlace) -> bytes:
        """The same file, sealed: an addition behind it. DeviceProblem when it was not sealed."""
        ...


class PaperDesk(Protocol):
    """The office's own paper and the printers of this PC, for the page of 设置. All of it touches the disk or the spooler."""

    def office(self) -> Office: ...
    def printers(self) -> tuple[str, ...]:
        """Names of the printers that are here now, receipt printers of the settings among them."""
        ...

    def adopt(self, office: Office) -> None:
        """Keep it on this PC and use it from now on. BadInput with the sentence of what cannot be used; StorageProblem."""
        ...
