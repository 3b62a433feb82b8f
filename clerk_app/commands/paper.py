"""clerk-app print: any form of a case as a PDF, a check of a saved one, the specimen book, the office's own settings."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk
from clerk_app.bootstrap.office import adopt_office, office_of, read_office, texts
from clerk_app.bootstrap.paper import check_file, paper, specimen_book
from clerk_app.bootstrap.press import export
from clerk_app.bootstrap.window_pub import own_key
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.paper import FORM_NAMES, Copy, Form, Look, PaperSize
from clerk_app.domain.rights import Right
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, Refused, Usage
from clerk_app.usecases.checking_papers import facts_on, print_of_code, what_it_is
from clerk_app.usecases.counting_prints import save_further
from clerk_app.usecases.desk import must
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.looking import look_at_paper
from clerk_app.usecases.printing import order_to_save
from clerk_app.usecases.queries import case_detail

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app print CASE [--document NAME] --out FILE.pdf; or --list, --verify, --check, --specimens, --texts, --set-office."""
    one = subparsers.add_parser("print", help="把一件办件的文书存为 PDF，核对存好的 PDF，印样张")
    common(one)
    one.add_argument("case", nargs="?", help="办件编号")
    one.add_argument("--document", default="", help="文书名，见 --list；不写就是这件的主文书")
    one.add_argument("--order", action="store_true", help="先要一份要手写的文书（评价表、上门记录单）")
    one.add_argument("--out", type=Path, help="PDF 文件")
    one.add_argument("--reason", default="", help="这份文书已经存过的，写明为什么再存一次")
    one.add_argument(
        "--copy", choices=[copy.value for copy in Copy], action="append", default=[], help="只要哪一联；不写就是全部"
    )
    one.add_argument("--size", choices=[size.value for size in PaperSize], help="纸张；不写就按本机关的设置")
    one.add_argument("--large", action="store_true", help="大字版")
    one.add_argument("--list", action="store_true", help="列出能打印的文书")
    one.add_argument("--verify", type=Path, metavar="PDF", help="不联网核对一份存好的 PDF 有没有被改过")
    one.add_argument(
        "--check", nargs=2, metavar=("办件编号", "校验码"), help="核对一张纸或者复印件：是不是本窗口打的，上面该写什么"
    )
    one.add_argument("--key", default="", help="核对时认哪把窗口钥匙（纸上页脚印的 16 位）；不写就认本机这一把")
    one.add_argument("--specimens", type=Path, metavar="DIR", help="把全部文书的样张印到一个文件夹")
    one.add_argument("--office", type=Path, metavar="DIR", help="样张用这个文件夹里的机关设置（office.json）")
    one.add_argument("--texts", action="store_true", help="列出文书里的每一句话和它的出处")
    one.add_argument(
        "--set-office", type=Path, metavar="DIR", help="采用一个文件夹里的机关设置：抬头、标志、用语、打印机"
    )
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args)
    if args.texts:
        return _texts(args)
    if args.verify:
        return _verify(args)
    if args.check:
        return _check(args)
    if args.specimens:
        return _specimens(args)
    if args.set_office:
        office = adopt_office(args.set_office, args.data)
        say(f"已采用：{len(office.texts)} 句本机关用语，{len(office.routes)} 条打印机设置。下次打开窗口时生效。")
        return EXIT_DONE
    return _print(args)


def _print(args: argparse.Namespace) -> int:
    if not args.case or not args.out:
        raise Usage("请写明办件编号和 --out 文件。")
    if args.out.exists():
        raise BadInput(
            "这个文件已经有了。", what_is_safe="它没有被改动。", what_to_do="请换一个文件名，或者先把它移走。"
        )
    forms = paper(office_of(args.data))
    with open_desk(args.data, args.clerk) as desk:
        must(desk, Right.EXPORT)
        if args.order:
            order_by_hand(desk, args.case, _form(args.document))
        detail = case_detail(desk, args.case)
        if not detail.jobs:
            raise Refused("这件办件没有自己的文书。", what_to_do="一件事的分件请打印主件的通知书。")
        form = _form(args.document) if args.document else detail.jobs[-1].form
        copies = _copies(form, args.copy)
        order = order_to_save(desk, save_further(desk, detail.case.id, form, args.reason, copies).id)
        if args.size or args.large:
            order = replace(order, look=Look(PaperSize(args.size or PaperSize.A4), args.large))
        pdf = forms.file(order, desk.window_key)
    export(pdf, args.out)
    if args.json:
        emit({"out": str(args.out), "document": form.value, "bytes": len(pdf)})
    else:
        say(f"已存为 {args.out}。这份文件没有加密，用完请删除。")
    return EXIT_DONE


