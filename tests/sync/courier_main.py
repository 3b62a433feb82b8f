"""A courier in a process of its own, to be killed: pushes what a window's folder holds, saying each step on stdout."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from sync.courier import Courier
from sync.http_centre import HttpCentre
from tests.sync.hall import SUITE, CountedIds, ShiftedClock, new_store


def main() -> None:
    """One push; the argument tells of which window, in JSON."""
    told = json.loads(sys.argv[1])
    private, sealing = base64.b64decode(told["private"]), base64.b64decode(told["sealing"])
    clock = ShiftedClock()
    clock.shift_ms = told["shift_ms"]
    store = new_store(Path(told["folder"]))
    centre = HttpCentre(
        told["url"],
        told["window_id"],
        sign=lambda data: SUITE.sign(private, data),
        seal=lambda body, context: SUITE.seal_to(sealing, body, context),
        clock=clock,
    )

    def say(doing: str, count: int) -> None:
        sys.stdout.write(f"{doing} {count}\n")
        sys.stdout.flush()

    summary = Courier(store, centre, clock, CountedIds(), batch=3, most_chunk=65536, progress=say).push_once(
        at_once=True
    )
    say("done" if summary.trouble is None else "trouble", summary.acknowledged)


if __name__ == "__main__":
    main()
