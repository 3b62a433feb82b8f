"""打印: which form goes to which printer, on what paper, in what type; the office's own words on its papers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot

from clerk_app.domain.office import ANY_FORM, Office, Route
from clerk_app.domain.paper import FORM_NAMES, SIZE_NAMES, Form, Look, PaperSize
from clerk_app.errors import DeviceProblem
from clerk_app.ports import PaperDesk
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.parts import clear, column, label

_FORMS = ((ANY_FORM, "其他文书都这样"), *((form.value, FORM_NAMES[form]) for form in Form))
_SIZES = tuple((size.value, name) for size, name in SIZE_NAMES.items())
_TYPES = (("no", "普通"), ("yes", "大字"))


class PrintersPage(Page):
    """One form at a time: choosing it shows how it is printed now."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, "打印", "先选文书，再选它用哪台打印机、什么纸。没有单独选过的，都按“其他文书都这样”。"
        )
        self._office = Office()
        self.form = Choices("文书", _FORMS, per_row=5)
        self.form.picked.connect(self._on_form)
        self.printer = Choices("打印机", ())
        self.paper = Choices("纸张", _SIZES)
        self.type_size = Choices("字号", _TYPES)
        self._place = column(gap=0)
        self._place.addWidget(self.printer)
        self.now = label("", "small", wrap=True)
        self.route = Doing("这种文书这样打", self.paper, self.type_size, self.now)
        self.route.wanted.connect(self._on_route)
        self.header = Entry("抬头（空着就用大厅名称）", optional=True)
        self.second = Entry("抬头下面一行", hint="例如地址、网址", optional=True)
        self.seal = Entry("盖章处的字", optional=True)
        self.review = Entry("行政复议机关", hint="写在不予受理、不予决定通知书上", optional=True)
        self.court = Entry("行政诉讼法院", optional=True)
        self.words = Doing("保存用语", self.header, self.second, self.seal, self.review, self.court)
        self.words.wanted.connect(self._on_words)
        self.body.addWidget(self.form)
        self.body.addLayout(self._place)
        self.body.addWidget(self.route)
        self.body.addWidget(self.words)
        self.body.addStretch(1)

    @Slot()
    def read(self) -> None:
        context = self.context
        context.jobs.run(
            lambda: (_desk(context).office(), _desk(context).printers()), self._show, owner=self, failed=self.route.fail
        )

    def _show(self, found: tuple[Office, tuple[str, ...]]) -> None:
        self._office, printers = found
        clear(self._place)
        named = dict.fromkeys((*printers, *self._office.printers()))
        self.printer = Choices("打印机", [("", "默认打印机"), *((name, name) for name in named)], per_row=4)
        self._place.addWidget(self.printer)
        self._show_words()
        if not self.form.value():
            self.form.show_value(ANY_FORM)
        self._on_form(self.form.value())

    def _show_words(self) -> None:
        office = self._office
        for entry, text in (
            (self.header, office.header), (self.second, office.second_line), (self.seal, office.seal),
            (self.review, office.review_body), (self.court, office.court),
        ):  # fmt: skip
            entry.show_value(text)

    @Slot(str)
    def _on_form(self, value: str) -> None:
        route = self._office.routes.get(value) or self._office.routes.get(ANY_FORM) or Route()
        self.printer.show_value(route.printer)
        self.paper.show_value(route.look.size.value)
        self.type_size.show_value("yes" if route.look.large else "no")
        own = [name for key, name in _FORMS if key in self._office.routes and key != ANY_FORM]
        self.now.setText(f"单独选过的：{'、'.join(own)}" if own else "还没有哪种文书单独选过。")
        self.route.say("")

    @Slot()
    def _on_route(self) -> None:
        look = Look(PaperSize(self.paper.value() or PaperSize.A4.value), self.type_size.value() == "yes")
        routes = {**self._office.routes, self.form.value() or ANY_FORM: Route(self.printer.value(), look)}
        self._adopt(replace(self._office, routes=routes), self.route)

    @Slot()
    def _on_words(self) -> None:
        office = replace(
            self._office,
            header=self.header.text().strip(),
            second_line=self.second.text().strip(),
            seal=self.seal.text().strip() or Office().seal,
            review_body=self.review.text().strip(),
            court=self.court.text().strip(),
        )
        self._adopt(office, self.words)

    def _adopt(self, office: Office, card: Doing) -> None:
        context = self.context

        def done(_: None) -> None:
            self._office = office
            self._on_form(self.form.value())
            card.say("已记住，从下一份文书开始。")

        card.run(context, lambda: _desk(context).adopt(office), done, "正在换")


def _desk(context: Context) -> PaperDesk:
    """Raises DeviceProblem where there is none; call it inside a job."""
    desk = context.services.paper_desk
    if desk is None:
        raise DeviceProblem("这个窗口不能改打印设置。", what_to_do="请关掉程序重新打开。")
    return desk
