"""暂存: intakes under way, opened again where they were left; how old each is, and those of colleagues to take over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot

from clerk_app.domain.draft import Draft
from clerk_app.domain.people import mask_id, mask_name
from clerk_app.domain.time import Stamp, short_chinese_date
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.emergency import is_entry
from clerk_app.usecases.intake import discard
from clerk_app.usecases.shelf import Shelved, shelf, take_over
from ui.context import Context
from ui.screens.intake.errand import errand_of
from ui.screens.place import Place
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card, button
from ui.widgets.row_table import Cell, RowTable

STEPS = {
    "applicant": "1 申请人",
    "item": "2 事项与情形",
    "materials": "3 材料",
    "form": "4 表单",
    "confirm": "5 确认签字",
}

Listed = tuple[tuple[Shelved, str], ...]


class DraftsScreen(Place):
    """Newest first. Enter goes on. What Delete takes away comes back by Ctrl+Z until the clerk leaves the page: only then it goes."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "drafts", "暂存")
        self._found: Listed = ()
        self._going: list[Draft] = []
        self._arrived = False
        self.table = RowTable(
            ("申请人", "要办的事", "到哪一步", "存于", "放了多久", ""),
            (210, 0, 140, 165, 170, 110),
            stretch=1,
            name="暂存",
        )
        self.table.opened.connect(self._on_open)
        self.table.deleted.connect(self._on_discard)
        self.go_on = button("去受理", "main", "Ctrl 1")
        self.go_on.clicked.connect(self._on_go_on)
        self._empty = EmptyState("drafts", "没有暂存的办件", "每一项输入都会自动存在这里，断电也在。", self.go_on)
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self.body.addWidget(card, 1)
        by_hand = button("应急补录", key="Ctrl J")
        by_hand.clicked.connect(self._on_emergency)
        self.top.addWidget(by_hand)
        self.discard = button("不办了，删除这份")
        self.discard.clicked.connect(self._on_discard)
        self.top.addWidget(self.discard)

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: listed(desk), self._show, owner=self)

    def enter(self) -> None:
        super().enter()
        self._arrived = True
        self.table.setFocus()

    def leave(self, then: Callable[[], None]) -> None:
        """Nobody wanted it back: what was deleted goes."""
        desk, going = self.context.desk, tuple(self._going)
        self._going.clear()
        if not going:
            then()
            return

        def work() -> None:
            for draft in going:
                discard(desk, draft.id)

        def gone(_: None) -> None:
            self.context.window.counts_changed()
            then()

        def failed(error: AppError) -> None:
            self.context.say_error(error)
            then()

        self.context.jobs.run(work, gone, owner=self, failed=failed)

    def act(self, action_id: str) -> bool:
        if action_id == "undo":
            self._bring_back()
            return True
        return super().act(action_id)

    @property
    def _listed(self) -> Listed:
        """What is shown: all but what is about to go."""
        going = {draft.id for draft in self._going}
        return tuple(each for each in self._found if each[0].draft.id not in going)

    def _show(self, found: Listed) -> None:
        self._found = found
        self._paint()
        if self._arrived:
            self._arrived = False
            self._take_keyboard()

    def _paint(self) -> None:
        listed = self._listed
        self.table.show_rows([_cells(draft, item) for draft, item in listed])
        self._empty.setVisible(not listed)
        self.table.setVisible(bool(listed))
        self.discard.setEnabled(bool(listed))

    def _take_keyboard(self) -> None:
        """On the list, and where that is empty on what one does next."""
        (self.table if self._listed else self.go_on).setFocus()

    @Slot()
    def _on_go_on(self) -> None:
        self.context.window.go("intake")

    @Slot(int)
    def _on_open(self, at: int) -> None:
        if not 0 <= at < len(self._listed):
            return
        each = self._listed[at][0]
        if each.mine:
            self.context.window.open_draft(each.draft.id)
            return
        desk = self.context.desk

        def taken(draft: Draft) -> None:
            self.context.window.open_draft(draft.id)
            self.context.window.say(f"已从{each.owner}手里接过来，日志里有记录。", "blue")
            self.context.window.counts_changed()

        self.context.jobs.run(lambda: take_over(desk, each.draft.id), taken, owner=self)

    @Slot()
    def _on_discard(self) -> None:
        at = self.table.current()
        if not 0 <= at < len(self._listed):
            return
        if not self._listed[at][0].mine:
            self.context.window.say("这份是同事的，要删先按 Enter 接手。", "amber")
            return
        draft = self._listed[at][0].draft
        self._going.append(draft)
        self._paint()
        self._take_keyboard()
        self.context.window.say(f"已删除{_whose(draft)}。删错了按 Ctrl Z 找回，离开这一页就清掉。", "amber")

    def _bring_back(self) -> None:
        if not self._going:
            self.context.window.say("没有刚删除的。", "grey")
            return
        draft = self._going.pop()
        self._paint()
        self.table.choose(next(at for at, (each, _) in enumerate(self._listed) if each.draft.id == draft.id))
        self._take_keyboard()
        self.context.window.say(f"{_whose(draft)}找回来了，还在暂存里。", "green")

    @Slot()
    def _on_emergency(self) -> None:
        self.context.window.go("emergency")


def _whose(draft: Draft) -> str:
    name = draft.text("applicant.name")
    return f"{mask_name(name)}的暂存" if name else "没填姓名的暂存"


def listed(desk: Desk) -> Listed:
    """Drafts with the name of what they are for; an item that the catalogue no longer has is said so."""
    found = []
    for each in shelf(desk):
        entry = each.draft.text("item")
        try:
            name = desk.catalogue.scheme(entry).name if entry else ""
        except Refused:
            name = "事项目录里已没有"
        if found_errand := errand_of(each.draft):
            name = f"{found_errand.name} · {name}"
        elif is_entry(each.draft):
            name = f"应急补录 · {name or '还没有选事项'}"
        found.append((each, name))
    return tuple(found)


def _cells(each: Shelved, item: str) -> tuple[Cell, ...]:
    draft = each.draft
    name, number = draft.text("applicant.name"), draft.text("applicant.document_number")
    age = "今天" if not each.days else f"{each.days} 天"
    return (
        Cell(mask_name(name) if name else "还没有填姓名", mask_id(number)),
        Cell(item or "还没有选事项", "" if each.mine else f"{each.owner}的", faint=not item),
        Cell(STEPS.get(draft.text("step"), "1 申请人")),
        Cell(Stamp(draft.saved_ms).local.strftime("%m-%d %H:%M:%S")),
        Cell(chips=((f"{age}，{short_chinese_date(each.goes_on)}清除", "amber"),)) if each.aged else Cell(age),
        Cell(action="接着办" if each.mine else "接手", key="Enter"),
    )
