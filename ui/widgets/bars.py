"""The frame of the window: header with the status pill, rail with badges, footer with keys, and the line that says things."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from clerk_app.domain.hall import Hall
from ui import icons, theme
from ui.actions import Action
from ui.services import LineState
from ui.widgets.entry import Line
from ui.widgets.parts import button, chip, hall_text, key_cap, label, row, set_chip
from ui.widgets.reminders import Reminders

NARROW, NARROWEST = 1100, 800
"""Below them the frame leaves out what stands elsewhere too."""


class Header(QFrame):
    """``lock`` when the lock is pressed, ``settings`` when the clerk's name is."""

    lock = Signal()
    settings = Signal()

    def __init__(self, hall: Hall, clerk: str) -> None:
        super().__init__()
        self.setProperty("look", "bar")
        self.setFixedHeight(theme.HEADER_HEIGHT)
        self.search = Line()
        self.search.setProperty("look", "search")
        self.search.setPlaceholderText("搜事项、办件、人，拼音也行")
        self.search.setAccessibleName("搜事项、办件、申请人")
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(420)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        inner = QHBoxLayout(self.search)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addStretch(1)
        cap = key_cap("Ctrl K")
        inner.addWidget(cap)
        self.search.setTextMargins(0, 0, cap.sizeHint().width() + 4, 0)
        self.reminders = Reminders()
        self.pill = chip("正在看网络", "grey")
        self._time = label("", "soft")
        lock = button("锁屏", "link")
        lock.setToolTip("Ctrl+L")
        lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lock.clicked.connect(self.lock)
        me = button(clerk, "link")
        me.setToolTip("设置  Ctrl+,")
        me.setAccessibleName(f"{clerk}，设置")
        me.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        me.clicked.connect(self.settings)
        sample = chip("样例数据" if hall.sample else "", "grey")
        box = QHBoxLayout(self)
        box.setContentsMargins(18, 0, 18, 0)
        box.setSpacing(14)
        self._brand, self._hall = label("全科窗口", "brand"), label(hall_text(hall), "soft")
        self._hall.setMinimumWidth(1)
        self._brand.setMinimumWidth(1)
        box.addWidget(self._brand)
        box.addWidget(self._hall)
        box.addWidget(sample)
        box.addStretch(1)
        box.addWidget(self.search, 4)
        box.addStretch(1)
        box.addWidget(self.reminders)
        box.addWidget(self.pill)
        box.addWidget(self._time)
        box.addWidget(me)
        box.addWidget(lock)

    def show_line(self, state: LineState) -> None:
        """The pill: green when all is delivered, blue while sending, amber offline, red when a person must look."""
        if state.refused:
            tone = "red"
        elif not state.online:
            tone = "amber"
        else:
            tone = "blue" if state.waiting or state.moving or state.wait_text else "green"
        set_chip(self.pill, f"● {state.text}", tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow window the hall's name makes room: it stands on the sign-in page and in 设置 too."""
        super().resizeEvent(event)
        self._hall.setVisible(self.width() >= NARROW)
        self._time.setVisible(self.width() >= NARROW)
        self._brand.setVisible(self.width() >= NARROWEST)

    def show_time(self, text: str) -> None:
        self._time.setText(text)


RAIL_BUTTON, WORD_ONLY, LEAST_BUTTON = 66, 48, 28
"""Heights of a place on the rail: with room, from where on there is a picture, at least."""


class RailButton(QAbstractButton):
    """Icon above word, a badge with a number, a blue bar when chosen."""

    def __init__(self, screen_id: str, text: str, icon: str) -> None:
        super().__init__()
        self.screen_id, self._icon = screen_id, icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedWidth(theme.RAIL_WIDTH - 1)
        self.setMinimumHeight(LEAST_BUTTON)
        self.setMaximumHeight(RAIL_BUTTON)
        self.badge, self.badge_tone = 0, "amber"

    def sizeHint(self) -> QSize:
        return QSize(theme.RAIL_WIDTH - 1, RAIL_BUTTON)

    def show_badge(self, count: int, tone: str = "amber") -> None:
        self.badge, self.badge_tone = count, tone
        told = f"{self.text()}，{count}" + ("，请看一眼" if tone == "red" else "")
        self.setAccessibleName(told if count else self.text())
        self.update()

    @property
    def badge_text(self) -> str:
        """The count; with a sign where a person must look, since colour alone tells nothing."""
        return ("!" if self.badge_tone == "red" else "") + (str(self.badge) if self.badge < 100 else "99+")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.BLUE if self.isChecked() else theme.SOFT_INK
        if self.isChecked():
            painter.fillRect(self.rect(), QColor(theme.BLUE_TINT))
            painter.fillRect(0, 0, 3, self.height(), QColor(theme.BLUE))
        if self.hasFocus():
            painter.setPen(QColor(theme.BLUE))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 2.5, -4.5, -2.5), 6, 6)
        low = self.height() < WORD_ONLY  # a small screen: the word alone
        spare = max(self.height() - WORD_ONLY, 0) // 2
        if not low:
            painter.drawPixmap(self.width() // 2 - 11, 2 + spare, icons.picture(self._icon, colour))
        painter.setPen(QColor(colour))
        painter.setFont(theme.font(theme.SMALL, bold=self.isChecked()))
        words = self.rect() if low else self.rect().adjusted(0, 26 + spare, 0, -spare)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.badge:
            text = self.badge_text
            width = max(17, 10 + 7 * len(text))
            box = QRectF(self.width() / 2 + 13, max(spare - 1, 2), width, 17)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.TONES[self.badge_tone][0]))
            painter.drawRoundedRect(box, 8.5, 8.5)
            painter.setPen(QColor(theme.CARD))
            painter.setFont(theme.font(11, bold=True))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()


