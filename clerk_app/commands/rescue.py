"""clerk-app backup, restore, salvage, handover: copies that are checked before they count, and ways back from every loss.

backup and handover ask the right to (管备份、空间、保存期限). restore and salvage cannot: the data that would say who may what
is damaged or not there yet. They need a PIN or the papers, leave the old folder as it is, and what they write stays sealed
under the same keys and asks for the same PINs and roles; nobody sees more by it than before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk_and_house, pin_from_environment
from clerk_app.bootstrap.moving import arrival_code, confirm_and_wipe, hand_over
from clerk_app.bootstrap.restored_before import restored_before
from clerk_app.bootstrap.safekeeping import (
    back_up,
    bring_back,
    keys_from,
    look_at_backup,
    origin_of,
    rolling_copy,
    second_copy,
    set_second,
    store_of,
    words_of_hurt,
)
from clerk_app.bootstrap.salvaging import Saved, put_device_secret, save_what_is_there, unlock_with
from clerk_app.commands.output import common, emit, say
from clerk_app.crypto.device_secret import FILE_NAME as DEVICE_FILE
from clerk_app.crypto.device_secret import FileSecret
from clerk_app.crypto.vault import noted_device
from clerk_app.domain.canonical import Json
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, KeyProblem, StorageProblem
from clerk_app.usecases.desk import must_keep_safe
from local_db.backup_file import Contents

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app backup / restore / salvage / handover."""
    one = subparsers.add_parser("backup", help="备份到一个文件（加密）；不写文件就做一份滚动副本")
    common(one)
    one.add_argument("file", nargs="?", type=Path)
    one.add_argument("--second", metavar="DIR", help="没送达的办件另存一份的地方（另一块盘、U 盘、网络盘）；none 取消")
    one.set_defaults(run=run_backup)

    one = subparsers.add_parser("restore", help="从备份（或 copies 里的本机副本）恢复到一个空的数据文件夹")
    common(one)
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help="只检查，不写")
    one.add_argument(
        "--old",
        type=Path,
        metavar="DIR",
        help="同一台电脑上原来的数据文件夹（先改名挪开），设备密钥和副本的材料页在里面",
    )
    one.add_argument("--papers", action="store_true", help="用恢复钥匙打开：标准输入两行，两张纸")
    one.set_defaults(run=run_restore)

    one = subparsers.add_parser("salvage", help="把损坏的数据文件夹里读得出的都救到新的文件夹（--data）")
    common(one)
    one.add_argument("dir", type=Path, metavar="DIR")
    one.add_argument("--papers", action="store_true", help="用恢复钥匙打开：标准输入两行，两张纸")
    one.set_defaults(run=run_salvage)

    one = subparsers.add_parser("handover", help="搬到另一台电脑：旧机写出文件，新机确认，旧机再清空")
    common(one)
    one.add_argument("file", nargs="?", type=Path)
    one.add_argument("--arrived", action="store_true", help="在新电脑上：检查搬来的数据，显示确认码")
    one.add_argument("--confirm", metavar="CODE", help="在旧电脑上：输入确认码，清空这台电脑")
    one.set_defaults(run=run_handover)


def run_backup(args: argparse.Namespace) -> int:
    with open_desk_and_house(args.data, args.clerk) as (home, desk):
        must_keep_safe(desk)
        if args.second:
            set_second(desk, None if args.second == "none" else Path(args.second))
        if args.file:
            contents = back_up(home, desk, args.file)
            _tell(args, contents, "备份已写好并读回检查过")
            if not home.vault.has_recovery():
                print("还没有恢复钥匙：换了电脑就打不开这份备份。请运行 clerk-app recovery make。", file=sys.stderr)
        else:
            made = rolling_copy(home, store_of(desk), force=True)
            words = second_copy(home, store_of(desk))
            values: Json = {"copy": made.name if made else None, "second": words}
            emit(values) if args.json else say(f"{'滚动副本已做。' if made else '空间不够，没有做滚动副本。'}{words}")
    return EXIT_DONE


