"""保护: what the keys on this PC are protected by, what is lost without a key store, and the recovery key on paper."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QFont

from clerk_app.ports import Protection
from ui import theme
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.screens.settings.parts import Doing, keeper_of, secret_entry
from ui.widgets.choices import Choices
from ui.widgets.parts import Card, button, label, row

SUITES = {
    "intl-1": "国际算法：AES-256-GCM、SHA-256、argon2id、Ed25519、X25519",
    "gm-1": "国密算法：SM4、SM3、SM2（程序自带的实现，没有经过商用密码认证）",
}
PEOPLE = tuple((str(count), f"{count} 个人") for count in range(2, 6))


class ProtectionPage(Page):
    """Facts above; below, new recovery papers, each shown alone, so that nobody sees two."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "保护", "办件和材料都加密存着，这里说明钥匙由什么保护。")
        self.facts = Facts()
        self.count = Choices("恢复钥匙分给几个人", PEOPLE)
        self.count.show_value("2")
        self.own = secret_entry("您自己的 PIN", "再输一次，确认是您")
        self.doing = Doing(
            "做恢复钥匙",
            label("恢复钥匙", "strong"),
            label(
                "忘了 PIN，或者换电脑、搬数据时用。写在几张纸上，任意两张合起来才打得开，一张没有用。以前做的那套会作废。",
                "soft",
                wrap=True,
            ),
            self.count,
            self.own,
        )
        self.doing.wanted.connect(self._on_go)
        self._papers: tuple[str, ...] = ()
        self._at = 0
        self.paper_title = label("", "strong")
        self.paper = label("", "", wrap=True)
        big = QFont(theme.font(theme.SUBTITLE + 4))
        big.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1.5)
        self.paper.setFont(big)
        self.paper_note = label("", "soft", wrap=True)
        self.print_it = button("打印这一张")
        self.print_it.clicked.connect(self._on_print)
        self.next = button("收好了，换下一个人", "main")
        self.next.clicked.connect(self._on_next)
        self.shown = Card((22, 18, 22, 18), gap=12)
        for widget in (self.paper_title, self.paper, self.paper_note):
            self.shown.box.addWidget(widget)
        self.shown.box.addLayout(row(self.next, self.print_it, None))
        self.shown.hide()
        self.body.addWidget(self.facts)
        self.body.addWidget(self.doing)
        self.body.addWidget(self.shown)
        self.body.addStretch(1)

    def read(self) -> None:
        context = self.context
        context.jobs.run(lambda: keeper_of(context).protection(), self._show, owner=self)

    def _show(self, found: Protection) -> None:
        self.facts.show_facts(
            [
                (
                    "设备密钥",
                    "系统钥匙库" if found.key_store else "数据文件夹里",
                    "green" if found.key_store else "amber",
                ),
                ("说明", found.words),
                *(
                    []
                    if found.key_store
                    else [("少了什么", "文件夹被整个拷走时，只剩 PIN 保护。请用 10 个字符以上的口令。", "amber")]
                ),
                ("加密算法", SUITES.get(found.suite, found.suite)),
                ("数据库本身", "SQLCipher：AES-256-CBC 加 HMAC-SHA512，两种算法下都一样"),
                (
                    "恢复钥匙",
                    "做过，纸在保管人手里" if found.recovery else "还没有做",
                    "green" if found.recovery else "amber",
                ),
            ]
        )

    @Slot()
    def _on_go(self) -> None:
        context, own, people = self.context, self.own.text(), int(self.count.value() or "2")
        if not own:
            self.doing.say("请输入您自己的 PIN。", "amber")
        else:
            self.doing.run(context, lambda: keeper_of(context).make_recovery(own, people), self._on_made, "正在做")

    def _on_made(self, papers: tuple[str, ...]) -> None:
        self.own.line.clear()
        self._papers, self._at = papers, 0
        self.doing.hide()
        self.print_it.setVisible(self.context.services.print_sheet is not None)
        self._show_paper()
        self.shown.show()
        self.next.setFocus()

    def _show_paper(self) -> None:
        number, count = self._at + 1, len(self._papers)
        self.paper_title.setText(f"第 {number} 张，共 {count} 张：请第 {number} 位保管人自己来抄，或者打印，别人回避")
        self.paper.setText(self._papers[self._at])
        self.paper_note.setText("这里不留底，过了这一页就看不到了。抄完请核对一遍，和别的纸分开保管。")
        self.next.setText("收好了，换下一个人" if number < count else "都收好了")

    @Slot()
    def _on_next(self) -> None:
        self._at += 1
        if self._at < len(self._papers):
            self._show_paper()
            return
        self._papers = ()
        self.paper.clear()
        self.shown.hide()
        self.doing.show()
        self.doing.say("新的恢复钥匙做好了，日志里有记录。")
        self.read()

    @Slot()
    def _on_print(self) -> None:
        send = self.context.services.print_sheet
        if send is not None:
            number, paper = self._at + 1, self._papers[self._at]
            pairs = (("第几张", f"第 {number} 张，共 {len(self._papers)} 张"), ("钥匙", paper), ("保管人", "＿" * 14))
            notes = ("任意两张合起来才打得开，一张没有用。请和别的纸分开保管，不要拍照。",)
            self.context.jobs.run(lambda: send("恢复钥匙", pairs, notes), self._on_printed, owner=self)

    def _on_printed(self, words: str) -> None:
        self.paper_note.setText(words)
