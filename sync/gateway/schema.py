"""The gateway's tables. Bodies lie sealed as they came (nothing in the clear); other columns are references and dates.

Changing a table means a new revision in migrations/versions as well; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

counter = Table(
    "counter",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

hall = Table(
    "hall",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("short", String(200), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("complaint_phone", String(40), nullable=False),
    Column("sample", Integer, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("hall", String(20), ForeignKey("hall.code"), nullable=False),
    Column("window", String(6), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("window_id", String(64), nullable=False, default=""),  # who used it; empty while unused
)

window = Table(
    "window",
    metadata,
    Column("window_id", String(64), primary_key=True),
    Column("hall", String(20), ForeignKey("hall.code"), nullable=False),
    Column("window", String(6), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger, nullable=False, default=0),
    Column("suite", String(16), nullable=False, server_default="intl-1"),
    Column("seen_ms", BigInteger, nullable=False, server_default="0"),  # its last request, to about a minute
    Column("certificate", String(100), nullable=False, server_default=""),  # serial numbers of the TLS ones in force
    UniqueConstraint("hall", "window", "generation"),
)

case = Table(
    "gateway_case",
    metadata,
    Column("case_id", String(64), primary_key=True),
    Column("ordinal", BigInteger, nullable=False, unique=True),
    Column("receipt", String(80), nullable=False, unique=True),
    Column("hall", String(20), nullable=False),
    Column("window", String(6), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("case_number", String(80), unique=True),
    Column("result", String(40), nullable=False, default=""),
    Column("owner", String(6), nullable=False, server_default=""),  # the window that goes on with it; empty: ``window``
)
Index(
    "gateway_case_unnumbered",
    case.c.ordinal,
    sqlite_where=case.c.case_number.is_(None),
    postgresql_where=case.c.case_number.is_(None),
)
Index("gateway_case_day", case.c.hall, case.c.receipt)

message = Table(
    "message",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column("case_id", String(64), ForeignKey("gateway_case.case_id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("window_id", String(64), nullable=False),
    Column("clerk", String(200), nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("header", Text, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)
Index("message_case", message.c.case_id)

conflict = Table(
    "conflict",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column("body_sha256", String(64), primary_key=True),
    Column("case_id", String(64), nullable=False),
    Column("header", Text, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

report = Table(
    "guide_report",
    metadata,
    Column("message_id", String(64), primary_key=True),
    Column("receipt", String(80), nullable=False, unique=True),
    Column("window_id", String(64), nullable=False),
    Column("clerk", String(200), nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("header", Text, nullable=False),
    Column("signatures", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("blob_sha256", String(64), primary_key=True),
    Column("blob_size", BigInteger, nullable=False),
    Column("complete_ms", BigInteger, nullable=False, default=0),
)

attachment = Table(
    "attachment",
    metadata,
    Column("message_id", String(64), ForeignKey("message.message_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("case_id", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob_sha256", String(64), ForeignKey("blob.blob_sha256"), nullable=False),
    Column("size", BigInteger, nullable=False),
)
Index("attachment_case", attachment.c.case_id)
Index("attachment_blob", attachment.c.blob_sha256)

feed = Table(
    "feed",
    metadata,
    Column("cursor", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", String(20), nullable=False),
    Column("target", String(40), nullable=False),  # hall/window, hall code, or empty for the whole district
    Column("kind", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("if_unknown", String(10), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
Index("feed_target", feed.c.scope, feed.c.target, feed.c.cursor)

refusal = Table(
    "refusal",
    metadata,
    Column("window_id", String(64), primary_key=True),
    Column("message_id", String(64), primary_key=True),
    Column("code", String(8), primary_key=True),
    Column("first_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("window_id", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # by the window's clock
    Column("mark", Text, nullable=False),  # as it came, with its signature
    Column("fault", String(40), nullable=False),  # empty, or how it contradicts what came before
    Column("received_ms", BigInteger, nullable=False),
)

forward = Table(
    "forward",
    metadata,
    Column("case_id", String(64), ForeignKey("gateway_case.case_id"), primary_key=True),
    Column("revision", Integer, nullable=False),  # the newest to be handed on
    Column("done_revision", Integer, nullable=False),  # the newest that the platform took
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),
    Column("lease_ms", BigInteger, nullable=False),  # claimed until then
    Column("trouble", String(200), nullable=False),  # why it waits, in words
)
Index("forward_due", forward.c.next_ms)

person = Table(
    "person",
    metadata,
    Column("tag", String(64), primary_key=True),  # keyed hash of hall, kind and number of the document
    Column("case_id", String(64), ForeignKey("gateway_case.case_id"), primary_key=True),
)

deed = Table(
    "deed",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(300), nullable=False),  # window and clerk, or an administrator's login
    Column("act", String(40), nullable=False),
    Column("object", String(200), nullable=False),  # references only: never a name or an identity number
)

admin = Table(
    "admin",
    metadata,
    Column("login", String(40), primary_key=True),
    Column("password", String(200), nullable=False),  # argon2id
    Column("tries", Integer, nullable=False),
    Column("wait_until_ms", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("login", String(40), ForeignKey("admin.login"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
