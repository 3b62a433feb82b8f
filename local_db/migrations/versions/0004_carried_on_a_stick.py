"""Which messages were written to a stick (U 盘), when and in which bundle, so that the next stick takes the others."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring a database of 0003 here."""
    op.execute(
        """
        CREATE TABLE carried (
            message TEXT NOT NULL,
            bundle TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (message)
        )
        """
    )
    op.execute("PRAGMA user_version = 4")
