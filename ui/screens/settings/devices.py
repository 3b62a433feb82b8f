"""设备: which camera, how it is turned and lit, which reader and scanner. Remembered on this PC; used at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from clerk_app.errors import DeviceProblem
from clerk_app.ports import CameraFound, DeviceChoice, DeviceDesk
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.parts import clear, column, label

_TURNS = (("0", "不转"), ("1", "右转 90°"), ("2", "倒过来"), ("3", "左转 90°"))
_LIGHTS = (("", "自动"), ("25", "暗一些"), ("50", "中间"), ("75", "亮一些"))


class DevicesPage(Page):
    """Cameras as they are found each time the page comes to the front."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, "设备", "换了摄像头、读卡器或扫码枪，在这里选一次，以后都记得。键盘口的扫码枪不用设置。"
        )
        self.camera = Choices("摄像头", ())
        self.turn = Choices("画面方向", _TURNS)
        self.light = Choices("明暗（摄像头支持才有用）", _LIGHTS)
        self.reader = Entry("身份证读卡器串口", hint="空着就自动找；不用读卡器就写 none", optional=True)
        self.scanner = Entry("扫码枪串口", hint="例如 COM3 或 /dev/ttyUSB0；没有就空着", optional=True)
        self._place = column(gap=0)
        self._place.addWidget(self.camera)
        self.ports = label("", "small", wrap=True)
        self.doing = Doing("保存并使用", self.turn, self.light, self.reader, self.scanner, self.ports)
        self.doing.wanted.connect(self._on_go)
        self.body.addLayout(self._place)
        self.body.addWidget(self.doing)
        self.body.addStretch(1)

    @Slot()
    def read(self) -> None:
        context = self.context
        context.jobs.run(
            lambda: (_desk(context).cameras(), _desk(context).ports(), _desk(context).chosen()),
            self._show,
            owner=self,
            failed=self.doing.fail,
        )

    def _show(self, found: tuple[tuple[CameraFound, ...], tuple[CameraFound, ...], DeviceChoice]) -> None:
        cameras, ports, chosen = found
        clear(self._place)
        options = [("", "第一个找到的"), *((each.source, each.label) for each in cameras)]
        self.camera = Choices("摄像头", options, per_row=3)
        self.camera.show_value(chosen.camera)
        self._place.addWidget(self.camera)
        self.turn.show_value(str(chosen.turned))
        self.light.show_value("" if chosen.exposure is None else str(chosen.exposure))
        self.reader.show_value(chosen.reader)
        self.scanner.show_value(chosen.scanner)
        names = "、".join(f"{each.source}（{each.label}）" for each in ports)
        self.ports.setText(f"现在接着的串口：{names}" if names else "现在没有接着串口设备。")

    @Slot()
    def _on_go(self) -> None:
        context = self.context
        light = self.light.value()
        chosen = replace(
            DeviceChoice(),
            camera=self.camera.value(),
            turned=int(self.turn.value() or "0"),
            exposure=int(light) if light else None,
            reader=self.reader.text().strip(),
            scanner=self.scanner.text().strip(),
        )
        self.doing.run(context, lambda: _desk(context).choose(chosen), self._on_done, "正在换")

    def _on_done(self, _: None) -> None:
        self.doing.say("已记住，现在就用这个。")


def _desk(context: Context) -> DeviceDesk:
    """Raises DeviceProblem where there is none; call it inside a job."""
    desk = context.services.devices
    if desk is None:
        raise DeviceProblem("这个窗口没有可以选的设备。", what_to_do="请关掉程序重新打开。")
    return desk
