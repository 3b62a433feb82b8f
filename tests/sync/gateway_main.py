"""A gateway in a process of its own for the tests, joined as the composition root joins it."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from clerk_app.bootstrap.demo_codes import DemoResolver
from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.signer import verify_signatures
from clerk_app.domain.time import Stamp
from sync.gateway.gateway import Gateway, open_gateway
from sync.gateway.serve import serve

DATABASE = "test-database.url"
"""In a test gateway's folder: its database's URL; not there for SQLite."""


class WallClock:
    """The PC's own time."""

    def now(self) -> Stamp:
        return Stamp(time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000)


def database_of(data: Path) -> str:
    """The database that belongs to a test gateway's folder."""
    file = data / DATABASE
    return file.read_text() if file.exists() else ""


def open_here(data: Path) -> Gateway:
    return open_gateway(
        data,
        suites=[InternationalSuite(os.urandom), GuomiSuite(os.urandom)],
        verify=verify_signatures,
        clock=WallClock(),
        random=os.urandom,
        database_url=database_of(data),
        resolver=DemoResolver(),
    )


def main() -> None:
    """``FOLDER PORT SECONDS``: serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("tick_s", type=float)
    chosen = parser.parse_args()
    serve(open_here(chosen.data), chosen.port, tick_s=chosen.tick_s)


if __name__ == "__main__":
    main()
