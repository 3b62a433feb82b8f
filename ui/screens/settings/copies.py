"""备份: rolling copies, the second copy on another disk, a whole backup, and the try-out of a restore, for the administrator."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from clerk_app.domain.time import Stamp
from clerk_app.ports import CopiesState, Trial
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.screens.settings.parts import Doing, keeper_of, secret_entry
from ui.screens.sync.words import size_text
from ui.widgets.parts import button, label, row


class CopiesPage(Page):
    """What there is, then what can be done about it."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, "备份", "本机副本由程序自己做；第二份要放在另一块盘上，这台电脑的硬盘坏了才救得回来。"
        )
        self.facts = Facts()
        self.choose = button("选第二存放处")
        self.choose.clicked.connect(self._on_choose)
        self.without = button("不要第二份了")
        self.without.clicked.connect(self._on_without)
        self.whole = button("备份到一个文件")
        self.whole.clicked.connect(self._on_whole)
        self.doing = Doing("现在做一份")
        self.doing.box.insertLayout(0, row(self.choose, self.whole, self.without, None))
        self.doing.wanted.connect(self._on_now)
        self.own = secret_entry("您自己的 PIN", "备份要用钥匙打开才能检查")
        self.trial = Doing(
            "选一个备份，试着恢复",
            label("试恢复", "strong"),
            label("把备份从头到尾读一遍、核对一遍，不写任何东西。备份能不能用，试过才知道。", "soft", wrap=True),
            self.own,
        )
        self.trial.wanted.connect(self._on_trial)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.doing)
        self.body.addWidget(self.trial)
        self.body.addStretch(1)

    def read(self) -> None:
        context = self.context
        context.jobs.run(lambda: keeper_of(context).copies(), self._show, owner=self)

    def _show(self, found: CopiesState) -> None:
        self.without.setVisible(bool(found.second))
        newest = _when(found.made_ms[-1]) if found.made_ms else "还没有"
        self.facts.show_facts(
            [
                ("本机副本", f"{len(found.made_ms)} 份，共 {size_text(found.size)}，最新一份 {newest}"),
                ("留多少", f"最多 {found.kept_count} 份，最久 {found.kept_days} 天，不超过空闲空间的十分之一"),
                *([("要紧的", "很久没有做成副本，请看看磁盘空间。", "amber")] if found.overdue else []),
                ("没送达的办件", f"{found.unsent} 件"),
                ("第二份", *_second(found)),
            ]
        )

    @Slot()
    def _on_choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "选另一块盘、U 盘或网络盘上的文件夹")
        if name:
            self.set_second(Path(name))

    @Slot()
    def _on_without(self) -> None:
        self.set_second(None)

    def set_second(self, folder: Path | None) -> None:
        """Where the second copy goes from now on; made at once where there is a place."""
        context = self.context

        def work() -> str:
            keeper = keeper_of(context)
            keeper.set_second(folder)
            return keeper.copy_now() if folder else "已取消，以后没有第二份。"

        self.doing.run(context, work, self._on_done, "正在写第二份")

    @Slot()
    def _on_now(self) -> None:
        context = self.context
        self.doing.run(context, lambda: keeper_of(context).copy_now(), self._on_done, "正在做")

    @Slot()
    def _on_whole(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "备份到", "clerk-backup.bak", "备份 (*.bak)")
        if name:
            self.back_up(Path(name))

    def back_up(self, target: Path) -> None:
        """A whole backup into one file."""
        context = self.context

        def told(found: Trial) -> None:
            self._on_done(f"备份已写好，读回检查过：{_counts(found)}。{found.hurt}")

        self.doing.run(context, lambda: keeper_of(context).back_up(target), told, "正在备份，写完会读回检查")

    def _on_done(self, words: str) -> None:
        self.doing.say(words, "amber" if "没有" in words or "注意" in words else "green")
        self.read()

    @Slot()
    def _on_trial(self) -> None:
        if not self.own.text():
            self.trial.say("请先输入您自己的 PIN。", "amber")
            self.own.setFocus()
            return
        name, _ = QFileDialog.getOpenFileName(self, "选一个备份", "", "备份和本机副本 (*.bak *.db);;所有文件 (*)")
        if name:
            self.try_restore(Path(name))

    def try_restore(self, path: Path) -> None:
        """Read a backup whole and say what it would bring back."""
        context, own = self.context, self.own.text()

        def told(found: Trial) -> None:
            self.own.line.clear()
            how = "可以恢复，但做的时候就缺了几页" if found.hurt else "是完整的"
            words = f"这份备份{how}，{_when(found.made_ms)} 做的：{_counts(found)}。{found.hurt}"
            self.trial.say(words, "amber" if found.hurt else "green")

        self.trial.run(context, lambda: keeper_of(context).try_restore(own, path), told, "正在读，可能要一两分钟")


def _second(found: CopiesState) -> tuple[str, str]:
    if not found.second:
        return "没有设：这块硬盘坏了，没送达的办件就没有了", "amber"
    if not found.second_there:
        return f"{found.second} 现在不在：请插好 U 盘或连上网络盘", "amber"
    written = f"，写于 {_when(found.second_ms)}" if found.second_ms else "，还没有要写的"
    return f"{found.second}{written}", ""


def _counts(found: Trial) -> str:
    return f"办件 {found.cases} 件（未送达 {found.unsent}），暂存 {found.drafts} 份，材料 {found.pages} 页"


def _when(at_ms: int) -> str:
    return Stamp(at_ms).local.strftime("%Y-%m-%d %H:%M")