class Rail(QFrame):
    """``wanted(screen id)``."""

    wanted = Signal(str)

    def __init__(self, places: Sequence[tuple[str, str, str]]) -> None:
        """``places``: (id, label, icon)."""
        super().__init__()
        self.setProperty("look", "bar")
        self.setFixedWidth(theme.RAIL_WIDTH)
        self.buttons = {screen_id: RailButton(screen_id, text, icon) for screen_id, text, icon in places}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 10)
        box.setSpacing(0)
        for made in self.buttons.values():
            made.clicked.connect(self._on_click)
            box.addWidget(made)
        box.addStretch(1)

    def show_chosen(self, screen_id: str) -> None:
        for name, made in self.buttons.items():
            made.setChecked(name == screen_id)

    @Slot()
    def _on_click(self) -> None:
        made = self.sender()
        assert isinstance(made, RailButton)  # noqa: S101 - only rail buttons are connected
        self.wanted.emit(made.screen_id)


class Footer(QFrame):
    """Keys of the place on the left; catalogue, disk room and printer on the right. What has no room is left out whole, from the
    right: every key is in the help too."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "bar")
        self.setFixedHeight(theme.FOOTER_HEIGHT)
        self._keys: list[QWidget] = []
        self._facts = label("", "small")
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(18, 0, 18, 0)
        self._box.setSpacing(14)
        self._box.addStretch(1)
        self._box.addWidget(self._facts)

    def show_actions(self, actions: Sequence[Action]) -> None:
        for old in self._keys:
            self._box.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._keys = []
        for at, action in enumerate(actions):
            made = QWidget()
            made.setLayout(row(key_cap(action.shown), label(action.label, "small"), gap=4))
            self._keys.append(made)
            self._box.insertWidget(at, made)
        self._fit()

    def show_facts(self, facts: Sequence[str]) -> None:
        self._facts.setText("　".join(fact for fact in facts if fact))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, theme.FOOTER_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Keys first, then the facts."""
        room = self.width() - 36
        for made in self._keys:
            room -= made.sizeHint().width() + self._box.spacing()
            made.setVisible(room >= 0)
        self._facts.setVisible(room >= self._facts.sizeHint().width())


GOOD_NEWS_MS = 6000
SAY_MARGIN = 6
SIGNS = {"blue": "·", "green": "✓", "amber": "！", "red": "！", "grey": "·"}


class SayLine(QFrame):
    """One calm sentence along the foot of the window, over the keys. What needs a person stays until the next one; good news
    leaves by itself. It lies on top and grows upwards, so that nothing moves while somebody types."""

    def __init__(self) -> None:
        super().__init__()
        self._text: QLabel = label("", "plain", wrap=True)
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.timeout.connect(self.hide)
        close = button("知道了", "link")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.hide)
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 5, 8, 5)
        box.addWidget(self._text, 1)
        box.addWidget(close)
        self.hide()

    def say(self, text: str, tone: str) -> None:
        ink, ground = theme.TONES[tone]
        self._text.setText(f"{SIGNS[tone]} {text}" if text else "")
        self._text.setStyleSheet(f"color: {ink};")
        self.setStyleSheet(f"SayLine {{ background: {ground}; border: none; border-radius: {theme.RADIUS}px; }}")
        self.setAccessibleName(text)
        self.settle()
        self.setVisible(bool(text))
        self.raise_()
        if tone in ("amber", "red"):
            self._away.stop()
        else:
            self._away.start(GOOD_NEWS_MS)

    def unsay(self, text: str) -> None:
        """Away with it, if this is what stands there."""
        if self.accessibleName() == text:
            self.hide()

    def settle(self) -> None:
        """Take the place along the foot of the parent, as high as the sentence needs."""
        around = self.parentWidget()
        if around is not None:
            width = around.width() - 2 * SAY_MARGIN
            height = max(self.heightForWidth(width), theme.FOOTER_HEIGHT - 2)
            self.setGeometry(SAY_MARGIN, around.height() - height - 1, width, height)

    @property
    def text(self) -> str:
        """What is said now, empty when nothing."""
        return self._text.text() if not self.isHidden() else ""


def is_composing(widget: QWidget | None) -> bool:
    """Whether an input method is composing in the widget: then no shortcut may take the Enter away."""
    return isinstance(widget, QLineEdit) and bool(getattr(widget, "composing", False))


def sequence(action: Action) -> QKeySequence:
    return QKeySequence(action.key)
