"""显示: ordinary or high contrast, how big, whether anything may blink or slide. Remembered on this PC, for everybody here."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication

from clerk_app.errors import StorageProblem
from clerk_app.ports import DisplayChoice, DisplayDesk
from clerk_app.ports.display import SCALES
from ui import theme
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing
from ui.widgets.choices import Choices


class DisplayPage(Page):
    """What is chosen is worn at once; the size from the next start on."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "显示", "看着累就调一调。只管这台电脑，谁登录都一样；申请人那一屏的字另有按键放大。")
        self.contrast = Choices("颜色", (("no", "平常"), ("yes", "高对比，字最黑、线最清楚")))
        self.scale = Choices("大小", tuple((str(each), f"{each}%") for each in SCALES))
        self.motion = Choices("动的东西", (("yes", "平常"), ("no", "都不动，光标也不闪")))
        self.doing = Doing("用这个", self.contrast, self.scale, self.motion)
        self.doing.wanted.connect(self._on_go)
        self.body.addWidget(self.doing)
        self.body.addStretch(1)

    @Slot()
    def read(self) -> None:
        desk = self.context.services.display
        chosen = desk.chosen() if desk else DisplayChoice()
        self.contrast.show_value("yes" if chosen.contrast else "no")
        self.scale.show_value(str(chosen.scale))
        self.motion.show_value("yes" if chosen.motion else "no")

    @Slot()
    def _on_go(self) -> None:
        context = self.context
        before = context.services.display.chosen() if context.services.display else DisplayChoice()
        wanted = DisplayChoice(
            self.contrast.value() == "yes", int(self.scale.value() or "100"), self.motion.value() != "no"
        )

        def done(_: None) -> None:
            application = QApplication.instance()
            if isinstance(application, QApplication):
                theme.wear(application, contrast=wanted.contrast, motion=wanted.motion)
            later = wanted.scale != before.scale
            self.doing.say("已记住。" + ("大小下次打开窗口时变。" if later else "现在就是这样。"))

        self.doing.run(context, lambda: _desk(context).choose(wanted), done, "正在换")


def _desk(context: Context) -> DisplayDesk:
    """Raises StorageProblem where there is none; call it inside a job."""
    desk = context.services.display
    if desk is None:
        raise StorageProblem("这里没有地方记住显示的选择。", what_to_do="请关掉程序重新打开。")
    return desk
