"""How one material of the table is told: in its cells, and in a sentence."""

from __future__ import annotations

from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.time import short_chinese_date
from clerk_app.usecases.intake import MaterialRow
from ui.widgets.row_table import Cell

FORMS = {"纸质": "要纸质件", "电子化": "交电子件", "纸质/电子化": "纸质或电子件都行"}
"""The catalogue's column 材料形式, as people say it."""


def cells_of(row: MaterialRow) -> tuple[Cell, ...]:
    """One line of the table: name with a note, whether it is needed, how it was given, what Enter or F3 does."""
    material, given = row.material, row.given
    can_wait = row.until is not None
    wanted = "不需要" if not row.needed else ("可容缺" if can_wait else "必要") if row.required else "非必要"
    name = Cell(material.name, _note(row), faint=not row.needed)
    if not row.needed:
        return name, Cell(wanted, faint=True), Cell(chips=(("—", "grey"),)), Cell()
    can_shoot = bool({WayKind.CAPTURE, WayKind.ON_SITE} & {way.kind for way in material.ways})
    if given and given.pages:
        action = Cell(action="查看", key="Enter")
    elif given and given.way in WAIVERS | {WayKind.FORM, WayKind.COMMITMENT}:
        action = Cell(action="说明", key="Enter")
    else:
        action = Cell(action="高拍", key="F3") if can_shoot else Cell()
    return name, Cell(wanted), Cell(chips=_chips(row)), action


def _chips(row: MaterialRow) -> tuple[tuple[str, str], ...]:
    given = row.given
    if given is None:
        return (("还没有给", "red" if row.required else "grey"),)
    if row.faults:
        return ((row.faults[0], "red"),)
    match given.way:
        case WayKind.E_CERTIFICATE:
            return (("免交 · 电子证照待联网核验", "amber"),)
        case WayKind.SHARED_DATA:
            return (("免交 · 数据待联网核验", "amber"),)
        case WayKind.COMMITMENT:
            return (("承诺 · 打印承诺书签字", "amber"),)
        case WayKind.DEFER:
            day = short_chinese_date(row.until) if row.until and row.until.isoformat() == given.until else given.until
            return ((f"容缺 · {day}前补齐", "amber"),)
        case WayKind.FORM:
            return (("本窗口填写，申请人签字", "blue"),)
        case WayKind.ON_SITE:
            return ((f"现场采集 {len(given.pages)} 页", "green"),)
    return ((f"高拍 {len(given.pages)} 页", "green"),)


def _note(row: MaterialRow) -> str:
    material = row.material
    if not row.needed:
        return "这种情形不需要"
    return material.note or material.source_note or material.spec or FORMS.get(material.form, material.form)


def why_no_paper(row: MaterialRow) -> str:
    """Why there is nothing to photograph, as a sentence."""
    way = row.material.way(row.given.way) if row.given else None
    detail = f"：{way.detail}" if way and way.detail else ""
    if row.given and row.given.way in WAIVERS:
        return f"{row.material.name}不收纸件，联网后自动核对{detail}。"
    return f"{row.material.name}{detail or '由本窗口填写，申请人签字。'}"


def detail_of(row: MaterialRow) -> str:
    """What to look at on this paper, or where it comes from."""
    points = "；".join(row.material.review_points[:2])
    if not row.needed:
        return f"{row.material.name}：这种情形不需要"
    return (
        f"审核要点：{points}"
        if points
        else f"{row.material.source or '来源'}：{row.material.source_note or '见办事指南'}"
    )
