"""clerk-app backup, restore, salvage, handover: copies that are checked before they count, and ways back from every loss.

backup and handover ask the right to (管备份、空间、保存期限). restore and salvage cannot: the data that would say who may what
is damaged or not there yet. They need a PIN or the papers, leave the old folder as it is, and what they write stays sealed
under the same keys and asks for the same PINs and roles; nobody sees more by it than before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import House, house, open_desk_and_house, pin_from_environment
from clerk_app.bootstrap.moving import arrival_code, confirm_and_wipe, hand_over
from clerk_app.bootstrap.safekeeping import (
    back_up,
    bring_back,
    keys_from,
    look_at_backup,
    rolling_copy,
    second_copy,
    set_second,
    store_of,
)
from clerk_app.commands.output import common, emit, say
from clerk_app.crypto.device_secret import FILE_NAME as DEVICE_FILE
from clerk_app.domain.canonical import Json
from clerk_app.durable import write_durably
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, StorageProblem
from clerk_app.ports import Unlocked
from clerk_app.settings import Settings
from clerk_app.usecases.desk import must_keep_safe
from local_db.backup_file import Contents
from local_db.salvage import salvage

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

SKIP = 200
"""Serials passed over after a restore: more than one window gives out in the days between two backups of one day."""


def register(subparsers: CommandGroup) -> None:
    """clerk-app backup / restore / salvage / handover."""
    one = subparsers.add_parser("backup", help="备份到一个文件（加密）；不写文件就做一份滚动副本")
    common(one)
    one.add_argument("file", nargs="?", type=Path)
    one.add_argument("--second", metavar="DIR", help="没送达的办件另存一份的地方（另一块盘、U 盘、网络盘）；none 取消")
    one.set_defaults(run=run_backup)

    one = subparsers.add_parser("restore", help="从备份恢复到一个空的数据文件夹")
    common(one)
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help="只检查，不写")
    one.add_argument(
        "--old", type=Path, metavar="DIR", help="同一台电脑上原来的数据文件夹（先改名挪开），设备密钥在里面"
    )
    one.add_argument("--papers", action="store_true", help="用恢复钥匙打开：标准输入两行，两张纸")
    one.set_defaults(run=run_restore)

    one = subparsers.add_parser("salvage", help="把损坏的数据文件夹里读得出的都救到新的文件夹（--data）")
    common(one)
    one.add_argument("dir", type=Path, metavar="DIR")
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
    papers = [sys.stdin.readline().strip() for _ in range(2)] if args.papers else []
    target = args.data
    if not args.dry_run and target.exists() and any(target.iterdir()):
        raise StorageProblem(
            "要恢复到的文件夹不是空的。", what_is_safe="里面的数据没有动。", what_to_do="请用 --data 指一个空文件夹。"
        )
    with tempfile.TemporaryDirectory(prefix="clerk-app-keys-") as aside:  # key slots only: sealed, and nothing personal
        keys_from(args.file, Path(aside))
        home, opened = _unlock(Path(aside), args, papers)
        if args.dry_run:
            _tell(args, look_at_backup(home, args.file, opened), "这份备份完整，可以恢复")
            return EXIT_DONE
        contents = bring_back(home, args.file, target, opened, skip_numbers=SKIP)
        if not papers and (Path(aside) / DEVICE_FILE).is_file():
            _copy_secret(Path(aside), target)
    _tell(args, contents, f"已恢复；各种编号跳过 {SKIP} 个，避免和已经打印出去的重复")
    if papers:
        print("请接着运行 clerk-app recovery use 登录名 --new-pc，设新的 PIN。", file=sys.stderr)
    return EXIT_DONE


def _unlock(aside: Path, args: argparse.Namespace, papers: list[str]) -> tuple[House, Unlocked]:
    if papers:
        home = house(Settings(aside), moving_in=True)
        return home, home.vault.unlock_recovery(papers)
    old: Path = (
        args.old or args.data
    )  # the same PC: its own device secret lies beside the old data, or in the key store
    if (old / DEVICE_FILE).is_file():
        _copy_secret(old, aside)
    home = house(Settings(aside))
    return home, home.vault.unlock(args.clerk, pin_from_environment())


def _copy_secret(source: Path, target: Path) -> None:
    try:
        write_durably(target / DEVICE_FILE, (source / DEVICE_FILE).read_bytes())
    except OSError as error:
        raise StorageProblem("设备密钥没有写成。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error


def run_salvage(args: argparse.Namespace) -> int:
    home = house(Settings(args.dir))
    opened = home.vault.unlock(args.clerk or home.vault.logins()[0], pin_from_environment())
    found = salvage(args.dir, opened.database_key, home.suite, args.data)
    for name in ("window.json", DEVICE_FILE, "vault.json"):
        if (args.dir / name).is_file():
            try:
                write_durably(args.data / name, (args.dir / name).read_bytes())
            except OSError as error:
                raise StorageProblem("钥匙文件没有拷成。", what_to_do="请检查磁盘空间，换一个空文件夹再试。") from error
    values: dict[str, Json] = {
        "cases": found.cases,
        "unsent": found.unsent,
        "drafts": found.drafts,
        "pages": found.pages,
        "lost_cases": found.lost_cases,
        "missing_cases": found.missing_cases,
        "never_sent": found.never_sent,
        "lost_pages": found.lost_pages,
        "gaps": found.gaps,
        "journal_broken_at": found.journal_from,
    }
    if args.json:
        emit(values)
    else:
        say(f"救出办件 {found.cases} 件（未送达 {found.unsent}），暂存 {found.drafts} 份，材料 {found.pages} 页。")
        if found.whole:
            say("没有发现丢失。")
        else:
            gaps = "、".join(f"{table} {count} 处" for table, count in found.gaps.items()) or "无"
            say(f"打不开的办件 {len(found.lost_cases)} 件，丢失材料 {found.lost_pages} 页，读不出的地方：{gaps}。")
            for case_id in found.lost_cases:
                say(f"  {case_id}")
            if found.missing_cases:
                say(f"整件读不出来、只留下编号的办件 {len(found.missing_cases)} 件：")
                for case_id in found.missing_cases:
                    say(f"  {case_id}")
        if found.never_sent:
            say(f"没有送出的记录、要人来办的办件 {len(found.never_sent)} 件：")
            for case_id in found.never_sent:
                say(f"  {case_id}")
    return EXIT_DONE if found.whole else EXIT_REFUSED


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
        emit({**{name: getattr(contents, name) for name in names}, "damaged": list(contents.damaged)})
        return
    say(
        f"{words}：办件 {contents.cases} 件（未送达 {contents.unsent}），暂存 {contents.drafts} 份，材料 {contents.pages} 页，"
        f"{contents.bytes // 1024} KB。"
    )
    if contents.damaged:
        say(f"注意：这几件有材料页在本机已经损坏，备份里也是坏的：{'、'.join(contents.damaged)}。请联系管理员。")
