"""The papers of one case: how each print job stands, the preview, printing again, saving as PDF. Shared by receipt and search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from clerk_app.domain.paper import FORM_NAMES, PRINT_MOVES, Copy, Look, PrintJob, PrintState
from clerk_app.domain.rights import Right, may
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.checking_papers import print_of_code
from clerk_app.usecases.counting_prints import save_print
from clerk_app.usecases.looking import look_at_paper
from clerk_app.usecases.printing import order_to_save, prints_of, reprint
from ui.context import Context
from ui.widgets.entry import Line
from ui.widgets.page_view import PageView, image_of
from ui.widgets.parts import button, column, label, row
from ui.widgets.row_table import Cell, RowTable

REFIT_FROM = 30
"""Pixels: a scroll bar that comes or goes is no reason to draw a paper again."""

COMES_BY_ITSELF = "打印机好了会自己打出来，不用重打，可以先办下一位。"
TONES = {
    PrintState.WAITING: "grey",
    PrintState.SENT: "blue",
    PrintState.PRINTED: "green",
    PrintState.FAILED: "red",
    PrintState.CANCELLED: "grey",
}


class Papers(QWidget):
    """Left nothing to chance: a state is shown as the print queue has it, and 已打印 only when the spooler said so."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._jobs: tuple[PrintJob, ...] = ()
        self._shown = ""
        self._fitted = 0
        self._case_id = ""
        self._table = RowTable(("文书", "打印"), (0, 170), name="文书", row_height=48)
        self._table.setMaximumHeight(190)
        self._table.chosen.connect(self._on_row)
        self.waiting = label("", "plain", wrap=True, tone="amber")
        self.waiting.setContentsMargins(14, 0, 14, 0)
        self.waiting.hide()
        self.preview = PageView()
        self._reason = Line()
        self._reason.setPlaceholderText("重打原因，例如：纸卡住了")
        self._reason.setAccessibleName("重打原因")
        self._reason.confirmed.connect(self._on_reprint)
        again = button("重打", "small")
        again.clicked.connect(self._on_reprint)
        self.large = button("大字", "small")
        self.large.setCheckable(True)
        self.large.setToolTip("按下以后重打的是大字版")
        self.one_copy = button("只打申请人联", "small")
        self.one_copy.setCheckable(True)
        self.one_copy.setToolTip("按下以后重打的、另存的只有交申请人的一联")
        self.code = Line()
        self.code.setPlaceholderText("纸上的校验码，像 A7KM-3XRP")
        self.code.setAccessibleName("核对校验码")
        self.code.confirmed.connect(self._on_check)
        check = button("核对", "small")
        check.clicked.connect(self._on_check)
        self.cancel = button("取消打印", "small")
        self.cancel.clicked.connect(self._on_cancel)
        self.save = save = button("另存 PDF", "small")
        save.clicked.connect(self._on_save)
        bottom = column(
            self._reason,
            row(again, self.large, self.one_copy, None, self.cancel, save, gap=6),
            row(self.code, check, gap=6),
            gap=8,
            margins=(14, 0, 14, 10),
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._table)
        box.addWidget(self.waiting)
        box.addWidget(self.preview, 1)
        box.addLayout(bottom)

    def show_jobs(self, case_id: str, jobs: Sequence[PrintJob]) -> None:
        """The print jobs of a case; the preview follows the chosen one."""
        self.save.setVisible(may(self._context.desk.session.role, Right.EXPORT))
        other = case_id != self._case_id
        if other:
            self._case_id, self._shown = case_id, ""
            self._reason.clear()
            self.code.clear()
            self.preview.show_words("")
        self._jobs = tuple(jobs)
        self._table.show_rows([_cells(job) for job in jobs])
        trouble = self._context.services.spool.trouble()
        waits = any(job.state is PrintState.WAITING for job in jobs)
        self.waiting.setText(f"！{trouble}{COMES_BY_ITSELF}" if trouble and waits else "")
        self.waiting.setVisible(bool(trouble) and waits)
        self._table.setFixedHeight(40 + 48 * min(max(len(jobs), 1), 3))
        if other:
            self._table.choose(len(jobs) - 1)  # the notice of acceptance comes last and matters most
        self._on_row()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A preview made before the page had its place is made again to fit it."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._refit)

    @Slot()
    def _refit(self) -> None:
        if self._shown and abs(self.preview.fit_width() - self._fitted) > REFIT_FROM:
            self._shown = ""
            self._on_row()

    def main_text(self) -> str:
        """How the newest paper stands, in a few words."""
        printed = [job for job in self._jobs if not job.is_file]
        return f"{FORM_NAMES[printed[-1].form]}{printed[-1].state_text}" if printed else ""

    def _job(self) -> PrintJob | None:
        at = self._table.current()
        return self._jobs[at] if 0 <= at < len(self._jobs) else None

    @Slot(int)
    def _on_row(self, _: int = 0) -> None:
        job = self._job()
        self.cancel.setEnabled(job is not None and PrintState.CANCELLED in PRINT_MOVES[job.state])
        if job is None or job.id == self._shown:
            return
        self._shown, self._fitted = job.id, self.preview.fit_width()
        self.preview.show_words("正在生成预览")
        services, desk, wanted, width = self._context.services, self._context.desk, job.id, self._fitted

        def work() -> tuple[str, list[QImage]]:
            pages = services.preview(services.paper.render(look_at_paper(desk, wanted)))
            return wanted, [image_of(page, width) for page in pages]

        self._context.jobs.run(work, self._on_pages, owner=self)

    def _on_pages(self, answer: tuple[str, list[QImage]]) -> None:
        job_id, images = answer
        if job_id == self._shown:
            self.preview.show_pages(images)

    @Slot()
    def _on_reprint(self) -> None:
        job = self._job()
        if job is None:
            return
        desk, reason, copies = self._context.desk, self._reason.text(), self._copies(job)
        look = Look(large=True) if self.large.isChecked() else None
        self._context.jobs.run(
            lambda: reprint(desk, job.case_id, job.form, reason, look, copies),
            self._on_reprinted,
            owner=self,
            failed=self._on_no_reason,
        )

    def _copies(self, job: PrintJob) -> tuple[Copy, ...]:
        wants_one = self.one_copy.isChecked() and Copy.APPLICANT in job.form.copies
        return (Copy.APPLICANT,) if wants_one else ()

    def _on_no_reason(self, error: AppError) -> None:
        """What was refused is said, and where the reason goes the keyboard is already."""
        self._context.window.say(error.sentence(), "amber")
        if isinstance(error, Refused) and not self._reason.text().strip():
            self._reason.setFocus()

    @Slot()
    def _on_check(self) -> None:
        """A paper or a photocopy: which print bears this code; its preview is what the paper has to say."""
        desk, number, code = self._context.desk, self._case_id, self.code.text()
        if number:
            self._context.jobs.run(
                lambda: print_of_code(desk, number, code), self._on_checked, owner=self, failed=self._on_not_ours
            )

    def _on_checked(self, job: PrintJob) -> None:
        at = next((at for at, each in enumerate(self._jobs) if each.id == job.id), -1)
        if at < 0:
            return
        self._table.choose(at)
        self._on_row()
        told = (
            f"对得上：{FORM_NAMES[job.form]}，第 {job.copy_number} 次打印。请照预览逐项核对，有一项不同，就是纸被改过。"
        )
        self._context.window.say(told, "green")

    def _on_not_ours(self, error: AppError) -> None:
        self._context.window.say(error.sentence(), "red")

    @Slot()
    def _on_cancel(self) -> None:
        job = self._job()
        if job is None:
            return
        spool = self._context.services.spool
        self._context.jobs.run(lambda: (job.id, spool.cancel(job.id)), self._on_cancelled, owner=self)

    def _on_cancelled(self, answer: tuple[str, PrintState]) -> None:
        job_id, state = answer
        if state is PrintState.CANCELLED:
            self._context.window.say("这份文书不打了；要的时候再点重打。", "green")
        else:
            self._context.window.say("已请打印机停下，停没停住看这里的状态。", "amber")
        self._jobs = tuple(replace(job, state=state) if job.id == job_id else job for job in self._jobs)
        self._table.show_rows([_cells(job) for job in self._jobs])

    def _on_reprinted(self, job: PrintJob) -> None:
        self._reason.clear()
        self._context.services.spool.nudge()
        self._context.window.say(f"已排队重打（第 {job.copy_number} 次打印）。", "green")
        self.show_jobs(self._case_id, (*self._jobs, job))

    @Slot()
    def _on_save(self) -> None:
        job = self._job()
        if job is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "另存 PDF", f"{FORM_NAMES[job.form]}.pdf", "PDF (*.pdf)")
        if not name:
            return
        services, desk, path, reason = self._context.services, self._context.desk, Path(name), self._reason.text()
        copies = self._copies(job)

        def work() -> tuple[PrintJob, tuple[PrintJob, ...]]:
            made = save_print(desk, job.id, reason, copies)
            services.export_pdf(services.paper.file(order_to_save(desk, made.id), desk.window_key), path)
            return made, prints_of(desk, job.case_id)

        self._context.jobs.run(work, self._on_saved, owner=self, failed=self._on_no_reason)

    def _on_saved(self, answer: tuple[PrintJob, tuple[PrintJob, ...]]) -> None:
        made, jobs = answer
        self._reason.clear()
        self._context.window.say(f"已另存（第 {made.copy_number} 次打印）。里面有个人信息，用完请删除。", "amber")
        if made.case_id == self._case_id:
            self.show_jobs(self._case_id, jobs)


def _cells(job: PrintJob) -> tuple[Cell, ...]:
    name = FORM_NAMES[job.form] + (f"（第 {job.copy_number} 次打印）" if job.copy_number > 1 else "")
    return Cell(name, job.reason), Cell(chips=((job.state_text, TONES[job.state]),))
