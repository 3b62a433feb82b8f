"""How a cell is drawn: one or two lines, chips, a bar, or what Enter does with its key cap; the chosen row stands out."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui import theme
from ui.widgets.row_model import Cell, Index, RowModel


class RowPainter(QStyledItemDelegate):
    """Of one table: a cell looks at the whole row's state."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, RowModel)  # noqa: S101 - set up in RowTable only
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
