"""clerk-app case: template, accept, list, show, search. The same use cases as the window."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.bootstrap.house import open_desk
from clerk_app.commands import case_moves, case_promises
from clerk_app.commands.case_json import cases_in, key_of, lines_of, read_case
from clerk_app.commands.case_moves import answer
from clerk_app.commands.output import common, emit, pairs, say
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.paper import FORM_NAMES
from clerk_app.domain.precheck import Finding
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, Refused, Usage
from clerk_app.usecases.accept import accept_application, shown_for
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import look_at_case
from clerk_app.usecases.queries import (
    CaseDetail,
    case_rows,
    masked_applicant,
    row_json,
    search,
)
from clerk_app.usecases.template import samples, template
from clerk_app.usecases.unmasking import REASONS, unmask

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


__all__ = ["read_case", "register"]


def register(subparsers: CommandGroup) -> None:
    """clerk-app case …"""
    group = subparsers.add_parser("case", help="办件").add_subparsers(metavar="动作", required=True)

    one = group.add_parser("template", help="一个事项要填什么；--sample N 给出合成的样例办件")
    common(one)
    one.add_argument("item", help="事项编号，或 any")
    one.add_argument("--situation", action="append", default=[], metavar="问题=回答")
    one.add_argument("--sample", type=int, default=0, metavar="N")
    one.add_argument("--seed", type=int, default=1)
    one.set_defaults(run=run_template)

    one = group.add_parser("accept", help="受理：JSON 文件，或 - 从标准输入逐行读")
    common(one)
    one.add_argument("file", nargs="?", default="-")
    one.set_defaults(run=run_accept)

    case_moves.add(group)
    case_promises.add(group)

    one = group.add_parser("list", help="办件列表")
    common(one)
    one.add_argument("--limit", type=int, default=1000)
    one.set_defaults(run=run_list)

    one = group.add_parser("show", help="一件办件的全部")
    common(one)
    one.add_argument("case", help="办件编号或内部编号")
    one.add_argument("--unmasked", action="store_true", help="显示完整证件号（会记入日志）")
    one.add_argument(
        "--why",
        choices=tuple(REASONS),
        default="",
        help="为什么看：" + "，".join(f"{k} {v}" for k, v in REASONS.items()),
    )
    one.set_defaults(run=run_show)

    one = group.add_parser("search", help="按姓名、编号、事项查找")
    common(one)
    one.add_argument("text")
    one.set_defaults(run=run_search)


def run_template(args: argparse.Namespace) -> int:
    try:
        answers = pairs(args.situation)
    except argparse.ArgumentTypeError as error:
        raise Usage(str(error)) from error
    if args.sample < 0:
        raise Usage("--sample 应是 0 或更大的整数。")
    with open_desk(args.data, args.clerk) as desk:
        if not args.sample:
            emit(template(desk, args.item, answers))
            return EXIT_DONE
        rng = random.Random(args.seed)
        for _ in range(args.sample):
            emit(samples(desk, args.item, answers, rng, sample_page))
    return EXIT_DONE


def run_accept(args: argparse.Namespace) -> int:
    """One answer line for each case, once it is durable; a refused one does not stop the others."""
    worst = EXIT_DONE
    with open_desk(args.data, args.clerk) as desk:
        if args.file == "-":
            for line in lines_of(sys.stdin.buffer):
                worst = max(worst, _accept_line(desk, line))
        else:
            try:
                text = Path(args.file).read_bytes()
            except OSError as error:
                raise BadInput("读不到这个文件。", what_to_do="请核对路径。") from error
            for line in cases_in(text):
                worst = max(worst, _accept_line(desk, line))
    return worst


def _accept_line(desk: Desk, line: bytes) -> int:
    """A refused line answers with what would be shown and its hash too, so that a pad's signature can be bound to it."""
    application = None
    try:
        application, pages = read_case(line)
        desk.catalogue.scheme(application.item_id)
        accepted = accept_application(desk, application, pages, key=key_of(line))
    except Refused as error:
        emit({"error": error.message, "reasons": list(error.reasons), **(_shown(desk, application))})
        return EXIT_REFUSED
    emit({**answer(accepted), "findings": [_finding(each) for each in accepted.findings]})
    return EXIT_DONE


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "text": finding.text,
        "what_to_do": finding.what_to_do,
        "source": finding.source,
        "pending": finding.pending,
    }


def _shown(desk: Desk, application: Application | None) -> dict[str, Json]:
    if application is None:
        return {}
    try:
        rows, sha256 = shown_for(desk, application)
    except Refused:  # the entry itself is unknown: nothing can be shown
        return {}
    return {"shown": [list(row) for row in rows], "shown_sha256": sha256} if rows else {}


def run_list(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        for row in case_rows(desk, args.limit):
            emit(row_json(row)) if args.json else say(
                f"{row.local_number}  {row.item}  {row.applicant}  {row.state_text}  {row.sync_text}"
            )
    return EXIT_DONE


def run_search(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        for row in search(desk, args.text):
            emit(row_json(row)) if args.json else say(
                f"{row.local_number}  {row.item}  {row.applicant}  {row.state_text}"
            )
    return EXIT_DONE


def run_show(args: argparse.Namespace) -> int:
    with open_desk(args.data, args.clerk) as desk:
        detail = look_at_case(desk, args.case)
        name, number = masked_applicant(detail.case)
        if args.unmasked:
            full = unmask(desk, detail.case.id, args.why)
            name, number = full.name, full.document_number
    if args.json:
        emit(_detail_json(detail, name, number))
        return EXIT_DONE
    row = detail.row
    say(f"{row.local_number}  {row.item}  {name} {number}")
    say(f"  状态 {row.state_text}；{row.sync_text}")
    say(f"  前置回执 {row.gateway_receipt or '—'}；平台编号 {row.case_number or '—'}")
    for material, how in detail.materials:
        say(f"  材料 {material}：{how}")
    for when, verb, who in detail.journal:
        say(f"  {when} {verb}（{who}）")
    return EXIT_DONE


def _detail_json(detail: CaseDetail, name: str, number: str) -> Json:
    return {
        **row_json(detail.row),
        "applicant": {"name": name, "document_number": number},
        "revision": detail.case.revision,
        "content_sha256": detail.content_sha256,
        "catalogue": detail.case.item.to_json(),
        "deadline": detail.case.deadline,
        "sync_text": detail.row.sync_text,
        "attachments": {"total": detail.row.attachments_total, "done": detail.row.attachments_done},
        "outcome_note": detail.case.outcome_note,
        "identity": detail.identity,
        "rated": detail.rating.value,
        "acts": [{"at": when, "what": what, "who": who, "why": why} for when, what, who, why in detail.acts],
        "checks": [{"rule": fault.rule, "text": fault.text, "source": fault.source} for fault in detail.checks],
        "materials": [{"name": material, "way": how} for material, how in detail.materials],
        "documents": [
            {
                "form": FORM_NAMES[job.form],
                "name": job.form.value,
                "state": job.state_text,
                "copy": job.copy_number,
            }
            for job in detail.jobs
        ],
        "journal": [{"at": when, "what": verb, "who": who} for when, verb, who in detail.journal],
        "parts": [row_json(part) for part in detail.parts],
    }
