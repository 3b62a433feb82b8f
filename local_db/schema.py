"""The tables. What a person gave (case content, draft values, message bodies, print details) is sealed under the case's
own key, so that destroying that key erases it; every other column is a reference, a state or a date.

Changing a table means a new revision in migrations/versions and a new VERSION here; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

VERSION = 5
"""PRAGMA user_version of this schema."""

metadata = MetaData()

case_key = Table(
    "case_key",
    metadata,
    Column("owner", Text, primary_key=True),  # a draft's or case's id: a draft's id becomes its case's
    Column("wrapped", LargeBinary, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("id", Text, primary_key=True),
    Column("clerk", Text, nullable=False),
    Column("opened_ms", Integer, nullable=False),
    Column("saved_ms", Integer, nullable=False),
)

draft_value = Table(
    "draft_value",
    metadata,
    Column("draft_id", Text, ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

case = Table(
    "case",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("newest_first", Integer, nullable=False),  # minus the seq of the package, for parts; else of itself
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("local_number", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item", Text, nullable=False),  # the pinned catalogue version, canonical JSON
    Column("hall", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("accepted_on", Text),
    Column("deadline", Text, nullable=False),
    Column("document_numbers", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("gateway_receipt", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # content and the outcome's note; empty once erased
    Column("erased", Boolean, nullable=False, server_default=text("0")),
    Index("case_kept", "seq", sqlite_where=text("NOT erased")),
    Index("case_newest_first", "newest_first", "parent", "seq"),  # a package has no parent: it leads its parts
    Index("case_by_parent", "parent"),
    Index("case_by_receipt", "gateway_receipt", sqlite_where=text("gateway_receipt <> ''")),
    Index("case_by_number", "case_number", sqlite_where=text("case_number <> ''")),
    Index("case_by_local_number", "local_number"),
    Index(
        "case_local_number_once",
        "local_number",
        unique=True,
        sqlite_where=text("parent = '' AND local_number <> ''"),
    ),
)

CASE_SEARCH = "CREATE VIRTUAL TABLE case_search USING fts5(tokens, detail='none', tokenize='ascii')"
"""Row id = case.seq. See search.py for the tokens."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("happening", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index("journal_by_case", "case_id", sqlite_where=text("case_id <> ''")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the body
    Column("body_sha256", Text, nullable=False),
    Column("suite", Text, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_ms", Integer, nullable=False),
    Column("lease_until_ms", Integer, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("refusal_code", Text, nullable=False),
    Column("refusal_reason", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),  # not acknowledged, or attachments still to go
    Index(  # all that deciding what goes next needs, so that no body is read for it
        "outbox_queue",
        "seq",
        "id",
        "stream",
        "case_id",
        "state",
        "priority",
        "attempts",
        "next_try_ms",
        "lease_until_ms",
        "is_open",
        sqlite_where=text("is_open"),
    ),
    Index("outbox_pinned", "stream", sqlite_where=text("is_open AND priority > 0")),
    Index("outbox_by_case", "case_id"),
    Index("outbox_by_state", "state", "created_ms"),
    sqlite_autoincrement=True,  # a number is never given twice, whatever is removed
)

outbox_blob = Table(
    "outbox_blob",
    metadata,
    Column("message", Integer, ForeignKey("outbox.seq", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("blob_sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("blob_size", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Index("outbox_blob_to_go", "message", sqlite_where=text("NOT done")),
)

carried = Table(
    "carried",
    metadata,
    Column("message", Text, primary_key=True),
    Column("bundle", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),  # when it was last written to a stick
)

print_job = Table(
    "print_job",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("case_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("created_ms", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("printer", Text, nullable=False),
    Column("spool_ref", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the detail
    Index("print_job_by_case", "case_id"),
    Index("print_job_by_state", "state"),
)

blob = Table(
    "blob",
    metadata,
    Column("blob_sha256", Text, primary_key=True),
    Column("file_name", Text, nullable=False),  # keyed hash of blob_sha256, so that the folder tells nothing
    Column("size", Integer, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("blob_sha256", Text, ForeignKey("blob.blob_sha256"), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),  # the blob's key under the owner's case key
    Column("size", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Index("attachment_by_blob", "blob_sha256"),
)

number = Table(
    "number",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

feed_cursor = Table(
    "feed_cursor",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("cursor", Integer, nullable=False),
)

feed_kept = Table(
    "feed_kept",
    metadata,
    Column("cursor", Integer, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("if_unknown", Text, nullable=False),
)

clerk = Table(
    "clerk",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("active", Boolean, nullable=False),
)

config = Table(
    "config",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

listed_person = Table(
    "listed_person",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),  # special_groups.Listed, under the person's own key
)

visit = Table(
    "visit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("listed_person.id", ondelete="CASCADE"), nullable=False),
    Column("day", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # visits.Visit, under the person's key
    Index("visit_by_day", "day"),
    Index("visit_by_person", "person"),
)

SEALED_UNDER = {
    "draft": "id",
    "draft_value": "draft_id",
    "case": "id",
    "outbox": "case_id",
    "print_job": "case_id",
    "attachment": "owner",
    "listed_person": "id",
    "visit": "person",
}
"""Whose key (case_key.owner) opens a row, by table. A table with a sealed column that is missing here fails a test: its rows
would travel without their keys."""
