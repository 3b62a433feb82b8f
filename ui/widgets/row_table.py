"""A calm table: rows of cells with two lines of text, chips or a key cap, moved through with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui import theme
from ui.widgets.finger_scroll import by_finger

Index = QModelIndex | QPersistentModelIndex
LEAST_ROW = 54
"""Two lines of text and room around them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``sub``: a small second line. ``chips``: (text, tone). ``action``: words at the right edge; ``key``: its
    key, shown as a cap while the row is selected. ``progress``: 0..1 draws a bar above ``sub``."""

    text: str = ""
    sub: str = ""
    chips: tuple[tuple[str, str], ...] = ()
    faint: bool = False
    action: str = ""
    key: str = ""
    progress: float | None = None

    def spoken(self) -> str:
        """The cell as one text, for the screen reader and for tests."""
        return " ".join(part for part in (self.text, self.sub, *(chip for chip, _ in self.chips), self.action) if part)


class _Rows(QAbstractTableModel):
    wanted = Signal()

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self.heads = tuple(heads)
        self.rows: list[tuple[Cell, ...]] = []
        self.more = False

    def canFetchMore(self, parent: Index) -> bool:
        return self.more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """The view has come to the end of what is here; asked once until more has arrived."""
        self.more = False
        self.wanted.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.rows[index.row()][index.column()].spoken()
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def replace(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def append(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def put(self, row: int, cells: tuple[Cell, ...]) -> None:
        self.rows[row] = cells
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.heads) - 1))

    def update(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """The same number of rows with new content: the selection stays."""
        self.rows = list(rows)
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.heads) - 1))


class _Painter(QStyledItemDelegate):
    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Rows)  # noqa: S101 - set up in RowTable only
        cell = model.rows[index.row()][index.column()]
        view = self._view
        chosen = view.currentIndex().row() == index.row()
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        painter.save()
        if chosen:  # before anything is smoothed: at 150 % the cells' edges lie between pixels and would show as lines
            painter.fillRect(rect, QColor(theme.SELECTED_ROW if view.hasFocus() else theme.KNOWN_GROUND))
            if index.column() == 0:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), QColor(theme.BLUE))
        painter.setPen(QPen(QColor(theme.FAINT_LINE)))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = rect.adjusted(14, 0, -14, -1)
        if cell.chips:
            _draw_chips(painter, inner, cell)
        elif cell.progress is not None:
            _draw_progress(painter, inner, cell)
        elif cell.text:
            _draw_text(painter, inner, cell)
        if cell.action:
            _draw_action(painter, inner, cell, chosen)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, theme.ROW_HEIGHT)


def _write(painter: QPainter, rect: QRect, text: str, size: int, colour: str, flags: Qt.AlignmentFlag) -> None:
    font = theme.font(size)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    short = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(flags | Qt.TextFlag.TextSingleLine), short)


def _draw_text(painter: QPainter, rect: QRect, cell: Cell) -> None:
    ink = theme.FAINT_INK if cell.faint else theme.INK
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    if not cell.sub:
        _write(painter, rect, cell.text, theme.SUBTITLE, ink, middle)
        return
    upper = QRect(rect.left(), rect.center().y() - 22, rect.width(), 24)
    _write(painter, upper, cell.text, theme.SUBTITLE, ink, middle)
    lower = QRect(rect.left(), rect.center().y() + 3, rect.width(), 20)
    _write(painter, lower, cell.sub, theme.SMALL, theme.SOFT_INK, middle)


def _draw_chips(painter: QPainter, rect: QRect, cell: Cell) -> None:
    font, left = theme.font(theme.SMALL), rect.left()
    metrics = QFontMetrics(font)
    top = rect.center().y() - (22 if cell.sub else 12)
    for text, tone in cell.chips:
        ink, ground = theme.TONES[tone]
        wanted = metrics.horizontalAdvance(text) + 22
        width = min(wanted, rect.right() - left)
        if width < min(wanted, 40):
            break
        box = QRectF(left, top, width, 25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 12, 12)
        short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 20)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), short)
        left += int(width) + 6
    if cell.sub:
        lower = QRect(rect.left(), rect.center().y() + 6, rect.width(), 20)
        _write(painter, lower, cell.sub, theme.SMALL, theme.SOFT_INK, Qt.AlignmentFlag.AlignVCenter)


def _draw_progress(painter: QPainter, rect: QRect, cell: Cell) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    bar = QRectF(rect.left(), rect.center().y() - 10, min(160, rect.width()), 6)
    painter.setBrush(QColor(theme.HAIRLINE))
    painter.drawRoundedRect(bar, 3, 3)
    painter.setBrush(QColor(theme.BLUE))
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(cell.progress or 0.0, 1.0), 6), 3, 3)
    lower = QRect(rect.left(), rect.center().y() + 1, rect.width(), 20)
    _write(painter, lower, cell.text, theme.SMALL, theme.SOFT_INK, Qt.AlignmentFlag.AlignVCenter)


def _draw_action(painter: QPainter, rect: QRect, cell: Cell, chosen: bool) -> None:
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    if not (chosen and cell.key):
        _write(painter, rect, cell.action, theme.BASE, theme.SOFT_INK, right)
        return
    words, cap = QFontMetrics(theme.font()), QFontMetrics(theme.font(12))
    text_width, cap_width = words.horizontalAdvance(cell.action), cap.horizontalAdvance(cell.key) + 12
    box = QRectF(rect.right() - text_width - cap_width - 26, rect.center().y() - 15, text_width + cap_width + 26, 31)
    painter.setPen(QPen(QColor(theme.HAIRLINE)))
    painter.setBrush(QColor(theme.CARD))
    painter.drawRoundedRect(box, 7, 7)
    keys = QRectF(box.right() - cap_width - 8, box.top() + 5, cap_width, 20)
    painter.drawRoundedRect(keys, 4, 4)
    painter.setFont(theme.font(12))
    painter.setPen(QColor(theme.SOFT_INK))
    painter.drawText(keys, int(Qt.AlignmentFlag.AlignCenter), cell.key)
    painter.setFont(theme.font())
    painter.setPen(QColor(theme.INK))
    painter.drawText(box.adjusted(10, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), cell.action)


class RowTable(QTableView):
    """``chosen(row)``: the current row moved. ``opened(row)``: Enter, double click or a click on the action.
    ``deleted``: the Delete key. ``digit(number)``: a digit from 1 on. ``space``: the space bar. ``more``: the end of a list that
    goes on has come in sight: ``append_rows`` what follows."""

    chosen = Signal(int)
    opened = Signal(int)
    deleted = Signal()
    digit = Signal(int)
    space = Signal()
    more = Signal()

    def __init__(
        self, heads: Sequence[str], widths: Sequence[int], *, stretch: int = 0, name: str = "", row_height: int = 0
    ) -> None:
        """``widths`` in pixels by column; column ``stretch`` takes what is left. No heads shown when all are empty."""
        super().__init__()
        self.rows = _Rows(heads)
        self.setModel(self.rows)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._row_height = row_height or theme.ROW_HEIGHT
        vertical.setDefaultSectionSize(self._row_height)
        horizontal.setFixedHeight(theme.HEAD_HEIGHT)
        horizontal.setVisible(any(heads))
        horizontal.setHighlightSections(False)
        horizontal.setSectionsClickable(False)
        horizontal.setMinimumSectionSize(20)
        for column, width in enumerate(widths):
            mode = QHeaderView.ResizeMode.Stretch if column == stretch else QHeaderView.ResizeMode.Fixed
            horizontal.setSectionResizeMode(column, mode)
            if column != stretch:
                self.setColumnWidth(column, width)
        self.doubleClicked.connect(self._on_open)
        self.clicked.connect(self._on_click)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.rows.wanted.connect(self.more)
        by_finger(self)

    def show_rows(self, rows: Sequence[tuple[Cell, ...]], *, more: bool = False) -> None:
        """Show these; the current row stays where it was when it still can. ``more``: the list goes on."""
        current = self.current()
        self.rows.more = more
        if len(rows) == len(self.rows.rows) and rows:
            self.rows.update(rows)
            if current < 0:
                self.choose(0)
            return
        self.rows.replace(rows)
        self._fit_rows()
        if rows:
            self.choose(min(max(current, 0), len(rows) - 1))

    def append_rows(self, rows: Sequence[tuple[Cell, ...]], *, more: bool) -> None:
        """What follows after the last row."""
        self.rows.append(rows)
        self.rows.more = more

    def put_row(self, row: int, cells: tuple[Cell, ...]) -> None:
        """One row as it is now."""
        self.rows.put(row, cells)

    def in_sight(self) -> range:
        """The rows that a person sees now, and one above and below."""
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        last = self.rows.rowCount() - 1
        return range(max(top - 1, 0), min((bottom if bottom >= 0 else last) + 1, last) + 1)

    def current(self) -> int:
        """The current row, -1 when there is none."""
        return self.currentIndex().row()

    def choose(self, row: int) -> None:
        if 0 <= row < self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(row, 0))
            self.viewport().update()

    def step(self, step: int) -> None:
        """Move the current row by so many rows, for a search field that keeps the focus."""
        self.choose(min(max(self.current() + step, 0), self.rows.rowCount() - 1))

    def spoken(self) -> list[str]:
        """Every row as one text."""
        return [" | ".join(cell.spoken() for cell in row) for row in self.rows.rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """No row is cut in half at the lower edge: all of them when they fit a little closer, else as many as are whole."""
        wanted, room, count = self._row_height, self.viewport().height(), self.rows.rowCount()
        least = min(wanted, LEAST_ROW)
        if room < least:
            return
        height = wanted
        if count * wanted > room:
            seen = count if count * least <= room else max(room // wanted, 1)
            height = room // seen
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if self.current() >= 0:
                self.opened.emit(self.current())
            return
        if event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
            return
        if event.key() == Qt.Key.Key_Space:
            self.space.emit()
            return
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self.digit.emit(event.key() - Qt.Key.Key_0)
            return
        super().keyPressEvent(event)

    def _on_open(self, index: QModelIndex) -> None:
        if not self.rows.rows[index.row()][index.column()].action:
            self.opened.emit(index.row())

    def _on_click(self, index: QModelIndex) -> None:
        if self.rows.rows[index.row()][index.column()].action:
            self.opened.emit(index.row())

    def _on_current(self, now: QModelIndex, before: QModelIndex) -> None:
        self.viewport().update()
        if now.isValid():
            self.chosen.emit(now.row())
