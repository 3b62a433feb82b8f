"""Step 5, 确认签字: the same rows that the applicant reads, and everything that still stands in the way, all at once."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clerk_app.domain.consents import who_consents
from clerk_app.domain.sensitive import BY_NAMES
from clerk_app.domain.signing import PAPER, Signature
from clerk_app.usecases.consent import give_consent, refuse_consent
from clerk_app.usecases.emergency import is_entry
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.planning import unconsented_text
from ui.context import Context
from ui.moves.offers import ends_at_once
from ui.screens.intake.cannot_write import CannotWrite
from ui.screens.intake.session import DraftSession
from ui.screens.intake.sheet import Sheet
from ui.screens.intake.side import SidePanel

DRAWN = "drawn"
"""The draft's value for strokes that nobody has confirmed yet."""
_UNSIGNED = ("申请人还没有签字确认", "内容在签字后改过，请申请人再看一遍、重新签字")


class ConfirmStep(QWidget):
    """Sends the rows to the applicant's screen and takes the signature back. ``thumbing``: a fingerprint is begun or over."""

    thumbing = Signal()
    id, title = "confirm", "确认签字"

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__()
        self._context, self._session = context, session
        self._plan: Plan | None = None
        self._front = False
        self._sheet = Sheet()
        self._sheet.sign.clicked.connect(self._ask)
        self._sheet.by_thumb.clicked.connect(self._ask_thumb)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.aloud = CannotWrite(context, session, side)
        self.aloud.hide()
        self.aloud.agreed.connect(self._on_agreed_aloud)
        self.aloud.refused.connect(self._on_unconsented)
        self.aloud.signed.connect(self._on_thumb)
        self.aloud.wrong.connect(self._on_wrong)
        self.aloud.left.connect(self._close_thumb)
        self.aloud.turned.connect(self._sheet.turn)
        box.addWidget(self._sheet, 1)
        box.addWidget(self.aloud)
        context.applicant.signed.connect(self._on_signed)
        context.applicant.cannot_write.connect(self._on_cannot_write)
        context.applicant.drawn.connect(self._on_drawn)
        context.applicant.wrong.connect(self._on_wrong)
        context.applicant.consented.connect(self._on_consented)
        context.applicant.unconsented.connect(self._on_unconsented)

    @property
    def widget(self) -> QWidget:
        return self

    def show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        ends = bool(plan and plan.signed and ends_at_once(self._context.desk, plan))
        self._sheet.show_plan(plan, at_once=ends)
        self.aloud.show_plan(plan)
        applicant = self._context.applicant
        if self._front and plan and applicant.showing and applicant.showing != plan.shown_sha256:
            self._ask()  # an edit while the applicant reads: show the new text, what was drawn is void

    def enter(self) -> None:
        self._front = True
        plan = self._plan
        if plan and not plan.signed and self._only_signature_missing() and not is_entry(plan.draft):
            self._ask()
        self._sheet.sign.setFocus()

    def leave(self) -> None:
        """Going elsewhere: the applicant's screen shows nothing personal any more."""
        applicant = self._context.applicant
        if self._front and (applicant.showing or applicant.consent.open):
            self._context.applicant.be_quiet("正在为您办理，请稍候")
        self._front = False
        self._show_thumb(None)

    def blocked(self) -> str:
        if self._plan is None:
            return "还没有选事项"
        return self._plan.obstacles[0] if self._plan.obstacles else ""

    def summary(self) -> tuple[str, str, str]:
        plan = self._plan
        if plan is None or plan.scheme is None:
            return "先选事项", "", "grey"
        if plan.obstacles:
            if self._only_signature_missing() and is_entry(plan.draft):
                return "对照手工登记表：申请人签过字的按 F4", "看签字", "amber"
            if self._only_signature_missing():
                return "等申请人在第二屏看完、签字", "等待签字", "amber"
            return f"还差 {len(plan.obstacles)} 项", plan.obstacles[0], "red"
        return "都齐了", "可以受理", "green"

    def act(self, action_id: str) -> bool:
        if action_id == "sign":
            self._ask()
        elif action_id == "thumb":
            self._ask_thumb()
        elif action_id == "capture" and self.by_thumb:
            self.aloud.capture()
        else:
            return False
        return True

    @property
    def by_thumb(self) -> bool:
        """Whether a fingerprint is being taken: Ctrl+Enter confirms that, not the step."""
        return not self.aloud.isHidden()

    def _only_signature_missing(self) -> bool:
        plan = self._plan
        if plan is None:
            return False
        wanted = {*_UNSIGNED, unconsented_text(plan)} if plan.unconsented else set(_UNSIGNED)
        return all(text in wanted for text in plan.obstacles)

    @Slot()
    def _ask(self) -> None:
        plan = self._plan
        if plan is None or plan.scheme is None:
            self._context.window.say("还没有选事项，没有可以签的内容。", "amber")
        elif plan.doubtful:
            self._context.window.say("先把识别存疑的地方看一眼，再请申请人签字。", "amber")
        elif plan.unconsented and is_entry(plan.draft):
            self._keep_consent("paper")
        elif is_entry(plan.draft):
            self._session.edit({"signature": Signature(PAPER, plan.shown_sha256).to_json()})
            self._session.flush()
            self._context.window.say("已记下：申请人在手工登记时的纸上签过字。纸件请归档。", "green")
        elif plan.unconsented:
            who = who_consents(plan.application, self._session.today())
            self._context.applicant.ask_consent(BY_NAMES[who], plan.unconsented)
        else:
            self._context.applicant.show_case(plan.shown, plan.shown_sha256, _drawn(plan))

    @Slot()
    def _ask_thumb(self) -> None:
        """The same conditions as for a signature: first what the machine is unsure of, then 单独同意, then the applicant's word."""
        plan = self._plan
        if plan is None or plan.scheme is None or plan.doubtful or is_entry(plan.draft):
            self._ask()
        else:
            if self._context.applicant.second_screen() is not None:
                self._ask()  # whoever can read goes along there
            self._show_thumb(plan)

    def _show_thumb(self, plan: Plan | None) -> None:
        """The panel below the rows that are read aloud, and nothing else; without a plan it goes."""
        self._sheet.show_rows_alone(plan is not None)
        if plan is None:
            self.aloud.close_both()
        else:
            self.aloud.open(plan)
        self._sheet.setVisible(not self.aloud.consenting)
        self.thumbing.emit()

    @Slot()
    def _close_thumb(self) -> None:
        self._show_thumb(None)
        self._sheet.sign.setFocus()

    @Slot()
    def _on_cannot_write(self) -> None:
        if self._front:
            self._ask_thumb()
            self.window().activateWindow()

    @Slot()
    def _on_thumb(self) -> None:
        self._context.applicant.be_quiet("谢谢，已按好指印。请稍候")
        self._context.window.say("按过指印了，可以受理。", "green")
        self._close_thumb()

    def _keep_consent(self, how: str) -> None:
        """Kept and journalled with who gave it; what was to be signed is asked for next."""
        self._session.change(lambda desk, draft_id: give_consent(desk, draft_id, how), self._on_kept)

    def _on_kept(self, _: Plan) -> None:
        if self._front and self._plan and not self._plan.unconsented:
            if self.by_thumb:
                self._ask_thumb()
            else:
                self._ask()

    @Slot()
    def _on_agreed_aloud(self) -> None:
        self._context.applicant.be_quiet("谢谢，请稍候")
        self._context.window.say("都同意了。接着念要签的内容。", "green")
        self._ask_thumb()

    @Slot()
    def _on_consented(self) -> None:
        if self._front:
            self._keep_consent("screen")

    @Slot()
    def _on_unconsented(self) -> None:
        if self._front:
            self._show_thumb(None)
            self._context.applicant.be_quiet("好的，工作人员来和您说")
            self._session.change(refuse_consent)
            self._context.window.say("申请人没有同意：请问清楚；不用这项信息也能办的，回前面改。", "amber")

    @Slot(object)
    def _on_signed(self, signature: Signature) -> None:
        if self._front:
            self._session.edit({"signature": signature.to_json(), DRAWN: None})
            self._session.flush()
            self._show_thumb(None)
            self._context.window.say("申请人已签字。", "green")
            self.window().activateWindow()  # with a single screen the applicant's window lay on top

    @Slot(object)
    def _on_drawn(self, unconfirmed: Signature) -> None:
        """Each stroke is kept as it is made; it is no signature before the applicant confirms it."""
        if self._front and (unconfirmed.strokes or self._session.value(DRAWN)):
            self._session.edit({DRAWN: unconfirmed.to_json() if unconfirmed.strokes else None})

    @Slot()
    def _on_wrong(self) -> None:
        if self._front:
            self._show_thumb(None)
            self._session.edit({DRAWN: None})
            self._context.window.say("申请人说有地方不对：请问清楚，改好后再请他看。", "amber")


def _drawn(plan: Plan) -> tuple[tuple[tuple[int, int, int, int], ...], ...]:
    """Strokes over exactly what is shown now; over anything else they are void."""
    try:
        kept = Signature.from_json(plan.draft.values.get(DRAWN) or {})
    except (ValueError, KeyError, TypeError):
        return ()
    return kept.strokes if kept.shown_sha256 == plan.shown_sha256 else ()
