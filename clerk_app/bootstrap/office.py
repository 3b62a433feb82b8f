"""An office's own paper: its folder checked, taken over into the data folder, and read from there at the start."""

from __future__ import annotations

import json
from pathlib import Path

from clerk_app.domain.canonical import Json, parse_json
from clerk_app.domain.office import Office, office_from_json, office_to_json
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import BadInput, StorageProblem
from printing.documents.words import office_faults, shipped

OFFICE = "office"
OFFICE_FILE = "office.json"
LOGOS = ("logo.png", "logo.jpg")


def office_of(data: Path) -> Office:
    """The settings that a data folder holds. Raises BadInput."""
    return read_office(data / OFFICE)


def read_office(folder: Path) -> Office:
    """What an office prepared in a folder (office.json, logo.png); the shipped one where there is none.

    Raises:
        BadInput: the file is there and cannot be used; the sentence says why.
    """
    file = folder / OFFICE_FILE
    try:
        if not file.exists():
            return Office()
        logos = [path for name in LOGOS if (path := folder / name).exists()]
        logo = logos[0].read_bytes() if logos else b""
        data = parse_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise _unusable("文件读不了，或者不是 JSON") from error
    try:
        office = office_from_json(data, logo)
    except ValueError as error:
        raise _unusable(str(error)) from error
    if logo:
        from printing.pictures import shape_of  # reads pictures: only where there is one

        if not shape_of(logo):
            raise _unusable("标志图片要用 PNG 或 JPEG")
    return _checked(office)


def keep_office(office: Office, data: Path) -> Office:
    """Write settings that a person changed in the window; the logo stays as it is. Raises BadInput or StorageProblem."""
    try:
        again = office_from_json(office_to_json(office), office.logo)
    except ValueError as error:
        raise _unusable(str(error)) from error
    try:
        make_folder(data / OFFICE)
        write_durably(data / OFFICE / OFFICE_FILE, _readable(office_to_json(_checked(again))))
    except OSError as error:
        raise StorageProblem("文书设置没有存下来。", what_to_do="请检查磁盘和权限。") from error
    return again


def _checked(office: Office) -> Office:
    if faults := office_faults(office):
        raise _unusable(faults[0])
    return office


def adopt_office(folder: Path, data: Path) -> Office:
    """Take an office's settings over into a data folder, checked first. Raises BadInput or StorageProblem."""
    office = read_office(folder)
    try:
        make_folder(data / OFFICE)
        for name in LOGOS:
            if (folder / name).exists():
                write_durably(data / OFFICE / name, (folder / name).read_bytes())
            else:
                (data / OFFICE / name).unlink(missing_ok=True)
        write_durably(data / OFFICE / OFFICE_FILE, _readable(office_to_json(office)))
    except OSError as error:
        raise StorageProblem("文书设置没有存下来。", what_to_do="请检查磁盘和权限。") from error
    return office


def _readable(value: dict[str, Json]) -> bytes:
    """For a person to read and change."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def texts() -> tuple[tuple[str, str, str], ...]:
    """Every sentence of the forms: key, text, source."""
    return tuple((key, each.text, each.source) for key, each in shipped().items())


def _unusable(why: str) -> BadInput:
    return BadInput(f"文书设置不能用：{why}。", what_is_safe="办件没有变。", what_to_do="请改好 office.json 再试。")


def office_or_shipped(data: Path) -> tuple[Office, str]:
    """For the window, which opens with any settings: what can be used, and the sentence about what cannot."""
    try:
        return office_of(data), ""
    except BadInput as fault:
        return Office(), fault.sentence()