def _list(args: argparse.Namespace) -> int:
    for form in paper().forms():
        emit({"name": form.value, "title": FORM_NAMES[form]}) if args.json else say(f"{form.value}  {FORM_NAMES[form]}")
    return EXIT_DONE


def _texts(args: argparse.Namespace) -> int:
    own = office_of(args.data).texts
    for key, text, source in texts():
        told, where = (own[key].text, own[key].source) if key in own else (text, source)
        if args.json:
            emit({"key": key, "text": told, "source": where, "by_office": key in own})
        else:
            say(f"{key}{'（本机关）' if key in own else ''}\n    {told}\n    出处：{where}")
    return EXIT_DONE


def _specimens(args: argparse.Namespace) -> int:
    office = read_office(args.office) if args.office else office_of(args.data)
    count = sum(1 for _ in specimen_book(args.specimens, office))
    emit({"out": str(args.specimens), "files": count}) if args.json else say(
        f"已印 {count} 份样张到 {args.specimens}。"
    )
    return EXIT_DONE


def _verify(args: argparse.Namespace) -> int:
    """Exit code 0 only for a file that is untouched and signed with the key that is expected."""
    found = check_file(args.verify)
    expected = " ".join(args.key.upper().split()) or own_key(args.data)
    known = bool(expected) and expected.replace(" ", "") == found.key.replace(" ", "")
    if args.json:
        emit({"verdict": found.verdict.value, "key": found.key, "expected": expected, "known": known, "window": found.window,
              "signed_at": found.signed_at, "case": found.case_number, "form": found.form, "version": found.version})  # fmt: skip
    else:
        for line in _told(found.verdict.value, known=known, expected=expected):
            say(line)
        if found.form:
            name = next((FORM_NAMES[form] for form in Form if form.value == found.form), found.form)
            say(f"文书：{name}　办件编号：{found.case_number or '（没有）'}　版本：{found.version}")
        if found.key:
            say(f"签名：{found.window}　{found.signed_at}　窗口钥匙 {found.key}")
    return EXIT_DONE if found.verdict.value == "intact" and known else EXIT_REFUSED


def _check(args: argparse.Namespace) -> int:
    """Refused (exit code 3) when no print of the case bears the code."""
    with open_desk(args.data, args.clerk) as desk:
        job = print_of_code(desk, *args.check)
        order = look_at_paper(desk, job.id)
    told = what_it_is(order.case, job)
    facts = facts_on(order)
    if args.json:
        emit({"verdict": "ours", "document": job.form.value, "print": job.copy_number, "number": job.detail.get("number", ""),
              "facts": dict(facts)})  # fmt: skip
        return EXIT_DONE
    say(f"对得上：{told}。下面是它打印时的内容，请和纸上逐项核对，有一项不同，就是纸被改过。")
    for label, text in facts:
        say(f"    {label}：{text}")
    return EXIT_DONE


def _copies(form: Form, names: list[str]) -> tuple[Copy, ...]:
    wanted = tuple(copy for copy in form.copies if copy.value in names)
    if len(wanted) != len(set(names)):
        raise BadInput(
            f"{FORM_NAMES[form]}没有这一联。", what_to_do=f"它有：{'、'.join(copy.value for copy in form.copies)}。"
        )
    return wanted


def _told(verdict: str, *, known: bool, expected: str) -> tuple[str, ...]:
    if verdict == "intact" and known:
        return ("完好：这份文件从签名以后没有改动过，是这个窗口签的。",)
    if verdict == "intact":
        who = "不是这把钥匙签的" if expected else "本机不知道该认哪把钥匙"
        return (f"没有改动过，但{who}：请和纸上页脚印的“窗口钥匙”核对，用 --key 写明再试。",)
    return {
        "changed": ("被改过：签名以后这份文件动过，不能作为凭证。请回出具的窗口重新取一份。",),
        "unsigned": ("没有签名：不能证明它没有被改过。请回出具的窗口取有签名的一份。",),
    }.get(verdict, ("打不开：这不是一份完整的 PDF。请重新取一份再试。",))


def _form(name: str) -> Form:
    for form in Form:
        if name in (form.value, form.name, FORM_NAMES[form]):
            return form
    raise BadInput("没有这种文书。", what_to_do="用 clerk-app print --list 看看有哪些。")
