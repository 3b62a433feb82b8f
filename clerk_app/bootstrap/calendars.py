"""Holiday tables: those that ship, and those that were imported into the data folder."""

from __future__ import annotations

from pathlib import Path

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.deadlines import WorkCalendar
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import BadInput, StorageProblem

SHIPPED = Path(__file__).resolve().parents[1] / "catalogue" / "calendars"


def work_calendar(data: Path) -> WorkCalendar:
    """Every known year; a table in the data folder replaces the shipped one of the same year.

    Raises:
        BadInput: a table is not of its form; the sentence names the year's file.
    """
    tables = []
    for folder in (SHIPPED, data / "calendars"):
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                table = parse_json(path.read_bytes())
                WorkCalendar.of([table])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise BadInput(
                    f"节假日表 {path.name} 读不懂。",
                    what_is_safe="办件没有变。",
                    what_to_do="请重新导入这一年的节假日表。",
                ) from error
            tables.append(table)
    return WorkCalendar.of(tables)


def keep_calendar(data: Path, table: Json) -> int:
    """A year's table that came by the feed, kept for the next sign-in; returns the year. The signed line vouches for it.

    Raises:
        BadInput: it is no holiday table. StorageProblem: the disk.
    """
    try:
        WorkCalendar.of([table])
        year = int(table["year"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("前置传来的节假日表读不懂。", what_is_safe="正在用的节假日表没有动。") from error
    try:
        make_folder(data / "calendars")
        write_durably(data / "calendars" / f"{year}.json", canonical_bytes(table))
    except OSError as error:
        raise StorageProblem("节假日表没有存下来。", what_to_do="请检查磁盘空间，稍后会自动再收。") from error
    return year
