"""clerk-app gateway: serve, dump, reports, publish, promises, release, pin, enrol, admin, journals, revoke, decide, tick.

The district gateway (区县前置) and its back office.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.gateway import Serving, gateway_office, openapi_document, serve_gateway
from clerk_app.commands.case_json import read_input
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.case import Outcome
from clerk_app.domain.people import DocumentKind, id_number_fault, tidy_number
from clerk_app.errors import EXIT_DONE, BadInput

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app gateway …"""
    group = subparsers.add_parser("gateway", help="区县前置").add_subparsers(metavar="动作", required=True)

    one = _command(group, "serve", "启动前置")
    one.add_argument("--port", type=int, default=8460)
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--catalogue", type=Path, default=None)
    one.add_argument("--tls-name", action="append", default=[], metavar="NAME", help="窗口连它用的名字或地址，可写多次")
    one.add_argument("--behind-proxy", action="store_true", help="前面另有加密代理，由它负责加密")
    one.add_argument("--workers", type=int, default=1, help="工作进程数；多于一个时请用 PostgreSQL")
    one.add_argument("--forward", default="loopback", metavar="ADDRESS", help="转发到哪里：loopback，或 file: 加文件夹")
    one.add_argument("--pages", default="", metavar="URL", help="附件存到对象存储：s3://桶/前缀?endpoint=URL")
    one.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    one.add_argument("--with-parent", action="store_true", help="标准输入关闭时也停下（演示用）")
    one.set_defaults(run=run_serve)

    _command(group, "dump", "每件一行").set_defaults(run=run_dump)

    _command(group, "reports", "窗口报来的指南错误，每条一行").set_defaults(run=run_reports)

    one = _command(group, "publish", "把签好的目录包下发到全区各窗口")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run_publish)

    one = _command(group, "promises", "下发失信名单：只发指纹，不发号码")
    one.add_argument("file", nargs="?", default="-", help="每行一人：证件号码，或“证件类型 证件号码”")
    one.add_argument("--lifted", action="store_true", help="信用已修复，从名单去掉")
    one.set_defaults(run=run_promises)

    one = _command(group, "release", "收下一个更新文件，各窗口就能从这里更新程序")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run_release)

    one = _command(group, "pin", "把一个大厅（或全区）的程序固定在一个版本")
    one.add_argument("version", help="不升到它以上；none 解除")
    one.add_argument("--hall", default="", help="大厅编码；不写就是全区")
    one.set_defaults(run=run_pin)

    one = _command(group, "enrol", "发一次性登记码")
    one.add_argument("hall")
    one.add_argument("window")
    one.add_argument("--name", default="", help="大厅名称，新大厅要写")
    one.add_argument("--short", default="", help="机关简称，用在文书号里")
    one.add_argument("--phone", default="", help="窗口电话")
    one.add_argument("--tls", action="store_true", help="前置用自己的证书加密：登记码里带上它的指纹")
    one.set_defaults(run=run_enrol)

    one = group.add_parser("openapi", help="窗口与前置之间的约定（OpenAPI）")
    one.set_defaults(run=run_openapi)

    one = _command(group, "admin", "设管理页的管理员；密码从标准输入读")
    one.add_argument("login")
    one.set_defaults(run=run_admin)

    _command(group, "journals", "日志前后不符的窗口").set_defaults(run=run_journals)

    one = _command(group, "revoke", "停用一个窗口")
    one.add_argument("hall")
    one.add_argument("window")
    one.set_defaults(run=run_revoke)

    one = _command(group, "decide", "替后台部门办结一件")
    one.add_argument("case")
    one.add_argument("--result", required=True, choices=[*(outcome.value for outcome in Outcome), "补正"])
    one.add_argument("--note", default="")
    one.set_defaults(run=run_decide)

    _command(group, "tick", "现在就做到点该做的事").set_defaults(run=run_tick)


def _command(group: CommandGroup, name: str, words: str) -> argparse.ArgumentParser:
    one = group.add_parser(name, help=words)
    common(one, unlock=False)
    one.add_argument("--database", default="", metavar="URL", help="SQLAlchemy 地址；不写就用数据文件夹里的 SQLite")
    return one


