"""办事指南: news about the catalogue (what came, what it changes) and 查错纠错: what is wrong in a guide, told to those who keep it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from clerk_app.domain.guide_report import elements_of
from clerk_app.domain.outbox import Delivery
from clerk_app.errors import AppError
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.guide_errors import Reported, ReportRow, report_error, reports
from clerk_app.usecases.offered_catalogue import Offered, notice, offered
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.entry import Entry
from ui.widgets.fields import Select
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, button, clear, column, label, line, row
from ui.widgets.row_table import Cell, RowTable

TONES = {Delivery.WAITING: "grey", Delivery.ACKNOWLEDGED: "green", Delivery.REFUSED: "red", Delivery.REPLACED: "grey"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the place shows: news first, then one's own reports."""

    offer: Offered | None
    notice: str
    reports: tuple[ReportRow, ...]


class GuideScreen(Place):
    """Opened from the intake with the entry and the element the clerk was looking at; Esc goes back there."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "guide", "办事指南 · 消息和纠错")
        self._entry_id = ""
        self._rows: tuple[ReportRow, ...] = ()
        self.news = label("", wrap=True)
        self.changes = label("", "small", wrap=True)
        self._use = button("现在换上：锁屏后重新登录", "small", "Ctrl L")
        self._use.clicked.connect(self._on_use)
        self.table = RowTable(("报过的", "哪里错了", "到哪了"), (230, 0, 190), stretch=1, name="报过的错")
        self._none = label("本窗口还没有报过错。", "soft")
        self._none.setContentsMargins(16, 10, 16, 10)
        inside = Card((0, 0, 0, 0), gap=0)
        inside.setProperty("look", "")
        inside.box.addLayout(
            column(
                label("目录消息", "strong"),
                self.news,
                row(self._use, None),
                self.changes,
                None,
                gap=8,
                margins=(18, 14, 18, 12),
            )
        )
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        left = Card((1, 1, 1, 8), gap=0)
        left.box.addWidget(area, 3)
        left.box.addWidget(line("faint-line"))
        left.box.addWidget(self._none)
        left.box.addWidget(self.table, 4)
        self._what = label("", "subtitle", wrap=True)
        self._version = label("", "small", wrap=True)
        self._picks = column(gap=0)
        self.element: Select | None = None
        self.wrong = Entry("哪里错了", hint="如 承诺时限写的 5 天，实际是 3 天")
        self.proposed = Entry("应该是什么", hint="知道就写", optional=True)
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.hide()
        self.send = button("报错", "main", "Ctrl ↵")
        self.send.clicked.connect(self._on_send)
        back = button("回去", key="Esc")
        back.clicked.connect(self._on_back)
        side = Card((18, 16, 18, 16), gap=10)
        side.box.addLayout(
            column(
                label("指南有误", "strong"),
                self._what,
                self._version,
                self._picks,
                self.wrong,
                self.proposed,
                self.fault,
                row(self.send, None, back),
                line("faint-line"),
                label(
                    "只报指南的错，不要写个人信息。报了不影响正在办的件；有网自动送到目录管理部门。", "small", wrap=True
                ),
                None,
                gap=8,
            )
        )
        side.setFixedWidth(400)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(left, 1)
        both.addWidget(side)
        self.body.addLayout(both, 1)
        context.status.line.connect(self.on_news)

    def enter(self) -> None:
        super().enter()
        intake = self.context.window.looked_at()
        self.point_at(*intake)
        (self.element if self.element is not None else self.table).setFocus()

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: _look(desk), self._show, owner=self, lane="guide screen")

    def act(self, action_id: str) -> bool:
        if action_id == "next":
            self._on_send()
            return True
        return super().act(action_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_back()
        else:
            super().keyPressEvent(event)

    def point_at(self, entry_id: str, element: str) -> None:
        """What the form is about; without an entry there is nothing to report."""
        self._entry_id = entry_id
        clear(self._picks)
        self.element = None
        self._say("")
        scheme = self.context.desk.catalogue.scheme(entry_id) if entry_id else None
        entry = (scheme.item or scheme.event) if scheme else None
        self._what.setText(scheme.name if scheme else "先在受理里选一件事，再按 Ctrl G")
        self._version.setText(
            f"目录 {scheme.version} 版" + ("，样例数据" if scheme.is_sample else "") if scheme else ""
        )
        for part in (self.wrong, self.proposed):
            part.setVisible(entry is not None)
        self.send.setEnabled(entry is not None)
        if entry is not None:
            self.element = Select("哪一项", elements_of(entry))
            self.element.show_value(element)
            self._picks.addWidget(self.element)

    def _show(self, seen: Seen) -> None:
        self._rows = seen.reports
        told = [seen.offer.headline] if seen.offer else []
        told += [seen.notice] if seen.notice else []
        self.news.setText("\n".join(told) or f"正在用的是 {self.context.desk.catalogue.version} 版，没有新消息。")
        lines = list(seen.offer.changes) if seen.offer else []
        if seen.offer and seen.offer.more:
            lines.append(f"还有 {seen.offer.more} 处，见目录发布单位的说明")
        self.changes.setText("\n".join(lines))
        self.changes.setVisible(bool(lines))
        self._use.setVisible(seen.offer is not None)
        self.table.show_rows([_cells(each) for each in seen.reports])
        self.table.setVisible(bool(seen.reports))
        self._none.setVisible(not seen.reports)

    @Slot()
    def _on_use(self) -> None:
        self.context.window.lock_now()

    @Slot()
    def _on_back(self) -> None:
        self.context.window.go("intake" if self._entry_id else "stats")

    @Slot()
    def _on_send(self) -> None:
        if not self._entry_id or self.element is None:
            return
        element = self.element.value()
        if not element or not self.wrong.text().strip():
            self._say("请选哪一项。" if not element else "请写明哪里错了。")
            (self.element if not element else self.wrong).setFocus()
            return
        desk, entry_id, wrong, proposed = self.context.desk, self._entry_id, self.wrong.text(), self.proposed.text()
        self._say("")
        self.context.jobs.run(
            lambda: report_error(desk, entry_id, element, wrong, proposed),
            self._on_reported,
            owner=self,
            failed=self._on_failed,
        )

    def _on_reported(self, done: Reported) -> None:
        words = "报好了，有网就送。谢谢。" if done.is_new else "这一条本窗口已经报过了，不用再报。"
        self.context.window.say(words, "green" if done.is_new else "grey")
        self.context.services.line.nudge()
        self.wrong.line.clear()
        self.proposed.line.clear()
        self.read()

    def _on_failed(self, error: AppError) -> None:
        self._say(error.sentence())

    def _say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))


def _look(desk: Desk) -> Seen:
    return Seen(offered(desk), notice(desk), reports(desk))


def _cells(each: ReportRow) -> tuple[Cell, ...]:
    name, element = each.names
    return (
        Cell(name, f"{element}　{each.when}"),
        Cell(each.report.wrong, each.report.proposed),
        Cell(chips=((each.told, TONES[each.state]),)),
    )
