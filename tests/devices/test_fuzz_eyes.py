"""The short form of ``bench fuzz_eyes``: the same chance, fewer rounds."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.devices.fuzz_eyes import rounds


@pytest.mark.parametrize(("kind", "count"), [("frames", 40), ("codes", 200), ("reader", 300)])
def test_chance_finds_nothing(kind: str, count: int) -> None:
    assert [found for found in islice(rounds(kind, 1), count) if found is not None] == []
