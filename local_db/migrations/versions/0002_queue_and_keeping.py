"""The outbox's queue without its bodies, erased cases, and a search index of another cut, filled anew by the store."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "DROP INDEX outbox_open",
    """
    CREATE INDEX outbox_queue ON outbox
        (seq, id, stream, case_id, state, priority, attempts, next_try_ms, lease_until_ms, is_open)
        WHERE is_open
    """,
    "CREATE INDEX outbox_pinned ON outbox (stream) WHERE is_open AND priority > 0",
    "DROP INDEX outbox_by_state",
    "CREATE INDEX outbox_by_state ON outbox (state, created_ms)",
    'ALTER TABLE "case" ADD COLUMN erased BOOLEAN DEFAULT 0 NOT NULL',
    'CREATE INDEX case_kept ON "case" (seq) WHERE NOT erased',
    "DROP TABLE case_search",
    "CREATE VIRTUAL TABLE case_search USING fts5(tokens, detail='none', tokenize='ascii')",
    "INSERT INTO config (name, value) SELECT 'search.behind', '0' WHERE EXISTS (SELECT 1 FROM \"case\")",
)


def upgrade() -> None:
    """Bring a database of 0001 here; what is sealed stays as it lies."""
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("PRAGMA user_version = 2")
