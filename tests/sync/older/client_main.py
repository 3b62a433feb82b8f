"""A window of protocol 1: python client_main.py URL TOKEN WINDOW COUNT, with the zip on the path.

Enrols, delivers so many cases with a page each, sends one again, reads the news until each has its number, and says what it saw.
"""

# It runs on the kept release of protocol 1, whose names are not those of today.
# mypy: ignore-errors

from __future__ import annotations

import json
import os
import sys
import time

from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.signer import MessageSigner
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, case_hash
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.domain.time import Stamp
from clerk_app.ports import Unlocked
from sync.http_centre import HttpCentre, HttpEnrolment

SUITE = InternationalSuite(os.urandom)


class WallClock:
    def now(self) -> Stamp:
        return Stamp(time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000)


def a_case(n: int) -> Case:
    return Case(
        id=f"old-{n}",
        kind=CaseKind.SINGLE,
        state=CaseState.ACCEPTED,
        revision=1,
        local_number=f"渝临500199-W03G1-20261121-{n:04d}",
        item=CatalogueVersion("pension", "城乡居民基本养老保险待遇申领", "1", "0" * 64, sample=True),
        hall="500199",
        window=sys.argv[3],
        clerk="wangmin",
        received_at={},
        accepted_on=None,
        deadline=None,
        content={"applicant": "样例"},
    )


def main() -> None:
    url, token, number, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    private, public = SUITE.new_signing_pair()
    enrolled = HttpEnrolment().enrol(url, token, "500199", number, public)
    clerk_private, clerk_public = SUITE.new_signing_pair()
    signer = MessageSigner(SUITE, Unlocked("wangmin", b"", clerk_private, clerk_public), private)
    centre = HttpCentre(
        url,
        enrolled.window_id,
        sign=lambda data: SUITE.sign(private, data),
        seal=lambda body, context: SUITE.seal_to(enrolled.gateway_sealing_public, body, context),
        clock=WallClock(),
    )
    centre.greet()
    messages, blobs, hashes = [], [], {}
    for n in range(count):
        case, page, key = a_case(n), os.urandom(90_000), SUITE.new_key()
        blob = SUITE.seal_blob(key, page)
        ref = AttachmentRef(bytes_hash(page), bytes_hash(blob), len(page), len(blob), "image/jpeg")
        body = message_body(f"m-{n}", MessageKind.ACCEPTED, case, (ref,), {ref.sha256: key})
        fixed = {"body": body, "body_sha256": bytes_hash(body), "suite": SUITE.id, "signatures": signer.sign(body)}
        messages.append(
            OutboxMessage(f"m-{n}", n, case.id, case.id, 1, "case.accepted", created_ms=1, attachments=(ref,), **fixed)
        )
        blobs.append((ref, blob))
        hashes[case.id] = case_hash(case)
    receipts = [each.receipt for each in centre.send(messages)]
    again = centre.send(messages[:1])[0]
    for ref, blob in blobs:
        offset = centre.blob_offset(ref.blob_sha256, ref.blob_size)
        while offset < ref.blob_size:
            offset = centre.send_blob(ref.blob_sha256, ref.blob_size, offset, blob[offset : offset + 65536])
    numbered: set[str] = set()
    cursor, until = 0, time.monotonic() + 15
    while len(numbered) < count and time.monotonic() < until:
        page_of_news = centre.news(cursor)
        for entry in page_of_news.entries:
            cursor = entry.cursor
            if entry.kind == "case.numbered":
                numbered.add(str(entry.body["case_id"]))
        if not page_of_news.entries:
            time.sleep(0.1)  # another process, with no event to wait for
    centre.close()
    told = {
        "receipts": receipts,
        "again": [again.status, again.receipt],
        "numbered": sorted(numbered),
        "hashes": hashes,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
