"""暂存: intakes under way, opened again where they were left."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMessageBox

from clerk_app.domain.draft import Draft
from clerk_app.domain.people import mask_id, mask_name
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import discard, drafts
from ui.context import Context
from ui.screens.intake.errand import errand_of
from ui.screens.place import Place
from ui.widgets.parts import Card, button, label
from ui.widgets.row_table import Cell, RowTable

STEPS = {
    "applicant": "1 申请人",
    "item": "2 事项与情形",
    "materials": "3 材料",
    "form": "4 表单",
    "confirm": "5 确认签字",
}

Listed = tuple[tuple[Draft, str], ...]


class DraftsScreen(Place):
    """Newest first. Enter goes on; Delete asks before it throws anything away."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "drafts", "暂存")
        self._listed: Listed = ()
        self.table = RowTable(
            ("申请人", "要办的事", "到哪一步", "存于", ""), (240, 0, 160, 150, 110), stretch=1, name="暂存"
        )
        self.table.opened.connect(self._on_open)
        self.table.deleted.connect(self._on_discard)
        self._empty = label("没有暂存的办件。每一项输入都会自动存在这里，断电也在。", "soft")
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self._empty.setContentsMargins(20, 14, 20, 14)
        self.body.addWidget(card, 1)
        gone = button("不办了，删除这份")
        gone.clicked.connect(self._on_discard)
        self.top.addWidget(gone)

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: listed(desk), self._show, owner=self)

    def enter(self) -> None:
        super().enter()
        self.table.setFocus()

    def _show(self, found: Listed) -> None:
        self._listed = found
        self.table.show_rows([_cells(draft, item) for draft, item in found])
        self._empty.setVisible(not found)
        self.table.setVisible(bool(found))

    @Slot(int)
    def _on_open(self, at: int) -> None:
        if 0 <= at < len(self._listed):
            self.context.window.open_draft(self._listed[at][0].id)

    @Slot()
    def _on_discard(self) -> None:
        at = self.table.current()
        if not 0 <= at < len(self._listed):
            return
        draft = self._listed[at][0]
        box = QMessageBox(self)
        box.setWindowTitle("删除暂存")
        box.setText("申请人不办了，删除这份暂存？删除后找不回来。")
        yes = box.addButton("删除", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("留着", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        if box.clickedButton() is yes:
            desk = self.context.desk
            self.context.jobs.run(lambda: discard(desk, draft.id), self._on_discarded, owner=self)

    def _on_discarded(self, _: None) -> None:
        self.context.window.say("已删除，留有记录。", "grey")
        self.context.window.counts_changed()
        self.read()


def listed(desk: Desk) -> Listed:
    """Drafts with the name of what they are for; an item that the catalogue no longer has is said so."""
    found = []
    for draft in drafts(desk):
        entry = draft.text("item")
        try:
            name = desk.catalogue.scheme(entry).name if entry else ""
        except Refused:
            name = "事项目录里已没有"
        if found_errand := errand_of(draft):
            name = f"{found_errand.name} · {name}"
        found.append((draft, name))
    return tuple(found)


def _cells(draft: Draft, item: str) -> tuple[Cell, ...]:
    name, number = draft.text("applicant.name"), draft.text("applicant.document_number")
    return (
        Cell(mask_name(name) if name else "还没有填姓名", mask_id(number)),
        Cell(item or "还没有选事项", faint=not item),
        Cell(STEPS.get(draft.text("step"), "1 申请人")),
        Cell(Stamp(draft.saved_ms).local.strftime("%m-%d %H:%M:%S")),
        Cell(action="接着办", key="Enter"),
    )
