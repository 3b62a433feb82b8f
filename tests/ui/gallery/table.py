"""ADD A PICTURE HERE: one line with its name, its room, how it is reached and what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from tests.ui.gallery import poses
from tests.ui.gallery.poses import Pose, case, draft, keys, material_row, place, refused_step, searching, settings


@dataclass(frozen=True, slots=True)
class Shot:
    """``name``: of the file, without .png. ``shows``: one line of the index, in Chinese."""

    name: str
    room: str
    pose: Pose
    shows: str


def _nothing(_: object) -> None:
    """Reached by the room itself (first_steps.py)."""


SECTIONS: tuple[tuple[str, tuple[Shot, ...]], ...] = (
    ("第一次打开", (
        Shot("first-1-enrol", "first", _nothing, "第 1 步：登记窗口"),
        Shot("first-1-refused", "first", _nothing, "登记码不对，说清楚怎么办"),
        Shot("first-2-admin", "first", _nothing, "第 2 步：管理员和 PIN"),
        Shot("first-3-recovery", "first", _nothing, "第 3 步：恢复钥匙"),
        Shot("first-3-paper", "first", _nothing, "恢复钥匙：第一张，只给一个人看"),
        Shot("first-4-printer", "first", _nothing, "第 4 步：打印测试页"),
        Shot("first-5-camera", "first", _nothing, "第 5 步：摄像头，没有找到也能往下走"),
        Shot("first-6-practice", "first", _nothing, "第 6 步：练一件"),
    )),
    ("登录", (
        Shot("sign-in", "door", poses.door, "登录：没有网也能登"),
        Shot("sign-in-wrong", "door", poses.wrong_pin, "PIN 不对，要等几秒再试"),
        Shot("sign-in-forgotten", "door", poses.forgotten, "忘了 PIN：两位保管人各输一张纸"),
        Shot("sign-in-lost", "lost", poses.lost, "登记信息丢在损坏的硬盘上了：办件都在，可以重新登记"),
        Shot("sign-in-again", "lost", poses.enrolling, "重新登记：管理员的 PIN 和新的登记码"),
        Shot("sign-in-locked", "wide", poses.locked, "锁屏（1920x1080）"),
    )),
    ("受理", (
        Shot("intake-empty", "fresh", place("intake"), "新的申请人，还没有放证件"),
        Shot("intake-card", "card", poses.card_read, "放上身份证，自动填好"),
        Shot("intake-doubtful", "card", poses.doubtful, "机器拿不准的字段变色，看过按 Enter"),
        Shot("intake-another-card", "card", poses.another_card, "放上了别人的身份证，按 F2 才换"),
        Shot("intake-typing", "counter", draft("typing"), "手工输入，错在哪里当场说"),
        Shot("intake-item", "counter", draft("item"), "事项与情形"),
        Shot("intake-item-search", "counter", searching("领养老金"), "用平常话找事项"),
        Shot("intake-item-none", "counter", searching("火星移民"), "没有找到"),
        Shot("intake-event", "counter", draft("newborn", ""), "一件事：一张表、一套材料"),
        Shot("intake-materials", "counter", draft("materials"), "材料：免交、容缺、已收，一眼看清"),
        Shot("intake-materials-missing", "counter", draft("missing"), "还缺材料"),
        Shot("intake-materials-page", "counter", material_row(3, "Delete", "F3"), "高拍一页"),
        Shot("intake-notice", "counter", keys(draft("missing"), "F8"), "一次性告知：缺什么一次说完"),
        Shot("intake-form", "counter", draft("form"), "表单：只填还不知道的"),
        Shot("intake-form-refused", "counter", refused_step("form"), "填错了，往下走会停在那一项"),
        Shot("intake-long", "counter", draft("long"), "很长的姓名和住址"),
        Shot("intake-unsigned", "counter", draft("unsigned"), "还差什么，一次列全"),
        Shot("intake-moves", "counter", keys(draft("confirm"), "F12"), "F12：受理以外还能办什么"),
        Shot("intake-confirm", "counter", poses.confirm, "确认签字：申请人看到的内容"),
        Shot("intake-thumb", "counter", poses.by_thumb, "不会写字：念给本人听，见证人在旁，按指印"),
        Shot("intake-consent-aloud", "counter", poses.consent_aloud, "不会写字：敏感信息一项一项念，一项一项问"),
        Shot("intake-signed", "counter", poses.signed, "已签字，可以受理"),
        Shot("intake-printer-off", "unplugged", poses.printer_off, "打印机关着：文书等着，好了自己打"),
        Shot("intake-receipt", "counter", poses.receipt, "回执：三个编号"),
    )),
    ("申请人屏", (
        Shot("applicant-quiet", "citizen", poses.quiet, "没有人的时候"),
        Shot("applicant-reading", "citizen", poses.reading, "一页一页看"),
        Shot("applicant-last", "citizen", poses.last_page, "看到最后一页才能签"),
        Shot("applicant-signed", "citizen", poses.with_name, "签好了，确认提交"),
        Shot("applicant-bigger", "citizen", poses.bigger, "字大一点"),
        Shot("applicant-consent", "citizen", poses.consenting, "敏感信息单独同意"),
        Shot("applicant-rating", "citizen", poses.rating(), "好差评，自愿"),
        Shot("applicant-rating-reasons", "citizen", poses.rating(2), "不满意的，可以说为什么"),
        Shot("applicant-contrast", "citizen_contrast", poses.last_page, "高对比度"),
        Shot("applicant-single", "single", poses.with_name, "只有一块屏时，转过来给申请人看（1366x768）"),
    )),
    ("暂存、出件、上门办", (
        Shot("drafts", "counter", place("drafts"), "暂存：自己的和同事的"),
        Shot("drafts-empty", "fresh", place("drafts"), "没有暂存"),
        Shot("delivery", "counter", place("delivery"), "出件：结果回来的"),
        Shot("delivery-hand", "counter", poses.delivering, "交给本人、代领人，或邮寄"),
        Shot("delivery-empty", "fresh", place("delivery"), "还没有结果"),
        Shot("visits", "counter", place("visits"), "上门办：今天去哪几家"),
        Shot("visits-empty", "fresh", place("visits"), "今天没有安排"),
        Shot("visits-touch", "touch", place("visits"), "平板上（1280x800，手指点）"),
        Shot("visits-register", "touch", poses.register, "特殊群体台账"),
        Shot("visits-person", "touch", poses.register_person, "一位群众，和他的单独同意"),
        Shot("visits-plan", "touch", poses.visit_form("_on_plan"), "安排上门"),
        Shot("visits-move", "touch", poses.visit_form("_on_move"), "改时间"),
        Shot("visits-end", "touch", poses.visit_form("_on_end"), "记下办了什么"),
        Shot("visits-bedside", "touch", poses.at_the_bedside, "在床边办：台账里知道的已带出"),
    )),
    ("同步、查询、统计", (
        Shot("sync", "counter", place("sync"), "同步：送到的、退回的"),
        Shot("sync-mend", "counter", poses.mending, "退回的，更正后重送"),
        Shot("sync-empty", "fresh", place("sync"), "什么都不用送"),
        Shot("sync-offline", "offline", poses.waiting_cases, "断网：等着送，一件不丢"),
        Shot("sync-weak", "weak", poses.waiting_cases, "网很慢：送到哪一页、还要多久"),
        Shot("day-end", "counter", poses.day_end, "日结、交接班"),
        Shot("day-end-offline", "offline", poses.day_end, "断网也能日结，没送到的逐件列出"),
        Shot("search", "counter", poses.looking_for(""), "查询"),
        Shot("search-case", "counter", case("delivered"), "一件办件的一生"),
        Shot("search-event", "counter", case("event"), "一件事的办件"),
        Shot("search-moves", "counter", keys(case("open"), "F12"), "F12：这件能办什么"),
        Shot("search-hall", "chief", keys(place("search"), "Ctrl+H"), "本厅别的窗口收的，也能接着办"),
        Shot("search-none", "counter", poses.looking_for("没有这个人"), "没有找到"),
        Shot("search-empty", "fresh", place("search"), "还没有办件"),
        Shot("today", "counter", place("stats"), "统计：今天的数和要有人办的"),
        Shot("today-empty", "fresh", place("stats"), "一天刚开始"),
    )),
    ("别的页", (
        Shot("palette", "counter", poses.palette("ylbx"), "Ctrl K：拼音首字母找事项"),
        Shot("palette-person", "counter", poses.palette("刘桂芳"), "Ctrl K：找人、找办件"),
        Shot("palette-none", "counter", poses.palette("火星移民"), "Ctrl K：没有找到"),
        Shot("emergency", "counter", poses.slip, "应急补录"),
        Shot("emergency-empty", "fresh", place("emergency"), "还没有留手工编号"),
        Shot("guide", "counter", poses.guide, "指南有误，报给管目录的人"),
        Shot("person", "counter", poses.person, "本人信息：查阅、更正、删除"),
        Shot("help", "counter", poses.help_page, "F1：全部按键"),
        Shot("settings-printers", "counter", poses.no_help(settings("printers")), "设置：打印"),
        Shot("settings-devices", "counter", settings("devices"), "设置：设备"),
        Shot("settings-display", "counter", settings("display"), "设置：显示"),
        Shot("settings-pin", "counter", settings("own_pin"), "设置：我的 PIN"),
        Shot("settings-about", "counter", settings("about"), "设置：关于"),
    )),
    ("别的岗位", (
        Shot("admin-people", "admin", settings("people"), "管理员：人员"),
        Shot("admin-protection", "admin", settings("protection"), "管理员：保护"),
        Shot("admin-enrolment", "admin", settings("enrolment"), "管理员：登记"),
        Shot("admin-copies", "admin", settings("copies"), "管理员：备份"),
        Shot("admin-space", "admin", settings("space"), "管理员：空间"),
        Shot("admin-keeping", "admin", settings("keeping"), "管理员：保存与清除"),
        Shot("admin-printers", "admin", settings("printers"), "管理员：打印"),
        Shot("auditor-journal", "auditor", settings("journal"), "审计员：日志"),
        Shot("chief-intake", "chief", place("intake"), "首席事务代表"),
        Shot("chief-search", "chief", case("open"), "首席事务代表：查询"),
    )),
    ("断网、没有摄像头、训练", (
        Shot("offline-intake", "offline", draft("materials"), "没有网、没有摄像头：照样办，材料可以先容缺"),
        Shot("offline-receipt", "offline", poses.receipt_offline, "断网受理：编号就在手里"),
        Shot("offline-visits", "offline", place("visits"), "出门前：少什么都说清楚"),
        Shot("training-sign-in", "training", poses.door, "训练模式"),
        Shot("training-intake", "training", poses.entered("wangmin", place("intake")), "训练模式：每一页都标着"),
    )),
    ("大屏、大字、高对比度", (
        Shot("wide-materials", "wide", draft("materials"), "1920x1080"),
        Shot("wide-sync", "wide", place("sync"), "1920x1080：同步"),
        Shot("wide-search", "wide", case("delivered"), "1920x1080：查询"),
        Shot("contrast-materials", "contrast", draft("materials"), "高对比度"),
        Shot("contrast-form", "contrast", draft("form"), "高对比度：表单"),
        Shot("contrast-sync", "contrast", place("sync"), "高对比度：同步"),
        Shot("contrast-visits", "contrast", place("visits"), "高对比度：上门办"),
        Shot("large-materials", "large", draft("materials"), "150 %（1366x768）"),
        Shot("large-form", "large", draft("form"), "150 %：表单"),
        Shot("large-search", "large", case("delivered"), "150 %：查询"),
        Shot("large-wide-materials", "large_wide", draft("materials"), "150 %（1920x1080）"),
        Shot("touch-materials", "touch", draft("materials"), "1280x800：材料"),
        Shot("touch-confirm", "touch", draft("confirm"), "1280x800：确认签字"),
    )),
)  # fmt: skip


def shots_of(room_id: str) -> list[Shot]:
    """The pictures of one room, in the order of the table."""
    return [shot for _title, shots in SECTIONS for shot in shots if shot.room == room_id]
