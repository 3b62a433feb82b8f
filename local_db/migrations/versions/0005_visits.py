"""特殊群体服务台账 and the visits of 上门办, each person sealed under a key of their own."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE listed_person (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id)
    )
    """,
    """
    CREATE TABLE visit (
        id TEXT NOT NULL,
        person TEXT NOT NULL,
        day TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(person) REFERENCES listed_person (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX visit_by_day ON visit (day)",
    "CREATE INDEX visit_by_person ON visit (person)",
    "PRAGMA user_version = 5",
)


def upgrade() -> None:
    """Bring a database of 0004 here."""
    for statement in STATEMENTS:
        op.execute(statement)
