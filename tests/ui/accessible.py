"""What a screen reader is told: Qt's accessibility tree below a widget, and the controls in it that have no name."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

CONTROLS = {
    QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.ComboBox, QAccessible.Role.EditableText,
    QAccessible.Role.List, QAccessible.Role.RadioButton, QAccessible.Role.Slider, QAccessible.Role.SpinBox,
    QAccessible.Role.Table, QAccessible.Role.Tree,
}  # fmt: skip
WITH_ITEMS = (QAccessible.Role.Table, QAccessible.Role.List, QAccessible.Role.ComboBox)


def tree(top: QWidget) -> Iterator[QAccessibleInterface]:
    """Every node below a widget that can be seen; not into the items of lists."""
    waiting = [QAccessible.queryAccessibleInterface(top)]
    while waiting:
        node = waiting.pop()
        shown = node.object()
        if not node.isValid() or (isinstance(shown, QWidget) and not shown.isVisible()):
            continue
        yield node
        if node.role() not in WITH_ITEMS:
            waiting += [node.child(at) for at in range(node.childCount())]


def controls(top: QWidget) -> int:
    return sum(node.role() in CONTROLS for node in tree(top))


def nameless(top: QWidget) -> list[str]:
    """Controls without a name, by their classes."""
    found = []
    for node in tree(top):
        if node.role() in CONTROLS and not node.text(QAccessible.Text.Name).strip():
            widget = node.object()
            found.append(f"{node.role().name} {type(widget).__name__} in {type(widget.parent()).__name__}")
    return found
