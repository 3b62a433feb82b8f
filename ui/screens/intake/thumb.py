"""按指印 on step 5, for an applicant who cannot write. Somebody reads the rows above aloud, a witness stands by, the finger is
pressed on paper, and the sheet is photographed where the applicant agrees."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from clerk_app.domain.signing import THUMB, THUMB_PICTURE
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.thumbprint import sign_by_thumb
from ui.context import Context
from ui.screens.intake.present import NO, YES, Present
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.widgets.choices import Choices
from ui.widgets.parts import Card, button, label, row

SIDE_BY_SIDE = 720
"""So wide in pixels, both questions stand in one line."""


class ThumbPanel(Card):
    """``signed`` when the fingerprint stands for the signature; ``wrong`` when the applicant says that something is not right."""

    signed = Signal()
    wrong = Signal()
    left = Signal()

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__((16, 12, 16, 12), gap=8)
        self._session = session
        self._plan: Plan | None = None
        self._heard_sha256 = ""
        self.present = Present(context, session, side, THUMB_PICTURE, self)
        self.heard = Choices("念完了，本人怎么说", ((YES, "都听清了，没有错"), (NO, "有地方不对")))
        self.heard.picked.connect(self._on_heard)
        self.do = button("按过指印，确认", "main", "Ctrl ↵")
        self.do.clicked.connect(self.confirm)
        back = button("返回", key="Esc")
        back.clicked.connect(self.left)
        self.box.addWidget(
            label("申请人不会写字：把上面的内容逐条念给本人听，请见证人在旁，再按指印", "strong", wrap=True)
        )
        self.box.addLayout(self.present.people)
        self._questions = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._questions.setSpacing(8)
        self._questions.addWidget(self.heard)
        self._questions.addWidget(self.present.picture)
        self.box.addLayout(self._questions)
        self.box.addLayout(row(self.present.state, None, self.present.shoot, back, self.do))

    def open(self, plan: Plan) -> None:
        """Begin, or go on with what the draft holds."""
        self.show()
        self.heard.show_value("")
        self.heard.show_reason("")
        self._heard_sha256 = ""
        self.present.open(plan)
        self.show_plan(plan)
        (self.heard if self.present.witness.text() else self.present.witness).setFocus()

    def show_plan(self, plan: Plan | None) -> None:
        """The draft as saved. What was read aloud is not what stands there now: it is to be read again."""
        self._plan = plan
        if plan is None or self.isHidden():
            return
        self.present.show_plan(plan)
        if self._heard_sha256 and self._heard_sha256 != plan.shown_sha256:
            self._heard_sha256 = ""
            self.heard.show_value("")
            self.heard.show_reason("内容改过了，请再念一遍")

    def confirm(self) -> None:
        """All is there: it is signed. Else the keyboard goes to what is missing, with the reason beside it."""
        faults = self.present.faults()
        if not self._heard_sha256:
            faults["heard"] = "念完以后，问本人有没有错"
        self.present.show_faults(faults)
        self.heard.show_reason(faults.get("heard", ""))
        if faults:
            places: dict[str, QWidget] = {**self.present.lines(), "heard": self.heard, "picture": self.present.picture}
            next(place for name, place in places.items() if name in faults).setFocus()
            return
        read = self._heard_sha256
        self.present.settle_picture()
        self._session.change(lambda desk, draft_id: sign_by_thumb(desk, draft_id, read), self._on_signed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._questions.setDirection(ways.LeftToRight if self.width() >= SIDE_BY_SIDE else ways.TopToBottom)

    @Slot(str)
    def _on_heard(self, answer: str) -> None:
        self.heard.show_reason("")
        if answer == NO:
            self.wrong.emit()
            return
        self._heard_sha256 = self._plan.shown_sha256 if self._plan else ""

    def _on_signed(self, plan: Plan) -> None:
        signature = plan.application.signature
        if signature is not None and signature.kind == THUMB and plan.signed:
            self.signed.emit()
