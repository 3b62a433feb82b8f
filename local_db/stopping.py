"""How long work in the store is broken off: it asks between pages, chunks and stretches of a statement whether to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlcipher3 import dbapi2

from clerk_app.errors import Stopped

GoOn = Callable[[], bool]
T = TypeVar("T")
_STRETCH = 500
_STEPS = 20_000
"""Steps of SQLite's machine between two looks: a few milliseconds."""


def always() -> bool:
    """For work that somebody waits for."""
    return True


def look_up(go_on: GoOn) -> None:
    """Raises Stopped when it is time to leave."""
    if not go_on():
        raise Stopped


@contextmanager
def asking(connection: Any, go_on: GoOn) -> Iterator[None]:
    """A statement of this driver's connection inside ends with SQLITE_INTERRUPT soon after ``go_on`` says no (faults.in_words
    makes Stopped of it). ``PRAGMA cipher_integrity_check`` alone is SQLCipher's own loop and reads on to its end."""
    connection.set_progress_handler(lambda: int(not go_on()), _STEPS)
    try:
        yield
    finally:
        with suppress(dbapi2.ProgrammingError):  # a connection that met a damaged page is closed by now
            connection.set_progress_handler(None, 0)


def between(go_on: GoOn, rows: Iterator[T]) -> Iterator[T]:
    """The rows as they come, asking now and then between two of them. Raises Stopped."""
    for n, row in enumerate(rows):
        if not n % _STRETCH:
            look_up(go_on)
        yield row
