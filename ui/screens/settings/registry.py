"""ADD A PAGE HERE: one file in this folder and one line below. Each clerk sees the pages of their own role only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from clerk_app.domain.rights import Right
from ui.context import Context
from ui.screens.settings.about import AboutPage
from ui.screens.settings.copies import CopiesPage
from ui.screens.settings.devices import DevicesPage
from ui.screens.settings.display import DisplayPage
from ui.screens.settings.enrolment import EnrolmentPage
from ui.screens.settings.journal import JournalPage
from ui.screens.settings.keeping import KeepingPage
from ui.screens.settings.own_pin import OwnPinPage
from ui.screens.settings.people import PeoplePage
from ui.screens.settings.printers import PrintersPage
from ui.screens.settings.protection import ProtectionPage
from ui.screens.settings.space import SpacePage
from ui.screens.settings.updates import UpdatesPage


class SettingsPage(Protocol):
    """What a page does. ``enter`` is called each time it comes to the front; work on disk runs as a job."""

    @property
    def widget(self) -> QWidget: ...
    def enter(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PageEntry:
    """``right``: who sees the page; None: everybody."""

    id: str
    label: str
    build: Callable[[Context], SettingsPage]
    right: Right | None = None


PAGES: tuple[PageEntry, ...] = (
    PageEntry("people", "人员", PeoplePage, Right.PEOPLE),
    PageEntry("protection", "保护", ProtectionPage, Right.PEOPLE),
    PageEntry("enrolment", "登记", EnrolmentPage, Right.PEOPLE),
    PageEntry("copies", "备份", CopiesPage, Right.SAFEKEEPING),
    PageEntry("space", "空间", SpacePage, Right.SAFEKEEPING),
    PageEntry("keeping", "保存与清除", KeepingPage, Right.SAFEKEEPING),
    PageEntry("journal", "日志", JournalPage, Right.JOURNAL),
    PageEntry("printers", "打印", PrintersPage, Right.DEVICES),
    PageEntry("devices", "设备", DevicesPage),
    PageEntry("display", "显示", DisplayPage),
    PageEntry("updates", "版本与更新", UpdatesPage),
    PageEntry("own_pin", "我的 PIN", OwnPinPage),
    PageEntry("about", "关于", AboutPage),
)
