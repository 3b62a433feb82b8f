"""Write the table of keys in docs/操作手册.md from ui/actions.py: ``python scripts/manual_keys.py``. A test compares the two."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ui.actions import ACTIONS, KEYS_WITHOUT_ACTION, Action
from ui.screens.intake.step import STEP_IDS, TITLES
from ui.screens.registry import BESIDE, SCREENS

MANUAL = Path(__file__).parents[1] / "docs" / "操作手册.md"
BEGIN, END = "<!-- keys: python scripts/manual_keys.py -->\n", "<!-- /keys -->\n"


def keys_table() -> str:
    """Markdown: each key, what it does, where it works."""
    rows = [(action.shown, action.label, _where(action)) for action in ACTIONS]
    rows += [(key, words, "") for key, words in KEYS_WITHOUT_ACTION]
    lines = ["| 按键 | 做什么 | 在哪里 |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| `{key}` | {words} | {where} |" for key, words, where in rows)]) + "\n"


PANELS = {
    "intake/notice": "一次性告知",
    "intake/moves": "能办什么",
    "intake/thumb": "按指印",
    "visits/person": "特殊群体台账",
    "visits/visit": "上门单",
}
"""Places that are no step and no entry of the rail."""


def _where(action: Action) -> str:
    """Each place; behind it what the key is called there, where that is another name."""
    if action.everywhere:
        return "哪里都行"
    names = {entry.id: entry.label for entry in (*SCREENS, *BESIDE)} | PANELS
    names |= {f"intake/{step}": title for step, title in zip(STEP_IDS, TITLES, strict=True)}
    here = dict(action.here)
    return "、".join(f"{names[each]}（{here[each]}）" if each in here else names[each] for each in action.where)


def main() -> None:
    """Replace what stands between the two marks."""
    text = MANUAL.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    MANUAL.write_text(f"{before}{BEGIN}{keys_table()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
