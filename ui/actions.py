"""Every action and its shortcut, once: footer, help page and key bindings are all made from this table."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Action:
    """``key``: as QKeySequence reads it. ``shown``: as people read it. ``where``: places whose footer shows it.

    ``where`` holds screen ids, or screen/step such as intake/materials; ``everywhere`` works in any place but is only
    shown in the help. ``here``: (place, label) where the key does the same under another name.
    """

    id: str
    key: str
    shown: str
    label: str
    where: tuple[str, ...] = ()
    everywhere: bool = False
    letters: str = ""  # pinyin initials of the label, where it can be asked for by name
    here: tuple[tuple[str, str], ...] = ()

    def at(self, place: str) -> Action:
        """As it is called in that place."""
        return replace(self, label=dict(self.here).get(place, self.label))


_BESIDE = ("notice", "moves", "thumb")
"""What stands in front of a step: 一次性告知, the menu of F12, and the fingerprint of who cannot write."""
_STEPS = ("applicant", "item", "materials", "form", "confirm")

ACTIONS: tuple[Action, ...] = (
    Action(
        "next",
        "Ctrl+Return",
        "Ctrl ↵",
        "下一步",
        (*(f"intake/{step}" for step in (*_STEPS, *_BESIDE)), "emergency", "visits/person", "visits/visit"),
        here=(
            ("intake/confirm", "受理"),
            ("intake/notice", "确认告知"),
            ("intake/moves", "确认"),
            ("intake/thumb", "确认指印"),
            ("emergency", "开始补录"),
            ("visits/person", "存进台账"),
            ("visits/visit", "确认"),
        ),
    ),
    Action("back", "Alt+Left", "Alt ←", "上一步", tuple(f"intake/{step}" for step in (*_STEPS[1:], "notice"))),
    Action("take_seen", "F2", "F2", "识读", ("intake/applicant",)),
    Action("capture", "F3", "F3", "高拍", ("intake/materials", "intake/thumb"), here=(("intake/thumb", "拍指印"),)),
    Action("sign", "F4", "F4", "请申请人签字", ("intake/confirm",)),
    Action("thumb", "Shift+F4", "Shift F4", "不会写字，按指印", ("intake/confirm",)),
    Action("defer", "F6", "F6", "容缺", ("intake/materials",)),
    Action("commit", "F7", "F7", "承诺", ("intake/materials",)),
    Action("notice", "F8", "F8", "一次性告知", ("intake/materials",)),
    Action("waive", "F10", "F10", "免交", ("intake/materials",)),
    Action("take_back", "Delete", "Del", "拿走", ("intake/materials",)),
    Action(
        "undo",
        "Ctrl+Z",
        "Ctrl Z",
        "放回",
        ("intake/materials", "drafts"),
        here=(("drafts", "找回删除的"),),
    ),
    Action("accept", "F9", "F9", "受理", ("intake/confirm",)),
    Action(
        "moves",
        "F12",
        "F12",
        "能办什么",
        ("search", "delivery", "intake/applicant", "intake/item", "intake/form", "intake/confirm"),
    ),
    Action("hall", "Ctrl+H", "Ctrl H", "本厅别的窗口", ("search",)),
    Action("unmask", "Ctrl+M", "Ctrl M", "看完整号码", ("search",)),
    Action("rate", "F11", "F11", "请申请人评价", ("intake/receipt",)),
    Action(
        "new",
        "Ctrl+N",
        "Ctrl N",
        "下一位",
        ("intake/receipt", "drafts", "search", "delivery", "stats", "sync"),
        letters="xyw",
    ),
    Action(
        "refresh",
        "F5",
        "F5",
        "刷新",
        ("sync", "drafts", "search", "delivery", "stats", "settings", "emergency", "visits"),
    ),
    Action("find", "Ctrl+K", "Ctrl K", "搜事项、办件", everywhere=True),
    Action("go_1", "Ctrl+1", "Ctrl 1", "到“受理”", everywhere=True, letters="dsl"),
    Action("go_2", "Ctrl+2", "Ctrl 2", "到“暂存”", everywhere=True, letters="dzc"),
    Action("go_3", "Ctrl+3", "Ctrl 3", "到“出件”", everywhere=True, letters="dcj"),
    Action("go_4", "Ctrl+4", "Ctrl 4", "到“上门办”", everywhere=True, letters="dsmb"),
    Action("go_5", "Ctrl+5", "Ctrl 5", "到“同步”", everywhere=True, letters="dtb"),
    Action("go_6", "Ctrl+6", "Ctrl 6", "到“查询”", everywhere=True, letters="dcx"),
    Action("go_7", "Ctrl+7", "Ctrl 7", "到“统计”", everywhere=True, letters="dtj"),
    Action("emergency", "Ctrl+J", "Ctrl J", "应急补录", ("drafts",), everywhere=True, letters="yjbl"),
    Action("person", "Ctrl+I", "Ctrl I", "本人信息：查阅、更正、删除", everywhere=True, letters="brxxcygzsc"),
    Action("reminders", "Ctrl+B", "Ctrl B", "看提醒", everywhere=True, letters="ktx"),
    Action("guide", "Ctrl+G", "Ctrl G", "指南有误、目录消息", everywhere=True, letters="znywmlxx"),
    Action("settings", "Ctrl+,", "Ctrl ,", "设置", everywhere=True, letters="sz"),
    Action("lock", "Ctrl+L", "Ctrl L", "锁屏", everywhere=True, letters="sp"),
    Action("help", "F1", "F1", "全部按键", everywhere=True, letters="qbaj"),
)

KEYS_WITHOUT_ACTION: tuple[tuple[str, str], ...] = (
    ("Tab", "下一项"),
    ("↑ ↓", "表格里上下选"),
    ("1–9", "选第几个答案；材料表里：第几条审核要点不符合"),
    ("空格", "勾选；查询里选几件一起转办；识别存疑的字段看过后确认"),
    ("Enter", "打开；字段看过后确认"),
    ("Esc", "关闭面板"),
)
"""Keys of single widgets, for the help page only."""


LEAST_TO_NAME = 2
"""So many signs name an action in the search; one is the beginning of too much."""


def shown_in(place: str) -> tuple[Action, ...]:
    """The actions of a place's footer, as they are called there."""
    return tuple(action.at(place) for action in ACTIONS if place in action.where)


def named(text: str) -> tuple[Action, ...]:
    """Actions that mean something anywhere, by words of their name or the start of its pinyin initials (``sp``: 锁屏); a place also
    without its 到."""
    wanted = "".join(text.split()).lower()
    if len(wanted) < LEAST_TO_NAME:
        return ()
    return tuple(each for each in ACTIONS if each.letters and (wanted in each.label or _begins(each, wanted)))


def _begins(each: Action, wanted: str) -> bool:
    return each.letters.startswith(wanted) or (each.id.startswith("go_") and each.letters[1:].startswith(wanted))


def action(action_id: str) -> Action:
    """Raises KeyError for an unknown id."""
    return next((each for each in ACTIONS if each.id == action_id), None) or _unknown(action_id)


def _unknown(action_id: str) -> Action:
    raise KeyError(action_id)
