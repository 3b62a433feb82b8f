"""clerk-app case receive|notice|correct|supplement|decline|refer|withdraw|return|void|decide|deliver|rate|transfer|emergency.

The same use cases as the window. Each answers one JSON object (with --json) once the act is durable.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import House, open_desk, open_desk_and_house
from clerk_app.commands.case_json import day_of, key_of, moment_of, read_brought, read_case, read_input
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.canonical import Json, parse_json
from clerk_app.domain.case import STATE_NAMES, Case, Outcome
from clerk_app.domain.paper import FORM_NAMES
from clerk_app.domain.procedures import SPECIAL_NAMES, SpecialKind
from clerk_app.domain.refusing import DECLINE_NAMES, DeclineKind
from clerk_app.errors import EXIT_DONE, KeyProblem, Usage
from clerk_app.usecases import archiving, completing, deadlines_watch, deciding, emergency, moves, rate, special
from clerk_app.usecases.accept import Accepted, receive_application
from clerk_app.usecases.deciding import Handing, Receiver, Result
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.sending_anew import send_lost
from clerk_app.usecases.witness import witness

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def add(group: CommandGroup) -> None:
    """Every move of a case as a word of ``clerk-app case``."""
    one = _word(group, "receive", "收件：先收下，出收件回执", _receive, case=False)
    one.add_argument("file", nargs="?", default="-")
    one.add_argument("--notice", action="store_true", help="同时出一次性告知书")
    one.add_argument("--until", default="", help="补正期限，如 2026-12-10；不写就按本机关通常的天数")
    one = _word(group, "notice", "一次性告知：列出全部缺的材料", _notice)
    one.add_argument("--until", default="", help="补正期限，如 2026-12-10；不写就按本机关通常的天数")
    for name, words in (("correct", "补正收件；齐了就受理"), ("supplement", "容缺材料补齐")):
        one = _word(group, name, words, _correct if name == "correct" else _supplement)
        one.add_argument("file", nargs="?", default="-", help="JSON：materials、fields、answers、signature")
    one = _word(group, "decline", "不予受理", _decline)
    one.add_argument("--kind", choices=[kind.value for kind in DeclineKind], default=DeclineKind.NOT_MET.value)
    one.add_argument("--reason", required=True, help="；".join(f"{k.value} {v}" for k, v in DECLINE_NAMES.items()))
    one.add_argument("--basis", default="", help="依据的条款，必须写明：哪部规定、第几条")
    one.add_argument("--instead", default="", help="应向哪个机关申请")
    one = _word(group, "refer", "不在这里办：引导单", _refer)
    one.add_argument("--to", required=True, help="部门、地址、电话")
    one = _word(group, "withdraw", "申请人撤回", _withdraw)
    one.add_argument("--reason", default="")
    one = _word(group, "return", "逾期没有补齐：退件", _return)
    one.add_argument("--until", default="", help="告知书上写的补正期限")
    one = _word(group, "void", "作废：几分钟前受理错了", None)
    one.add_argument("--reason", required=True)
    one.add_argument("--second", required=True, help="另一位在场人员的登录名；PIN 放在 CLERK_APP_SECOND_PIN")
    one = _word(group, "decide", "首席事务代表当场办结", _decide)
    one.add_argument("--result", choices=[Outcome.GRANTED.value, Outcome.REFUSED.value], required=True)
    for name in ("reason", "document", "document-number", "valid-to"):
        one.add_argument(f"--{name}", default="")
    one.add_argument("--basis", default="", help="不予的依据，必须写明：哪部规定、第几条")
    one.add_argument("--deliver", action="store_true", help="当场交给申请人")
    one = _word(group, "deliver", "送达", _deliver)
    one.add_argument("--how", choices=[how.value for how in Handing], default=Handing.APPLICANT.value)
    for name in ("name", "document-number", "relation", "carrier", "mail-number"):
        one.add_argument(f"--{name}", default="")
    one.add_argument("--reason", default="", help="留置：拒收的原因；公告：为什么只能公告")
    one.add_argument("--witness", default="", help="留置：见证人姓名和单位")
    one.add_argument("--place", default="", help="留置：留在哪里；公告：在哪里公告")
    one.add_argument("--since", default="", help="公告：哪天公告的，如 2026-10-20")
    one = _word(group, "rate", "好差评", _rate)
    one.add_argument("--level", type=int, choices=range(1, 6), help="5 非常满意 … 1 非常不满意；不写就是未评价")
    one.add_argument("--reason", action="append", default=[], metavar="代码")
    one.add_argument("--comment", default="")
    _word(group, "resend", "补送：电脑损坏过、没有送出的记录的办件，按现在的样子再送一次", _resend)
    _word(group, "archive", "归档：案卷检查没有问题才归", _archive)
    _word(group, "deemed", "督导确认视为受理（仅行政许可）", _deemed)
    one = _word(group, "identity", "身份核验不一致：人工核对后处理", _identity)
    one.add_argument("--reason", required=True)
    one = group.add_parser("special", help="特殊程序：begin 开始、end 结束，中间的时间不计")
    common(one)
    one.add_argument("action", choices=["begin", "end", "list"])
    one.add_argument("case", nargs="?", default="", help="办件编号；list 不用写")
    kinds = "；".join(f"{kind.value} {name}" for kind, name in SPECIAL_NAMES.items())
    one.add_argument("--kind", choices=[kind.value for kind in SpecialKind], help=kinds)
    one.add_argument("--reason", default="", help="begin：原因；end：结果")
    one.add_argument("--basis", default="", help="依据；事项目录里写了的可以不写")
    one.add_argument("--until", default="", help="预计到哪天，如 2026-12-10")
    one.set_defaults(run=_special)
    one = group.add_parser("waiting", help="等我们答复的、等申请人补材料的")
    common(one)
    one.set_defaults(run=_waiting)
    one = group.add_parser("transfer", help="交给别的窗口、中心或部门：交接单")
    common(one)
    one.add_argument("case", nargs="+", help="办件编号")
    one.add_argument("--to", required=True)
    one.add_argument("--sheets", type=int, default=0, help="一起交的纸质页数")
    one.set_defaults(run=_transfer)
    one = group.add_parser("emergency", help="应急：留手工编号、补录、核对")
    common(one)
    one.add_argument("action", choices=["reserve", "enter", "list"])
    one.add_argument("file", nargs="?", default="-", help="enter：办件 JSON，加 number、taken_at")
    one.add_argument("--count", type=int, default=10, help="reserve：留几个手工编号")
    one.set_defaults(run=_emergency)


def _word(
    group: CommandGroup,
    name: str,
    words: str,
    act: Callable[[Desk, argparse.Namespace], Accepted | Case] | None,
    *,
    case: bool = True,
) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = group.add_parser(name, help=words)
    common(one)
    if case:
        one.add_argument("case", help="办件编号")

    def run(args: argparse.Namespace) -> int:
        with open_desk_and_house(args.data, args.clerk) as (home, desk):
            done = act(desk, args) if act is not None else _void(home, desk, args)
        _tell(args, Accepted(done) if isinstance(done, Case) else done)
        return EXIT_DONE

    one.set_defaults(run=run)
    return one


def _void(home: House, desk: Desk, args: argparse.Namespace) -> Accepted:
    """The second clerk's own PIN opens their key slot, here and now. Raises KeyProblem."""
    pin = os.environ.get("CLERK_APP_SECOND_PIN", "")
    if not pin:
        raise KeyProblem("没有给出第二个人的 PIN。", what_to_do="请把 PIN 放在环境变量 CLERK_APP_SECOND_PIN 里。")
    return moves.void(desk, args.case, args.reason, witness(home.vault, home.clock, args.second, pin))


