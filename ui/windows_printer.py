"""A printer of Windows through Qt, which speaks with its spooler (GDI). It stands here because Qt lives in ui/ only.

Written after Qt's documentation and run on Linux against Qt's own print path; not yet tried on Windows itself. Qt tells whether
the spooler took the paper, not when it came out: such a paper stays 已交打印机 and is never called printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from clerk_app.domain.paper import PrintState
from clerk_app.errors import DeviceProblem
from ui.services import PageImage

DPI = 300
_KEPT = "这份文书还在打印队列里。"
_STATES = {
    QPrinter.PrinterState.Error: "出了故障。",
    QPrinter.PrinterState.Aborted: "停着。",
}
Pages = Callable[[bytes, int], Sequence[tuple[PageImage, float, float]]]
"""A PDF and a width in dots to its pages, each with its width and height in points."""


def default_name() -> str:
    """The user's default printer; empty when there is none."""
    info = QPrinterInfo.defaultPrinter()
    if not info.isNull():
        return info.printerName()
    names = QPrinterInfo.availablePrinterNames()
    return names[0] if names else ""


def names() -> tuple[str, ...]:
    """Every printer of this PC."""
    return tuple(QPrinterInfo.availablePrinterNames())


class WindowsPrinter:
    """See ports.Printer. ``pages`` turns a PDF into pictures."""

    def __init__(self, name: str, pages: Pages, *, output: str = "") -> None:
        self._name, self._pages, self._output = name, pages, output
        self._count = 0

    @property
    def name(self) -> str:
        return self._name

    def problem(self) -> str:
        """Why it cannot print now, in the clerk's words; empty when ready."""
        if self._output:
            return ""
        info = QPrinterInfo.printerInfo(self._name)
        if info.isNull():
            return f"没有找到打印机“{self._name}”。{_KEPT}请看看打印机有没有开机、接好线。"
        told = _STATES.get(info.state())
        return f"打印机“{self._name}”{told}{_KEPT}请看看有没有缺纸、卡纸。" if told else ""

    def submit(self, pdf: bytes, title: str) -> str:
        """Hand over to the spooler. Raises DeviceProblem when it does not take it."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self._output:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(self._output)
        else:
            printer.setPrinterName(self._name)
        printer.setResolution(DPI)
        printer.setDocName(title)
        printer.setFullPage(True)
        printer.setDuplex(QPrinter.DuplexMode.DuplexNone)  # each copy is a sheet of its own
        painter = QPainter()
        for number, (page, wide, tall) in enumerate(self._pages(pdf, DPI * 8)):
            size = QPageSize(QSizeF(wide, tall), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
            printer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
            if number == 0 and not painter.begin(printer):
                raise DeviceProblem(
                    "打印系统没有收下这份文书。", what_is_safe="办件已保存。", what_to_do="请看看打印机，再点重打。"
                )
            if number:
                printer.newPage()
            image = QImage(page.rgb, page.width, page.height, page.width * 3, QImage.Format.Format_RGB888)
            painter.drawImage(QRectF(printer.pageRect(QPrinter.Unit.DevicePixel)), image)
        if not painter.end() or printer.printerState() in _STATES:
            raise DeviceProblem(
                "打印系统没有打成这份文书。", what_is_safe="办件已保存。", what_to_do="请看看打印机，再点重打。"
            )
        self._count += 1
        return f"qt-{self._count}"

    def state(self, spool_ref: str) -> PrintState:
        """Qt does not tell."""
        return PrintState.SENT

    def cancel(self, spool_ref: str) -> None:
        """What the spooler has is cancelled in the system's own print queue."""
