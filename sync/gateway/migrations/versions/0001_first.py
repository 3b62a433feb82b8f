"""The tables of the first gateway."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("scope", sa.String(80), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "hall",
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("short", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("complaint_phone", sa.String(40), nullable=False),
        sa.Column("sample", sa.Integer, nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("hall", sa.String(20), sa.ForeignKey("hall.code"), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("window_id", sa.String(64), nullable=False),
    )
    op.create_table(
        "window",
        sa.Column("window_id", sa.String(64), primary_key=True),
        sa.Column("hall", sa.String(20), sa.ForeignKey("hall.code"), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("hall", "window", "generation"),
    )
    op.create_table(
        "gateway_case",
        sa.Column("case_id", sa.String(64), primary_key=True),
        sa.Column("ordinal", sa.BigInteger, nullable=False, unique=True),
        sa.Column("receipt", sa.String(80), nullable=False, unique=True),
        sa.Column("hall", sa.String(20), nullable=False),
        sa.Column("window", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("parent", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("case_number", sa.String(80), unique=True),
        sa.Column("result", sa.String(40), nullable=False),
    )
    op.create_table(
        "message",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(64), sa.ForeignKey("gateway_case.case_id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("window_id", sa.String(64), nullable=False),
        sa.Column("clerk", sa.String(200), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("message_case", "message", ["case_id"])
    op.create_table(
        "conflict",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("body_sha256", sa.String(64), primary_key=True),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "guide_report",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("receipt", sa.String(80), nullable=False, unique=True),
        sa.Column("window_id", sa.String(64), nullable=False),
        sa.Column("clerk", sa.String(200), nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "blob",
        sa.Column("blob_sha256", sa.String(64), primary_key=True),
        sa.Column("blob_size", sa.BigInteger, nullable=False),
        sa.Column("complete_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "attachment",
        sa.Column("message_id", sa.String(64), sa.ForeignKey("message.message_id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_sha256", sa.String(64), sa.ForeignKey("blob.blob_sha256"), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_index("attachment_case", "attachment", ["case_id"])
    op.create_index("attachment_blob", "attachment", ["blob_sha256"])
    op.create_table(
        "feed",
        sa.Column("cursor", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("if_unknown", sa.String(10), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
    )
