"""Suites and certificates of windows, the forwarding outbox, checkpoints, refusals, people of the hall, administrators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("window", sa.Column("suite", sa.String(16), nullable=False, server_default="intl-1"))
    op.add_column("window", sa.Column("seen_ms", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("window", sa.Column("certificate", sa.String(100), nullable=False, server_default=""))
    op.add_column("gateway_case", sa.Column("owner", sa.String(6), nullable=False, server_default=""))
    unnumbered = sa.text("case_number IS NULL")
    op.create_index(
        "gateway_case_unnumbered",
        "gateway_case",
        ["ordinal"],
        sqlite_where=unnumbered,
        postgresql_where=unnumbered,
    )
    op.create_index("gateway_case_day", "gateway_case", ["hall", "receipt"])
    op.create_index("feed_target", "feed", ["scope", "target", "cursor"])
    op.create_table(
        "refusal",
        sa.Column("window_id", sa.String(64), primary_key=True),
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("first_ms", sa.BigInteger, nullable=False),
        sa.Column("last_ms", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("window_id", sa.String(64), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "forward",
        sa.Column("case_id", sa.String(64), sa.ForeignKey("gateway_case.case_id"), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("done_revision", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_ms", sa.BigInteger, nullable=False),
        sa.Column("lease_ms", sa.BigInteger, nullable=False),
        sa.Column("trouble", sa.String(200), nullable=False),
    )
    op.create_index("forward_due", "forward", ["next_ms"])
    # What the first gateway held without a number has still to be handed on; what has one is done.
    op.execute(
        "INSERT INTO forward (case_id, revision, done_revision, tries, next_ms, lease_ms, trouble) "
        "SELECT case_id, revision, CASE WHEN case_number IS NULL THEN 0 ELSE revision END, 0, 0, 0, '' FROM gateway_case"
    )
    op.create_table(
        "person",
        sa.Column("tag", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(64), sa.ForeignKey("gateway_case.case_id"), primary_key=True),
    )
    op.create_table(
        "deed",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(300), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("object", sa.String(200), nullable=False),
    )
    op.create_table(
        "admin",
        sa.Column("login", sa.String(40), primary_key=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("wait_until_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("login", sa.String(40), sa.ForeignKey("admin.login"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
    )
