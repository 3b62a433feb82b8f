"""clerk-app print: any form of a case as a PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.house import open_desk
from clerk_app.bootstrap.paper import export, paper
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.errors import EXIT_DONE, BadInput, Refused, Usage
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.printing import order_for_case
from clerk_app.usecases.queries import case_detail

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


def register(subparsers: CommandGroup) -> None:
    """clerk-app print CASE [--document NAME] --out FILE.pdf, or --list."""
    one = subparsers.add_parser("print", help="把一件办件的文书存为 PDF")
    common(one)
    one.add_argument("case", nargs="?", help="办件编号")
    one.add_argument("--document", default="", help="文书名，见 --list；不写就是这件的主文书")
    one.add_argument("--order", action="store_true", help="先要一份要手写的文书（评价表、上门记录单）")
    one.add_argument("--out", type=Path, help="PDF 文件")
    one.add_argument("--list", action="store_true", help="列出能打印的文书")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.list:
        for form in paper().forms():
            emit({"name": form.value, "title": FORM_NAMES[form]}) if args.json else say(
                f"{form.value}  {FORM_NAMES[form]}"
            )
        return EXIT_DONE
    if not args.case or not args.out:
        raise Usage("请写明办件编号和 --out 文件。")
    with open_desk(args.data, args.clerk) as desk:
        if args.order:
            order_by_hand(desk, args.case, _form(args.document))
        detail = case_detail(desk, args.case)
        if not detail.jobs:
            raise Refused("这件办件没有自己的文书。", what_to_do="一件事的分件请打印主件的通知书。")
        form = _form(args.document) if args.document else detail.jobs[-1].form
        pdf = paper().render(order_for_case(desk, detail.case.id, form))
    export(pdf, args.out)
    if args.json:
        emit({"out": str(args.out), "document": form.value, "bytes": len(pdf)})
    else:
        say(f"已存为 {args.out}。这份文件没有加密，用完请删除。")
    return EXIT_DONE


def _form(name: str) -> Form:
    for form in Form:
        if name in (form.value, form.name, FORM_NAMES[form]):
            return form
    raise BadInput("没有这种文书。", what_to_do="用 clerk-app print --list 看看有哪些。")
