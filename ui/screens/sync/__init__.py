"""同步: what waits, what came through, what a person must look at; sticks, mending, and the end of the day.

screen.py  the place itself: figures, the table of cases, what can be done for one
stick.py   导出到 U 盘 and 导入回执, with progress
mend.py    更正后重送: a refused case is put right and goes again
day.py     日结 and 交接班: every case that is not where it should be, by name, and the slip
"""

from ui.screens.sync.screen import SyncScreen
from ui.screens.sync.words import size_text

__all__ = ["SyncScreen", "size_text"]