def _tell(args: argparse.Namespace, done: Accepted) -> None:
    if args.json:
        emit(answer(done))
        return
    papers = "、".join(FORM_NAMES[job.form] for job in done.jobs)
    say(f"{done.case.local_number}  {STATE_NAMES[done.case.state]}" + (f"；文书：{papers}" if papers else ""))


def answer(accepted: Accepted) -> Json:
    """The JSON answer to any act (cli.md): ids, state, last day, papers."""
    case = accepted.case
    told: dict[str, Json] = {
        "case_id": case.id,
        "local_number": case.local_number,
        "state": case.state.value,
        "deadline": case.deadline["day"] if case.deadline else None,
        "revision": case.revision,
        "documents": [job.form.value for job in accepted.jobs],
    }
    if case.outcome:
        told["outcome"] = case.outcome
    if accepted.parts:
        told["parts"] = [
            {"case_id": part.id, "local_number": part.local_number, "state": part.state.value}
            for part in accepted.parts
        ]
    return told


def _receive(desk: Desk, args: argparse.Namespace) -> Accepted:
    line = read_input(args.file)
    application, pages = read_case(line)
    desk.catalogue.scheme(application.item_id)
    if args.until and not args.notice:
        raise Usage("--until 是补正期限，和 --notice 一起用。")
    until = day_of(args.until)
    return receive_application(desk, application, pages, notice=args.notice, until=until, key=key_of(line))


def _notice(desk: Desk, args: argparse.Namespace) -> Accepted:
    return completing.ask_correction(desk, args.case, day_of(args.until))


def _correct(desk: Desk, args: argparse.Namespace) -> Accepted:
    return completing.correct(desk, args.case, read_brought(read_input(args.file)))


def _supplement(desk: Desk, args: argparse.Namespace) -> Accepted:
    return completing.supplement(desk, args.case, read_brought(read_input(args.file)))


