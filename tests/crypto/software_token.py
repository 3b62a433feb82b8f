"""A UKey in software, for tests: the secret is sealed under a key that never leaves the token, and the token can be pulled out."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clerk_app.errors import KeyProblem


class SoftwareToken:
    """See device_secret.DeviceSecret."""

    kind = "token"
    guards = True

    def __init__(self) -> None:
        self._inside, self._slots = AESGCM(os.urandom(32)), dict[str, bytes]()
        self.plugged_in = True

    def read(self, vault_id: str) -> bytes:
        self._must_be_there()
        try:
            return self._inside.decrypt(bytes(12), self._slots[vault_id], vault_id.encode())
        except (KeyError, InvalidTag) as error:
            raise KeyProblem("UKey 里没有本窗口的设备密钥。") from error

    def keep(self, vault_id: str, secret: bytes) -> None:
        self._must_be_there()
        self._slots[vault_id] = self._inside.encrypt(bytes(12), secret, vault_id.encode())

    def forget(self, vault_id: str) -> None:
        self._must_be_there()
        self._slots.pop(vault_id, None)

    def words(self) -> str:
        return "设备密钥存放在 UKey 里，拔走 UKey 就打不开。"

    def _must_be_there(self) -> None:
        if not self.plugged_in:
            raise KeyProblem("UKey 没有插好。", what_to_do="请插好 UKey 再试一次。")
