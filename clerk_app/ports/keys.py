"""Ciphers, signatures and the key slots of the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.canonical import Json


class CipherSuite(Protocol):
    """One set of ciphers behind one interface; its ``id`` stands in every header and file made with it.

    ``open*`` raise ValueError when the key is wrong or the data was changed: never a half result.
    """

    @property
    def id(self) -> str: ...
    def new_key(self) -> bytes: ...
    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes: ...
    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes: ...
    def derive(self, key: bytes, purpose: str) -> bytes: ...
    def keyed_hash(self, key: bytes, data: bytes) -> str: ...
    def stretch(self, secret: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes: ...
    def seal_blob(self, key: bytes, plain: bytes) -> bytes:
        """Chunked ciphertext (64 KiB plain per chunk), the same bytes on disk and on the wire."""
        ...

    def open_blob(self, key: bytes, blob: bytes) -> bytes: ...
    def new_signing_pair(self) -> tuple[bytes, bytes]:
        """(private, public)."""
        ...

    def sign(self, private: bytes, data: bytes) -> bytes: ...
    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool: ...
    def new_sealing_pair(self) -> tuple[bytes, bytes]:
        """(private, public) for ``seal_to``."""
        ...

    def seal_to(self, public: bytes, plain: bytes, context: bytes) -> bytes: ...
    def open_sealed(self, private: bytes, sealed: bytes, context: bytes) -> bytes: ...


class Signer(Protocol):
    """Signs a message body for clerk and window, at acceptance, when the clerk's key is at hand."""

    @property
    def suite_id(self) -> str: ...
    def sign(self, body: bytes) -> Mapping[str, Json]: ...


class PaperMark(Protocol):
    """What a paper's check code is made of: only who has the window's key can make one."""

    def mark(self, facts: bytes) -> str:
        """64 hexadecimal digits over what the paper says."""
        ...


class FileSigner(Protocol):
    """Signs a file that is kept (a PDF), for the window. The key is Ed25519."""

    @property
    def public(self) -> bytes: ...
    def sign_file(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, repr=False)
class Unlocked:
    """What opening a key slot yields. No repr: it must never reach a log."""

    login: str
    database_key: bytes
    signing_private: bytes
    signing_public: bytes


class Vault(Protocol):
    """Key slots beside the database, as in LUKS: each clerk's PIN with the device's secret opens the database key."""

    def create(self) -> None:
        """Found a new vault with a random database key and a one-time set-up slot. StorageProblem when one exists."""
        ...

    def unlock(self, login: str, pin: str) -> Unlocked:
        """KeyProblem: wrong PIN, unknown login, or still waiting after wrong PINs."""
        ...

    def unlock_setup(self) -> Unlocked:
        """By the one-time set-up key; KeyProblem when it was destroyed."""
        ...

    def add_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """A slot for a clerk with a new signing key; destroys the set-up key. Refused: PIN too short or login taken."""
        ...

    def must_be_good(self, login: str, pin: str) -> None:
        """Refused: no usable login, or a PIN too short (six digits, or a passphrase of ten signs)."""
        ...

    def renew_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """Another PIN for a clerk: the keys are wrapped again, nothing is encrypted again. Whoever ``opened`` their own
        slot keeps their signing key; otherwise there is a new one, and a slot that was missing is made."""
        ...

    def remove_slot(self, login: str) -> None:
        """This clerk's PIN opens nothing any more. Refused for the last slot; nothing happens where there is none."""
        ...

    def make_recovery(self, opened: Unlocked, people: int) -> tuple[str, ...]:
        """A new recovery key as papers for 2…9 people, any two of whom open the vault; older papers open nothing more."""
        ...

    def has_recovery(self) -> bool: ...
    def unlock_recovery(self, papers: Sequence[str]) -> Unlocked:
        """By two papers; the result has no login and no signing key. KeyProblem when they do not open it."""
        ...

    def move_in(self, opened: Unlocked) -> None:
        """On another PC: a new device secret. All slots go, for their device secret stayed behind."""
        ...

    def forget_device(self) -> None:
        """Before a wipe: the device secret goes, out of a key store too; no slot opens from then on. StorageProblem."""
        ...

    def strength(self, pin: str) -> str:
        """A plain warning where this PIN alone protects too little on this PC; empty when it is fine."""
        ...

    def logins(self) -> tuple[str, ...]: ...
    def protection(self) -> str:
        """In the clerk's words, what protects the keys on this PC and what is lost when no key store is there."""
        ...
