"""The international suite ``intl-1``: AES-256-GCM, HKDF and HMAC over SHA-256, argon2id, Ed25519, X25519.

All keys are 32 raw bytes. Randomness is given, so that a test can repeat it; in the program it is ``os.urandom``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from clerk_app.crypto.blob import SALT, open_chunks, seal_chunks

KEY = 32
SIGNATURE = 64
NONCE = 12
TAG = 16
BOXES = 256
"""How many boxes one ephemeral key seals: under random nonces of 96 bits, far from any bound."""
MOST_MEMORY_KIB = 1024 * 1024
"""A damaged or hostile file must not make the program ask for more than 1 GiB."""


class InternationalSuite:
    """See ports.CipherSuite. ``random(n)`` gives n unpredictable bytes."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._box: _Box | None = None

    @property
    def id(self) -> str:
        return "intl-1"

    def new_key(self) -> bytes:
        """32 random bytes."""
        return self._random(KEY)

    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag; ``context`` is bound but not stored."""
        nonce = self._random(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plain, context)

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes. Raises ValueError."""
        if len(sealed) < NONCE + TAG:
            raise ValueError("too short to be sealed data")
        try:
            return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context)
        except InvalidTag:
            raise ValueError("the key is wrong or the data was changed") from None

    def derive(self, key: bytes, purpose: str) -> bytes:
        """An independent 32-byte key for one purpose."""
        return _hkdf(key, b"", b"clerk-app/1/" + purpose.encode("utf-8"))

    def keyed_hash(self, key: bytes, data: bytes) -> str:
        """HMAC-SHA256, 64 hexadecimal digits."""
        return hmac.digest(key, data, "sha256").hex()

    def stretch(self, secret: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes:
        """argon2id, 32 bytes. ``cost``: {"time": passes, "memory_kib", "lanes"}. Raises ValueError for an absurd cost."""
        passes, memory, lanes = cost["time"], cost["memory_kib"], cost["lanes"]
        if not (1 <= passes <= 100 and 1 <= lanes <= 64 and 8 * lanes <= memory <= MOST_MEMORY_KIB):
            raise ValueError("a cost outside of what is sensible")
        try:
            return hash_secret_raw(secret, salt, passes, memory, lanes, KEY, Type.ID)
        except HashingError as error:
            raise ValueError("the salt or the cost is not usable") from error

    # --- blobs

    def seal_blob(self, key: bytes, plain: bytes) -> bytes:
        """See blob.py for the format."""
        return seal_chunks(
            self.id, lambda salt: AESGCM(_hkdf(key, salt, b"clerk-app/1/blob")), self._random(SALT), plain
        )

    def open_blob(self, key: bytes, blob: bytes) -> bytes:
        """Raises ValueError."""
        return open_chunks(self.id, lambda salt: AESGCM(_hkdf(key, salt, b"clerk-app/1/blob")), blob)

    # --- signatures

    def new_signing_pair(self) -> tuple[bytes, bytes]:
        """Ed25519 (private, public), 32 raw bytes each."""
        private = self._random(KEY)
        return private, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def sign(self, private: bytes, data: bytes) -> bytes:
        """64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(private).sign(data)

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """False for anything but this key's signature of this data."""
        if len(signature) != SIGNATURE or len(public) != KEY:
            return False
        try:  # libsodium proves in three fifths of OpenSSL's time, and a gateway does little else
            crypto_sign_open(signature + data, public)
        except BadSignatureError:
            return False
        return True

    # --- sealed boxes

    def new_sealing_pair(self) -> tuple[bytes, bytes]:
        """X25519 (private, public), 32 raw bytes each."""
        private = self._random(KEY)
        return private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def seal_to(self, public: bytes, plain: bytes, context: bytes) -> bytes:
        """Ephemeral public key ‖ nonce ‖ ciphertext ‖ tag: only the owner of the private key reads it.

        One ephemeral key serves some boxes in a row, each under a fresh nonce; its private half is forgotten at once. Whoever
        opens them agrees on a key once instead of for each box, which is half of the work at either end.

        Raises ValueError when ``public`` is no usable key.
        """
        box = self._box
        if box is None or box.public != public or box.left <= 0:
            ephemeral = X25519PrivateKey.from_private_bytes(self._random(KEY))
            mine = ephemeral.public_key().public_bytes_raw()
            shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
            box = self._box = _Box(public, mine, _hkdf(shared, mine + public, b"clerk-app/1/sealed-box"), BOXES)
        box.left -= 1  # threads may lose a count to each other: a few boxes more change nothing
        return box.mine + self.seal(box.key, plain, context)

    def open_sealed(self, private: bytes, sealed: bytes, context: bytes) -> bytes:
        """Raises ValueError."""
        if len(sealed) < KEY + NONCE + TAG:
            raise ValueError("too short to be a sealed box")
        return self.open(_agreed(private, sealed[:KEY]), sealed[KEY:], context)


@dataclass(slots=True, repr=False)
class _Box:
    """What seals the next boxes to one public key. ``left``: how many more. No repr: it holds a key."""

    public: bytes
    mine: bytes
    key: bytes
    left: int


@lru_cache(maxsize=1024)
def _agreed(private: bytes, theirs: bytes) -> bytes:
    """The key of the boxes that came under one ephemeral key. Raises ValueError when that is no usable key."""
    own, public = _sealing_pair(private)
    shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
    return _hkdf(shared, theirs + public, b"clerk-app/1/sealed-box")


@lru_cache(maxsize=4)
def _sealing_pair(private: bytes) -> tuple[X25519PrivateKey, bytes]:
    """Whoever opens boxes opens many with the same key."""
    own = X25519PrivateKey.from_private_bytes(private)
    return own, own.public_key().public_bytes_raw()


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY, salt or None, info).derive(key)
