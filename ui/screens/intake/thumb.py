"""按指印 on step 5, for an applicant who cannot write. Somebody reads the rows above aloud, a witness stands by, the finger is
pressed on paper, and the sheet is photographed where the applicant agrees."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout

from clerk_app.domain.draft import Draft
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.signing import THUMB, thumb_faults
from clerk_app.errors import AppError, DeviceProblem
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.thumbprint import entered, keep_picture, sign_by_thumb
from ui.context import Context
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.parts import Card, button, label, row

YES, NO = "yes", "no"
SIDE_BY_SIDE = 720
"""So wide in pixels, both questions stand in one line."""


class ThumbPanel(Card):
    """``signed`` when the fingerprint stands for the signature; ``wrong`` when the applicant says that something is not right;
    ``left`` on Esc, ``turned(pages)`` to read on (PgUp, PgDn). What is typed is saved field by field with the draft."""

    signed = Signal()
    wrong = Signal()
    left = Signal()
    turned = Signal(int)

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__((16, 12, 16, 12), gap=8)
        self._context, self._session, self._side = context, session, side
        self._plan: Plan | None = None
        self._heard_sha256 = ""
        self._capturing = False
        self.read_by = Entry("谁念给申请人听")
        self.witness = Entry("见证人姓名", hint="念的人和申请人以外的一位")
        self.witness_is = Entry("见证人是谁", hint="如 样例社区网格员、申请人的邻居")
        for name, made in self._lines().items():
            made.setObjectName(f"thumb.{name}")
            made.typed.connect(self._on_typed)
        self.picture = Choices("指印按在纸上，本人同意拍下来吗", ((YES, "同意，拍下来随件存"), (NO, "不拍，纸件存档")))
        self.picture.picked.connect(self._on_picture)
        self.heard = Choices("念完了，本人怎么说", ((YES, "都听清了，没有错"), (NO, "有地方不对")))
        self.heard.picked.connect(self._on_heard)
        self._state = label("", "small", wrap=True)
        self.shoot = button("拍指印", "small", "F3")
        self.shoot.clicked.connect(self.capture)
        self.do = button("按过指印，确认", "main", "Ctrl ↵")
        self.do.clicked.connect(self.confirm)
        back = button("返回", key="Esc")
        back.clicked.connect(self.left)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for at, line in enumerate(self._lines().values()):
            grid.addWidget(line, 0, at, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(at, 1)
        self.box.addWidget(
            label("申请人不会写字：把上面的内容逐条念给本人听，请见证人在旁，再按指印", "strong", wrap=True)
        )
        self.box.addLayout(grid)
        self._questions = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._questions.setSpacing(8)
        self._questions.addWidget(self.heard)
        self._questions.addWidget(self.picture)
        self.box.addLayout(self._questions)
        self.box.addLayout(row(self._state, None, self.shoot, back, self.do))

    def open(self, plan: Plan) -> None:
        """Begin, or go on with what the draft holds."""
        self.show()
        self.picture.show_value("")
        self.heard.show_value("")
        self._heard_sha256 = ""
        if not plan.draft.text("thumb.read_by"):
            self._session.edit({"thumb.read_by": self._context.desk.session.name})
        self.show_plan(plan)
        for name, made in self._lines().items():
            made.show_value(self._session.text(f"thumb.{name}"))
        (self.witness if not self.witness.text() else self.heard).setFocus()

    def show_plan(self, plan: Plan | None) -> None:
        """The draft as saved. What was read aloud is not what stands there now: it is to be read again."""
        self._plan = plan
        if plan is None or self.isHidden():
            return
        for name, made in self._lines().items():
            made.show_value(self._session.text(f"thumb.{name}"))
        if self._heard_sha256 and self._heard_sha256 != plan.shown_sha256:
            self._heard_sha256 = ""
            self.heard.show_value("")
            self.heard.show_reason("内容改过了，请再念一遍")
        if _picture_of(plan.draft):
            self.picture.show_value(YES)
        self._paint()

    def confirm(self) -> None:
        """All is there: it is signed. Else the keyboard goes to what is missing, with the reason beside it."""
        faults = self._faults()
        for name, made in self._lines().items():
            made.show_reason(faults.get(name, ""))
            if name in faults:
                made.insist()
        self.heard.show_reason(faults.get("heard", ""))
        self.picture.show_reason(faults.get("picture", ""))
        if faults:
            {**self._lines(), "heard": self.heard, "picture": self.picture}[next(iter(faults))].setFocus()
            return
        read = self._heard_sha256
        keep = self.picture.value() == YES
        if not keep:
            self._session.edit({"thumb.page": None})
        self._session.change(lambda desk, draft_id: sign_by_thumb(desk, draft_id, read), self._on_signed)

    @Slot()
    def capture(self) -> None:
        """F3: the sheet with the fingerprint lies under the camera."""
        eyes = self._context.services.eyes
        if self.picture.value() != YES:
            self.picture.show_reason("先问本人同不同意拍")
            self.picture.setFocus()
        elif eyes is None:
            self._context.say_error(
                DeviceProblem("没有摄像头。", what_is_safe="已填的都在。", what_to_do="可以不拍：选“不拍，纸件存档”。")
            )
        elif not self._capturing:
            self._capturing = True
            self._context.window.say("正在拍指印，请别动纸。", "blue")
            self._context.jobs.run(eyes.capture_page, self._on_page, owner=self, failed=self._on_capture_failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._questions.setDirection(ways.LeftToRight if self.width() >= SIDE_BY_SIDE else ways.TopToBottom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.turned.emit(1 if event.key() == Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)

    def _lines(self) -> dict[str, Entry]:
        return {"read_by": self.read_by, "witness": self.witness, "witness_is": self.witness_is}

    def _faults(self) -> dict[str, str]:
        """By field, in the order in which it is done."""
        plan = self._plan
        if plan is None:
            return {"heard": "还没有选事项，没有可以念的内容"}
        typed = {f"thumb.{name}": made.text() for name, made in self._lines().items()}
        draft = Draft(plan.draft.id, "", 0, 0, {**plan.draft.values, **typed})
        faults = thumb_faults(entered(draft), plan.application.names)
        if not self._heard_sha256:
            faults["heard"] = "念完以后，问本人有没有错"
        if not self.picture.value():
            faults["picture"] = "请问本人同不同意拍"
        elif self.picture.value() == YES and not _picture_of(plan.draft):
            faults["picture"] = "还没有拍：把按了指印的纸放好，按 F3"
        return faults

    def _paint(self) -> None:
        plan = self._plan
        kept = bool(plan and _picture_of(plan.draft))
        wants = self.picture.value() == YES
        self.shoot.setVisible(wants)
        self.shoot.setText("重拍指印  F3" if kept else "拍指印  F3")
        told = "指印拍好了，已加密存下" if kept else "还没有拍：把按了指印的纸放好，按 F3"
        self._state.setText(told if wants else "")

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        line = self.sender()
        assert isinstance(line, Entry)  # noqa: S101 - connected to these lines only
        line.show_reason("")
        self._session.edit({line.objectName(): text})

    @Slot(str)
    def _on_picture(self, _: str) -> None:
        self.picture.show_reason("")
        self._paint()

    @Slot(str)
    def _on_heard(self, answer: str) -> None:
        self.heard.show_reason("")
        if answer == NO:
            self.wrong.emit()
            return
        self._heard_sha256 = self._plan.shown_sha256 if self._plan else ""

    def _on_page(self, seen: Seen) -> None:
        self._capturing = False
        if seen.kind is SeenKind.NOTHING or not seen.page_jpeg:
            self._context.window.say(seen.advice or "没有看到一页纸，请放平、四角都露出来再按 F3。", "amber")
            return
        page = seen.page_jpeg

        def kept(_: Plan) -> None:
            self._context.window.say("指印拍好了，已加密存下。", "green")
            self._side.show_page("指印", QImage.fromData(page))

        self._session.change(lambda desk, draft_id: keep_picture(desk, draft_id, page), kept)

    def _on_capture_failed(self, error: AppError) -> None:
        self._capturing = False
        self._context.say_error(error)

    def _on_signed(self, plan: Plan) -> None:
        signature = plan.application.signature
        if signature is not None and signature.kind == THUMB and plan.signed:
            self.signed.emit()


def _picture_of(draft: Draft) -> str:
    return draft.text("thumb.page")
