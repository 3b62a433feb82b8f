"""What the camera recognised meets the draft: an empty applicant is filled at once, anything else waits for F2.

Nothing that a clerk has corrected is overwritten because the same card still lies there.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Slot

from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.usecases.intake import Plan, take_seen
from ui.context import Context
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import FIELD_NAMES, SidePanel
from ui.services import CodeNote
from ui.wedge import Wedge

_PEOPLE = (SeenKind.ID_FRONT, SeenKind.CHIP)
_BESIDE = {"agent": "代办人", "guardian": "监护人"}


class Intake(Protocol):
    """What is needed of the intake page."""

    @property
    def session(self) -> DraftSession: ...
    @property
    def at(self) -> str: ...
    def enter(self) -> None: ...
    def isVisible(self) -> bool: ...


class Seeing(QObject):
    """Lives with the intake page."""

    def __init__(self, context: Context, side: SidePanel, page: QObject) -> None:
        super().__init__(page)
        self._context, self._side = context, side
        self._intake: Intake = page  # type: ignore[assignment]  # the page is a QObject and has both properties
        self._last: Seen | None = None
        context.camera.seen.connect(self._on_seen)
        side.take.connect(self.take)
        if context.services.key_burst is not None:
            self._wedge = Wedge(context.services.key_burst(), self)
            self._wedge.scanned.connect(self._on_scanned)

    @Slot(object)
    def _on_seen(self, seen: Seen) -> None:
        self._side.show_advice(seen.advice)
        if seen.kind is SeenKind.NOTHING:
            return
        if seen.kind is SeenKind.CODE:
            classify = self._context.services.classify_code
            self._context.jobs.run(
                lambda: classify(seen.text), lambda note: self._judge(seen, note), owner=self, lane="camera"
            )
        else:
            self._judge(seen, None)

    @Slot(str)
    def _on_scanned(self, code: str) -> None:
        self._on_seen(Seen(SeenKind.CODE, text=code))

    @Slot()
    def take(self) -> None:
        """F2: use what was just recognised for this applicant."""
        if self._last is None:
            self._context.window.say("还没有识别到证件或渝快码，请放正、放近一点。", "grey")
        elif self._intake.at == "receipt":
            self._context.window.say("这件已经办完，按 Ctrl N 接下一位。", "grey")
        else:
            self._take(self._last)

    def _judge(self, seen: Seen, note: CodeNote | None) -> None:
        if seen.kind is SeenKind.PAGE:
            words = "按 F3 收下这一页" if self._intake.at == "materials" else ""
            self._side.show_seen(seen, None, "")
            if words:
                self._context.window.say(f"看到一页材料，{words}。", "blue")
            return
        if note is not None and not note.ours:
            self._side.show_seen(seen, note, "")
            return
        self._last = seen
        offer = self._why_wait(seen)
        self._side.show_seen(seen, note, offer)
        if not offer and self._wanted(seen):
            self._take(seen)

    def _why_wait(self, seen: Seen) -> str:
        """Words for the offer; empty when there is nothing to decide."""
        session = self._intake.session
        if self._intake.at == "receipt":
            return ""
        if not self._intake.isVisible():
            return "回到“受理”（Ctrl 1），按 F2 填入申请人"
        number, name = session.text("applicant.document_number"), session.text("applicant.name")
        if seen.kind in _PEOPLE:
            if not (number or name):
                return "" if self._intake.at == "applicant" else "按 F2 填入申请人"
            if who := self._beside_wanted(seen):
                return f"按 F2 填入{_BESIDE[who]}"
            if seen.fields.get("id_number") not in (None, "", number):
                return "和现在的申请人不是同一个证件号码，按 F2 换成这张"
        if seen.kind is SeenKind.CODE and (number or name) and session.text("applicant.means") != "yukuai_code":
            return "按 F2 记为渝快码核身"
        return ""

    def _beside_wanted(self, seen: Seen) -> str:
        """Agent or guardian whose number is still missing, when another card than the applicant's lies there."""
        session = self._intake.session
        number = seen.fields.get("id_number", "")
        if seen.kind not in _PEOPLE or not number or number == session.text("applicant.document_number"):
            return ""
        if session.text("by_agent") == "yes" and not session.text("agent.document_number"):
            return "agent"
        is_wanted = session.text("by_guardian") == "yes" and not session.text("guardian.document_number")
        return "guardian" if is_wanted else ""

    def _wanted(self, seen: Seen) -> bool:
        session = self._intake.session
        if self._intake.at != "applicant" or not self._intake.isVisible():
            return False  # what nobody sees must not be filled in: a doubtful field has to be looked at
        empty = not (session.text("applicant.document_number") or session.text("applicant.name"))
        if seen.kind is SeenKind.ID_BACK:
            return not empty and not session.text("card.valid_to")
        if seen.kind is SeenKind.CODE:
            return empty and session.text("applicant.means") != "yukuai_code"
        return empty or self._completes(seen)

    def _completes(self, seen: Seen) -> bool:
        """The same person once more, by the other way: a chip settles what the print left open, print is held against a chip."""
        session = self._intake.session
        if seen.fields.get("id_number") != session.text("applicant.document_number"):
            return False
        by_chip = session.text("applicant.means") == "id_card_chip"
        return not by_chip if seen.kind is SeenKind.CHIP else by_chip and session.value("card.printed") is None

    def _take(self, seen: Seen) -> None:
        self._context.window.say("")
        if (who := self._beside_wanted(seen)) and self._intake.session.text("applicant.document_number"):
            session = self._intake.session
            session.edit({f"{who}.name": seen.fields.get("name"), f"{who}.document_number": seen.fields["id_number"]})
            session.flush()
            told = "，标黄的字请对照证件看一眼" if seen.doubtful else ""
            self._context.window.say(f"已填入{_BESIDE[who]}{told}。", "amber" if told else "green")
            return
        take = self._context.services.take_code if seen.kind is SeenKind.CODE else None
        self._intake.session.change(
            lambda desk, draft_id: (take or take_seen)(desk, draft_id, seen),
            self._on_code if seen.kind is SeenKind.CODE else self._on_taken,
        )

    def _on_code(self, plan: Plan) -> None:
        """What the gateway said of the code, if there was a line; else it waits, and the head says 待联网核验."""
        self._on_taken(plan)
        told = plan.draft.values.get("code.told")
        if isinstance(told, str) and not plan.doubtful:
            self._context.window.say(f"{told}。", "green" if plan.draft.text("code.checked") else "amber")

    def _on_taken(self, plan: Plan) -> None:
        if self._intake.at != "applicant":
            return
        self._intake.enter()
        if differs := plan.draft.values.get("card.differs"):
            names = "、".join(FIELD_NAMES.get(name, name) for name in differs)
            self._context.window.say(
                f"芯片和证面不一样：{names}。填的是芯片里的，请对照证面看一眼，看过按 Enter。", "amber"
            )
        elif plan.doubtful:
            self._context.window.say("识别好了。标黄的地方请看一眼，看过按 Enter。", "amber")
