"""One clerk's key slot: sealed under what the PIN and the device's secret stretch to, bound to vault, login and public key."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace

from clerk_app.crypto.pins import tidy
from clerk_app.crypto.vault_file import Slot, VaultFile
from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.ports import CipherSuite, Unlocked


def check_of(suite: CipherSuite, key: bytes) -> str:
    """What stands in the vault's file to tell its database key from any other."""
    return suite.keyed_hash(suite.derive(key, "vault-check"), b"clerk-app vault")


def new_slot(
    suite: CipherSuite, vault: VaultFile, mine: Unlocked, pin: str, device: bytes, cost: Mapping[str, int]
) -> Slot:
    """``pin``: an acceptable one; ``cost``: what the stretching is to cost on this machine."""
    salt = suite.new_key()
    slot_key = _slot_key(suite, pin, device, salt, cost)
    secrets: Json = {
        "database_key": base64.b64encode(mine.database_key).decode("ascii"),
        "signing_private": base64.b64encode(mine.signing_private).decode("ascii"),
    }
    empty = Slot(mine.login, salt, tuple(sorted(cost.items())), mine.signing_public, b"")
    return replace(empty, sealed=suite.seal(slot_key, canonical_bytes(secrets), _context(vault, empty)))


def open_slot(suite: CipherSuite, vault: VaultFile, slot: Slot, pin: str, device: bytes) -> Unlocked:
    """Raises ValueError: a wrong PIN, another device, a slot that was changed or is another vault's."""
    slot_key = _slot_key(suite, tidy(pin), device, slot.salt, dict(slot.cost))
    secrets = parse_json(suite.open(slot_key, slot.sealed, _context(vault, slot)))
    key = base64.b64decode(secrets["database_key"])
    if check_of(suite, key) != vault.check:
        raise ValueError("the slot was made for another vault")
    return Unlocked(slot.login, key, base64.b64decode(secrets["signing_private"]), slot.public_key)


def _slot_key(suite: CipherSuite, pin: str, device: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes:
    return suite.stretch(device + pin.encode("utf-8"), salt, cost)  # the device secret has a fixed length


def _context(vault: VaultFile, slot: Slot) -> bytes:
    public = base64.b64encode(slot.public_key).decode("ascii")
    return canonical_bytes(["vault/1", "slot", vault.id, slot.login, public])
