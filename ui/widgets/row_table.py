"""A calm table: rows of cells with two lines of text, chips or a key cap, moved through with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui import theme
from ui.widgets.finger_scroll import by_finger
from ui.widgets.row_model import Cell, RowModel
from ui.widgets.row_painter import RowPainter

__all__ = ["Cell", "RowTable"]

LEAST_ROW = 54
"""Two lines of text and room around them."""


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
        self.rows = RowModel(heads)
        self.setModel(self.rows)
        self.setItemDelegate(RowPainter(self))
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
        """Make it the current row; -1: none is."""
        if row == -1:
            self.setCurrentIndex(QModelIndex())
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
