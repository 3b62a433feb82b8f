"""The gateway of the chaos town, with one bug of its own: it answers before it commits."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sync.gateway.serve import serve
from sync.gateway.store import GatewayStore
from tests.sync.gateway_main import open_here

BUG = "answer-before-commit"


class _Forget(Exception):
    pass


def plant(store: GatewayStore) -> None:
    """Now and then the answer goes out and the transaction does not."""
    chance, honest = random.Random(5), store.together

    def hasty(act: Callable[[Connection], Any], **more: Any) -> Any:
        if chance.random() < 0.7:
            return honest(act, **more)
        kept: list[Any] = []
        try:
            with store.transaction() as connection:
                kept.append(act(connection))
                raise _Forget
        except _Forget:
            return kept[0]

    setattr(store, "together", hasty)  # noqa: B010 - a method, replaced on purpose


def main() -> None:
    """``FOLDER PORT BUG``."""
    gateway = open_here(Path(sys.argv[1]))
    if sys.argv[3] == BUG:
        plant(gateway.store)
    serve(gateway, int(sys.argv[2]), tick_s=0.2)


if __name__ == "__main__":
    main()
