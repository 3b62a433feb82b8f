"""空间: how many more cases fit on this disk, for the administrator."""

from __future__ import annotations

from clerk_app.ports import Room
from ui.context import Context
from ui.screens.settings.page import Facts, Page, room_text
from ui.screens.settings.parts import keeper_of
from ui.widgets.parts import label

FEW = 500


class SpacePage(Page):
    """One figure that matters, and how it comes about."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "空间")
        self.figure = label("…", "figure")
        self.facts = Facts()
        self.body.addWidget(label("还能再存大约", "soft"))
        self.body.addWidget(self.figure)
        self.body.addWidget(self.facts)
        self.body.addStretch(1)

    def read(self) -> None:
        context = self.context
        context.jobs.run(lambda: keeper_of(context).room(), self._show, owner=self)

    def _show(self, found: Room) -> None:
        self.figure.setText(f"{found.cases / 10_000:.1f} 万件" if found.cases >= 10_000 else f"{found.cases} 件")
        few = found.cases < FEW
        self.facts.show_facts(
            [
                ("磁盘还空", room_text(found.free), "amber" if few else ""),
                ("这里已用", room_text(found.used)),
                ("留着不用", f"{room_text(found.reserve)}，收到一半的件一定存得下"),
                ("怎么估的", "一件连同几页材料按 500 KB 算"),
                *(
                    [
                        (
                            "要做什么",
                            "请清理磁盘，或者把备份移到别的盘。不够时不再收新件，已经收到一半的不受影响。",
                            "amber",
                        )
                    ]
                    if few
                    else []
                ),
            ]
        )
