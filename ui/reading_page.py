"""What an applicant reads before signing: page after page, in the size they like; the pad and the confirmation on the last one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clerk_app.domain.signing import Signature
from ui import theme
from ui.applicant_pages import FIRST, Columns, Place, Row, breakable, columns_in, cut_into_pages
from ui.read_aloud import ReadAloud
from ui.widgets.parts import button, clear, label, restyle
from ui.widgets.signature_pad import SignaturePad

SIZES = (24, 30, 36)
TITLE = "请您核对，无误后签字"
CONFIRM, CONFIRM_SHORT = "我已核对，确认提交", "已核对，提交"
SIGNS_OF_TOP = 35  # so many signs wide, the top line takes its full words
GAP, BETWEEN = 12, 20
STRONG = ("办什么事", "多久办好")
OPEN = ("还要补交",)


class ReadingPage(QWidget):
    """``signed(Signature)`` when it was confirmed on the last page; ``drawn(Signature)`` after each stroke (without strokes when it was
    wiped): confirmed by nobody yet; ``wrong``, ``cannot_write``: the other ways out."""

    signed = Signal(object)
    drawn = Signal(object)
    wrong = Signal()
    cannot_write = Signal()

    def __init__(self, aloud: ReadAloud) -> None:
        super().__init__()
        self.aloud = aloud
        self._rows: tuple[Row, ...] = ()
        self.sha256 = ""
        self._pages: list[tuple[Row, ...]] = [()]
        self._starts: list[Place] = [FIRST]
        self._page, self._size = 0, 0
        self._columns = Columns(0, 0)
        self._title = label(TITLE, "title")
        self.bigger = button("字大一点")
        self.bigger.clicked.connect(self._on_bigger)
        self._card = QFrame()
        self._card.setProperty("look", "card")
        self._grid = QGridLayout(self._card)
        self._grid.setContentsMargins(30, 28, 30, 20)
        self._grid.setHorizontalSpacing(BETWEEN)
        self._grid.setVerticalSpacing(GAP)
        self.pad = SignaturePad()
        self.pad.changed.connect(self._on_stroke)
        self.again = button("重签")
        self.again.clicked.connect(self.pad.clear)
        self.by_thumb = button("我不会写字")
        self.by_thumb.clicked.connect(self.cannot_write)
        self.not_right = button("有地方不对", "big")
        self.not_right.clicked.connect(self.wrong)
        self._before = button("上一页", "big")
        self._before.clicked.connect(self._on_before)
        self.forth = button("下一页", "main")
        self.forth.clicked.connect(self._on_forth)
        self._note = label("", "soft")
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._note)
        top.addSpacing(20)
        top.addWidget(self.aloud.offer(lambda: self._pages[self._page]))
        top.addSpacing(12)
        top.addWidget(self.bigger)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.pad, 1)
        under = QHBoxLayout()
        under.addWidget(self.again)
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
        for part in (self.again, self.by_thumb, self._before, self._note):
            keeps = part.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)
            part.setSizePolicy(keeps)
        bottom = QHBoxLayout()
        bottom.addWidget(self.not_right)
        bottom.addStretch(1)
        bottom.addWidget(self._before)
        bottom.addSpacing(16)
        bottom.addWidget(self.forth)
        self._around = box = QVBoxLayout(self)
        box.setSpacing(22)
        box.addLayout(top)
        box.addLayout(middle, 1)
        box.addLayout(bottom)
        self._split_soon = QTimer(self)
        self._split_soon.setSingleShot(True)
        self._split_soon.timeout.connect(self.split)
        self._resize_type(0)

    def begin(
        self, rows: Sequence[Row], shown_sha256: str, drawn: Sequence[Sequence[tuple[int, int, int, int]]] = ()
    ) -> None:
        """From the first page on, in the first size. ``split`` follows once it has its place on a screen."""
        self._rows, self.sha256 = tuple(rows), shown_sha256
        self._pages, self._starts, self._page = [()], [FIRST], 0
        self.pad.lay(drawn)
        self._resize_type(0)

    def forget(self) -> None:
        """Nothing personal stays."""
        self._rows, self.sha256 = (), ""
        self._pages, self._starts, self._page = [()], [FIRST], 0
        self.pad.clear()
        clear(self._grid)

    @property
    def page(self) -> tuple[int, int]:
        """(page shown, how many), from 1."""
        return self._page + 1, len(self._pages)

    def turn(self) -> bool:
        """The next page, unless this is the last one: confirming is for the applicant's own hand."""
        if self._page >= len(self._pages) - 1:
            return False
        self._page += 1
        self._show_page()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split_soon.start(0)

    def _resize_type(self, size: int) -> None:
        self._size = size
        self.bigger.setText("字大一点" if size + 1 < len(SIZES) else "字小一点")
        self._fit_words()
        self.setStyleSheet(theme.applicant_sheet(SIZES[size]))

    @Slot()
    def split(self) -> None:
        """Cut the rows into pages that fit. When the cut changes, reading goes on from the page that holds the place
        reached, so that everything before it has been shown and the last page can always be reached."""
        if not self._rows:
            return
        metrics = QFontMetrics(theme.font(SIZES[self._size]))
        self._fit_words()
        inner = self._card.width() - 60 - 8  # 8: a label wraps a little earlier
        self._columns = columns_in(inner, metrics.horizontalAdvance("字"), BETWEEN)
        room = max(self._card.height() - 56, metrics.height() * 3)
        pages, starts = cut_into_pages(self._rows, metrics, self._columns, room, GAP)
        if pages != self._pages:
            reached = self._starts[self._page]
            self._pages, self._starts = pages, starts
            self._page = max(at for at, start in enumerate(starts) if start <= reached)
        self._show_page()

    @property
    def _narrow(self) -> bool:
        """Title, count and buttons do not fit side by side in full words."""
        return self.width() < QFontMetrics(theme.font(SIZES[self._size])).horizontalAdvance("字") * SIGNS_OF_TOP

    def _counted(self, page: int, pages: int) -> str:
        return f"{page} / {pages} 页" if self._narrow else f"第 {page} 页，共 {pages} 页"

    def _fit_words(self) -> None:
        """The count growing by a digit, or the last page, must not move anything: the pages are cut by where things stand."""
        narrow = self._narrow
        self._title.setText(TITLE.partition("，")[0] if narrow else TITLE)
        self._before.setText("上页" if narrow else "上一页")
        self._name_forth()
        side = 14 if narrow else 44
        self._around.setContentsMargins(side, 34, side, 34)
        self._note.setMinimumWidth(QFontMetrics(theme.font(SIZES[self._size])).horizontalAdvance(self._counted(88, 88)))

    def _name_forth(self) -> None:
        last = self._page == len(self._pages) - 1
        self.forth.setText((CONFIRM_SHORT if self._narrow else CONFIRM) if last else "下一页")

    def _show_page(self) -> None:
        self.aloud.stop()
        clear(self._grid)
        for at in range(self._grid.rowCount()):
            self._grid.setRowStretch(at, 0)
        stacked = self._columns.stacked
        self._grid.setColumnMinimumWidth(0, 0 if stacked else self._columns.name)
        self._grid.setHorizontalSpacing(0 if stacked else BETWEEN)
        self._grid.setColumnStretch(1, 1)
        rows = self._pages[self._page]
        for at, (title, text) in enumerate(rows):
            value = label(breakable(text), "strong" if title in STRONG else "plain", wrap=True)
            if title in OPEN:
                value.setProperty("tone", "amber")
            name = label(title, "soft", wrap=True)
            name.setFixedWidth(self._columns.name)
            line = at * 2 if stacked else at
            self._grid.addWidget(name, line, 0, 1, 2 if stacked else 1, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(
                value, line + int(stacked), 0 if stacked else 1, 1, 2 if stacked else 1, Qt.AlignmentFlag.AlignTop
            )
        self._grid.setRowStretch(len(rows) * 2, 1)
        last = self._page == len(self._pages) - 1
        count = (self._page + 1, len(self._pages))
        self._note.setText(self._counted(*count) if count[1] > 1 else "")
        self._before.setVisible(self._page > 0)
        self._name_forth()
        self.pad.setEnabled(last)
        for beside in (self.again, self.by_thumb):
            beside.setVisible(last)
        self.pad.update()
        self._on_pad()

    @Slot()
    def _on_stroke(self) -> None:
        self._on_pad()
        if self.sha256:
            self.drawn.emit(Signature("pad", self.sha256, self.pad.strokes()))

    @Slot()
    def _on_pad(self) -> None:
        last = self._page == len(self._pages) - 1
        self.forth.setEnabled(not last or self.pad.is_signed())
        restyle(self.forth, look="main")

    @Slot()
    def _on_bigger(self) -> None:
        self._resize_type((self._size + 1) % len(SIZES))
        self._split_soon.start(0)

    @Slot()
    def _on_before(self) -> None:
        self._page = max(self._page - 1, 0)
        self._show_page()

    @Slot()
    def _on_forth(self) -> None:
        if not self.turn() and self.pad.is_signed() and self.sha256:
            self.signed.emit(Signature("pad", self.sha256, self.pad.strokes()))
