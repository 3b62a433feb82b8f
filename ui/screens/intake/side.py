"""The right column of the intake: the live camera, and below it what was just recognised, a page, or the pre-check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.people import DocumentKind, id_check_digit, mask_id
from clerk_app.domain.recognition import Seen, SeenKind
from ui import theme
from ui.services import CodeNote
from ui.widgets.camera_view import CameraView
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import Card, button, chip, clear, column, label, row, set_chip
from ui.workers import CameraBridge

FIELD_NAMES = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "nationality": "国籍",
    "id_number": "号码",
    "address": "住址",
    "authority": "签发",
    "valid_from": "起始",
    "valid_to": "截止",
}
KIND_NAMES = {
    SeenKind.ID_FRONT: "居民身份证",
    SeenKind.ID_BACK: "身份证国徽面",
    SeenKind.PAGE: "一页材料",
    SeenKind.CHIP: "身份证芯片",
}
DOCUMENT_NAMES: Mapping[str, str] = {
    DocumentKind.HMT_RESIDENCE.value: "港澳台居民居住证",
    DocumentKind.PERMANENT_RESIDENT.value: "外国人永久居留证",
}
DRAFT_NAMES = {"id_number": "document_number"}
"""Where the draft calls a field otherwise than the camera does."""
HINT = "放上身份证、渝快码或材料，自动识别"


class SidePanel(QWidget):
    """``take`` when the clerk wants what was just recognised."""

    take = Signal()

    def __init__(self, camera: CameraBridge) -> None:
        super().__init__()
        self._camera = camera
        self.setMinimumWidth(theme.LEAST_SIDE_WIDTH)
        self.setMaximumWidth(theme.SIDE_WIDTH)
        self.view = CameraView()
        self._hint = label(HINT, "small", wrap=True)
        self._live = live = Card((12, 10, 12, 10), gap=8)
        live.box.addWidget(label("识读", "strong"))
        live.box.addWidget(self.view)
        live.box.addWidget(self._hint)
        self._seen_title = label("刚识别", "strong")
        self._seen_chip = chip()
        self._sentence = label("", "small", wrap=True)
        self._fields = QGridLayout()
        self._fields.setHorizontalSpacing(8)
        self._fields.setVerticalSpacing(5)
        self._fields.setColumnMinimumWidth(0, 58)
        self._fields.setColumnStretch(1, 1)
        self._portrait = QLabel()
        self._portrait.setAccessibleName("芯片里的照片，请和本人比对")
        self._portrait.hide()
        self._use = button("采用", "small", "F2")
        self._use.clicked.connect(self.take)
        self._use.hide()
        seen = QWidget()
        seen.setLayout(
            column(
                row(self._seen_title, self._seen_chip, None),
                self._sentence,
                self._portrait,
                self._fields,
                row(self._use, None),
                None,
                gap=8,
            )
        )
        self._page_title = label("", "strong")
        self._page = QLabel()
        self._page.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        close = button("收起", "link")
        close.clicked.connect(self.close_page)
        page = QWidget()
        page.setLayout(column(row(self._page_title, None, close), self._page, None, gap=8))
        self._notes = QVBoxLayout()
        self._notes.setSpacing(6)
        self._notes.setContentsMargins(0, 0, 0, 0)
        notes = QWidget()
        notes.setLayout(self._notes)
        self._stack = QStackedWidget()
        for each in (seen, page, notes):
            area = QScrollArea()
            by_finger(area)
            area.setWidgetResizable(True)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(each)
            self._stack.addWidget(area)
        below = Card((12, 12, 12, 12))
        below.box.addWidget(self._stack)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(live)
        box.addWidget(below, 1)
        self._before = 0
        self._last: tuple[Seen, CodeNote | None, str] | None = None
        self.show_nothing()
        camera.frame.connect(self._on_frame)
        camera.problem.connect(self._on_problem)
        if camera.eyes is None:
            self.view.show_words("没有摄像头。可以手工输入，材料可以先容缺")

    def lend_camera(self, place: QBoxLayout) -> None:
        """The picture goes elsewhere, small: where this column is not to be seen, the camera still is."""
        self._live.hide()
        self.view.be_small(True)
        place.addWidget(self.view)

    def take_camera_back(self) -> None:
        """The picture stands in this column again."""
        self.view.be_small(False)
        self._live.box.insertWidget(1, self.view)
        self._live.show()

    def show_nothing(self) -> None:
        """A new client: nothing of the last one stays on screen."""
        self._last = None
        clear(self._fields)
        self._seen_title.setText("刚识别")
        set_chip(self._seen_chip, "")
        self._sentence.setText("还没有识别到东西")
        self._sentence.show()
        self._use.hide()
        self._show_portrait(b"")
        self._page.clear()
        self.view.show_outline(())
        self._stack.setCurrentIndex(0)

    def show_seen(self, seen: Seen, note: CodeNote | None, offer: str) -> None:
        """What the camera read. ``offer``: why it waits for F2, empty when it was taken by itself."""
        self._last = (seen, note, offer)
        self.view.show_outline(seen.outline)
        self._show(seen, note, offer)  # behind a page or the pre-check that a clerk is looking at

    def show_doubts(self, left: Collection[str]) -> None:
        """Fields that a person has looked at are doubtful no more, here too."""
        if self._last is None:
            return
        seen, note, offer = self._last
        still = tuple(name for name in seen.doubtful if DRAFT_NAMES.get(name, name) in left)
        if still != seen.doubtful and not offer:
            self._last = (replace(seen, doubtful=still), note, offer)
            self._show(*self._last)

    def show_advice(self, text: str) -> None:
        """What to do so that it can be read: 再近一点, 反光了，斜一点; the usual hint when there is nothing to say."""
        self._hint.setText(text or HINT)
        self.view.show_caption(text)

    def _show(self, seen: Seen, note: CodeNote | None, offer: str) -> None:
        clear(self._fields)
        title = note.label if note else DOCUMENT_NAMES.get(seen.document) or KIND_NAMES.get(seen.kind, "")
        self._seen_title.setText(f"刚识别：{title}" if title else "刚识别")
        doubts = len(seen.doubtful)
        if note and not note.ours:
            set_chip(self._seen_chip, "不能用", "amber")
        elif doubts:
            set_chip(self._seen_chip, "请核对", "amber")
        else:
            set_chip(self._seen_chip, "")
        self._sentence.setText(offer or (note.sentence if note else "") or seen.advice)
        self._sentence.setVisible(bool(self._sentence.text()))
        self._use.setVisible(bool(offer))
        self._show_portrait(seen.portrait)
        for at, (name, text) in enumerate(_ordered(seen)):
            mark, tone = _mark(name, text, doubtful=name in seen.doubtful)
            value = label(mask_id(text) if name == "id_number" else text, wrap=True)
            if tone != "green":
                value.setProperty("look", "chip")
                value.setProperty("tone", tone)
            self._fields.addWidget(label(FIELD_NAMES[name], "soft"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._fields.addWidget(value, at, 1)
            self._fields.addWidget(label(mark, "plain", tone=tone), at, 2, Qt.AlignmentFlag.AlignTop)

    def _show_portrait(self, bitmap: bytes) -> None:
        """The chip's portrait, for a person to compare; gone with the next thing."""
        image = QImage.fromData(bitmap) if bitmap else QImage()
        self._portrait.setPixmap(QPixmap.fromImage(image))
        self._portrait.setVisible(not image.isNull())

    def sizeHint(self) -> QSize:
        return QSize(theme.SIDE_WIDTH, super().sizeHint().height())

    def show_page(self, title: str, image: QImage) -> None:
        """A captured page, to look at."""
        if self._stack.currentIndex() != 1:
            self._before = self._stack.currentIndex()
        self._page_title.setText(title)
        if image.isNull():
            self._page.setText("这一页打不开，请重拍")
        else:
            width = self.width() - 30
            mode = Qt.TransformationMode.SmoothTransformation
            self._page.setPixmap(QPixmap.fromImage(image).scaledToWidth(width, mode))
        self._stack.setCurrentIndex(1)

    @Slot()
    def close_page(self) -> None:
        self._page.clear()
        self._stack.setCurrentIndex(self._before)

    def show_notes(self, blocks: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        """Headed lists of (text, tone): the parts of a life event, the pre-check. Tone ``small`` is a small soft line."""
        clear(self._notes)
        for at, (title, texts) in enumerate(blocks):
            if at:
                self._notes.addSpacing(10)
            self._notes.addWidget(label(title, "strong"))
            for text, tone in texts:
                look = "small" if tone == "small" else "plain"
                self._notes.addWidget(label(text, look, wrap=True, tone=tone))
        self._notes.addStretch(1)
        self._stack.setCurrentIndex(2)

    def show_recognised(self) -> None:
        """Back to what was recognised, unless a page is being looked at."""
        self._before = 0
        if self._stack.currentIndex() == 2:
            self._stack.setCurrentIndex(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._stack.currentIndex() == 1:
            self.close_page()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_frame(self) -> None:
        image = self._camera.newest()
        if image is not None and self.isVisible():
            self.view.show_frame(image)

    @Slot(str)
    def _on_problem(self, text: str) -> None:
        self.view.show_words(text)
        self._hint.setText(HINT if not text else "画面断了也能办：可以手工输入")


def _ordered(seen: Seen) -> list[tuple[str, str]]:
    return [(name, seen.fields[name]) for name in FIELD_NAMES if seen.fields.get(name)]


def _mark(name: str, text: str, *, doubtful: bool) -> tuple[str, str]:
    """The word beside a value, and its tone. A number is called checked only when its check digit is right."""
    if name == "id_number" and not (
        len(text) == 18 and text[:17].isascii() and text[:17].isdigit() and id_check_digit(text[:17]) == text[17]
    ):
        return "校验不对", "red"
    if doubtful:
        return "请核对", "amber"
    return ("校验 ✓" if name == "id_number" else "✓"), "green"