def run_restore(args: argparse.Namespace) -> int:
    target = args.data
    if not args.dry_run and target.exists() and any(target.iterdir()):
        raise StorageProblem(
            "要恢复到的文件夹不是空的。", what_is_safe="里面的数据没有动。", what_to_do="请用 --data 指一个空文件夹。"
        )
    papers = _papers(args)
    # On the same PC the device secret lies beside the old data, or in the key store.
    old: Path = args.old or origin_of(args.file, None) or args.data
    with tempfile.TemporaryDirectory(prefix="clerk-app-keys-") as aside:  # key slots only: sealed, and nothing personal
        keys_from(args.file, Path(aside), args.old, args.data)
        put_device_secret(old, Path(aside))
        if not papers and noted_device(Path(aside)) == FileSecret.kind and not (Path(aside) / DEVICE_FILE).exists():
            raise KeyProblem(
                "这里没有打开这份备份要的设备密钥。",
                what_is_safe="没有改动任何文件。",
                what_to_do="在原来那台电脑上，请加 --old 指原来的数据文件夹；换了电脑，请加 --papers，用两张恢复钥匙打开。",
            )
        home, opened = unlock_with(papers, args.clerk, pin_from_environment)(Path(aside))
        if args.dry_run:
            contents = look_at_backup(home, args.file, opened, args.old)
            _tell(args, contents, "可以恢复，但有缺损" if words_of_hurt(contents) else "这份备份完整，可以恢复")
            _say_restored_before(restored_before(args.file))
            return EXIT_DONE
        before = restored_before(args.file)
        contents = bring_back(home, args.file, target, opened, pages_in=args.old)
        if not papers:
            put_device_secret(Path(aside), target)
    _tell(args, contents, "已恢复；各种编号往后跳过一段，避免和已经打印出去的重复")
    _say_restored_before(before)
    if papers:
        print("请接着运行 clerk-app recovery use 登录名 --new-pc，设新的 PIN。", file=sys.stderr)
    return EXIT_DONE


def _say_restored_before(times: Sequence[str]) -> None:
    if times:
        print(
            f"注意：这份备份以前恢复过 {len(times)} 次，最近一次是 {times[-1]}。"
            "以前恢复出来的那个文件夹不要再用：两处同时办件，编号会重。",
            file=sys.stderr,
        )


def _papers(args: argparse.Namespace) -> list[str]:
    return [sys.stdin.readline().strip() for _ in range(2)] if args.papers else []


def run_salvage(args: argparse.Namespace) -> int:
    papers = _papers(args)
    saved = save_what_is_there(args.dir, args.data, unlock_with(papers, args.clerk, pin_from_environment))
    found = saved.found
    values: dict[str, Json] = {
        "cases": found.cases,
        "unsent": found.unsent,
        "drafts": found.drafts,
        "pages": found.pages,
        "lost_cases": found.lost_cases,
        "missing_cases": found.missing_cases,
        "older_cases": found.older_cases,
        "rebuilt": found.rebuilt,
        "never_sent": found.never_sent,
        "lost_pages": found.lost_pages,
        "gaps": found.gaps,
        "filled": found.filled,
        "journal_broken_at": found.journal_from,
        "reopened": list(saved.reopened),
        "enrolled": saved.enrolled,
    }
    if args.json:
        emit(values)
    else:
        _say_what_was_saved(saved)
    if papers:
        print("请接着运行 clerk-app recovery use 登录名 --new-pc，设新的 PIN。", file=sys.stderr)
    return EXIT_DONE if found.whole and saved.enrolled and not saved.reopened else EXIT_REFUSED


