"""Bringing an older database up to this program's schema. Imported only when there is something to do: Alembic costs 0.1 s."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run the missing revisions inside the connection's own transaction; the caller commits.

    Raises:
        sqlalchemy.exc.DBAPIError: disk or file trouble; rolling back leaves the older schema whole.
    """
    config = Config()
    config.set_main_option("script_location", (Path(__file__).parent / "migrations").as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
