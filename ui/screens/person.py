"""本人信息: what this window keeps of one person, on one page for them; corrected and taken out when they ask."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QScrollArea

from clerk_app.domain.people import mask_name
from clerk_app.usecases.persons import CORRECTABLE, Erased, Kept, KeptOf, correct, erase, kept_of, number_of
from ui.context import Context
from ui.screens.place import Place
from ui.screens.settings.page import Facts
from ui.screens.settings.parts import Doing
from ui.widgets.entry import Line
from ui.widgets.finger_scroll import by_finger
from ui.widgets.parts import Card, button, label
from ui.widgets.row_table import Cell, RowTable

NOTE = "看过证件再查；每次查阅、更正、删除都记在日志里，日志里没有内容。"
PRINT_NOTES = (
    "这是本窗口存着的您的信息。写得不对的，可以要求更正；办结并送达以后，可以要求删除。",
    "日志里留有：哪天、谁、对哪一件做了什么，没有内容。平台和主管部门存着的，请向它们查阅。",
)


class PersonScreen(Place):
    """The number above, what is kept on the left, one entry in full on the right, what can be done below."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "person", "本人信息")
        self._kept: Kept | None = None
        self._number = ""
        self.field = Line()
        self.field.setPlaceholderText("放好证件，输入证件号码，按 Enter")
        self.field.setAccessibleName("证件号码")
        self.field.setFixedWidth(360)
        self.field.confirmed.connect(self._on_number)
        self.top.insertWidget(1, self.field)
        self.print_it = button("打印给本人")
        self.print_it.clicked.connect(self._on_print)
        self.take_out = button("应本人要求删除")
        self.take_out.clicked.connect(self._on_erase)
        self.top.addWidget(self.print_it)
        self.top.addWidget(self.take_out)
        self.who = label(NOTE, "soft", wrap=True)
        self.table = RowTable(("办件", "现在怎样", "能不能删"), (0, 170, 250), stretch=0, name="存着的", row_height=56)
        self.table.chosen.connect(self._on_row)
        left = Card((1, 0, 1, 8), gap=0)
        left.box.addWidget(self.table)
        self.facts = Facts()
        area = QScrollArea()
        by_finger(area)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.facts)
        self.changes = {name: Line() for name in CORRECTABLE}
        for name, line in self.changes.items():
            line.setPlaceholderText(f"{CORRECTABLE[name]}更正成…")
            line.setAccessibleName(f"{CORRECTABLE[name]}更正成")
        self.reason = Line()
        self.reason.setPlaceholderText("凭什么更正，例如：核对了身份证")
        self.reason.setAccessibleName("凭什么更正")
        self.doing = Doing("更正")
        self.doing.wanted.connect(self._on_correct)
        self.reason.confirmed.connect(self._on_correct)
        lines = QHBoxLayout()
        lines.setSpacing(10)
        for line in (*self.changes.values(), self.reason):
            lines.addWidget(line)
        self.doing.box.insertLayout(0, lines)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(left, 6)
        both.addWidget(area, 5)
        self.body.addWidget(self.who)
        self.body.addLayout(both, 1)
        self.body.addWidget(self.doing)
        self._show_nothing()

    def enter(self) -> None:
        """Nobody's data stand here from before."""
        self._show_nothing()
        self.field.setFocus()

    def leave(self, then: Callable[[], None]) -> None:
        """Nothing of anybody stays behind."""
        self._show_nothing()
        then()

    def of_case(self, case_id: str) -> None:
        """The applicant of a case: the number need not be typed again."""
        desk = self.context.desk
        self.context.jobs.run(lambda: number_of(desk, case_id), self._look, owner=self)

    @property
    def shown(self) -> Kept | None:
        """What is on the page now."""
        return self._kept

    @Slot()
    def _on_number(self) -> None:
        if self.field.text().strip():
            self._look(self.field.text().strip())

    def _look(self, number: str) -> None:
        desk = self.context.desk
        self._number = number
        self.context.jobs.run(lambda: kept_of(desk, number), self._show, owner=self, lane="person")

    def _show(self, kept: Kept) -> None:
        self._kept = kept
        self.field.clear()
        self.who.setText(
            f"{mask_name(kept.name)}　{kept.number}　存着 {len(kept.entries)} 份，完整信息被看过 {kept.looks} 次。请本人看，别人回避。"
        )
        self.table.show_rows([_cells(each) for each in kept.entries])
        for widget in (self.print_it, self.take_out, self.doing):
            widget.setEnabled(True)
        self.print_it.setVisible(self.context.services.print_sheet is not None)
        self.table.choose(0)
        self._on_row(0)
        self.table.setFocus()

    def _show_nothing(self) -> None:
        self._kept, self._number = None, ""
        self.who.setText(NOTE)
        self.table.show_rows([])
        self.facts.show_facts([("", "")])
        self.doing.say("")
        for line in (*self.changes.values(), self.reason, self.field):
            line.clear()
        for widget in (self.print_it, self.take_out, self.doing):
            widget.setEnabled(False)

    @Slot(int)
    def _on_row(self, at: int) -> None:
        if self._kept is not None and 0 <= at < len(self._kept.entries):
            self.facts.show_facts(_facts(self._kept.entries[at]))

    @Slot()
    def _on_correct(self) -> None:
        desk, number, reason = self.context.desk, self._number, self.reason.text()
        changes = {name: line.text() for name, line in self.changes.items()}
        self.doing.run(self.context, lambda: correct(desk, number, changes, reason), self._on_corrected, "正在更正")

    def _on_corrected(self, count: int) -> None:
        for line in (*self.changes.values(), self.reason):
            line.clear()
        self.doing.say(f"已更正 {count} 份，有线路时会告诉平台。")
        self.context.services.line.nudge()
        self._look(self._number)

    @Slot()
    def _on_erase(self) -> None:
        kept = self._kept
        if kept is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("删除本人信息")
        box.setText(f"现在能删的有 {len(kept.erasable)} 份，其余的会说明原因。删除后找不回来，编号和日期留着。")
        yes = box.addButton("删除", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("留着", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        if box.clickedButton() is yes:
            self.take_out_now()

    def take_out_now(self) -> None:
        """What was confirmed."""
        desk, number = self.context.desk, self._number
        self.context.jobs.run(lambda: erase(desk, number), self._on_erased, owner=self)

    def _on_erased(self, gone: Erased) -> None:
        self._show_nothing()
        stays = "；".join(f"{number}：{why}" for number, why in gone.stays)
        register = f"、台账 {gone.listed} 条" if gone.listed else ""
        told = f"已删除办件 {gone.cases} 件、暂存 {gone.drafts} 份{register}。" + (f"留着：{stays}。" if stays else "")
        self.context.window.say(told, "amber" if stays else "green")
        self.context.window.counts_changed()

    @Slot()
    def _on_print(self) -> None:
        send, kept = self.context.services.print_sheet, self._kept
        if send is not None and kept is not None:
            pairs = tuple(pair for each in kept.entries for pair in _printed(each))
            self.context.jobs.run(lambda: send("个人信息查阅单", pairs, PRINT_NOTES), self._on_printed, owner=self)

    def _on_printed(self, words: str) -> None:
        self.context.window.say(words, "green")


def _cells(each: KeptOf) -> tuple[Cell, ...]:
    erasing = Cell("还不能删", each.why_not) if each.why_not else Cell("可以删", each.gone_by_itself)
    return Cell(each.item, each.number), Cell(each.state, f"{each.as_whom}　{each.since}"), erasing


def _facts(each: KeptOf) -> list[tuple[str, ...]]:
    facts: list[tuple[str, ...]] = list(each.values)
    facts.append(("材料", f"{each.pages} 页"))
    if each.sensitive:
        facts.append(("单独同意过", "、".join(each.sensitive)))
    return facts


def _printed(each: KeptOf) -> tuple[tuple[str, str], ...]:
    head = (f"{each.number}　{each.item}（{each.as_whom}，{each.state}，{each.since}）", "")
    rule = each.why_not or "现在可以要求删除"
    return (head, *each.values, ("材料", f"{each.pages} 页"), ("删除", rule), ("自动清除", each.gone_by_itself))
