"""The applicant's screen: read page by page, sign, confirm. What is signed is bound to the hash of what was shown.

Pages instead of scrolling, and the confirm button only on the last page, so that nothing signed was never shown. Between
clients a quiet page, so that nobody reads the one before.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.domain.signing import Signature
from clerk_app.ports import Speaker
from ui import theme
from ui.applicant_pages import Row
from ui.consent_page import ConsentPage
from ui.rating_page import RatingPage
from ui.read_aloud import ReadAloud
from ui.reading_page import SIZES, ReadingPage
from ui.widgets.parts import label
from ui.widgets.training_band import TrainingBand


class ApplicantWindow(QWidget):
    """``signed(Signature)`` when the applicant confirmed; ``wrong`` when something is not right; ``drawn(Signature)`` after each stroke
    (without strokes when it was wiped): confirmed by nobody yet; ``cannot_write`` when they ask for another way than writing.

    ``rated(case, level, reasons)`` or ``unrated(case)`` answers ``ask_rating``; ``consented`` or ``unconsented``
    answers ``ask_consent``.
    """

    signed = Signal(object)
    drawn = Signal(object)
    wrong = Signal()
    cannot_write = Signal()
    rated = Signal(str, int, list)
    unrated = Signal(str)
    consented = Signal()
    unconsented = Signal()

    def __init__(self, hall_name: str, speaker: Speaker | None = None, *, training: bool = False) -> None:
        super().__init__()
        self.setWindowTitle("请您核对")
        self.aloud = ReadAloud(speaker, self)
        self.reading = ReadingPage(self.aloud)
        self.reading.signed.connect(self._on_signed)
        self.reading.drawn.connect(self.drawn)
        self.reading.wrong.connect(self._on_wrong)
        self.reading.cannot_write.connect(self._on_cannot_write)
        self._quiet_title = label(hall_name, "title")
        self._quiet_text = label("正在为您办理，请稍候", "soft")
        quiet = QWidget()
        rest = QVBoxLayout(quiet)
        rest.addStretch(1)
        rest.addWidget(self._quiet_title, 0, Qt.AlignmentFlag.AlignHCenter)
        rest.addSpacing(16)
        rest.addWidget(self._quiet_text, 0, Qt.AlignmentFlag.AlignHCenter)
        rest.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(quiet)
        self._stack.addWidget(self.reading)
        self.rating = RatingPage(self.aloud)
        self.rating.rated.connect(self._on_rated)
        self.rating.unrated.connect(self._on_unrated)
        self._rating_of = ""
        self._stack.addWidget(self.rating)
        self.consent = ConsentPage(self.aloud)
        self.consent.agreed.connect(self._on_agreed)
        self.consent.refused.connect(self._on_refused)
        self.consent.cannot_write.connect(self._on_cannot_write)
        self._stack.addWidget(self.consent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if training:
            whole.addWidget(TrainingBand())
        whole.addWidget(self._stack)
        self._stack.setStyleSheet(theme.applicant_sheet(SIZES[0]))
        theme.dress(self)

    def sizeHint(self) -> QSize:
        return QSize(1280, 800)

    def show_case(
        self, rows: Sequence[Row], shown_sha256: str, drawn: Sequence[Sequence[tuple[int, int, int, int]]] = ()
    ) -> None:
        """Show these rows for reading and signing. The same rows again change nothing; others void what was drawn.

        ``drawn``: strokes made over these very rows and not confirmed, when the window ended; to be confirmed after reading again.
        """
        if shown_sha256 == self.showing and self._stack.currentWidget() is self.reading:
            return
        self.aloud.stop()
        self.reading.begin(rows, shown_sha256, drawn)
        self._stack.setCurrentWidget(self.reading)
        self._place()
        self.reading.split()
        self.reading.forth.setFocus()

    def ask_consent(self, who: str, kinds: Sequence[SensitiveKind]) -> None:
        """Each kind by itself, before anything is signed; asked again while it is open nothing changes."""
        if not self.consent.open:
            self.be_quiet()
            self.consent.begin(who, kinds)
            self._stack.setCurrentWidget(self.consent)
            self._place()

    def ask_rating(self, case_id: str) -> None:
        """Invite the applicant to rate; never over something that is being read."""
        if not self.showing:
            self.be_quiet()
            self._rating_of = case_id
            self.rating.begin()
            self._stack.setCurrentWidget(self.rating)
            self._place()

    def be_quiet(self, text: str = "请到窗口办理") -> None:
        """Between clients: nothing personal. With a single screen the window goes away."""
        self.aloud.stop()
        if self.rating.open:  # the next client is here: nobody rated
            self.rating.stop()
            self.unrated.emit(self._rating_of)
        self.consent.stop()
        self.reading.forget()
        self._quiet_text.setText(text)
        self._stack.setCurrentIndex(0)
        if self.second_screen() is None:
            if self.isVisible():
                self.hide()
        elif not self.isVisible():
            self._place()

    @property
    def showing(self) -> str:
        """The hash of what is shown now; empty on the quiet page."""
        return self.reading.sha256

    @staticmethod
    def second_screen() -> QScreen | None:
        """The applicant's monitor: the first that is not the clerk's."""
        first = QGuiApplication.primaryScreen()
        return next((screen for screen in QGuiApplication.screens() if screen is not first), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter turns the page; it never confirms: that is for the applicant's own hand."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.reading.turn():
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window is 'not now', never a consent."""
        if self.showing:
            self.wrong.emit()
        if self.consent.open:
            self._on_refused()
        if self.rating.open:
            self.be_quiet()
        self.aloud.stop()
        event.ignore()
        self.hide()

    def _place(self) -> None:
        screen = self.second_screen()
        self._keep_off_the_keyboard(screen is not None)
        if screen is not None:
            self.setGeometry(screen.geometry())
            self.showFullScreen()
        else:
            self.setGeometry(QGuiApplication.primaryScreen().availableGeometry())
            self.show()
            self.raise_()
            self.activateWindow()

    def _keep_off_the_keyboard(self, apart: bool) -> None:
        """On a screen of their own the applicant points; the keyboard stays with the clerk, who may go on typing."""
        silent = Qt.WindowType.WindowDoesNotAcceptFocus
        if bool(self.windowFlags() & silent) != apart:
            self.setWindowFlag(silent, apart)
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, apart)

    @Slot(object)
    def _on_signed(self, signature: Signature) -> None:
        self.be_quiet("谢谢，已签好。请稍候")
        self.signed.emit(signature)

    @Slot(int, list)
    def _on_rated(self, level: int, reasons: list[str]) -> None:
        self.be_quiet("谢谢您的评价")
        self.rated.emit(self._rating_of, level, reasons)

    @Slot()
    def _on_agreed(self) -> None:
        self.be_quiet("谢谢，请稍候")
        self.consented.emit()

    @Slot()
    def _on_refused(self) -> None:
        self.be_quiet("好的，工作人员来和您说")
        self.unconsented.emit()

    @Slot()
    def _on_unrated(self) -> None:
        self.be_quiet()
        self.unrated.emit(self._rating_of)

    @Slot()
    def _on_cannot_write(self) -> None:
        """Somebody of the office reads it aloud; with a single screen the clerk's work has to come back for that."""
        self.reading.pad.clear()
        if self.second_screen() is None:
            self.be_quiet("工作人员来念给您听")
        self.cannot_write.emit()

    @Slot()
    def _on_wrong(self) -> None:
        self.be_quiet("工作人员正在为您更正")
        self.wrong.emit()
