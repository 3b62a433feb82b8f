"""Who stands beside the applicant, on step 1: an organisation, an agent with a mandate, a guardian. Hidden while nobody does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from clerk_app.domain.canonical import Json
from clerk_app.domain.codes import uscc_problem
from clerk_app.domain.form import parse_date
from clerk_app.domain.parties import ADULT, POWERS, WORKING, Mandate, mandate_faults
from clerk_app.domain.people import Person, person_faults, tidy_id_number
from clerk_app.usecases.beside import MANDATE_DAYS
from clerk_app.usecases.intake import Plan
from ui.screens.intake.session import DraftSession
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.number_entry import NumberEntry
from ui.widgets.parts import label

BY_SELF, BY_AGENT, BY_GUARDIAN = "self", "agent", "guardian"
PERSON, ORGANISATION = "person", "organisation"
_PEOPLE = {"agent": "代办人", "guardian": "监护人"}


class Beside(QWidget):
    """Saves under agent.*, guardian.*, mandate.*, organisation.* of the draft."""

    def __init__(self, session: DraftSession) -> None:
        super().__init__()
        self._session = session
        self._plan: Plan | None = None
        self._for = Choices("谁申请", ((PERSON, "个人"), (ORGANISATION, "单位")))
        self._for.picked.connect(self._on_for)
        self.who = Choices("谁来办", ((BY_SELF, "本人办理"), (BY_AGENT, "他人代办"), (BY_GUARDIAN, "监护人一起办")))
        self.who.picked.connect(self._on_who)
        self._entries: dict[str, Entry] = {
            "organisation.name": Entry("单位名称", hint="照营业执照写"),
            "organisation.uscc": Entry("统一社会信用代码", hint="18 位"),
        }
        for key, words in _PEOPLE.items():
            self._entries[f"{key}.name"] = Entry(f"{words}姓名")
            self._entries[f"{key}.document_number"] = NumberEntry(
                f"{words}身份证号码", hint="18 位，放上身份证按 F2 也行"
            )
            self._entries[f"{key}.phone"] = Entry(f"{words}手机号", optional=True)
        self._entries["mandate.until"] = Entry("委托到哪天", hint="如 20261231")
        self._entries["mandate.relation"] = Entry("和申请人的关系", hint="如 子女", optional=True)
        self.scope = Choices("委托办什么（按数字勾选）", [(power, power) for power in POWERS], several=True)
        self.scope.setObjectName("mandate.scope")
        self.scope.picked.connect(self._on_scope)
        self._note = label("", "plain", wrap=True, tone="amber")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(26)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._for, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.who, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._note, 1, 0, 1, 2)
        places = {
            "organisation": ("organisation.name", "organisation.uscc"),
            "agent": ("agent.name", "agent.document_number", "agent.phone", "mandate.relation", "mandate.until"),
            "guardian": ("guardian.name", "guardian.document_number", "guardian.phone"),
        }
        self._groups = places
        line = 2
        for who, keys in places.items():
            for at, key in enumerate(keys):
                grid.addWidget(self._entries[key], line + at // 2, at % 2, Qt.AlignmentFlag.AlignTop)
            if who == "agent":
                grid.addWidget(self.scope, line + len(keys) // 2, 1, Qt.AlignmentFlag.AlignTop)
            line += len(keys) // 2 + 1
        for key, entry in self._entries.items():
            entry.setObjectName(key)
            entry.typed.connect(self._on_typed)
            entry.left.connect(self._on_left)

    # --- what the step asks

    @property
    def is_organisation(self) -> bool:
        return self._session.text("for") == ORGANISATION or bool(self._session.text("organisation.name"))

    @property
    def by_agent(self) -> bool:
        return self._session.text("by_agent") == "yes" or bool(self._session.text("agent.name"))

    @property
    def by_guardian(self) -> bool:
        return (
            self._session.text("by_guardian") == "yes"
            or bool(self._session.text("guardian.name"))
            or self._must_have_guardian()
        )

    def show_plan(self, plan: Plan | None) -> None:
        """Values and faults; only what applies is visible."""
        self._plan = plan
        shown = {"organisation": self.is_organisation, "agent": self.by_agent, "guardian": self.by_guardian}
        self._for.show_value(ORGANISATION if self.is_organisation else PERSON)
        self.who.show_value(BY_AGENT if self.by_agent else BY_GUARDIAN if self.by_guardian else BY_SELF)
        faults = self.faults()
        for who, keys in self._groups.items():
            for key in keys:
                entry = self._entries[key]
                entry.setVisible(shown[who])
                entry.show_value(self._session.text(key) or self._proposed(key))
                entry.show_reason(faults.get(key, ""))
        self.scope.setVisible(self.by_agent)
        self.scope.show_value(",".join(self._mandate().scope))
        self.scope.show_reason(faults.get("mandate.scope", ""))
        self._note.setText(self._told())
        self._note.setVisible(bool(self._note.text()))

    def blocked(self) -> str:
        """The first fault in words, with the keyboard on it."""
        for key, fault in self.faults().items():
            if key == "mandate.scope":
                self.scope.setFocus()
                return fault
            entry = self._entries[key]
            entry.insist()
            entry.setFocus()
            return f"{entry.title}：{fault}"
        return ""

    # --- inside

    def _must_have_guardian(self) -> bool:
        age = self._plan.facts.age if self._plan else None
        return age is not None and age < WORKING and not self.is_organisation

    def _told(self) -> str:
        plan, age = self._plan, self._plan.facts.age if self._plan else None
        if self.is_organisation:
            return "上面填法定代表人；经办人不是本人的，选“他人代办”。"
        if self._must_have_guardian():
            return f"申请人未满 {WORKING} 周岁，要由监护人一起办。"
        if age is not None and age < ADULT and not self.by_guardian:
            return f"申请人还不满 {ADULT} 周岁：不是以自己劳动收入生活的，请监护人一起办。"
        if plan and any(finding.rule == "organisation" for finding in plan.findings):
            return "这件事由单位申请，请在“谁申请”里选“单位”。"
        return ""

    def faults(self) -> dict[str, str]:
        """By draft key, in reading order."""
        text, today = self._session.text, self._session.today()
        faults: dict[str, str] = {}
        if self.is_organisation:
            if not text("organisation.name").strip():
                faults["organisation.name"] = "请填写单位名称"
            if problem := uscc_problem(text("organisation.uscc")):
                faults["organisation.uscc"] = problem
        for who, there in (("agent", self.by_agent), ("guardian", self.by_guardian)):
            if there:
                person = Person(text(f"{who}.name"), document_number=text(f"{who}.document_number"))
                found = person_faults(person, today)
                faults |= {f"{who}.{key}": fault for key, fault in found.items()}
                age = person.with_known_from_number().age_on(today)
                if who == "guardian" and "document_number" not in found and age is not None and age < ADULT:
                    faults["guardian.document_number"] = f"监护人要年满 {ADULT} 周岁"
        if self.by_agent:
            for fault in mandate_faults(self._mandate(), today):
                faults["mandate.scope" if "权限" in fault else "mandate.until"] = fault
        return faults

    def _mandate(self) -> Mandate:
        """As typed; before that, what the window proposes."""
        scope = self._session.value("mandate.scope")
        powers = tuple(str(each) for each in scope) if isinstance(scope, list | tuple) else Mandate().scope
        until = self._session.value("mandate.until")
        last = until if isinstance(until, str) else self._proposed("mandate.until")
        return Mandate(powers, last, self._session.text("mandate.relation"))

    def _proposed(self, key: str) -> str:
        if key != "mandate.until":
            return ""
        proposed = self._plan.application.mandate if self._plan else None
        return proposed.until if proposed else (self._session.today() + dt.timedelta(days=MANDATE_DAYS)).isoformat()

    def _edit_mandate(self, **changes: Json) -> None:
        """A mandate is kept whole: what was proposed stands beside what was changed."""
        mandate = self._mandate()
        whole: dict[str, Json] = {"scope": list(mandate.scope), "until": mandate.until, "relation": mandate.relation}
        self._session.edit({f"mandate.{key}": value for key, value in {**whole, **changes}.items()})

    @Slot(str)
    def _on_scope(self, value: str) -> None:
        self._edit_mandate(scope=[each for each in value.split(",") if each])
        self._session.flush()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        key = self.sender().objectName()
        if key.startswith("mandate."):
            self._edit_mandate(**{key.removeprefix("mandate."): text})
        else:
            is_number = key.endswith(("document_number", "uscc"))
            self._session.edit({key: (tidy_id_number(text).upper() if is_number else text) or None})

    @Slot(str)
    def _on_left(self, text: str) -> None:
        sender = self.sender()
        if sender.objectName() == "mandate.until" and text and isinstance(sender, Entry):
            clean = parse_date(text, self._session.today()) or text
            if clean != self._mandate().until:
                self._edit_mandate(until=clean)
            sender.show_value(clean)
        self._session.flush()

    @Slot(str)
    def _on_for(self, value: str) -> None:
        gone: Mapping[str, Json] = {"organisation.name": None, "organisation.uscc": None}
        self._session.edit({"for": value} if value == ORGANISATION else {"for": None, **gone})
        self.show_plan(self._plan)
        if value == ORGANISATION:
            self._entries["organisation.name"].setFocus()

    @Slot(str)
    def _on_who(self, value: str) -> None:
        agent = dict.fromkeys(("agent.name", "agent.document_number", "agent.phone"))
        agent |= dict.fromkeys(("mandate.scope", "mandate.until", "mandate.relation"))
        guardian = dict.fromkeys(("guardian.name", "guardian.document_number", "guardian.phone"))
        edits: dict[str, Json] = {}
        edits |= {"by_agent": "yes"} if value == BY_AGENT else {"by_agent": None, **agent}
        if value == BY_GUARDIAN:
            edits["by_guardian"] = "yes"
        elif value == BY_SELF:
            edits |= {"by_guardian": None, **guardian}
        self._session.edit(edits)
        self._session.flush()
        self.show_plan(self._plan)
        if value != BY_SELF:
            self._entries["agent.name" if value == BY_AGENT else "guardian.name"].setFocus()
