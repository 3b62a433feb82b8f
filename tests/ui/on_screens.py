"""Where the windows are on a PC with several monitors: ``python -m tests.ui.on_screens CONFIG`` (Qt's offscreen platform)."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from printing.fonts import BOLD, REGULAR
from tests.ui.hall import place
from ui import theme
from ui.main_window import MainWindow


def _rect(of: QRect) -> list[int]:
    return [of.x(), of.y(), of.width(), of.height()]


def main(config: str) -> int:
    app = QApplication(["clerk-app", "-platform", f"offscreen:configfile={config}"])
    theme.apply(app, (REGULAR, BOLD))
    with ThreadPoolExecutor(3) as pool:
        hall = place(pool)
        window = MainWindow(hall.services)
        window.furnish(hall.services)
        window.show()
        window.activateWindow()
        app.processEvents()
        applicant = window.applicant
        applicant.show_case([("申请人", "样例甲"), ("办什么事", "样例事项")], "a" * 64)
        app.processEvents()
        told: dict[str, object] = {
            "applicant": _rect(applicant.geometry()),
            "full": applicant.isFullScreen(),
            "clerk_active": QApplication.activeWindow() is window,
            "clerk_screen": window.screen().name(),
        }
        applicant.be_quiet()
        app.processEvents()
        told["quiet_full"] = applicant.isVisible() and applicant.isFullScreen()
        sys.stdout.write(json.dumps(told) + "\n")
        window.jobs.close(app.quit)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
