"""One gateway put together: its data folder, keys, database, blobs, ciphers and the platform behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clerk_app.domain.canonical import Json
from clerk_app.durable import make_folder
from clerk_app.ports import CipherSuite, Clock
from sync.gateway.blobs import BlobFiles
from sync.gateway.keys import GatewayKeys, open_keys
from sync.gateway.platform import LoopbackPlatform, Platform
from sync.gateway.store import GatewayStore, storage_problem

Verify = Callable[[CipherSuite, bytes, Mapping[str, Json], bytes], str]
"""(suite, body, signatures, the window's public key) → the clerk's login; ValueError when anything does not verify."""


@dataclass(frozen=True, slots=True, repr=False)
class Gateway:
    """What every part of the gateway is given. ``random(n)``: n unpredictable bytes."""

    store: GatewayStore
    blobs: BlobFiles
    keys: GatewayKeys
    suite: CipherSuite
    verify: Verify
    platform: Platform
    clock: Clock
    random: Callable[[int], bytes]

    def close(self) -> None:
        self.store.close()


def open_gateway(
    data: Path,
    *,
    suite: CipherSuite,
    verify: Verify,
    clock: Clock,
    random: Callable[[int], bytes],
    platform: Platform | None = None,
    database_url: str = "",
) -> Gateway:
    """Open (or found) the gateway in its data folder; several processes may.

    Raises:
        StorageProblem: folder or database cannot be used. KeyProblem: its key file is damaged.
    """
    try:
        make_folder(data)
        keys = open_keys(data, suite)
        blobs = BlobFiles(data / "blobs")
    except OSError as error:
        raise storage_problem(error) from error
    store = GatewayStore(data, database_url)
    return Gateway(store, blobs, keys, suite, verify, platform or LoopbackPlatform(), clock, random)
