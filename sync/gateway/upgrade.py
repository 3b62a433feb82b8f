"""Bringing an older gateway database up to this program's schema. Imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

FIRST = "0001"


def upgrade(connection: Connection) -> None:
    """Run the missing steps inside the caller's transaction. A database of before the steps were counted begins at the first.

    Raises:
        sqlalchemy.exc.DBAPIError: disk or server trouble; rolling back leaves the older schema whole.
    """
    config = Config()
    config.set_main_option("script_location", (Path(__file__).parent / "migrations").as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    tables = inspect(connection).get_table_names()
    if "gateway_case" in tables and "alembic_version" not in tables:
        command.stamp(config, FIRST)
    command.upgrade(config, "head")
