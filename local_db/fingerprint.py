"""One hash over all that a database holds, to see whether anything was written since: a handover wipes only what has gone.

Left out is what moves by itself and is nobody's data: how far delivery has come (its outcome stands in the journal), where the
feed goes on, signed checkpoints, a sign-in. A table or column that is added later counts until it is named here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from sqlalchemy import select

from clerk_app.domain.journal import HEAD
from local_db.cases import SEARCH_BEHIND, SEARCH_CUT
from local_db.schema import config, feed_cursor, journal, metadata, outbox, outbox_blob
from local_db.transaction import Transaction

UNCOUNTED = {
    outbox.name: {"state", "attempts", "next_try_ms", "lease_until_ms"},
    outbox_blob.name: {"done"},
    journal.name: {"seq", "previous", "digest"},  # they shift with an entry that is not counted
}
_SIGN_INS = frozenset({"sign_in"})
_STRETCH = 5000
PAGES_CHECKED = "pages.checked"
"""Where the slow check of all pages goes on; it moves by itself."""


def fingerprint(transaction: Transaction, without: Collection[str] = ()) -> str:
    """64 hex digits; equal only while nothing that counts was written. ``without``: names of settings that do not count.
    Raises StorageProblem."""
    unwatched = {SEARCH_BEHIND, SEARCH_CUT, HEAD, PAGES_CHECKED, *without}
    total = hashlib.sha256()
    for table in metadata.sorted_tables:
        if table is feed_cursor:
            continue
        total.update(f"\n{table.name}\n".encode())
        counted = [column for column in table.columns if column.name not in UNCOUNTED.get(table.name, ())]
        wanted, at = select(*counted).order_by(*table.primary_key.columns), 0
        while True:
            rows = transaction.execute(wanted.limit(_STRETCH).offset(at)).all()
            for row in rows:
                if table is config and row.name in unwatched:
                    continue
                if table is journal and json.loads(row.happening).get("verb") in _SIGN_INS:
                    continue
                total.update(repr(tuple(row)).encode("utf-8", "surrogatepass") + b"\n")
            if len(rows) < _STRETCH:
                break
            at += len(rows)
    return total.hexdigest()
