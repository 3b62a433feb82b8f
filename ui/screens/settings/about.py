"""关于: what this program is, which versions run here, who is signed in and what that role may do."""

from __future__ import annotations

from clerk_app import __version__
from clerk_app.domain.rights import RIGHT_NAMES, RIGHTS, ROLE_NAMES, Right
from ui.context import Context
from ui.screens.settings.page import Facts, Page
from ui.widgets.bars import hall_text


class AboutPage(Page):
    """Facts only."""

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
        self.body.addWidget(me)
        self.body.addWidget(program)
        self.body.addStretch(1)
