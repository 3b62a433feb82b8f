"""The first schema: everything that the main job stores.

Written out as it was on that day: a migration must not change when schema.py does.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE blob (
        blob_sha256 TEXT NOT NULL,
        file_name TEXT NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (blob_sha256)
    )
    """,
    """
    CREATE TABLE "case" (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        newest_first INTEGER NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        revision INTEGER NOT NULL,
        local_number TEXT NOT NULL,
        item_id TEXT NOT NULL,
        item TEXT NOT NULL,
        hall TEXT NOT NULL,
        window TEXT NOT NULL,
        clerk TEXT NOT NULL,
        received_at TEXT NOT NULL,
        accepted_on TEXT,
        deadline TEXT NOT NULL,
        document_numbers TEXT NOT NULL,
        parent TEXT NOT NULL,
        gateway_receipt TEXT NOT NULL,
        case_number TEXT NOT NULL,
        outcome TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id)
    )
    """,
    'CREATE INDEX case_newest_first ON "case" (newest_first, parent, seq)',
    'CREATE INDEX case_by_local_number ON "case" (local_number)',
    "CREATE INDEX case_by_number ON \"case\" (case_number) WHERE case_number <> ''",
    'CREATE INDEX case_by_parent ON "case" (parent)',
    "CREATE INDEX case_by_receipt ON \"case\" (gateway_receipt) WHERE gateway_receipt <> ''",
    "CREATE UNIQUE INDEX case_local_number_once ON \"case\" (local_number) WHERE parent = '' AND local_number <> ''",
    """
    CREATE TABLE case_key (
        owner TEXT NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (owner)
    )
    """,
    """
    CREATE TABLE clerk (
        seq INTEGER NOT NULL,
        login TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        public_key BLOB NOT NULL,
        active BOOLEAN NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (login)
    )
    """,
    """
    CREATE TABLE config (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE draft (
        id TEXT NOT NULL,
        clerk TEXT NOT NULL,
        opened_ms INTEGER NOT NULL,
        saved_ms INTEGER NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE feed_cursor (
        one INTEGER NOT NULL,
        cursor INTEGER NOT NULL,
        PRIMARY KEY (one)
    )
    """,
    """
    CREATE TABLE feed_kept (
        cursor INTEGER NOT NULL,
        scope TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        if_unknown TEXT NOT NULL,
        PRIMARY KEY (cursor)
    )
    """,
    """
    CREATE TABLE journal (
        seq INTEGER NOT NULL,
        case_id TEXT NOT NULL,
        happening TEXT NOT NULL,
        previous TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (seq)
    )
    """,
    "CREATE INDEX journal_by_case ON journal (case_id) WHERE case_id <> ''",
    """
    CREATE TABLE number (
        scope TEXT NOT NULL,
        value INTEGER NOT NULL,
        PRIMARY KEY (scope)
    )
    """,
    """
    CREATE TABLE outbox (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        stream TEXT NOT NULL,
        case_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        kind TEXT NOT NULL,
        sealed BLOB NOT NULL,
        body_sha256 TEXT NOT NULL,
        suite TEXT NOT NULL,
        signatures TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_try_ms INTEGER NOT NULL,
        lease_until_ms INTEGER NOT NULL,
        receipt TEXT NOT NULL,
        refusal_code TEXT NOT NULL,
        refusal_reason TEXT NOT NULL,
        is_open BOOLEAN NOT NULL,
        UNIQUE (id)
    )
    """,
    "CREATE INDEX outbox_by_case ON outbox (case_id)",
    "CREATE INDEX outbox_by_state ON outbox (state)",
    "CREATE INDEX outbox_open ON outbox (seq) WHERE is_open",
    """
    CREATE TABLE print_job (
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        case_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        form TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        state TEXT NOT NULL,
        copy_number INTEGER NOT NULL,
        printer TEXT NOT NULL,
        spool_ref TEXT NOT NULL,
        reason TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (seq),
        UNIQUE (id)
    )
    """,
    "CREATE INDEX print_job_by_case ON print_job (case_id)",
    "CREATE INDEX print_job_by_state ON print_job (state)",
    """
    CREATE TABLE attachment (
        owner TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        blob_sha256 TEXT NOT NULL,
        wrapped BLOB NOT NULL,
        size INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        PRIMARY KEY (owner, sha256),
        FOREIGN KEY(blob_sha256) REFERENCES blob (blob_sha256)
    )
    """,
    "CREATE INDEX attachment_by_blob ON attachment (blob_sha256)",
    """
    CREATE TABLE draft_value (
        draft_id TEXT NOT NULL,
        "key" TEXT NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (draft_id, "key"),
        FOREIGN KEY(draft_id) REFERENCES draft (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE outbox_blob (
        message INTEGER NOT NULL,
        position INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        blob_sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        blob_size INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        done BOOLEAN NOT NULL,
        PRIMARY KEY (message, position),
        FOREIGN KEY(message) REFERENCES outbox (seq) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX outbox_blob_to_go ON outbox_blob (message) WHERE NOT done",
    "CREATE VIRTUAL TABLE case_search USING fts5(tokens, detail='none', tokenize='ascii')",
)


def upgrade() -> None:
    """Create all tables."""
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute("PRAGMA user_version = 1")
