"""The bundle for technical support: what this PC and this window are like, and not one personal datum.

Nothing is copied that was not made to be free of such data: the doctor's findings, facts of the system, the settings by name, sizes and
counts in place of names, the log. What goes in passes one net more: long numbers, mail addresses and the user's folder are taken out.
"""

from __future__ import annotations

import json
import locale
import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from clerk_app import __version__
from clerk_app.bootstrap.devices import remembered
from clerk_app.bootstrap.display import RememberedDisplay
from clerk_app.bootstrap.doctor import examine
from clerk_app.bootstrap.logs import log_files, without_numbers
from clerk_app.bootstrap.office import office_or_shipped
from clerk_app.domain.canonical import Json
from clerk_app.errors import StorageProblem

_LIBRARIES = (
    "PySide6-Essentials",
    "cryptography",
    "onnxruntime",
    "opencv-python-headless",
    "reportlab",
    "sqlalchemy",
    "sqlcipher3",
)
_SETTINGS = ("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_IM_MODULE", "QT_IM_MODULES", "XDG_SESSION_TYPE", "LANG", "TZ")
_KNOWN = frozenset({
    "attachments", "ballast", "catalogue", "clerk.db", "clerk.db-shm", "clerk.db-wal", "copies", "demo_camera", "device.secret",
    "devices.json", "display.json", "export", "gateway", "local.json", "logs", "office", "training.mark", "vault.json",
    "vault.tries.json", "vault.tries.lock", "window.json", "window.lock", "window.pub",
})  # fmt: skip
"""Names that the program itself gives: they may be told. Any other name is only counted."""


def write_support_bundle(data: Path, login: str, file: Path) -> tuple[str, ...]:
    """Write it; the names of what is inside. With a clerk's name and PIN (see doctor) the database is examined too.

    Raises:
        StorageProblem: the file is there already, or the disk refuses.
    """
    if file.exists():
        raise StorageProblem("这个文件已经有了。", what_is_safe="没有改动它。", what_to_do="请换一个文件名。")
    parts = dict(_parts(data, login))
    try:
        with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(name, cleaned(text))
    except OSError as error:
        file.unlink(missing_ok=True)
        raise StorageProblem(
            "支持包没有写成。", what_is_safe="办件都在。", what_to_do="请检查磁盘空间，或换一个位置。"
        ) from error
    return tuple(parts)


def cleaned(text: str) -> str:
    """The last net: long numbers, mail addresses, and folders that bear the user's name."""
    folder = str(Path.home())
    if len(folder) > 1:
        text = text.replace(folder, "~").replace(json.dumps(folder)[1:-1], "~")
    user = Path.home().name
    if len(user) > 3 or not user.isascii():
        text = text.replace(user, "‹user›")
    return "".join(f"{line if _is_a_log_line(line) else without_numbers(line)}\n" for line in text.splitlines())


def _is_a_log_line(line: str) -> bool:
    """Whether the log's own formatter wrote it: it was looked through then, and its time must stay readable."""
    try:
        told = json.loads(line)
    except ValueError:
        return False
    return (
        isinstance(told, dict)
        and {"at", "level", "who", "event"} <= set(told)
        and told["event"] == without_numbers(told["event"])
    )


def _parts(data: Path, login: str) -> Iterator[tuple[str, str]]:
    yield (
        "about.txt",
        (
            "全科窗口支持包。里面没有办件内容、姓名、证件号码、电话和文件名；发出之前可以用任何压缩软件打开看。\n"
            "program.json 程序和系统　doctor.json 检查结果　folder.json 数据文件夹有多大　settings.json 设置　logs/ 日志\n"
        ),
    )
    yield "program.json", _json(_program())
    findings = [
        {"check": each.check, "state": each.state, "text": each.text, "what_to_do": each.what_to_do}
        for each in examine(data, login)
    ]
    yield "doctor.json", _json(findings)
    yield "folder.json", _json(_folder(data))
    yield "settings.json", _json(_settings(data))
    for path in log_files(data):
        yield f"logs/{path.name}.jsonl", path.read_text(encoding="utf-8", errors="replace")


def _program() -> Json:
    libraries: dict[str, Json] = {name: _version(name) for name in _LIBRARIES}
    return {
        "version": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count() or 0,
        "encoding": [sys.getfilesystemencoding(), locale.getpreferredencoding(do_setlocale=False)],
        "environment": {name: os.environ[name] for name in _SETTINGS if name in os.environ},
        "libraries": libraries,
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "inside the frozen program"


def _folder(data: Path) -> Json:
    """Sizes and counts; names only where the program gives them."""
    told: dict[str, Json] = {}
    others = {"files": 0, "kilobytes": 0}
    entries = sorted(data.iterdir()) if data.is_dir() else []
    for entry in entries:
        files = [path for path in entry.rglob("*") if path.is_file()] if entry.is_dir() else [entry]
        count = {"files": len(files), "kilobytes": sum(_size(path) for path in files) // 1024}
        if entry.name in _KNOWN or entry.name.startswith("clerk.before-"):
            told[entry.name] = {**count}
        else:
            others = {key: others[key] + count[key] for key in others}
    free = (
        shutil.disk_usage(data if data.is_dir() else data.absolute().parent).free
        if data.absolute().parent.is_dir()
        else 0
    )
    return {"entries": told, "others": {**others}, "free_megabytes": free // 1024**2}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _settings(data: Path) -> Json:
    """Devices, display and which printer takes which form. An office's own words stay where they are."""
    choice, display = remembered(data), RememberedDisplay(data).chosen()
    office, trouble = office_or_shipped(data)
    routes: Mapping[str, Json] = {
        form: {"named": bool(route.printer), "size": route.look.size.value, "large": route.look.large}
        for form, route in office.routes.items()
    }
    return {
        "camera": "none" if not choice.camera else "index" if choice.camera.isdecimal() else "device or file",
        "reader": choice.reader if choice.reader in {"", "none"} else "named",
        "scanner": choice.scanner if choice.scanner in {"", "none"} else "named",
        "turned": choice.turned,
        "exposure": choice.exposure,
        "display": {"scale": display.scale, "contrast": display.contrast, "motion": display.motion},
        "printers": dict(routes),
        "receipt_printers": len(office.receipt_printers),
        "office_trouble": bool(trouble),
        "local_catalogue": (data / "local.json").is_file(),
    }


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
