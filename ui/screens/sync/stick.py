"""导出到 U 盘 and 导入回执: two buttons, and a bar that says how far it is, while it runs."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QProgressBar

from clerk_app.errors import AppError
from clerk_app.ports import Arrived, Exported
from ui.context import Context
from ui.widgets.parts import Card, button, label, row


class StickBar(Card):
    """``changed``: something arrived or was written. The buttons stand where the screen puts them."""

    changed = Signal()
    _moved = Signal(int, int, str)

    def __init__(self, context: Context) -> None:
        super().__init__((18, 12, 18, 12), gap=8)
        self._context = context
        self._stop = threading.Event()
        self._fresh = False
        self._running = False
        self.export = button("导出到 U 盘")
        self.export.clicked.connect(self._on_export)
        self.take = button("导入回执")
        self.take.clicked.connect(self._on_take)
        self.words = label("", "plain", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.cancel = button("停下")
        self.cancel.clicked.connect(self._on_cancel)
        self.next = button("换一个 U 盘接着写", "main")
        self.next.clicked.connect(self._on_next)
        self.close_bar = button("知道了")
        self.close_bar.clicked.connect(self.hide)
        line = row(self.words, self.next, self.cancel, self.close_bar)
        line.setStretch(0, 1)
        self.box.addLayout(line)
        self.box.addWidget(self.bar)
        self._moved.connect(self._on_moved)
        self.setAccessibleName("U 盘")
        self.hide()
        has_sticks = context.services.sticks is not None
        self.export.setVisible(has_sticks)
        self.take.setVisible(has_sticks)

    @Slot()
    def _on_export(self) -> None:
        self._fresh = False
        self._choose()

    @Slot()
    def _on_next(self) -> None:
        self._fresh = True
        self._choose()

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "选 U 盘或上面的文件夹")
        if name:
            self.write(Path(name), fresh=self._fresh)

    def write(self, folder: Path, *, fresh: bool = False) -> None:
        """Write what waits into a folder. ``fresh``: leave out what is on a stick already."""
        sticks, desk = self._context.services.sticks, self._context.desk
        if sticks is None or self._running:
            return
        self._stop.clear()
        self._begin("正在写 U 盘，请不要拔")
        self._context.jobs.run(
            lambda: sticks.export(desk, folder, (), fresh=fresh, progress=self._moved.emit, stopping=self._stop.is_set),
            self._on_written,
            owner=self,
            failed=self._on_failed,
        )

    @Slot()
    def _on_take(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选前置给的回执", "", "回执 (*.receipt);;所有文件 (*)")
        if name:
            self.read(Path(name))

    def read(self, file: Path) -> None:
        """Settle by a receipt file."""
        sticks, desk = self._context.services.sticks, self._context.desk
        if sticks is None or self._running:
            return
        self._begin("正在读回执")
        self._context.jobs.run(
            lambda: sticks.take_receipt(desk, file), self._on_read, owner=self, failed=self._on_failed
        )

    def _begin(self, words: str) -> None:
        self._running = True
        self.words.setText(words)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.next.hide()
        self.close_bar.hide()
        self.cancel.show()
        self.show()

    @Slot(int, int, str)
    def _on_moved(self, done: int, total: int, words: str) -> None:
        if self._running:
            self.bar.setRange(0, 1000)
            self.bar.setValue(done * 1000 // max(total, 1))
            self.words.setText(f"{words}，请不要拔 U 盘")

    @Slot()
    def _on_cancel(self) -> None:
        self._stop.set()
        self.words.setText("正在停下")

    def _end(self, words: str) -> None:
        self._running = False
        self.words.setText(words)
        self.bar.hide()
        self.cancel.hide()
        self.close_bar.show()
        self.changed.emit()

    def _on_written(self, done: Exported) -> None:
        if done.stopped:
            self._end(f"已停下，写好 {done.cases} 件；没写完的文件已删掉。办件都在本机。")
        elif not done.files and not done.left:
            self._end("没有要送的办件。")
        elif done.left:
            self._end(f"已写 {done.cases} 件，还有 {done.left} 件放不下。换一个 U 盘接着写；办件都在本机。")
            self.next.show()
        else:
            self._end(
                f"已写 {done.cases} 件、附件 {done.pages} 份。请送到区县前置导入，再把回执带回来；办件仍在本机，回执回来才算送达。"
            )

    def _on_read(self, came: Arrived) -> None:
        refused = f"，退回 {came.refused} 件，请在下面看原因" if came.refused else ""
        self._end(f"回执已导入：送达 {came.acknowledged} 件，附件 {came.pages} 份{refused}。")
        self._context.window.counts_changed()

    def _on_failed(self, error: AppError) -> None:
        self._end(error.sentence())
