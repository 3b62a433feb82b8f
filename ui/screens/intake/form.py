"""Step 4, 表单: only what is not known yet; what is known is summarised. Each value is judged as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clerk_app.domain.form import active_fields, tidy
from clerk_app.domain.service_item import FieldType, FormField
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.showing import display_value
from ui.screens.intake.errand import errand_of
from ui.screens.intake.session import DraftSession
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Select, Simple, listen, make_simple
from ui.widgets.following_area import FollowingArea
from ui.widgets.group import GroupEntry
from ui.widgets.parts import clear, label, line

WIDE = (FieldType.ADDRESS, FieldType.GROUP)
Made = Simple | GroupEntry


class FormStep(QWidget):
    """The fields of one item, or the merged form of a life event."""

    id, title = "form", "表单"

    def __init__(self, session: DraftSession) -> None:
        super().__init__()
        self._session = session
        self._plan: Plan | None = None
        self._shape: tuple[object, ...] = ()
        self._fields: dict[str, tuple[FormField, Made]] = {}
        self._delivery: Choices | None = None
        self._box = QVBoxLayout()
        self._box.setContentsMargins(20, 16, 20, 12)
        self._box.setSpacing(10)
        inner = QWidget()
        inner.setLayout(self._box)
        self._area = FollowingArea()
        self._area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)

    @property
    def widget(self) -> QWidget:
        return self

    def show_plan(self, plan: Plan | None) -> None:
        self._plan = plan
        known = _known(plan) if plan else []
        shape = (
            tuple(field.id for field in plan.fields) if plan else (),
            tuple(known),
            plan.scheme.delivery_ways if plan and plan.scheme else (),
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(plan, known)
        faults = (plan.field_faults or {}) if plan else {}
        for field, made in self._fields.values():
            value, fault = self._session.text(f"field.{field.id}"), faults.get(field.id, "")
            made.show_value(value)
            held_back = isinstance(made, Choices | Select) and not value
            made.show_reason("" if held_back else fault)
        if self._delivery and plan:
            self._delivery.show_value(self._session.text("delivery") or plan.application.delivery)

    def enter(self) -> None:
        """Defaults of the catalogue are taken once, where nothing stands yet."""
        if self._plan:
            defaults = {
                f"field.{field.id}": field.default
                for field in self._plan.fields
                if field.default and not self._session.text(f"field.{field.id}")
            }
            self._session.edit(defaults)
            self.show_plan(self._plan)
        first = next(
            (made for field, made in self._fields.values() if not self._session.text(f"field.{field.id}")), None
        )
        any_field = next((made for _, made in self._fields.values()), None)
        target = first or any_field or self._delivery
        if target:
            target.setFocus()

    def blocked(self) -> str:
        faults = (self._plan.field_faults or {}) if self._plan else {}
        for field_id, fault in faults.items():
            pair = self._fields.get(field_id)
            if pair is None:
                continue
            field, made = pair
            for _, other in self._fields.values():
                if isinstance(other, Entry | GroupEntry):
                    other.insist()
            made.show_reason(fault)
            made.setFocus()
            self._area.ensureWidgetVisible(made)
            return f"{field.label}：{fault}" if not fault.startswith("请填写") else fault
        return ""

    def summary(self) -> tuple[str, str, str]:
        plan = self._plan
        if plan is None or plan.scheme is None:
            return "先选事项", "", "grey"
        faults = plan.field_faults or {}
        saved = f"少填 {plan.scheme.saved_fields} 项" if plan.scheme.saved_fields else ""
        if faults:
            labels = {field.id: field.label for field in plan.scheme.fields}
            return f"还差 {len(faults)} 项", labels.get(next(iter(faults)), ""), "red"
        return "表单填好了", saved or "都合规", "green"

    def act(self, action_id: str) -> bool:
        return False

    def _rebuild(self, plan: Plan | None, known: list[tuple[str, str]]) -> None:
        focused = next((key for key, (_, made) in self._fields.items() if made.hasFocus()), "")
        clear(self._box)
        self._fields, self._delivery = {}, None
        if plan is None or plan.scheme is None:
            self._box.addWidget(label("先在第 2 步选要办的事", "soft"))
            self._box.addStretch(1)
            return
        groups: dict[str, list[FormField]] = {}
        for field in plan.fields:
            groups.setdefault(field.group or "还要填的", []).append(field)
        for at, (title, fields) in enumerate(groups.items()):
            if at:
                self._box.addWidget(line("faint-line"))
            self._box.addWidget(label(title, "strong"))
            self._box.addLayout(self._grid(fields))
        if not groups:
            self._box.addWidget(label("这件事要填的都已带出，不用再填", "strong"))
        ways = plan.scheme.delivery_ways
        self._box.addWidget(line("faint-line"))
        self._delivery = Choices("怎么取", [(way, way) for way in ways])
        self._delivery.picked.connect(self._on_delivery)
        self._box.addWidget(self._delivery)
        if errand_of(plan.draft) is not None:
            self._delivery.hide()  # of a case that was taken it stands
        if known:
            self._box.addWidget(line("faint-line"))
            self._box.addWidget(label(f"已带出 {len(known)} 项，不用再填", "strong"))
            words = "　".join(f"{title} {text}" for title, text in known)
            self._box.addWidget(label(words, "small", wrap=True))
        self._box.addStretch(1)
        if focused in self._fields:
            self._fields[focused][1].setFocus()

    def _grid(self, fields: list[FormField]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(26)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        at, side = 0, 0
        for field in fields:
            made = self._make(field)
            self._fields[field.id] = (field, made)
            wide = field.type in WIDE or (isinstance(made, Choices) and len(field.choices) > 3)
            if wide and side:
                at, side = at + 1, 0
            grid.addWidget(made, at, side, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
            at, side = (at + 1, 0) if wide or side else (at, 1)
        return grid

    def _make(self, field: FormField) -> Made:
        made: Made
        if field.type is FieldType.GROUP:
            made = GroupEntry(field, self._session.today)
            made.typed.connect(self._on_typed)
            made.left.connect(self._on_left)
        else:
            made = make_simple(field, self._session.places)
            listen(made, self._on_typed, self._on_left)
        made.setObjectName(f"field.{field.id}")
        return made

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._session.edit({self.sender().objectName(): text or None})

    @Slot(str)
    def _on_left(self, text: str) -> None:
        """Leaving a field writes dates as dates and takes blanks out of numbers."""
        key = self.sender().objectName()
        field, made = self._fields[key.removeprefix("field.")]
        clean = tidy(field, text, self._session.today())
        if clean != text and isinstance(made, Entry):
            made.show_value(clean)
        self._session.edit({key: clean or None})
        self._session.flush()

    @Slot(str)
    def _on_delivery(self, value: str) -> None:
        self._session.edit({"delivery": value})
        self._session.flush()


def _known(plan: Plan) -> list[tuple[str, str]]:
    """Label and masked value of every field that need not be asked."""
    if plan.scheme is None:
        return []
    known = plan.application.known()
    active = active_fields(plan.scheme.fields, plan.facts)
    return [
        (field.label, display_value(field, known[field.source]))
        for field in active
        if field.source and known.get(field.source)
    ]
