"""Lists and pages dragged by a finger, as on any phone. A mouse stays a mouse: only touches drag, and a tap is a click.

Left to itself Qt presses with the mouse as soon as a finger is laid down: what one only meant to drag would be chosen or pressed.
QScroller does not stop that for touches, and areas within areas confuse its gestures.
"""

from __future__ import annotations

from typing import cast

import shiboken6
from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPointF, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from ui import theme

TREMBLE = 12
"""A finger that moves less, in pixels, is a tap."""
GLIDE_MS, GLIDE = 450, 180.0
"""How long a flick glides on, and how far: its speed in pixels a millisecond, so many times."""


def by_finger(area: QAbstractScrollArea) -> None:
    """Touches drag what is in ``area``, as far as there is anything to drag; else they are the business of what lies around it."""
    _Drag(area)


class _Drag(QObject):
    def __init__(self, area: QAbstractScrollArea) -> None:
        ground = area.viewport()
        super().__init__(ground)
        self._area, self._ground = area, ground
        self._hit: tuple[QWidget, QPointF] | None = None
        self._last = QPointF()
        self._last_ms = 0
        self._speed = 0.0
        self._is_dragging = False
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._on_glide)
        ground.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        ground.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QTouchEvent):
            return False
        bars = self._area.verticalScrollBar(), self._area.horizontalScrollBar()
        if event.type() == QEvent.Type.TouchBegin and not any(bar.maximum() > bar.minimum() for bar in bars):
            return False
        if not event.points() or event.type() == QEvent.Type.TouchCancel:
            self._hit, self._is_dragging = None, False
        elif event.type() == QEvent.Type.TouchBegin:
            self._lay_down(event.points()[0].position(), event.timestamp())
        elif event.type() == QEvent.Type.TouchUpdate:
            self._move(event.points()[0].position(), event.timestamp())
        else:
            self._lift()
        event.accept()
        return True

    @Slot(object)
    def _on_glide(self, value: int) -> None:
        self._area.verticalScrollBar().setValue(value)

    def _lay_down(self, where: QPointF, ms: int) -> None:
        """What lies there may have been tapped; a glide stands still, and then it was no tap."""
        gliding = self._glide.state() == QVariantAnimation.State.Running
        self._glide.stop()
        hit = cast("QWidget | None", self._ground.childAt(where.toPoint())) or self._ground
        self._hit = None if gliding else (hit, hit.mapFrom(self._ground, where))
        self._last, self._last_ms, self._speed, self._is_dragging = where, ms, 0.0, gliding

    def _move(self, where: QPointF, ms: int) -> None:
        moved = where - self._last
        if not self._is_dragging and moved.manhattanLength() < TREMBLE:
            return
        self._is_dragging, self._hit = True, None
        for bar, by in (
            (self._area.verticalScrollBar(), moved.y()),
            (self._area.horizontalScrollBar(), moved.x()),
        ):
            bar.setValue(bar.value() - round(by))
        self._speed = moved.y() / max(ms - self._last_ms, 1)
        self._last, self._last_ms = where, ms

    def _lift(self) -> None:
        hit, self._hit = self._hit, None
        if hit is not None:
            _click(*hit)
        elif self._is_dragging and theme.motion() and abs(self._speed) > 0.1:
            now = self._area.verticalScrollBar().value()
            self._glide.setStartValue(now)
            self._glide.setEndValue(now - round(self._speed * GLIDE))
            self._glide.start()
        self._is_dragging = False


def _click(hit: QWidget, where: QPointF) -> None:
    if not shiboken6.isValid(hit):  # gone between finger down and finger up
        return
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, held in (
        (QEvent.Type.MouseButtonPress, left),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        QApplication.sendEvent(hit, QMouseEvent(kind, where, hit.mapToGlobal(where), left, held, plain))
