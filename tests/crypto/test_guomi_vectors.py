"""Published vectors of SM3, SM4 and SM2: the suite's algorithms are the standard's, whoever computes them."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.hashes import SM3, Hash
from gmalg import SM2

from clerk_app.crypto.guomi import SIGNER_ID, GuomiSuite, Sm4Gcm


def test_sm3_of_abc() -> None:
    """GB/T 32905-2016, example 1."""
    worker = Hash(SM3())
    worker.update(b"abc")
    assert worker.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_gcm() -> None:
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    associated = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    sealed = Sm4Gcm(key).encrypt(nonce, plain, associated)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert Sm4Gcm(key).decrypt(nonce, sealed, associated) == plain


def test_sm2_signature() -> None:
    """GM/T 0003.5-2012, signature of "message digest" with the recommended curve and a fixed k."""
    private = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
    public = bytes.fromhex(
        "04"
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    k = int("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21", 16)
    r, s = SM2(private, SIGNER_ID, rnd_fn=lambda _bits: k).sign(b"message digest")
    assert r.hex() == "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    assert s.hex() == "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    suite = GuomiSuite(os.urandom)
    assert suite.verify(public, r + s, b"message digest")
    assert not suite.verify(public, r + s, b"message digesu")
