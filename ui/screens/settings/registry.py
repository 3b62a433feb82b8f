"""ADD A PAGE HERE: one file in this folder and one line below. Each clerk sees the pages of their own role only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from clerk_app.domain.rights import Right
from ui.context import Context
from ui.screens.settings.about import AboutPage


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


PAGES: tuple[PageEntry, ...] = (PageEntry("about", "关于", AboutPage),)
