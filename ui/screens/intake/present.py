"""Who reads to an applicant that cannot write and who stands by, and the finger pressed on paper: photographed, or the sheet filed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout

from clerk_app.domain.draft import Draft
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.signing import thumb_faults
from clerk_app.errors import AppError, DeviceProblem
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.thumbprint import entered, keep_picture
from ui.context import Context
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.parts import button, label

YES, NO = "yes", "no"
NOT_YET = "还没有拍：把按了指印的纸放好，按 F3"


class Present(QObject):
    """The parts that a panel lays out: ``people`` (three lines), ``picture``, ``state`` and ``shoot``. What is typed is saved field
    by field with the draft. ``where``: under what name the draft keeps the picture."""

    def __init__(self, context: Context, session: DraftSession, side: SidePanel, where: str, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._session, self._side, self._where = context, session, side, where
        self._draft: Draft | None = None
        self._names: tuple[str, ...] = ()
        self._capturing = False
        self.read_by = Entry("谁念给本人听")
        self.witness = Entry("见证人姓名", hint="念的人和本人以外的一位")
        self.witness_is = Entry("见证人是谁", hint="如 样例社区网格员、申请人的邻居")
        self.people = QGridLayout()
        self.people.setHorizontalSpacing(12)
        self.people.setVerticalSpacing(6)
        for at, (name, made) in enumerate(self.lines().items()):
            made.setObjectName(f"thumb.{name}")
            made.typed.connect(self._on_typed)
            self.people.addWidget(made, 0, at, Qt.AlignmentFlag.AlignTop)
            self.people.setColumnStretch(at, 1)
        self.picture = Choices("指印按在纸上，本人同意拍下来吗", ((YES, "同意，拍下来随件存"), (NO, "不拍，纸件存档")))
        self.picture.picked.connect(self._on_picture)
        self.state = label("", "small", wrap=True)
        self.shoot = button("拍指印", "small", "F3")
        self.shoot.clicked.connect(self.capture)

    def open(self, plan: Plan) -> None:
        """Begin, or go on with what the draft holds. Whether a picture may be taken is asked anew."""
        self.picture.show_value("")
        self.picture.show_reason("")
        if not plan.draft.text("thumb.read_by"):
            self._session.edit({"thumb.read_by": self._context.desk.session.name})
        self.show_plan(plan)

    def show_plan(self, plan: Plan) -> None:
        """The draft as saved."""
        self._draft, self._names = plan.draft, plan.application.names
        for name, made in self.lines().items():
            made.show_value(self._session.text(f"thumb.{name}"))
        if self._kept:
            self.picture.show_value(YES)
        self._paint()

    def lines(self) -> dict[str, Entry]:
        """By field of a fingerprint, in the order in which they are filled."""
        return {"read_by": self.read_by, "witness": self.witness, "witness_is": self.witness_is}

    def faults(self) -> dict[str, str]:
        """Of the people by field, then of the picture."""
        typed = {f"thumb.{name}": made.text() for name, made in self.lines().items()}
        draft = Draft("", "", 0, 0, {**(self._draft.values if self._draft else {}), **typed})
        faults = thumb_faults(entered(draft, self._where), self._names)
        if not self.picture.value():
            faults["picture"] = "请问本人同不同意拍"
        elif self.picture.value() == YES and not self._kept:
            faults["picture"] = NOT_YET
        return faults

    def show_faults(self, faults: dict[str, str]) -> None:
        """Each reason beside its line; those of others are left to the panel."""
        for name, made in self.lines().items():
            made.show_reason(faults.get(name, ""))
            if name in faults:
                made.insist()
        self.picture.show_reason(faults.get("picture", ""))

    def settle_picture(self) -> None:
        """Before it is confirmed: a picture that the applicant does not want kept goes."""
        if self.picture.value() != YES:
            self._session.edit({self._where: None})

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

    @property
    def _kept(self) -> str:
        return self._draft.text(self._where) if self._draft else ""

    def _paint(self) -> None:
        wants = self.picture.value() == YES
        self.shoot.setVisible(wants)
        self.shoot.setText("重拍指印  F3" if self._kept else "拍指印  F3")
        told = "指印拍好了，已加密存下" if self._kept else NOT_YET
        self.state.setText(told if wants else "")

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

    def _on_page(self, seen: Seen) -> None:
        self._capturing = False
        if seen.kind is SeenKind.NOTHING or not seen.page_jpeg:
            self._context.window.say(seen.advice or "没有看到一页纸，请放平、四角都露出来再按 F3。", "amber")
            return
        page, where = seen.page_jpeg, self._where

        def kept(_: Plan) -> None:
            self._context.window.say("指印拍好了，已加密存下。", "green")
            self._side.show_page("指印", QImage.fromData(page))

        self._session.change(lambda desk, draft_id: keep_picture(desk, draft_id, page, where), kept)

    def _on_capture_failed(self, error: AppError) -> None:
        self._capturing = False
        self._context.say_error(error)
