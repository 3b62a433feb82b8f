"""clerk-app catalogue: list, search, show, check, key, sign, import, report."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clerk_app.bootstrap.catalogue import (
    import_package,
    load_catalogue,
    make_key,
    public_key,
    sign_folder,
    trust_key,
)
from clerk_app.bootstrap.house import house, open_desk
from clerk_app.bootstrap.noted import HALL_FILE
from clerk_app.catalogue.check import findings
from clerk_app.catalogue.loader import LoadedCatalogue
from clerk_app.catalogue.places import find_places
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.canonical import Json
from clerk_app.domain.life_event import ITEM, LIFE_EVENT
from clerk_app.domain.rights import Right, may
from clerk_app.domain.service_item import LifeEvent, ServiceItem
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, Refused
from clerk_app.settings import Settings
from clerk_app.usecases.guide_errors import report_error

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app catalogue …"""
    group = subparsers.add_parser("catalogue", help="事项目录").add_subparsers(metavar="动作", required=True)
    one = group.add_parser("list", help="全部事项和一件事")
    common(one, unlock=False)
    one.set_defaults(run=run_list)
    one = group.add_parser("search", help="按名称、拼音、拼音首字母、大白话查找")
    common(one, unlock=False)
    one.add_argument("text")
    one.add_argument("--limit", type=int, default=10)
    one.set_defaults(run=run_search)
    one = group.add_parser("place", help="按名称或首字母找区县、乡镇街道")
    common(one, unlock=False)
    one.add_argument("text")
    one.set_defaults(run=run_place)
    one = group.add_parser("show", help="一个事项的全部要素")
    common(one, unlock=False)
    one.add_argument("item")
    one.set_defaults(run=run_show)
    one = group.add_parser("key", help="做一把目录签名密钥")
    common(one, unlock=False, data=False)
    one.add_argument("file", type=Path)
    one.set_defaults(run=run_key)
    one = group.add_parser("sign", help="把一个目录文件夹签成一个目录包")
    common(one, unlock=False, data=False)
    one.add_argument("dir", type=Path)
    one.add_argument("--key", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True)
    one.set_defaults(run=run_sign)
    one = group.add_parser("import", help="核对并启用一个目录包")
    common(one)
    one.add_argument("file", type=Path)
    one.add_argument("--trust", default="", help="再信任一个签名人（公钥或公钥文件），要管理员登录")
    one.add_argument("--downgrade", action="store_true", help="退回旧版")
    one.add_argument("--reason", default="", help="退回旧版的原因")
    one.set_defaults(run=run_import)
    one = group.add_parser("report", help="查错纠错：报告指南里的一处错误，随同步送到前置")
    common(one)
    one.add_argument("item")
    one.add_argument(
        "--element", required=True, metavar="PATH", help="哪一项，例如 fee、limits.promised、materials.id_card"
    )
    one.add_argument("--text", required=True, help="哪里错了；不要写个人信息")
    one.add_argument("--proposed", default="", help="建议改成什么")
    one.set_defaults(run=run_report)
    one = group.add_parser("check", help="检查一个目录文件夹")
    common(one, unlock=False, data=False)
    one.add_argument("dir", type=Path)
    one.set_defaults(run=run_check)


def _loaded(args: argparse.Namespace) -> LoadedCatalogue:
    """The catalogue in use; what a person should know of it goes to standard error."""
    catalogue = load_catalogue(args.data)
    if catalogue.notice:
        sys.stderr.write(catalogue.notice + "\n")
    return catalogue


def run_list(args: argparse.Namespace) -> int:
    catalogue = _loaded(args)
    entries: list[tuple[ServiceItem | LifeEvent, str]] = [(item, ITEM) for item in catalogue.items()]
    entries += [(event, LIFE_EVENT) for event in catalogue.life_events()]
    for entry, kind in entries:
        saved = _saved(catalogue, entry) if isinstance(entry, LifeEvent) else None
        if args.json:
            listed = {"id": entry.id, "name": entry.name, "kind": kind, "version": entry.version}
            emit({**listed, "sample": entry.is_sample, **({"saved": saved} if saved else {})})
        else:
            less = f"（少填 {saved['fields']} 项、少交 {saved['papers']} 份）" if saved else ""
            say(f"{entry.id}  {entry.name}{'（样例）' if entry.is_sample else ''}{less}")
    return EXIT_DONE


