"""Small parts: labels, chips, cards, key caps, buttons with a key, hairlines. Looks come from the theme by ``look``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import theme

if TYPE_CHECKING:
    from clerk_app.domain.hall import Hall


def restyle(widget: QWidget, **properties: str | None) -> None:
    """Set dynamic properties and let the style sheet see them; nothing happens when they are the same."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str = "", look: str = "", *, wrap: bool = False, tone: str = "") -> QLabel:
    """A plain-text label: what a citizen typed is never read as rich text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("look", look)
    if tone:
        made.setProperty("tone", tone)
    return made


def chip(text: str = "", tone: str = "grey") -> QLabel:
    made = label(text, "chip", tone=tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if not text:
        made.hide()  # never show() here: without a parent it would be a window of its own
    return made


def set_chip(made: QLabel, text: str, tone: str = "grey") -> None:
    """Text and tone of a chip; hidden when there is nothing to say."""
    made.setText(text)
    restyle(made, tone=tone)
    made.setVisible(bool(text))


def key_cap(text: str) -> QLabel:
    made = label(text, "key")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def button(text: str, look: str = "", key: str = "") -> QPushButton:
    """A button; its key stands behind the words."""
    made = QPushButton(f"{text}  {key}" if key else text)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if look:
        made.setProperty("look", look)
    return made


def for_fingers(made: QPushButton) -> None:
    """Big enough for a finger: 48 px and up (theme.TOUCH)."""
    restyle(made, touch="yes")


def all_for_fingers(top: QWidget, on: bool = True) -> None:
    """Everything below ``top``, what is there and what comes, is big enough for a finger; ``on`` false: as usual again."""
    wanted = "yes" if on else None
    if top.property("touch") != wanted:
        top.setProperty("touch", wanted)
        for made in (top, *list[QWidget](top.findChildren(QWidget))):
            made.style().unpolish(made)
            made.style().polish(made)
            made.updateGeometry()


def line(look: str = "line", *, vertical: bool = False) -> QFrame:
    made = QFrame()
    made.setProperty("look", look)
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def row(
    *widgets: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Widgets side by side; None is a stretch, a number a space."""
    box = QHBoxLayout()
    _fill(box, widgets, gap, margins)
    return box


def column(
    *widgets: QWidget | QLayout | int | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Widgets below each other; None is a stretch, a number a space."""
    box = QVBoxLayout()
    _fill(box, widgets, gap, margins)
    return box


def _fill(
    box: QHBoxLayout | QVBoxLayout,
    widgets: tuple[QWidget | QLayout | int | None, ...],
    gap: int,
    margins: tuple[int, int, int, int],
) -> None:
    box.setSpacing(gap)
    box.setContentsMargins(*margins)
    for widget in widgets:
        if widget is None:
            box.addStretch(1)
        elif isinstance(widget, int):
            box.addSpacing(widget)
        elif isinstance(widget, QLayout):
            box.addLayout(widget)
        else:
            box.addWidget(widget)


class Card(QFrame):
    """A white card with a hairline; ``box`` takes the content."""

    def __init__(self, margins: tuple[int, int, int, int] = (theme.PAD,) * 4, gap: int = 8) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.box = column(gap=gap, margins=margins)
        self.setLayout(self.box)


def clear(box: QLayout) -> None:
    """Take everything out of a layout; the widgets die when Qt comes to it."""
    while box.count():
        item = box.takeAt(0)
        inner, widget = cast("QLayout | None", item.layout()), cast("QWidget | None", item.widget())
        if inner is not None:
            clear(inner)
        elif widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


def note_in(note: QLabel, text: str, *, wrong: bool) -> None:
    """What came of it, below what was typed; nothing takes no room."""
    restyle(note, look="fault" if wrong else "small")
    note.setText(text)
    note.setVisible(bool(text))


def hall_text(hall: Hall) -> str:
    """演示镇便民服务中心 · 03 号窗口, from the window's code 03."""
    digits = "".join(ch for ch in hall.window if ch.isdigit())
    return f"{hall.name} · {digits} 号窗口" if digits else f"{hall.name} · {hall.window}"
