"""Setting up a window from a file, with nobody at the keyboard: what an administrator prepares once for many PCs.

    hall = "500199"                     # the four that `init` asks for
    window = "03"
    gateway = "https://192.168.1.10:8460"
    enrol = "…"                         # the one-time code; or enrol_file = "token.txt", beside this file
    suite = "intl-1"                    # optional, like all that follows
    camera = "0"                        # index, device path, or part of the name that the system gives it
    reader = ""                         # serial path; "none": look for none
    scanner = "COM3"
    printer = "HP LaserJet"             # for every form that [printers] does not name
    office = "office"                   # a folder with the office's own paper (docs/paper.md), beside this file
    scale = 125                         # percent
    contrast = false

    [printers]                          # form = printer, as in office.json
    paper_rating = { printer = "小票机", size = "strip" }
    [receipt_printers]
    "小票机" = { device = "/dev/usb/lp0" }

Everything is looked at before the code is used: a file with a fault changes nothing. The window comes to its place whole or not at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from clerk_app.bootstrap.devices import remember
from clerk_app.bootstrap.display import RememberedDisplay
from clerk_app.bootstrap.first_run import found_whole
from clerk_app.bootstrap.office import adopt_office, keep_office, office_of, read_office
from clerk_app.crypto.suites import DEFAULT, SUITES
from clerk_app.domain.canonical import Json
from clerk_app.domain.hall import Hall
from clerk_app.domain.office import ANY_FORM, Office, office_from_json, office_to_json
from clerk_app.errors import BadInput
from clerk_app.ports import DeviceChoice, DisplayChoice
from clerk_app.ports.display import SCALES

_TEXTS = (
    *("hall", "window", "gateway", "enrol", "enrol_file", "suite", "camera", "reader", "scanner", "printer", "office"),
)
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(_TEXTS, str),
    "scale": int,
    "contrast": bool,
    "printers": dict,
    "receipt_printers": dict,
}
NEEDED = ("hall", "window", "gateway", "enrol")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file asks for, checked. ``office``: a prepared folder, None for none; ``routes``: printers, as in office.json."""

    hall: str
    window: str
    gateway: str
    enrol: str = field(repr=False)
    suite: str = DEFAULT
    devices: DeviceChoice = field(default_factory=DeviceChoice)
    display: DisplayChoice = field(default_factory=DisplayChoice)
    office: Path | None = None
    routes: Mapping[str, Json] = field(default_factory=dict)
    receipt_printers: Mapping[str, Json] = field(default_factory=dict)


def read_plan(file: Path, over: Mapping[str, str]) -> Plan:
    """The plan of a file; ``over``: words of the command line, which win.

    Raises:
        BadInput: the file cannot be read, has an unknown or wrong entry, or lacks one that is needed; the sentence names it and
            never quotes the code.
    """
    try:
        told = {**tomllib.loads(file.read_text(encoding="utf-8-sig")), **over}
    except (OSError, UnicodeDecodeError) as error:
        raise _fault("读不了，或者不是 UTF-8 文本") from error
    except tomllib.TOMLDecodeError as error:
        raise _fault("写法不对（应为 TOML）") from error
    for name, value in told.items():
        if name not in _KINDS:
            raise _fault(f"不认识的项：{name}")
        if type(value) is not _KINDS[name]:
            raise _fault(f"{name} 的写法不对")
    if token_file := told.pop("enrol_file", ""):
        try:
            told.setdefault("enrol", (file.parent / token_file).read_text(encoding="utf-8-sig").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise _fault("enrol_file 说的文件读不了") from error
    if lacking := [name for name in NEEDED if not told.get(name)]:
        raise _fault(f"少了 {'、'.join(lacking)}")
    suite, scale = told.get("suite", DEFAULT), told.get("scale", 100)
    if suite not in SUITES:
        raise _fault("suite 只能是 " + "、".join(SUITES))
    if scale not in SCALES:
        raise _fault("scale 只能是 " + "、".join(str(each) for each in SCALES))
    routes = dict(told.get("printers", {}))
    if printer := told.get("printer", ""):
        routes.setdefault(ANY_FORM, {"printer": printer})
    plan = Plan(
        hall=str(told["hall"]),
        window=str(told["window"]),
        gateway=str(told["gateway"]),
        enrol=str(told["enrol"]),
        suite=suite,
        devices=DeviceChoice(
            camera=told.get("camera", ""), reader=told.get("reader", ""), scanner=told.get("scanner", "")
        ),
        display=DisplayChoice(contrast=told.get("contrast", False), scale=scale),
        office=file.parent / told["office"] if told.get("office") else None,
        routes=routes,
        receipt_printers=told.get("receipt_printers", {}),
    )
    _office(plan)
    return plan


def set_up(data: Path, plan: Plan) -> Hall:
    """Found the window and everything beside it; it comes to its place by one rename.

    Raises:
        Refused, LineProblem, StorageProblem: see house.found_window; nothing is left behind.
    """

    def furnish(folder: Path) -> None:
        remember(folder, replace(plan.devices, camera=_camera(plan.devices.camera)))
        RememberedDisplay(folder).choose(plan.display)
        if plan.office is not None:
            adopt_office(plan.office, folder)
        if plan.routes or plan.receipt_printers:
            keep_office(replace(_office(plan), logo=office_of(folder).logo), folder)

    return found_whole(data, plan.gateway, plan.enrol, plan.hall, plan.window, plan.suite, furnish)


def _office(plan: Plan) -> Office:
    """The prepared office with the plan's printers over its own. Raises BadInput."""
    if plan.office is not None and not plan.office.is_dir():
        raise _fault("office 说的文件夹没有")
    office = read_office(plan.office) if plan.office is not None else Office()
    told = office_to_json(office)
    for name, entries in (("printers", plan.routes), ("receipt_printers", plan.receipt_printers)):
        before = told[name]
        told[name] = {**(before if isinstance(before, dict) else {}), **entries}
    try:
        return office_from_json(told, office.logo)
    except ValueError as error:
        raise _fault(str(error)) from error


def _camera(wanted: str) -> str:
    """The source of a camera that is named by part of its name; anything else stays as it was written."""
    if not wanted or wanted.isdecimal() or "/" in wanted or "\\" in wanted:
        return wanted
    from clerk_app.devices.video_capture import cameras

    return next((source for source, label in cameras() if wanted.casefold() in label.casefold()), wanted)


def _fault(why: str) -> BadInput:
    return BadInput(
        f"这份设置文件不能用：{why}。", what_is_safe="没有登记，登记码没有用掉。", what_to_do="请改好文件再试。"
    )
