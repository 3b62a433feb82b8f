"""关于: what this program is, which versions run here, who is signed in, and what others made that it stands on."""

from __future__ import annotations

from PySide6.QtCore import Slot

from clerk_app import __version__
from clerk_app.domain.rights import RIGHT_NAMES, RIGHTS, ROLE_NAMES, Right
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.widgets.parts import button, hall_text, row


class AboutPage(Page):
    """Facts only; the long list of other people's works is laid out when somebody asks for it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "关于")
        services, session = context.services, context.desk.session
        program = Facts("程序")
        program.show_facts(
            [
                ("全科窗口", f"版本 {__version__}"),
                ("事项目录", f"{services.catalogue_version} 版"),
                ("窗口", hall_text(services.hall) + ("（样例数据）" if services.hall.sample else "")),
                ("第几次登记", str(services.hall.generation)),
                ("补正一般给", f"{context.desk.correction_days} 个工作日；每件可以另定。改法见管理员手册"),
                ("许可", "木兰宽松许可证第 2 版"),
            ]
        )
        me = Facts("现在登录的是")
        me.show_facts(
            [
                ("姓名", f"{session.name}（{session.login}）"),
                ("岗位", ROLE_NAMES[session.role]),
                ("可以", "；".join(RIGHT_NAMES[right] for right in Right if right in RIGHTS[session.role])),
            ]
        )
        self.others = Facts("用到的别人的作品")
        self.others.show_facts([("许可", "各按自己的许可；没有 GPL、AGPL 的。全文在程序文件夹的 licences 里。")])
        self.show_others = button("列出全部")
        self.show_others.clicked.connect(self._list_others)
        self.others.box.addLayout(row(self.show_others, None))
        self.body.addWidget(me)
        self.body.addWidget(program)
        self.body.addWidget(self.others)
        self.body.addStretch(1)

    @Slot()
    def _list_others(self) -> None:
        works = self.context.services.third_party()
        facts = [(work, f"{terms}　{inside}".strip()) for work, terms, inside in works]
        self.others.show_facts(facts or [("清单", "没有找到 THIRD_PARTY_NOTICES.md，程序文件夹可能不全。", "amber")])
        self.show_others.hide()
