"""clerk-app case: template, accept, list, show, search. The same use cases as the window."""

from __future__ import annotations

import argparse
import base64
import binascii
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.bootstrap.house import open_desk
from clerk_app.commands.output import common, emit, pairs, say
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash, parse_json
from clerk_app.domain.paper import FORM_NAMES, PRINT_NAMES
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED, BadInput, Refused
from clerk_app.usecases.accept import Accepted, accept_application
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import (
    CaseDetail,
    case_detail,
    case_rows,
    masked_applicant,
    row_json,
    search,
    unmasked_applicant,
)
from clerk_app.usecases.template import samples, template

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup

LONGEST_LINE = 64 * 1024 * 1024


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

    one = group.add_parser("list", help="办件列表")
    common(one)
    one.add_argument("--limit", type=int, default=1000)
    one.set_defaults(run=run_list)

    one = group.add_parser("show", help="一件办件的全部")
    common(one)
    one.add_argument("case", help="办件编号或内部编号")
    one.add_argument("--unmasked", action="store_true", help="显示完整证件号（会记入日志）")
    one.set_defaults(run=run_show)

    one = group.add_parser("search", help="按姓名、编号、事项查找")
    common(one)
    one.add_argument("text")
    one.set_defaults(run=run_search)


def run_template(args: argparse.Namespace) -> int:
    try:
        answers = pairs(args.situation)
    except argparse.ArgumentTypeError as error:
        raise BadInput(str(error)) from error
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
            for line in _lines(sys.stdin.buffer):
                worst = max(worst, _accept_line(desk, line))
        else:
            try:
                text = Path(args.file).read_bytes()
            except OSError as error:
                raise BadInput("读不到这个文件。", what_to_do="请核对路径。") from error
            for line in _cases_in(text):
                worst = max(worst, _accept_line(desk, line))
    return worst


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE):
        if line.strip():
            yield line


def _cases_in(text: bytes) -> list[bytes]:
    """A file holds one JSON object (perhaps over many lines) or JSON Lines."""
    try:
        parse_json(text)
    except ValueError:
        return [line for line in text.splitlines() if line.strip()]
    return [text]


def _accept_line(desk: Desk, line: bytes) -> int:
    try:
        application, pages = read_case(line)
        accepted = accept_application(desk, _fresh(desk, application), pages)
    except Refused as error:
        emit({"error": error.message, "reasons": list(error.reasons)})
        return EXIT_REFUSED
    emit(_answer(accepted))
    return EXIT_DONE


def _fresh(desk: Desk, application: Application) -> Application:
    """An entry the catalogue knows; Refused otherwise (before anything is written)."""
    desk.catalogue.scheme(application.item_id)
    return application


def read_case(line: bytes | Json) -> tuple[Application, list[tuple[bytes, str]]]:
    """Application and pages from one JSON object (as bytes or read already); pages stand inside as base64.

    Raises:
        BadInput: it is no case.
    """
    pages: list[tuple[bytes, str]] = []
    try:
        data = parse_json(line) if isinstance(line, bytes) else line
        for given in data.get("materials", {}).values():
            hashes = []
            for page in given.get("pages", []):
                raw = base64.b64decode(page["base64"], validate=True)
                pages.append((raw, str(page.get("media_type", "image/jpeg"))))
                hashes.append(bytes_hash(raw))
            given["pages"] = hashes
        application = Application.from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BadInput(
            "这一行不是办件 JSON，没有受理。",
            reasons=("格式不对：请用 clerk-app case template 看看应该怎么写",),
            what_is_safe="其他行不受影响。",
        ) from error
    return application, pages


def _answer(accepted: Accepted) -> Json:
    case = accepted.case
    deadline = case.deadline["day"] if case.deadline else None
    answer = {
        "case_id": case.id,
        "local_number": case.local_number,
        "state": case.state.value,
        "deadline": deadline,
        "documents": [job.form.value for job in accepted.jobs],
    }
    if accepted.parts:
        answer["parts"] = [{"case_id": part.id, "local_number": part.local_number} for part in accepted.parts]
    return answer


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
        detail = case_detail(desk, args.case)
        name, number = masked_applicant(detail.case)
        if args.unmasked:
            name, number = unmasked_applicant(desk, detail.case.id)
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
        "materials": [{"name": material, "way": how} for material, how in detail.materials],
        "documents": [
            {
                "form": FORM_NAMES[job.form],
                "name": job.form.value,
                "state": PRINT_NAMES[job.state],
                "copy": job.copy_number,
            }
            for job in detail.jobs
        ],
        "journal": [{"at": when, "what": verb, "who": who} for when, verb, who in detail.journal],
        "parts": [row_json(part) for part in detail.parts],
    }
