"""The publisher's keys: Ed25519, each in a file of its own, locked with a passphrase. They never come near a gateway or a window.

root-1, root-2, root-3: any two of them say who else may sign. targets: says what a release is. timestamp: says that it is still so,
and is the only one that is needed every few weeks.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import KeyProblem, StorageProblem

ROOTS = ("root-1", "root-2", "root-3")
ENOUGH_ROOTS = 2
TARGETS, TIMESTAMP = "targets", "timestamp"
NAMES = (*ROOTS, TARGETS, TIMESTAMP)


def make_key(folder: Path, name: str, passphrase: bytes) -> CryptoSigner:
    """A new key in a new file. Raises StorageProblem, also when there is one of that name."""
    path = folder / f"{name}.pem"
    if path.exists():
        raise StorageProblem(
            f"已经有 {name} 这把钥匙。", what_is_safe="没有改动。", what_to_do="要换钥匙，请用 rotate。"
        )
    key = Ed25519PrivateKey.generate()
    told = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    try:
        make_folder(folder)
        write_durably(path, told)
    except OSError as error:
        raise StorageProblem("钥匙没有写成。", what_to_do="请检查磁盘和权限。") from error
    return CryptoSigner(key)


def read_key(folder: Path, name: str, passphrase: bytes) -> CryptoSigner:
    """Raises KeyProblem: no such key there, or another passphrase."""
    try:
        key = load_pem_private_key((folder / f"{name}.pem").read_bytes(), passphrase)
    except OSError as error:
        raise KeyProblem(f"没有找到 {name} 这把钥匙。", what_to_do="请插上放钥匙的盘。") from error
    except (ValueError, TypeError) as error:
        raise KeyProblem(f"{name} 这把钥匙打不开：口令不对，或文件坏了。") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{name} 不是发布更新用的钥匙。")
    return CryptoSigner(key)


def retire_key(folder: Path, name: str, stamp: str) -> None:
    """Out of the way, under a name that tells when; a compromised one is for its owner to destroy."""
    try:
        (folder / f"{name}.pem").rename(folder / f"{name}.until-{stamp}.pem")
    except OSError as error:
        raise StorageProblem("旧钥匙没有挪开。", what_to_do="请检查磁盘和权限。") from error


def roots_at_hand(folder: Path, passphrase: bytes) -> list[CryptoSigner]:
    """The root keys that lie in this folder. Raises KeyProblem when there are not enough."""
    found = [read_key(folder, name, passphrase) for name in ROOTS if (folder / f"{name}.pem").is_file()]
    if len(found) < ENOUGH_ROOTS:
        raise KeyProblem(f"根钥匙要有 {ENOUGH_ROOTS} 把在场。", what_to_do="请把另一位保管人的盘也插上。")
    return found
