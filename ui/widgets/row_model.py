"""The rows of a table as Qt's model: whole rows of cells, fetched on when the end comes in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

Index = QModelIndex | QPersistentModelIndex


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


class RowModel(QAbstractTableModel):
    """``wanted``: the list goes on, and its end is in sight."""

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
