"""A page of no case, straight to the printer: never queued, never kept (the queue outlives the moment, these pages must not)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clerk_app.bootstrap.house import House
from clerk_app.domain.hall import Hall
from clerk_app.domain.time import chinese_date
from clerk_app.errors import DeviceProblem
from clerk_app.ports import Printer


def sheet_printer(
    printer: Printer, hall: Hall, home: House
) -> Callable[[str, Sequence[tuple[str, str]], Sequence[str]], str]:
    """See WindowServices.print_sheet. The call raises DeviceProblem when there is no printer or it does not take the page."""

    def send(title: str, pairs: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
        if problem := printer.problem():
            raise DeviceProblem(problem, what_is_safe="没有打印任何东西。", what_to_do="接好打印机再试，或者手抄。")
        from printing.loose import loose_sheet  # draws: only when a page is asked for

        day = chinese_date(home.clock.now().legal_date)
        sample = ("样例数据，仅供演示。",) if hall.sample else ()
        printer.submit(loose_sheet(title, pairs, (*notes, *sample), hall.name, day), title)
        return "已交给打印机，请马上去取。"

    return send
