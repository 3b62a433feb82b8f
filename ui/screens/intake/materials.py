"""Step 3, 材料: what this situation calls for and how each paper is given."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clerk_app.domain.canonical import Json
from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.people import Verification
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import WayKind
from clerk_app.errors import AppError, DeviceProblem
from clerk_app.usecases.intake import NOT_GIVEN, MaterialRow, Plan, add_page, page_bytes
from ui.context import Context
from ui.screens.intake.errand import errand_of
from ui.screens.intake.material_words import cells_of, detail_of, why_no_paper
from ui.screens.intake.paper_review import PaperReview, wants_reason
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.widgets.parts import button, label, line
from ui.widgets.row_table import RowTable


class MaterialStep(QWidget):
    """The table of materials; below it the chosen one in detail with every way it may be given."""

    id, title = "materials", "材料"

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__()
        self._context, self._session, self._side = context, session, side
        self._plan: Plan | None = None
        self._capturing = False
        self._undone: list[tuple[str, str, Json]] = []
        self._table = RowTable(("材料", "要求", "怎么给", ""), (0, 100, 330, 130), name="材料")
        self._table.chosen.connect(self._on_row)
        self._table.opened.connect(self._on_open)
        self._table.deleted.connect(self._on_delete)
        self._table.digit.connect(self._on_digit)
        self.review = PaperReview()
        self.review.reason.connect(self._on_reason)
        self.review.faults.connect(self._on_faults)
        self.review.done.connect(self._table.setFocus)
        self._detail = label("", "small", wrap=True)
        self._buttons = {
            "capture": button("高拍", "small", "F3"),
            "defer": button("容缺", "small", "F6"),
            "commit": button("承诺", "small", "F7"),
            "waive": button("免交", "small", "F10"),
            "take_back": button("拿走", "small", "Del"),
        }
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.setContentsMargins(14, 8, 14, 10)
        ways.addWidget(self._detail, 1)
        for name, made in self._buttons.items():
            made.setObjectName(name)
            made.clicked.connect(self._on_button)
            ways.addWidget(made)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 0, 1, 0)
        box.setSpacing(0)
        box.addWidget(self._table, 1)
        box.addWidget(line("faint-line"))
        box.addWidget(self.review)
        box.addLayout(ways)

    @property
    def widget(self) -> QWidget:
        return self

    def show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        rows = plan.rows if plan else ()
        self._table.show_rows([cells_of(row) for row in rows])
        self._on_row()

    def enter(self) -> None:
        self._table.setFocus()

    def blocked(self) -> str:
        return "" if self._plan and self._plan.scheme else "还没有选事项"

    def summary(self) -> tuple[str, str, str]:
        checklist = self._plan.checklist if self._plan else None
        if checklist is None:
            return "先选事项", "", "grey"
        counts = (
            ("免交", checklist.waived),
            ("已收", checklist.collected),
            ("承诺", checklist.promised),
            ("容缺", checklist.deferred),
        )
        text = f"需要 {checklist.needed} 项：" + " · ".join(f"{word} {count}" for word, count in counts if count)
        if checklist.missing:
            return text.rstrip("："), f"还缺 {len(checklist.missing)} 项", "red"
        return text, "可以受理", "green"

    def act(self, action_id: str) -> bool:
        row = self._row()
        if action_id == "undo":
            self._put_back()
            return True
        if action_id not in ("capture", "defer", "commit", "take_back", "waive"):
            return False
        if row is None or not row.needed:
            self._context.window.say("这份材料现在不需要。" if row else "先选事项，再收材料。", "grey")
        elif action_id == "capture":
            self._capture(row)
        elif action_id == "take_back":
            self._take_back(row)
        else:
            self._give(row, action_id)
        return True

    @property
    def element(self) -> str:
        """The chosen paper as an element of the guide."""
        row = self._row()
        return f"materials.{row.material.id}" if row else ""

    def _row(self) -> MaterialRow | None:
        at = self._table.current()
        return self._plan.rows[at] if self._plan and 0 <= at < len(self._plan.rows) else None

    def _give(self, row: MaterialRow, action_id: str) -> None:
        kinds = {
            "defer": (WayKind.DEFER,),
            "commit": (WayKind.COMMITMENT,),
            "waive": (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA),
        }[action_id]
        kind = next((kind for kind in kinds if row.material.way(kind)), None)
        if kind is None or (kind is WayKind.DEFER and row.until is None):
            words = {"defer": "不能容缺", "commit": "不能用承诺代替", "waive": "没有可免交的证照或数据"}[action_id]
            self._context.window.say(f"{row.material.name}{words}。", "amber")
            return
        if kind is WayKind.COMMITMENT and self._plan and self._plan.facts.agent:
            self._context.window.say("代办人不能代为承诺，请本人到场或提供材料。", "amber")
            return
        given: dict[str, Json] = {"way": kind.value}
        if kind is WayKind.DEFER and row.until:
            given["until"] = row.until.isoformat()
        if kind in WAIVERS:
            given["verification"] = Verification.PENDING_ONLINE.value
        self._change(row, given)

    def _take_back(self, row: MaterialRow) -> None:
        if row.given is not None:
            self._change(row, NOT_GIVEN)
            self._context.window.say(f"{row.material.name}拿走了。拿错了按 Ctrl Z 放回。", "grey")

    def _change(self, row: MaterialRow, given: Json) -> None:
        """Another way for this paper; Ctrl+Z brings the one before back, its pages with it."""
        key = f"material.{row.material.id}"
        self._undone.append((key, row.material.name, self._session.value(key)))
        self._session.edit({key: given})
        self._session.flush()

    def _put_back(self) -> None:
        if not self._undone:
            self._context.window.say("这里没有可以放回的。", "grey")
            return
        key, name, before = self._undone.pop()
        self._session.edit({key: before})
        self._session.flush()
        self._context.window.say(f"{name}照原来的放回了。", "green")

    def _capture(self, row: MaterialRow) -> None:
        way = next((kind for kind in (WayKind.CAPTURE, WayKind.ON_SITE) if row.material.way(kind)), None)
        eyes = self._context.services.eyes
        if way is None:
            self._context.window.say(f"{row.material.name}不用拍。", "grey")
        elif eyes is None:
            self._context.say_error(
                DeviceProblem(
                    "没有摄像头。", what_is_safe="已填的内容都在。", what_to_do="可以容缺或承诺的先容缺、承诺。"
                )
            )
        elif not self._capturing:
            self._capturing = True
            self._context.window.say(f"正在拍{row.material.name}，请别动纸。", "blue")
            self._context.jobs.run(
                eyes.capture_page,
                lambda seen: self._on_page(row, way, seen),
                owner=self,
                failed=self._on_capture_failed,
            )

    def _on_page(self, row: MaterialRow, way: WayKind, seen: Seen) -> None:
        self._capturing = False
        if seen.kind is SeenKind.NOTHING or not seen.page_jpeg:
            self._context.window.say(seen.advice or "没有看到一页纸，请放平、四角都露出来再按 F3。", "amber")
            return
        page = seen.page_jpeg

        def kept(_: Plan) -> None:
            number = len(row.given.pages) + 1 if row.given and row.given.way is way else 1
            which = f"{row.material.name}第 {number} 页"
            words = f"{which}{'：' if seen.advice[:1] not in '糊是' else ''}{seen.advice}。" if seen.advice else ""
            self._context.window.say(words or f"{which}拍好了，已加密存下。", "amber" if words else "green")
            self._side.show_page(row.material.name, QImage.fromData(page))
            if wants_reason(self._row()):
                self.review.ask()

        self._session.change(lambda desk, draft_id: add_page(desk, draft_id, row.material.id, page, way.value), kept)

    def _on_capture_failed(self, error: AppError) -> None:
        self._capturing = False
        self._context.say_error(error)

    @Slot(int)
    def _on_row(self, _: int = 0) -> None:
        row = self._row()
        ways = {way.kind for way in row.material.ways} if row and row.needed else set()
        given = row.given.way if row and row.given else None
        self._buttons["capture"].setVisible(bool(ways & {WayKind.CAPTURE, WayKind.ON_SITE}))
        self._buttons["defer"].setVisible(WayKind.DEFER in ways and given is not WayKind.DEFER)
        self._buttons["commit"].setVisible(WayKind.COMMITMENT in ways and given is not WayKind.COMMITMENT)
        self._buttons["waive"].setVisible(bool(ways & WAIVERS) and given not in WAIVERS)
        self._buttons["take_back"].setVisible(given is not None)
        self._detail.setText(detail_of(row) if row else "")
        self.review.show_row(row)
        if self.review.has_points:
            self._detail.setText("")

    def _edit_given(self, **changes: Json) -> None:
        """Change how the chosen material was given; the page stays."""
        row = self._row()
        if row is not None and row.given is not None:
            key = f"material.{row.material.id}"
            self._session.edit({key: {**(self._session.value(key) or row.given.to_json()), **changes}})
            self._session.flush()

    @Slot(str)
    def _on_reason(self, text: str) -> None:
        self._edit_given(reason=text)

    @Slot(tuple)
    def _on_faults(self, points: tuple[str, ...]) -> None:
        self._edit_given(faults=list(points))

    @Slot(int)
    def _on_digit(self, number: int) -> None:
        if not self.review.tick(number):
            self._context.window.say("先拍这份材料，再看审核要点。", "grey")

    @Slot(int)
    def _on_open(self, at: int) -> None:
        row = self._row()
        if row is None or not row.needed:
            return
        if row.given and row.given.pages:
            self._view(row, row.given.pages[-1])
        elif row.given is None or row.given.way in (WayKind.CAPTURE, WayKind.ON_SITE, WayKind.DEFER):
            self.act("capture")
        else:
            self._context.window.say(why_no_paper(row), "grey")

    def _view(self, row: MaterialRow, sha256: str) -> None:
        desk, draft_id = self._context.desk, self._session.draft_id
        errand = errand_of(self._plan.draft) if self._plan else None
        if errand and sha256 in errand.held:
            draft_id = errand.case_id
        self._context.jobs.run(
            lambda: QImage.fromData(page_bytes(desk, draft_id, sha256)),
            lambda image: self._side.show_page(row.material.name, image),
            owner=self,
        )

    @Slot()
    def _on_delete(self) -> None:
        self.act("take_back")

    @Slot()
    def _on_button(self) -> None:
        self.act(self.sender().objectName())
        self._table.setFocus()
