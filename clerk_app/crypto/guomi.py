"""The 国密 suite ``gm-1``, 未经认证: SM4-GCM, HKDF and HMAC over SM3, SM2 signatures and encryption; argon2id stretches PINs, for
国密 knows no memory-hard function.

SM4 and SM3 come from OpenSSL; SM2 from gmalg, which is plain Python: it takes tens of milliseconds and does not hide its
timing. A certified module (密码模块) takes this room's place behind the same Protocol where 密评 asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clerk_app.crypto.blob import SALT, TAG, open_chunks, seal_chunks
from clerk_app.crypto.international import InternationalSuite

KEY = 32
SM4_KEY = 16
NONCE = 12
SIGNER_ID = b"1234567812345678"
"""The identity that GB/T 32918 puts before a message when nothing else is agreed."""

_POINT = 65
_WRAPPED = _POINT + 32 + KEY
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


class Sm4Gcm:
    """SM4 in GCM with the shape of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes | None) -> bytes:
        """Ciphertext ‖ tag."""
        worker = Cipher(self._key, modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(associated or b"")
        return worker.update(data) + worker.finalize() + worker.tag

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated: bytes | None) -> bytes:
        """Raises InvalidTag."""
        whole = bytes(data)
        if len(whole) < TAG:
            raise InvalidTag
        worker = Cipher(self._key, modes.GCM(nonce, whole[-TAG:])).decryptor()
        worker.authenticate_additional_data(associated or b"")
        return worker.update(whole[:-TAG]) + worker.finalize()


class GuomiSuite:
    """See ports.CipherSuite. ``random(n)`` gives n unpredictable bytes."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random

    @property
    def id(self) -> str:
        return "gm-1"

    def new_key(self) -> bytes:
        """32 random bytes."""
        return self._random(KEY)

    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag; ``context`` is bound but not stored."""
        nonce = self._random(NONCE)
        return nonce + _cipher(key).encrypt(nonce, plain, context)

    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """The plain bytes. Raises ValueError."""
        if len(sealed) < NONCE + TAG:
            raise ValueError("too short to be sealed data")
        try:
            return _cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], context)
        except InvalidTag:
            raise ValueError("the key is wrong or the data was changed") from None

    def derive(self, key: bytes, purpose: str) -> bytes:
        """An independent 32-byte key for one purpose."""
        return _hkdf(key, b"", b"clerk-app/gm-1/" + purpose.encode("utf-8"))

    def keyed_hash(self, key: bytes, data: bytes) -> str:
        """HMAC-SM3, 64 hexadecimal digits."""
        worker = HMAC(key, SM3())
        worker.update(data)
        return worker.finalize().hex()

    def stretch(self, secret: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes:
        """argon2id, then one step over SM3. Raises ValueError for an absurd cost."""
        return _hkdf(InternationalSuite(self._random).stretch(secret, salt, cost), salt, b"clerk-app/gm-1/stretch")

    def seal_blob(self, key: bytes, plain: bytes) -> bytes:
        """See blob.py for the format."""
        return seal_chunks(self.id, lambda salt: _cipher(_hkdf(key, salt, _BLOB)), self._random(SALT), plain)

    def open_blob(self, key: bytes, blob: bytes) -> bytes:
        """Raises ValueError."""
        return open_chunks(self.id, lambda salt: _cipher(_hkdf(key, salt, _BLOB)), blob)

    def new_signing_pair(self) -> tuple[bytes, bytes]:
        """SM2 (private 32 bytes, public 65 bytes: 04 ‖ x ‖ y)."""
        while True:
            private = self._random(KEY)
            if 1 <= int.from_bytes(private, "big") <= _ORDER - 2:
                return private, _public(private)

    def sign(self, private: bytes, data: bytes) -> bytes:
        """r ‖ s, 64 bytes."""
        from gmalg import SM2

        r, s = SM2(private, SIGNER_ID, rnd_fn=self._number).sign(data)
        return bytes(r).rjust(KEY, b"\0") + bytes(s).rjust(KEY, b"\0")

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """False for anything but this key's signature of this data."""
        from gmalg import SM2
        from gmalg.errors import GMError

        if len(public) != _POINT or len(signature) != 2 * KEY:
            return False
        try:
            return bool(SM2(uid=SIGNER_ID, pk=public).verify(data, signature[:KEY], signature[KEY:]))
        except (GMError, ValueError, ArithmeticError):
            return False

    def new_sealing_pair(self) -> tuple[bytes, bytes]:
        """As ``new_signing_pair``; one key is never used for both."""
        return self.new_signing_pair()

    def seal_to(self, public: bytes, plain: bytes, context: bytes) -> bytes:
        """SM2-wrapped key ‖ nonce ‖ ciphertext ‖ tag. Raises ValueError when ``public`` is no usable key."""
        from gmalg import SM2
        from gmalg.errors import GMError

        key = self.new_key()
        try:
            wrapped = bytes(SM2(pk=public, rnd_fn=self._number).encrypt(key))
        except (GMError, ArithmeticError, TypeError, IndexError) as error:
            raise ValueError("not a public key") from error
        return wrapped + self.seal(_hkdf(key, public, _BOX), plain, context)

    def open_sealed(self, private: bytes, sealed: bytes, context: bytes) -> bytes:
        """Raises ValueError."""
        from gmalg import SM2
        from gmalg.errors import GMError

        if len(sealed) < _WRAPPED + NONCE + TAG:
            raise ValueError("too short to be a sealed box")
        try:
            key = bytes(SM2(private).decrypt(sealed[:_WRAPPED]))
        except (GMError, ArithmeticError, TypeError, IndexError) as error:
            raise ValueError("the key is wrong or the data was changed") from error
        return self.open(_hkdf(key, _public(private), _BOX), sealed[_WRAPPED:], context)

    def _number(self, bits: int) -> int:
        count = -(-bits // 8)
        return int.from_bytes(self._random(count), "big") >> (8 * count - bits)


_BLOB, _BOX = b"clerk-app/gm-1/blob", b"clerk-app/gm-1/sealed-box"


def _cipher(key: bytes) -> Sm4Gcm:
    return Sm4Gcm(_hkdf(key, b"", b"clerk-app/gm-1/sm4")[:SM4_KEY])


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SM3(), KEY, salt or None, info).derive(key)


def _public(private: bytes) -> bytes:
    from gmalg import SM2

    return bytes(SM2().generate_pk(private))