def _decline(desk: Desk, args: argparse.Namespace) -> Accepted:
    return moves.decline(desk, args.case, DeclineKind(args.kind), args.reason, args.basis, args.instead)


def _refer(desk: Desk, args: argparse.Namespace) -> Accepted:
    return moves.refer(desk, args.case, args.to)


def _withdraw(desk: Desk, args: argparse.Namespace) -> Accepted:
    return moves.withdraw(desk, args.case, args.reason)


def _return(desk: Desk, args: argparse.Namespace) -> Accepted:
    return moves.return_overdue(desk, args.case, day_of(args.until))


def _decide(desk: Desk, args: argparse.Namespace) -> Accepted:
    result = Result(
        Outcome(args.result), args.reason, args.document, args.document_number, args.valid_to, basis=args.basis
    )
    return deciding.decide_on_the_spot(desk, args.case, result, Receiver() if args.deliver else None)


def _deliver(desk: Desk, args: argparse.Namespace) -> Accepted:
    receiver = Receiver(
        Handing(args.how), args.name, args.document_number, args.relation, args.carrier, args.mail_number,
        args.reason, args.witness, args.place, day_of(args.since),
    )  # fmt: skip
    return deciding.deliver(desk, args.case, receiver)


def _rate(desk: Desk, args: argparse.Namespace) -> Case:
    if args.level is None:
        return rate.not_rated(desk, args.case)
    return rate.rate(desk, args.case, args.level, args.reason, args.comment)


def _resend(desk: Desk, args: argparse.Namespace) -> Case:
    return send_lost(desk, args.case)


def _archive(desk: Desk, args: argparse.Namespace) -> Accepted:
    return archiving.archive(desk, args.case)


def _deemed(desk: Desk, args: argparse.Namespace) -> Accepted:
    return deadlines_watch.confirm_deemed(desk, args.case)


def _identity(desk: Desk, args: argparse.Namespace) -> Case:
    return deadlines_watch.settle_identity(desk, args.case, args.reason)


def _waiting(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        for row in deadlines_watch.owed_answers(desk):
            told = {"case_id": row.case_id, "local_number": row.local_number, "waits_for": "us", "days": row.days}
            more = {"last_day": row.last_day.isoformat(), "tone": row.tone, "deemed": row.deemed}
            number = row.local_number or "草稿"
            told["draft"] = row.draft
            emit({**told, **more}) if args.json else say(f"{number}  {row.item}  {row.applicant}  {row.text}")
        for late in deadlines_watch.following_papers(desk):
            until = late.until.isoformat() if late.until else None
            told = {"case_id": late.case_id, "local_number": late.local_number, "waits_for": "applicant"}
            words = f"补交期限 {until or '见告知书'}" + ("，已过" if late.overdue else "")
            shown = f"{late.local_number}  {late.item}  {late.applicant}  {words}"
            emit({**told, "last_day": until, "overdue": late.overdue}) if args.json else say(shown)
    return EXIT_DONE


def _special(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        if args.action == "list":
            for row in special.under_way(desk):
                told = {"case_id": row.case_id, "local_number": row.local_number, "procedure": row.name}
                more = {"until": row.until.isoformat(), "overdue": row.overdue}
                words = f"{row.name}，告知到 {row.until.isoformat()}" + ("，已过，期限照常计算" if row.overdue else "")
                shown = f"{row.local_number}  {row.item}  {row.applicant}  {words}"
                emit({**told, **more}) if args.json else say(shown)
            return EXIT_DONE
        if not args.case:
            raise Usage("请写办件编号。")
        if args.action == "begin":
            if not args.kind or (until := day_of(args.until)) is None:
                raise Usage("开始特殊程序要写 --kind 和 --until。")
            asked = special.Procedure(SpecialKind(args.kind), args.reason, args.basis, until)
            done = special.begin(desk, args.case, asked)
        else:
            done = special.end(desk, args.case, args.reason)
    _tell(args, done)
    return EXIT_DONE


def _transfer(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        done = moves.transfer(desk, args.case, args.to, args.sheets)
    for each in done:
        _tell(args, each)
    return EXIT_DONE


def _emergency(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        if args.action == "reserve":
            for number in emergency.reserve(desk, args.count):
                emit({"number": number}) if args.json else say(number)
        elif args.action == "enter":
            line = read_input(args.file)
            application, pages = read_case(line)
            data = parse_json(line)
            taken_at = moment_of(str(data.get("taken_at", "")))
            number = str(data.get("number", ""))
            _tell(args, emergency.enter(desk, application, pages, number=number, taken_at=taken_at))
        else:
            for row in emergency.ledger(desk):
                emit(row.to_json()) if args.json else say(f"{row.number}  {row.local_number or '还没有补录'}")
    return EXIT_DONE
