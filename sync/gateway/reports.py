"""查错纠错 at the gateway: reports of errors in guides, each kept once, sealed as it came (office.py lists them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from clerk_app.domain.canonical import Json
from clerk_app.domain.guide_report import GuideReport
from clerk_app.ports import Receipt
from sync.gateway import schema
from sync.gateway.store import Counter
from sync.gateway.windows import Window
from sync.protocol import Envelope


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """A report whose envelope proved right."""

    envelope: Envelope
    report: GuideReport
    clerk: str


def put_report(
    connection: Connection, window: Window, day: str, now_ms: int, opened: OpenedReport, as_it_came: Mapping[str, Json]
) -> Receipt:
    """Keep it in the caller's transaction. The id is the hash of the content: what is here already is the same report.

    ``day``: YYYYMMDD of the receipt.
    """
    table, own_id = schema.report, opened.report.id
    receipt = connection.execute(select(table.c.receipt).where(table.c.message_id == own_id)).scalar()
    if receipt is not None:
        return Receipt(own_id, "duplicate", str(receipt))
    counter = Counter(connection, f"report {window.hall} {day}")
    receipt = f"JC{window.hall}-{day}-{counter.next():06d}"
    counter.keep()
    row = {"message_id": own_id, "receipt": receipt, "window_id": window.window_id, "clerk": opened.clerk}
    connection.execute(insert(table).values(**row, **as_it_came, received_ms=now_ms))
    return Receipt(own_id, "stored", receipt)
