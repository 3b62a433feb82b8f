"""clerk-app bundle export DIR, bundle import FILE: the USB way, both directions, at the window and at the gateway.

A data folder with a window in it is the window's side, any other the gateway's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.bundles import export_answers, import_bundle, is_window
from clerk_app.bootstrap.house import open_desk_and_house
from clerk_app.bootstrap.sticks import export_bundles, import_receipt
from clerk_app.commands.output import common, emit, say
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app bundle export DIR... / import FILE..."""
    one = subparsers.add_parser("bundle", help="用 U 盘送件：导出、导入，窗口和前置都用它")
    ways = one.add_subparsers(dest="way", required=True)

    out = ways.add_parser("export", help="窗口：把没送达的写到 U 盘；前置：写出给各窗口的回执")
    common(out)
    out.add_argument("dirs", nargs="+", type=Path, metavar="DIR", help="一个写满了接着写下一个")
    out.add_argument("--case", action="append", default=[], metavar="CASE", help="只送这几件（编号，可写多次）")
    out.add_argument("--next", action="store_true", help="换一个 U 盘接着写：已写过的不再写")
    out.add_argument("--max-mb", type=int, default=0, metavar="N", help="每个文件最大多少 MB")
    out.add_argument("--database", default="", metavar="URL", help="前置的数据库（不写就是文件夹里的）")
    out.set_defaults(run=run_export)

    back = ways.add_parser("import", help="窗口：导入前置的回执；前置：导入窗口的办件包，写出回执")
    common(back)
    back.add_argument("files", nargs="+", type=Path, metavar="FILE")
    back.add_argument("--out", type=Path, metavar="DIR", help="回执写到哪里；不写就在办件包旁边")
    back.add_argument("--database", default="", metavar="URL", help="前置的数据库（不写就是文件夹里的）")
    back.set_defaults(run=run_import)


def _passed_over(name: str, why: str) -> None:
    print(f"没有写出 {name} 的回执：{why}", file=sys.stderr)


def run_export(args: argparse.Namespace) -> int:
    if missing := [each for each in args.dirs if not each.is_dir()]:
        raise BadInput(
            f"没有这个文件夹：{missing[0]}。", what_is_safe="没有写任何文件。", what_to_do="请先插好 U 盘，核对路径。"
        )
    if not is_window(args.data):
        files = export_answers(args.data, args.dirs[0], args.database, passed_over=_passed_over)
        if args.json:
            emit({"files": [str(each) for each in files]})
        else:
            say(f"已写出 {len(files)} 份回执。")
        return EXIT_DONE
    with open_desk_and_house(args.data, args.clerk) as (house, desk):
        with desk.store.begin(reading=True) as uow:
            found = {case.id for number in args.case if (case := uow.cases.get(number) or uow.cases.find(number))}
        if len(found) < len(set(args.case)):
            print("有的编号没有找到，没有导出。请核对。", file=sys.stderr)
            return EXIT_REFUSED
        limits = {"file_limit": args.max_mb * 1024 * 1024} if args.max_mb else {}
        done = export_bundles(house, desk, args.dirs, cases=found, fresh=args.next, progress=_dots, **limits)
    if args.json:
        told = {"cases": done.cases, "pages": done.pages, "bytes": done.bytes, "left": done.left}
        emit({"files": [str(each) for each in done.files], **told})
    elif not done.files and not done.left:
        say("没有要送的办件。")
    else:
        say(
            f"已写 {done.cases} 件、附件 {done.pages} 份到 {len(done.files)} 个文件。办件仍在本机，等前置的回执回来才算送达。"
        )
        if done.left:
            say(f"还有 {done.left} 件放不下。请换一个 U 盘，加 --next 接着写。")
    return EXIT_DONE


def run_import(args: argparse.Namespace) -> int:
    worst = EXIT_DONE
    if is_window(args.data):
        with open_desk_and_house(args.data, args.clerk) as (house, desk):
            for file in args.files:
                came = import_receipt(house, desk, file)
                if args.json:
                    names = ("acknowledged", "refused", "pages", "news", "unknown")
                    emit({"file": str(file), **{name: getattr(came, name) for name in names}})
                else:
                    say(
                        f"已送达 {came.acknowledged} 件，退回 {came.refused} 件，附件 {came.pages} 份，消息 {came.news} 条。"
                    )
        return EXIT_DONE
    for file in args.files:
        imported, answer = import_bundle(args.data, file, args.out or file.parent, args.database)
        worst = max(worst, EXIT_REFUSED if imported.damaged or imported.refused else EXIT_DONE)
        if args.json:
            names = ("window_id", "bundle_id", "whole", "lacking", "damaged")
            told = {name: getattr(imported, name) for name in names}
            refused = [{"case": name, "reason": reason} for name, reason in imported.refused]
            emit({"file": str(file), "receipt_file": str(answer), **told, "refused": refused})
            continue
        say(f"完整收下 {len(imported.whole)} 件。回执在 {answer}，请带回窗口 {imported.window_id} 导入。")
        for words, numbers in (("附件还没到齐", imported.lacking), ("U 盘上损坏，读不出", imported.damaged)):
            if numbers:
                say(f"{words} {len(numbers)} 件：{'、'.join(numbers)}")
        for name, reason in imported.refused:
            say(f"没有收下 {name}：{reason}")
    return worst


def _dots(done: int, total: int, doing: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{doing} {done * 100 // max(total, 1)} %", end="\n" if done >= total else "", file=sys.stderr)
