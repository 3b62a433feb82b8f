"""The applicant's screen: read page by page, sign, confirm. What is signed is bound to the hash of what was shown.

Pages instead of scrolling, and the confirm button only on the last page, so that nothing signed was never shown. Between
clients a quiet page, so that nobody reads the one before.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QFontMetrics, QGuiApplication, QKeyEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.domain.signing import Signature
from clerk_app.ports import Speaker
from ui import theme
from ui.applicant_pages import FIRST, Place, Row, breakable, cut_into_pages
from ui.consent_page import ConsentPage
from ui.rating_page import RatingPage
from ui.read_aloud import ReadAloud
from ui.widgets.parts import button, clear, label, restyle
from ui.widgets.signature_pad import SignaturePad
from ui.widgets.training_band import TrainingBand

SIZES = (24, 30, 36)
LABEL_WIDTH = 8  # in characters
GAP = 12
STRONG = ("办什么事", "多久办好")
OPEN = ("还要补交",)


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
        self._rows: tuple[Row, ...] = ()
        self._sha256 = ""
        self._pages: list[tuple[Row, ...]] = [()]
        self._starts: list[Place] = [FIRST]
        self._page, self._size = 0, 0
        self._title = label("请您核对，无误后签字", "title")
        self._bigger = button("字大一点")
        self._bigger.clicked.connect(self._on_bigger)
        self._card = QFrame()
        self._card.setProperty("look", "card")
        self._grid = QGridLayout(self._card)
        self._grid.setContentsMargins(30, 28, 30, 20)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(GAP)
        self.pad = SignaturePad()
        self.pad.changed.connect(self._on_stroke)
        self._again = button("重签")
        self._again.clicked.connect(self.pad.clear)
        self.by_thumb = button("我不会写字")
        self.by_thumb.clicked.connect(self._on_cannot_write)
        self._wrong = button("有地方不对", "big")
        self._wrong.clicked.connect(self._on_wrong)
        self._before = button("上一页", "big")
        self._before.clicked.connect(self._on_before)
        self._forth = button("下一页", "main")
        self._forth.clicked.connect(self._on_forth)
        self._note = label("", "soft")
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._note)
        top.addSpacing(20)
        top.addWidget(self.aloud.offer(lambda: self._pages[self._page]))
        top.addSpacing(12)
        top.addWidget(self._bigger)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.pad, 1)
        under = QHBoxLayout()
        under.addWidget(self._again)
        under.addStretch(1)
        under.addWidget(self.by_thumb)
        right.addLayout(under)
        side = QWidget()
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(30)
        middle.addWidget(self._card, 11)
        middle.addWidget(side, 9)
        # What is on a page must not move its edges: the pages are cut by them.
        for part in (self._card, side):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        for part in (self._again, self.by_thumb, self._before, self._note):
            keeps = part.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)
            part.setSizePolicy(keeps)
        bottom = QHBoxLayout()
        bottom.addWidget(self._wrong)
        bottom.addStretch(1)
        bottom.addWidget(self._before)
        bottom.addSpacing(16)
        bottom.addWidget(self._forth)
        reading = QWidget()
        box = QVBoxLayout(reading)
        box.setContentsMargins(44, 34, 44, 34)
        box.setSpacing(22)
        box.addLayout(top)
        box.addLayout(middle, 1)
        box.addLayout(bottom)
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
        self._stack.addWidget(reading)
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
        self._split_soon = QTimer(self)
        self._split_soon.setSingleShot(True)
        self._split_soon.timeout.connect(self._split)
        self._resize_type(0)
        theme.dress(self)

    def sizeHint(self) -> QSize:
        return QSize(1280, 800)

    def show_case(
        self, rows: Sequence[Row], shown_sha256: str, drawn: Sequence[Sequence[tuple[int, int, int, int]]] = ()
    ) -> None:
        """Show these rows for reading and signing. The same rows again change nothing; others void what was drawn.

        ``drawn``: strokes made over these very rows and not confirmed, when the window ended; to be confirmed after reading again.
        """
        if shown_sha256 == self._sha256 and self._stack.currentIndex() == 1:
            return
        self.aloud.stop()
        self._rows, self._sha256 = tuple(rows), shown_sha256
        self._pages, self._starts, self._page = [()], [FIRST], 0
        self.pad.lay(drawn)
        self._stack.setCurrentIndex(1)
        self._resize_type(0)
        self._place()
        self._split()
        self._forth.setFocus()

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
            self._stack.setCurrentIndex(2)
            self._place()

    def be_quiet(self, text: str = "请到窗口办理") -> None:
        """Between clients: nothing personal. With a single screen the window goes away."""
        self.aloud.stop()
        if self.rating.open:  # the next client is here: nobody rated
            self.rating.stop()
            self.unrated.emit(self._rating_of)
        self.consent.stop()
        self._rows, self._sha256 = (), ""
        self._pages, self._starts, self._page = [()], [FIRST], 0
        self.pad.clear()
        clear(self._grid)
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
        return self._sha256

    @property
    def page(self) -> tuple[int, int]:
        """(page shown, how many), from 1."""
        return self._page + 1, len(self._pages)

    @staticmethod
    def second_screen() -> QScreen | None:
        """The applicant's monitor: the first that is not the clerk's."""
        first = QGuiApplication.primaryScreen()
        return next((screen for screen in QGuiApplication.screens() if screen is not first), None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split_soon.start(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter turns the page; it never confirms: that is for the applicant's own hand."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._page < len(self._pages) - 1:
            self._on_forth()
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

    def _resize_type(self, size: int) -> None:
        self._size = size
        self._stack.setStyleSheet(theme.applicant_sheet(SIZES[size]))

    @Slot()
    def _split(self) -> None:
        """Cut the rows into pages that fit. When the cut changes, reading goes on from the page that holds the place
        reached, so that everything before it has been shown and the last page can always be reached."""
        if not self._rows:
            return
        metrics = QFontMetrics(theme.font(SIZES[self._size]))
        label_width = metrics.horizontalAdvance("字") * LABEL_WIDTH
        width = max(self._card.width() - 60 - 20 - label_width - 8, 120)  # 8: a label wraps a little earlier
        room = max(self._card.height() - 56, metrics.height() * 3)
        pages, starts = cut_into_pages(self._rows, metrics, width, room, GAP)
        if pages != self._pages:
            reached = self._starts[self._page]
            self._pages, self._starts = pages, starts
            self._page = max(at for at, start in enumerate(starts) if start <= reached)
        self._show_page()

    def _show_page(self) -> None:
        self.aloud.stop()
        label_width = QFontMetrics(theme.font(SIZES[self._size])).horizontalAdvance("字") * LABEL_WIDTH
        clear(self._grid)
        for at in range(self._grid.rowCount()):
            self._grid.setRowStretch(at, 0)
        self._grid.setColumnMinimumWidth(0, label_width)
        self._grid.setColumnStretch(1, 1)
        rows = self._pages[self._page]
        for at, (title, text) in enumerate(rows):
            value = label(breakable(text), "strong" if title in STRONG else "plain", wrap=True)
            if title in OPEN:
                value.setProperty("tone", "amber")
            self._grid.addWidget(label(title, "soft"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, at, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.setRowStretch(len(rows), 1)
        last = self._page == len(self._pages) - 1
        self._note.setText(f"第 {self._page + 1} 页，共 {len(self._pages)} 页" if len(self._pages) > 1 else "")
        self._before.setVisible(self._page > 0)
        self._forth.setText("我已核对，确认提交" if last else "下一页")
        self.pad.setEnabled(last)
        for beside in (self._again, self.by_thumb):
            beside.setVisible(last)
        self.pad.update()
        self._on_pad()

    @Slot()
    def _on_stroke(self) -> None:
        self._on_pad()
        if self._sha256:
            self.drawn.emit(Signature("pad", self._sha256, self.pad.strokes()))

    @Slot()
    def _on_pad(self) -> None:
        last = self._page == len(self._pages) - 1
        self._forth.setEnabled(not last or self.pad.is_signed())
        restyle(self._forth, look="main")

    @Slot()
    def _on_bigger(self) -> None:
        self._resize_type((self._size + 1) % len(SIZES))
        self._bigger.setText("字大一点" if self._size + 1 < len(SIZES) else "字小一点")
        self._split_soon.start(0)

    @Slot()
    def _on_before(self) -> None:
        self._page = max(self._page - 1, 0)
        self._show_page()

    @Slot()
    def _on_forth(self) -> None:
        if self._page < len(self._pages) - 1:
            self._page += 1
            self._show_page()
        elif self.pad.is_signed() and self._sha256:
            signature = Signature("pad", self._sha256, self.pad.strokes())
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
        self.pad.clear()
        if self.second_screen() is None:
            self.be_quiet("工作人员来念给您听")
        self.cannot_write.emit()

    @Slot()
    def _on_wrong(self) -> None:
        self.be_quiet("工作人员正在为您更正")
        self.wrong.emit()
