"""The journal as an auditor reads it on screen: when, who, what, which case number; never the content of a case."""

from __future__ import annotations

from dataclasses import dataclass

from clerk_app.domain.case import MOVE_NAMES
from clerk_app.domain.journal import JournalEntry
from clerk_app.domain.paper import FORM_NAMES
from clerk_app.domain.rights import ROLE_NAMES, Right
from clerk_app.domain.sensitive import KIND_NAMES
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must
from clerk_app.usecases.journal_words import VERBS
from clerk_app.usecases.looking import PURPOSES
from clerk_app.usecases.unmasking import REASONS

OF_THE_HOUSE = {
    "sign_in": "登录",
    "clerk.added": "添加人员",
    "clerk.removed": "停用人员",
    "clerk.role": "改岗位",
    "clerk.reopened": "抢救数据后重开账号",
    "keys.mended": "钥匙文件坏过，从副本旁补回",
    "pin.changed": "改了自己的 PIN",
    "pin.set": "管理员设新 PIN",
    "pin.recovered": "用恢复钥匙设新 PIN",
    "recovery.made": "做恢复钥匙",
    "window.enrolled": "登记窗口",
    "backup.made": "备份",
    "backup.second": "改第二存放处",
    "backup.restored": "从备份恢复",
    "journal.exported": "导出日志",
    "program.chosen": "换用新版本",
    "program.back": "换回上一版",
    "program.pinned": "固定版本",
    "keeping.terms": "改保存天数",
    "catalogue.reported": "报告指南错误",
    "print.by_hand": "手工开单",
    "person.looked": "查阅本人信息",
    "code.waits": "渝快码待联网核验",
    "code.asked": "渝快码联网核验",
    "hall.looked_up": "查本厅别的窗口的办件",
    "register.new": "登记到特殊群体台账",
    "register.changed": "改特殊群体台账",
    "register.read": "看特殊群体台账",
    "register.erased": "从特殊群体台账删除",
    "register.ended": "同意到期，从特殊群体台账清除",
    "visit.planned": "约好上门",
    "visit.moved": "上门改时间",
    "visit.begun": "出发上门",
    "visit.ended": "上门记录",
    "visit.day": "看当天的上门安排",
    "window.certificate_renewed": "更新窗口证书",
    "restore": "从备份恢复",
}
SYSTEM = {
    "keeping": "到期清除",
    "news": "前置来的消息",
    "courier": "同步",
    "recovery": "恢复钥匙",
    "salvage": "抢救数据",
    "setup": "安装",
    "gateway": "区县前置",
}


DETAILS = {
    "login": "登录名",
    "role": "岗位",
    "before": "原来",
    "people": "人数",
    "papers": "第几张纸",
    "trust": "时钟",
    "material": "材料",
    "form": "文书",
    "copy": "第几次",
    "move": "动作",
    "cases": "办件",
    "drafts": "暂存",
    "kinds": "哪几类",
    "by": "谁",
    "how": "怎么做的",
    "keys": "哪几项",
    "rule": "依据",
    "generation": "第几次登记",
    "skipped": "跳过编号",
    "on": "开着",
    "mac": "指纹",
    "code": "代码",
    "ended": "办结",
    "child": "儿童",
    "still_open": "没办结",
    "draft": "暂存",
    "sensitive": "敏感",
    "reason": "为什么",
    "for": "为了",
    "verification": "核验",
    "status": "结果",
    "kind": "哪一类",
    "found": "找到",
    "mark": "号码指纹",
    "window": "窗口",
    "package": "主件",
    "job": "打印单",
    "second": "第二人",
    "count": "个数",
    "changed": "改动",
    "year": "年份",
    "version": "版本",
    "visit": "上门单",
    "state": "状态",
    "stops": "户数",
    "item": "事项",
    "element": "要素",
    "report": "报告",
}
"""The names of details as an auditor reads them; the values are closed words and references, shown as they are kept."""

_VALUES = {
    **{role.value: name for role, name in ROLE_NAMES.items()},
    **{kind.value: name for kind, name in KIND_NAMES.items()},
    **{form.value: name for form, name in FORM_NAMES.items()},
    **{move.value: name for move, name in MOVE_NAMES.items()},
    **REASONS,
    **{purpose.value: name for purpose, name in PURPOSES.items()},
    "unchecked": "未核对",
    "checked": "已核对",
    "suspect": "可疑",
    "asked": "本人要求",
    "term": "到期",
    "applicant": "申请人",
    "guardian": "监护人",
    "agent": "代办人",
    "screen": "在屏上",
    "paper": "在纸上",
    "thumb": "按指印",
    "yes": "是",
    "no": "否",
    "none": "不固定",
}


def _value(text: str) -> str:
    return "、".join(_VALUES.get(part, part) for part in text.split("+"))


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One entry in words. ``number``: the case's local number, empty when it is about no case or only a draft. ``detail``:
    closed words and references as they stand."""

    seq: int
    when: str
    who: str
    what: str
    number: str
    detail: str


def journal_rows(desk: Desk, limit: int = 100, before: int = 0) -> tuple[JournalRow, ...]:
    """The newest entries, or those before ``before``. Raises Refused without the right."""
    must(desk, Right.JOURNAL)
    with desk.store.begin(reading=True) as uow:
        return tuple(_row(uow, entry) for entry in uow.journal.page(limit, before))


def _row(uow: UnitOfWork, entry: JournalEntry) -> JournalRow:
    happening = entry.happening
    case = uow.cases.get(happening.case_id) if happening.case_id else None
    return JournalRow(
        seq=entry.seq,
        when=happening.at.local.strftime("%Y-%m-%d %H:%M:%S"),
        who=SYSTEM.get(happening.actor, happening.actor),
        what=words_of(happening.verb),
        number=case.local_number if case else "",
        detail="，".join(f"{DETAILS.get(name, name)} {_value(value)}" for name, value in happening.detail.items()),
    )


def words_of(verb: str) -> str:
    """What a verb of the journal means, in Chinese; the bare word where nobody has put it into words yet."""
    return OF_THE_HOUSE.get(verb) or VERBS.get(verb, verb)
