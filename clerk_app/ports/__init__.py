"""The Protocols that the core needs; adapters fulfil them, bootstrap joins them, fakes mirror them in tests/fakes.

Every method may raise EnvironmentProblem (see errors.py) when its surroundings fail; what else it raises is said.
ADD A PORT HERE: in the file of its neighbourhood, and its name below.
"""

from clerk_app.ports.catalogue import Catalogue, HitLike
from clerk_app.ports.display import DisplayChoice, DisplayDesk
from clerk_app.ports.enrolment import EnrolmentDesk, EnrolmentState
from clerk_app.ports.environment import Clock, Ids
from clerk_app.ports.eyes import CameraFound, DeviceChoice, DeviceDesk, Eyes, Recogniser, SeenSource
from clerk_app.ports.hall import FoundCase, HallCases, TakenCase, TakenPage
from clerk_app.ports.keys import CipherSuite, FileSigner, PaperMark, Signer, Unlocked, Vault
from clerk_app.ports.line import (
    Arrived,
    BookDifference,
    BookReport,
    Centre,
    Enrolled,
    Enrolment,
    Exported,
    Greeting,
    NewsPage,
    Receipt,
)
from clerk_app.ports.outbox import Outbox, OutboxCounts, Receipted
from clerk_app.ports.paper import ElectronicSeal, Paper, PaperDesk, PaperOrder, Printer, SealPlace
from clerk_app.ports.safekeeping import CopiesState, Protection, Room, Safekeeping, Trial, Warned
from clerk_app.ports.speech import Speaker
from clerk_app.ports.store import (
    Attachments,
    Cases,
    Clerks,
    Config,
    Drafts,
    Journal,
    Keeping,
    News,
    Numbers,
    PrintJobs,
    Settled,
    Store,
    UnitOfWork,
    Visits,
)
from clerk_app.ports.updates import Programs, UpdateDesk, UpdateState

__all__ = [
    "Arrived",
    "Attachments",
    "BookDifference",
    "BookReport",
    "CameraFound",
    "Cases",
    "Catalogue",
    "Centre",
    "CipherSuite",
    "Clerks",
    "Clock",
    "Config",
    "CopiesState",
    "DeviceChoice",
    "DeviceDesk",
    "DisplayChoice",
    "DisplayDesk",
    "Drafts",
    "ElectronicSeal",
    "Enrolled",
    "Enrolment",
    "EnrolmentDesk",
    "EnrolmentState",
    "Exported",
    "Eyes",
    "FileSigner",
    "FoundCase",
    "Greeting",
    "HallCases",
    "HitLike",
    "Ids",
    "Journal",
    "Keeping",
    "News",
    "NewsPage",
    "Numbers",
    "Outbox",
    "OutboxCounts",
    "Paper",
    "PaperDesk",
    "PaperMark",
    "PaperOrder",
    "PrintJobs",
    "Printer",
    "Programs",
    "Protection",
    "Receipt",
    "Receipted",
    "Recogniser",
    "Room",
    "Safekeeping",
    "SealPlace",
    "SeenSource",
    "Settled",
    "Signer",
    "Speaker",
    "Store",
    "TakenCase",
    "TakenPage",
    "Trial",
    "UnitOfWork",
    "Unlocked",
    "UpdateDesk",
    "UpdateState",
    "Vault",
    "Visits",
    "Warned",
]