def _say_what_was_saved(saved: Saved) -> None:
    found = saved.found
    say(f"救出办件 {found.cases} 件（未送达 {found.unsent}），暂存 {found.drafts} 份，材料 {found.pages} 页。")
    if found.whole:
        say("没有发现丢失。")
    else:
        gaps = "、".join(f"{TABLE_NAMES.get(table, table)} {count} 处" for table, count in found.gaps.items()) or "无"
        say(f"打不开的办件 {len(found.lost_cases)} 件，丢失材料 {found.lost_pages} 页，读不出的地方：{gaps}。")
    if found.filled:
        parts = "、".join(f"{TABLE_NAMES.get(table, table)} {count} 条" for table, count in found.filled.items())
        say(f"其中从最近的本机副本补回：{parts}。")
    lists = (
        ("打不开的办件", found.lost_cases),
        ("整件读不出来、只留下编号的办件", found.missing_cases),
        ("照送出的或待发的记录重建、请核对状态的办件", found.rebuilt),
        ("从副本补回、是那时的样子、请核对的办件", found.older_cases),
        ("没有送出的记录、要人来办的办件", found.never_sent),
    )
    for words, case_ids in lists:
        if case_ids:
            say(f"{words} {len(case_ids)} 件：")
            for case_id in case_ids:
                say(f"  {case_id}")
    if found.never_sent:
        say("没有送出的记录的：办理人登录后，在“查询”里打开它，点“补送”，或运行 clerk-app case resend 编号。")
    if saved.reopened:
        say(f"人员表读不出来，照钥匙和日志重新开了账号，请管理员核对姓名和岗位：{'、'.join(saved.reopened)}。")
    if not saved.enrolled:
        say(
            "窗口的登记信息读不出来，也没有副本：办件都救出来了，重新登记后就能打开、送出。请向区县前置要这个窗口的新登记码，"
            "由管理员打开窗口，在登录页点“重新登记”；窗口打不开的，在新文件夹上运行 clerk-app init --clerk 登录名 --hall 大厅编码 "
            "--window 窗口号 --gateway 地址 --enrol 登记码。"
        )


TABLE_NAMES = {
    "case": "办件",
    "case_key": "办件的钥匙",
    "draft": "暂存",
    "draft_value": "暂存的内容",
    "outbox": "待发和已发的记录",
    "outbox_blob": "要送的材料页",
    "attachment": "材料清单",
    "blob": "材料页清单",
    "journal": "日志",
    "clerk": "人员",
    "config": "设置",
    "number": "编号",
    "print_job": "打印记录",
    "carried": "U 盘上带走的记录",
    "feed_cursor": "前置消息读到哪里",
    "feed_kept": "前置来的、读不懂的消息",
    "listed_person": "上门服务台账",
    "visit": "上门记录",
}
"""What a person calls the tables; the others are the program's own."""


def run_handover(args: argparse.Namespace) -> int:
    with open_desk_and_house(args.data, args.clerk) as (home, desk):
        must_keep_safe(desk)
        opened = home.vault.unlock(desk.session.login, pin_from_environment())
        if args.confirm:
            confirm_and_wipe(home, desk, opened, args.confirm)
            emit({"wiped": True}) if args.json else say("这台电脑上的数据已清空。")
            return EXIT_DONE
        if args.file is None:
            raise BadInput("请写明文件。")
        if args.arrived:
            code = arrival_code(home, args.file, opened, store_of(desk))
            emit({"code": code}) if args.json else say(f"搬来的都在。请在旧电脑上输入确认码 {code}")
            return EXIT_DONE
        _tell(args, hand_over(home, desk, args.file), "移交文件已写好；这台电脑要等新电脑给出确认码才清空")
    return EXIT_DONE


def _tell(args: argparse.Namespace, contents: Contents, words: str) -> None:
    if args.json:
        names = ("made_ms", "cases", "drafts", "unsent", "pages", "bytes", "mac")
        values: dict[str, Json] = {name: getattr(contents, name) for name in names}
        emit({**values, "damaged": list(contents.damaged), "missing": list(contents.missing)})
        return
    say(
        f"{words}：办件 {contents.cases} 件（未送达 {contents.unsent}），暂存 {contents.drafts} 份，材料 {contents.pages} 页，"
        f"{contents.bytes // 1024} KB。"
    )
    if hurt := words_of_hurt(contents):
        say(hurt)