def run_search(args: argparse.Namespace) -> int:
    for hit in _loaded(args).search(args.text, args.limit):
        if args.json:
            emit({"id": hit.id, "name": hit.name, "kind": hit.kind, "department": hit.department})
        else:
            say(f"{hit.id}  {hit.name}  {hit.department}")
    return EXIT_DONE


def run_place(args: argparse.Namespace) -> int:
    for place in find_places(args.text, 20):
        told = {"code": place.code, "address": place.address, "became": place.became or None}
        emit(told) if args.json else say(
            f"{place.code}  {place.address}" + (f"（历史代码，现属 {place.became}）" if place.became else "")
        )
    return EXIT_DONE


def run_show(args: argparse.Namespace) -> int:
    catalogue = _loaded(args)
    scheme = catalogue.scheme(args.item)
    entry = scheme.item or scheme.event
    saved = _saved(catalogue, scheme.event) if scheme.event else None
    emit({"kind": scheme.kind, **_plain(entry), **({"saved": saved} if saved else {})})
    return EXIT_DONE


def _saved(catalogue: LoadedCatalogue, event: LifeEvent) -> dict[str, int]:
    """What the merge spares the applicant against going to each part by itself; with its usual parts, and with all."""
    usual, whole = (catalogue.scheme(event.id, chosen) for chosen in (None, [part.item_id for part in event.parts]))
    return {
        "parts": len(usual.parts),
        "fields": usual.saved_fields,
        "papers": usual.saved_papers,
        "all_parts": len(whole.parts),
        "all_fields": whole.saved_fields,
        "all_papers": whole.saved_papers,
    }


def run_check(args: argparse.Namespace) -> int:
    found = findings(args.dir)
    problems = [each for each in found if not each.warning]
    for problem in found:
        level = "warning" if problem.warning else "error"
        if args.json:
            emit({"file": problem.file, "place": problem.place, "reason": problem.reason, "level": level})
        else:
            say(f"{'提醒　' if problem.warning else ''}{problem.file}：{problem.place}：{problem.reason}")
    if not problems and not args.json:
        say("没有发现问题。")
    return EXIT_REFUSED if problems else EXIT_DONE


def run_key(args: argparse.Namespace) -> int:
    public = make_key(args.file)
    if args.json:
        emit({"public_key": public})
    else:
        say(f"公钥：{public}")
    return EXIT_DONE


def run_sign(args: argparse.Namespace) -> int:
    version = sign_folder(args.dir, args.key, args.out)
    if args.json:
        emit({"version": version, "file": str(args.out)})
    else:
        say(f"已签成目录包，版本 {version}。")
    return EXIT_DONE


def run_import(args: argparse.Namespace) -> int:
    if args.trust:
        _must_be_admin(args.data, args.clerk)
        waited = trust_key(args.data, public_key(args.trust))
        if waited and not args.json:
            say(f"先前收到、等这把公钥的目录已启用：{'、'.join(each.after for each in waited)}。")
    done = import_package(args.data, args.file, downgrade=args.downgrade, reason=args.reason)
    if args.json:
        listed = [{"kind": c.kind, "id": c.id, "name": c.name, "elements": list(c.elements)} for c in done.changes]
        emit({"before": done.before, "version": done.after, "changes": listed})
        return EXIT_DONE
    say(f"目录已换成 {done.after}（原来是 {done.before}）；已经在办的办件仍按开始时的规定。")
    for change in done.changes:
        say(str(change))
    if not done.changes:
        say("内容没有变化。")
    return EXIT_DONE


def run_report(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        done = report_error(desk, args.item, args.element, args.text, args.proposed)
    if args.json:
        emit({"report": done.report.id, "item": done.report.item, "element": done.report.element, "new": done.is_new})
    else:
        say("已记下，联网后自动送到前置。" if done.is_new else "同样的错误已经报过，不用再报。")
    return EXIT_DONE


def _must_be_admin(data: Path, login: str) -> None:
    """Whom to trust is an admin's word, as soon as the window has people."""
    if not (data / HALL_FILE).exists() or not house(Settings(data)).vault.logins():
        return
    with open_desk(data, login) as desk:
        if not may(desk.session.role, Right.PEOPLE):
            raise Refused("只有管理员可以增加信任的签名人。", what_to_do="请管理员登录后再导入。")


def _plain(value: Any) -> Json:
    """A dataclass tree as JSON; sets become sorted lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | bool) else {k: _plain(v) for k, v in value.items()}
