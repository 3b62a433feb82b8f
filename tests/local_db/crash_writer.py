"""A process that accepts cases one after the other and says each number once it is durable, until it is killed.

python -m tests.local_db.crash_writer FOLDER, with the database key as hexadecimal on standard input
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp
from clerk_app.ports import Store
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message


def accept(store: Store) -> str:
    """A case with everything that belongs to its transaction; returns its id after the commit."""
    with store.begin() as uow:
        case_id = f"k{uow.numbers.next('day'):06d}"
        uow.attachments.put(case_id, case_id.encode() * 2000, "image/jpeg")
        uow.cases.add(make_case(case_id))
        uow.outbox.add(make_message("m" + case_id, case_id))
        uow.journal.append(Happening(Stamp(1), "wangmin", "case.accepted", case_id, 1))
        uow.commit()
    return case_id


def main() -> None:
    """Write until killed."""
    key = bytes.fromhex(sys.stdin.readline())
    store = SqlStore(Path(sys.argv[1]), key, InternationalSuite(os.urandom))
    while True:
        sys.stdout.write(accept(store) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
