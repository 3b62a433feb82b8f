"""clerk-app recognise: what is in these pictures or this video, as the camera panel would say it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.eyes import classify, pages_as_pdf, recognise_camera, recognise_file
from clerk_app.bootstrap.readers import read_card
from clerk_app.commands.output import common, emit, say
from clerk_app.domain.canonical import Json
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import EXIT_DONE, AppError, Usage

if TYPE_CHECKING:
    from clerk_app.commands import CommandGroup


FIELDS = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "nationality": "国籍",
    "id_number": "号码",
    "authority": "签发机关",
    "valid_from": "起始日期",
    "valid_to": "截止日期",
}


def register(subparsers: CommandGroup) -> None:
    """clerk-app recognise FILE…"""
    one = subparsers.add_parser("recognise", help="识别图片或视频里的码、证件、页面")
    common(one, unlock=False, data=False)
    one.add_argument("files", nargs="*", type=Path, metavar="FILE")
    one.add_argument("--camera", default="", metavar="N", help="看 10 秒摄像头：编号、设备或录像")
    one.add_argument("--reader", default="", metavar="N", help="读一张卡：串口、auto（自动找）或 demo（模拟读卡器）")
    one.add_argument("--pdf", type=Path, metavar="OUT", help="当作材料页：拉正、去阴影、转正，存成一个 PDF")
    one.add_argument("--bw", action="store_true", help="和 --pdf 一起用：黑白")
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if not (args.files or args.camera or args.reader):
        raise Usage("请写明图片、录像，或用 --camera 指定摄像头、--reader 指定读卡器。")
    if args.reader:
        _tell(f"reader {args.reader}", read_card(args.reader), as_json=args.json)
    if args.pdf:
        for number, fault in enumerate(pages_as_pdf(args.files, args.pdf, black_and_white=args.bw), start=1):
            if args.json:
                emit({"page": number, "advice": fault})
            elif fault:
                say(f"第 {number} 页{fault}。")
        return EXIT_DONE
    if args.camera:
        for seen in recognise_camera(args.camera):
            _tell(f"camera {args.camera}", seen, as_json=args.json)
    worst = EXIT_DONE
    for path in args.files:
        try:
            for seen in recognise_file(path):
                _tell(str(path), seen, as_json=args.json)
        except AppError as error:
            worst = max(worst, error.exit_code)
            print(f"{path}：{error.sentence()}", file=sys.stderr)
            if args.json:
                emit({"file": str(path), "error": error.message})
    return worst


def _tell(source: str, seen: Seen, *, as_json: bool) -> None:
    if as_json:
        emit({"file": source, **seen_json(seen)})
    else:
        say(f"{source}：{_words(seen)}")


def seen_json(seen: Seen) -> dict[str, Json]:
    """The keys of cli.md; confidence rounded to a thousandth."""
    return {
        "kind": seen.kind.value,
        "text": seen.text,
        "fields": dict(seen.fields),
        "confidence": {name: round(value, 3) for name, value in seen.confidence.items()},
        "doubtful": list(seen.doubtful),
        "document": seen.document,
        "advice": _advice(seen),
        "ms": round(seen.ms, 1),
    }


def _advice(seen: Seen) -> str:
    """What to do about it: the recogniser's own advice, what kind of code this is, or how to lay things down."""
    if seen.kind is SeenKind.CODE:
        return classify(seen.text).sentence
    if seen.kind is SeenKind.NOTHING:
        return seen.advice or "没有看到证件、二维码或材料，请放正、放近一点再试。"
    return seen.advice


def _words(seen: Seen) -> str:
    names = {
        "code": "二维码",
        "id_front": "身份证人像面",
        "id_back": "身份证国徽面",
        "chip": "身份证芯片",
        "page": "一页材料",
        "nothing": "没有可用的内容",
    }
    doubt = f"，请核对{'、'.join(FIELDS.get(name, name) for name in seen.doubtful)}" if seen.doubtful else ""
    advice = _advice(seen)
    return names[seen.kind.value] + doubt + (f"。{advice}" if advice else "")
