"""The field under the cursor goes into the draft, so that a window that died opens again with the cursor where it was."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.domain.draft import Draft
from ui.screens.intake.session import DraftSession

KEPT = ("applicant.", "agent.", "guardian.", "mandate.", "organisation.", "elsewhere.", "field.", "answer.")
FOLLOW_MS = 400
"""A cursor that only passes by is not written down."""


class Cursor(QObject):
    """Watches the keyboard inside one widget; ``session`` is asked for each time, since clients change."""

    def __init__(self, around: QWidget, session: Callable[[], DraftSession]) -> None:
        super().__init__(around)
        self._around, self._session = around, session
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FOLLOW_MS)
        self._soon.timeout.connect(self._write)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def put_aside(self) -> None:
        """The next client comes: this draft waits under 暂存 and does not come to the front by itself."""
        if self._session().draft_id:
            self._session().edit({"aside": "yes"})

    def take_up(self, draft: Draft) -> None:
        """A draft is in front again, with the cursor where it was left."""
        if draft.values.get("aside"):
            self._session().edit({"aside": None})
        self.put(draft.text("focus"))

    def put(self, key: str) -> bool:
        """Put the keyboard on the field of this name; False when nothing of that name is shown."""
        for widget in list[QWidget](self._around.findChildren(QWidget, key)) if key else []:
            if widget.isVisibleTo(self._around) and widget.isEnabled():
                widget.setFocus()
                return True
        return False

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._around.isAncestorOf(new):
            self._soon.start()

    def _write(self) -> None:
        """Only into a draft that is on disk: looking around leaves nothing."""
        session, key = self._session(), self._name(QApplication.focusWidget())
        if key and session.draft_id:
            session.edit({"focus": key})

    def _name(self, widget: QWidget | None) -> str:
        while widget is not None and widget is not self._around:
            if widget.objectName().startswith(KEPT):
                return widget.objectName()
            widget = widget.parentWidget()
        return ""
