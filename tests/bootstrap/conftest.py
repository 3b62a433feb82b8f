"""A PIN in the environment for each test, gone afterwards; stretching made cheap (its own tests run it in earnest)."""

from __future__ import annotations

import pytest

from clerk_app.crypto.vault import FileVault
from tests.bootstrap.folder import PIN


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_APP_PIN", PIN)
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)
