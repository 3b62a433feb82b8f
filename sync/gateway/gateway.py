"""One gateway put together: its data folder, keys, database, pages, ciphers, TLS authority, and the platform behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.durable import make_folder
from clerk_app.ports import CipherSuite, Clock
from sync.gateway.authority import Authority
from sync.gateway.blobs import BlobFiles, Blobs
from sync.gateway.keys import GatewayKeys, open_keys
from sync.gateway.metrics import Metrics
from sync.gateway.platform import LoopbackPlatform, Platform
from sync.gateway.remembering import RememberingVerifier, Verifier
from sync.gateway.resolver import CodeResolver
from sync.gateway.store import GatewayStore, storage_problem

Verify = Callable[[Verifier, bytes, Mapping[str, Json], bytes], str]
"""(suite, body, signatures, the window's public key) → the clerk's login; ValueError when anything does not verify."""


@dataclass(frozen=True, repr=False)
class Cipher:
    """A suite with the gateway's keys in it."""

    suite: CipherSuite
    keys: GatewayKeys

    @cached_property
    def verifier(self) -> RememberingVerifier:
        """Verifies; what was proved lately is not proved again."""
        return RememberingVerifier(self.suite)


@dataclass(frozen=True, repr=False)
class Gateway:
    """What every part of the gateway is given. ``random(n)``: n unpredictable bytes. ``ciphers``: by suite id, the first one first.
    ``updates``: the folder of signed releases that it hands out, there or not."""

    store: GatewayStore
    blobs: Blobs
    ciphers: Mapping[str, Cipher]
    verify: Verify
    platform: Platform
    clock: Clock
    random: Callable[[int], bytes]
    authority: Authority
    metrics: Metrics
    updates: Path
    resolver: CodeResolver | None = None

    @property
    def first(self) -> Cipher:
        """The suite that a window gets when it asks for none."""
        return next(iter(self.ciphers.values()))

    @cached_property
    def _people_key(self) -> bytes:
        return self.first.suite.derive(self.first.keys.sealing_private, "gateway/people")

    def person_tag(self, hall: str, kind: str, number: str) -> str:
        """How the index names a person of a hall: a keyed hash, worth nothing without the gateway's key file."""
        return self.first.suite.keyed_hash(self._people_key, canonical_bytes([hall, kind, number]))

    def close(self) -> None:
        self.store.close()


def open_gateway(
    data: Path,
    *,
    suites: Sequence[CipherSuite],
    verify: Verify,
    clock: Clock,
    random: Callable[[int], bytes],
    platform: Platform | None = None,
    database_url: str = "",
    blobs: Blobs | None = None,
    resolver: CodeResolver | None = None,
) -> Gateway:
    """Open (or found) the gateway in its data folder; several processes may. ``blobs``: where pages lie, if not in the folder.

    Raises:
        StorageProblem: folder or database cannot be used. KeyProblem: a key file is damaged.
    """
    try:
        make_folder(data)
        ciphers = {suite.id: Cipher(suite, open_keys(data, suite)) for suite in suites}
        pages = blobs or BlobFiles(data / "blobs")
    except OSError as error:
        raise storage_problem(error) from error
    store = GatewayStore(data, database_url)
    authority, port = Authority(data, clock), platform or LoopbackPlatform()
    return Gateway(store, pages, ciphers, verify, port, clock, random, authority, Metrics(), data / "updates", resolver)
