"""一次性告知: everything that is missing, once more in full, before it goes on paper. This cannot be undone, so it is asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clerk_app.usecases.intake import Plan
from ui.widgets.parts import clear, label


class NoticePage(QWidget):
    """Shown instead of the materials table until the clerk confirms or goes back."""

    id, title = "notice", "一次性告知"

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout()
        self._box.setContentsMargins(20, 16, 20, 12)
        self._box.setSpacing(8)
        inner = QWidget()
        inner.setLayout(self._box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setWidget(inner)
        self.setFocusProxy(area)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(area)
        self._count = 0

    def show_plan(self, plan: Plan | None) -> None:
        clear(self._box)
        missing = plan.checklist.missing if plan and plan.checklist else ()
        self._count = len(missing)
        self._box.addWidget(label("要补的材料，这一次全部告知", "subtitle"))
        self._box.addWidget(
            label("确认后打印收件回执和一次性告知书；已收的材料都留着，补齐后接着办。", "small", wrap=True)
        )
        for at, each in enumerate(missing, 1):
            self._box.addSpacing(6)
            self._box.addWidget(label(f"{at}. {each.material.name}", "strong"))
            for reason in each.reasons:
                self._box.addWidget(label(reason, "plain", wrap=True, tone="red"))
            ways = [way.detail for way in each.material.ways if way.detail]
            if each.material.source_note or ways:
                self._box.addWidget(label(each.material.source_note or "、".join(ways), "small", wrap=True))
        self._box.addStretch(1)

    def summary(self) -> tuple[str, str, str]:
        return f"要补 {self._count} 项", "确认后不能撤回", "amber"