def run_serve(args: argparse.Namespace) -> int:
    how = Serving(
        host=args.host,
        port=args.port,
        database=args.database,
        tls_names=tuple(args.tls_name),
        behind_proxy=args.behind_proxy,
        workers=max(1, args.workers),
        forward=args.forward,
        pages=args.pages,
        log_level=args.log_level,
    )
    serve_gateway(args.data, how, with_parent=args.with_parent)
    return EXIT_DONE


def run_dump(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        for row in office.dump():
            emit(row)
    return EXIT_DONE


def run_reports(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        for row in office.reports():
            if args.json:
                emit(row)
            else:
                better = f"　建议：{row['proposed']}" if row["proposed"] else ""
                say(f"{row['receipt']}  {row['item']}  {row['element']}：{row['wrong']}{better}")
    return EXIT_DONE


def run_publish(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        version = office.publish_catalogue(args.file)
    emit({"version": version}) if args.json else say(f"目录 {version} 已下发，各窗口同步后、下次登录起用。")
    return EXIT_DONE


def run_release(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        releases = office.take_release(args.file)
    told = sorted(f"{each.platform} {each.version}" for each in releases)
    emit({"releases": told}) if args.json else say(f"已收下，现在提供：{'、'.join(told)}。")
    return EXIT_DONE


def run_pin(args: argparse.Namespace) -> int:
    version = "" if args.version == "none" else args.version
    with gateway_office(args.data, args.database, found=False) as office:
        office.pin_program(version, args.hall)
    emit({"pinned": version or None}) if args.json else say("已下发，各窗口同步后照办。")
    return EXIT_DONE


def run_promises(args: argparse.Namespace) -> int:
    people = _people(read_input(args.file))
    with gateway_office(args.data, args.database, found=False) as office:
        count = office.tell_promises(people, lifted=args.lifted)
    emit({"people": count, "lifted": args.lifted}) if args.json else say(f"已下发 {count} 人。")
    return EXIT_DONE


def _people(data: bytes) -> list[tuple[DocumentKind, str]]:
    """Raises BadInput, which names the line and never what stands in it."""
    found = []
    for place, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        kind = words[0] if len(words) == 2 else DocumentKind.RESIDENT_ID.value
        if len(words) > 2 or kind not in set(DocumentKind):
            raise _wrong_line(place)
        number = tidy_number(words[-1], DocumentKind(kind))
        if kind == DocumentKind.RESIDENT_ID and id_number_fault(number, dt.date.max):
            raise _wrong_line(place)
        found.append((DocumentKind(kind), number))
    return found


def _wrong_line(place: int) -> BadInput:
    return BadInput(f"第 {place} 行的证件写得不对。", what_is_safe="没有下发。", what_to_do="请核对后重来。")


def run_enrol(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database) as office:
        token = office.enrol_token(
            args.hall, args.window, name=args.name, short=args.short, phone=args.phone, tls=args.tls
        )
    emit({"token": token}) if args.json else say(token)
    return EXIT_DONE


def run_openapi(_args: argparse.Namespace) -> int:
    say(openapi_document())
    return EXIT_DONE


def run_admin(args: argparse.Namespace) -> int:
    password = read_input("-").decode("utf-8", "replace").strip()
    with gateway_office(args.data, args.database) as office:
        office.set_admin_password(args.login, password)
    emit({"admin": args.login}) if args.json else say("已设好。打开前置地址后加 /admin 登录。")
    return EXIT_DONE


def run_journals(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        faults = office.faults()
    for each in faults:
        emit(each) if args.json else say(f"{each['window_id']}  第 {each['seq']} 条：{each['words']}")
    if not faults and not args.json:
        say("各窗口的日志前后相符。")
    return EXIT_DONE


def run_revoke(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        office.revoke(args.hall, args.window)
    say("已停用。") if not args.json else emit({"revoked": f"{args.hall}/{args.window}"})
    return EXIT_DONE


def run_decide(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        decided = office.decide(args.case, args.result, args.note)
    emit(decided) if args.json else say(f"已办结：{args.result}。")
    return EXIT_DONE


def run_tick(args: argparse.Namespace) -> int:
    with gateway_office(args.data, args.database, found=False) as office:
        numbered = office.tick()
    emit({"numbered": numbered}) if args.json else say(f"新发平台编号 {numbered} 个。")
    return EXIT_DONE
