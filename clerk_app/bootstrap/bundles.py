"""The USB way at the gateway: a bundle taken in, the answers written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clerk_app.bootstrap.gateway import gateway_folder, gateway_office
from clerk_app.bootstrap.noted import HALL_FILE
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem
from sync.gateway.stick_answers import Imported


def is_window(data: Path) -> bool:
    """Whether this data folder is a window's (else it is taken for a gateway's)."""
    return (data / HALL_FILE).is_file()


def import_bundle(
    data: Path,
    file: Path,
    out: Path,
    database: str = "",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Imported, Path]:
    """At the gateway: take a bundle in and write the answer into the folder ``out``; returns both."""
    with gateway_office(data, database, found=False) as office:
        imported = office.take_bundle(gateway_folder(data), file, progress)
    return imported, _written(out, imported.name, imported.answer)


def export_answers(
    data: Path, out: Path, database: str = "", *, passed_over: Callable[[str, str], None]
) -> tuple[Path, ...]:
    """At the gateway: how things stand by now, one receipt file for each bundle that ever came, but for those ``passed_over(name,
    why)``."""
    with gateway_office(data, database, found=False) as office:
        told = office.answers(gateway_folder(data), passed_over)
        return tuple(_written(out, name, answer) for name, answer in told)


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    try:
        write_durably(path, content)
    except OSError as error:
        raise StorageProblem(
            "回执没有写成。", what_is_safe="办件已在前置。", what_to_do="请检查 U 盘，再导入一次同一个文件。"
        ) from error
    return path
