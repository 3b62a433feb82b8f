"""The recovery key: the database key sealed once more, under a secret that is written on several papers, any two of which open it."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.crypto import shares
from clerk_app.crypto.vault_file import Recovery, VaultFile
from clerk_app.domain.canonical import canonical_bytes
from clerk_app.errors import KeyProblem, Refused
from clerk_app.ports import CipherSuite


def seal_recovery(
    suite: CipherSuite, vault: VaultFile, database_key: bytes, people: int
) -> tuple[Recovery, tuple[str, ...]]:
    """What goes into the vault's file, and what stands on each person's paper. Raises Refused."""
    if not 2 <= people <= shares.MOST:
        raise Refused(f"恢复钥匙要分给 2 到 {shares.MOST} 个人。", what_to_do="请换一个人数。")
    secret, key_id = suite.new_key(), suite.new_key()[: shares.ID]
    sealed = suite.seal(suite.derive(secret, "recovery"), database_key, _context(vault.id, key_id))
    parts = shares.split(secret, key_id, people, lambda count: suite.new_key()[:count])
    return Recovery(key_id, sealed), tuple(shares.written(each) for each in parts)


def open_recovery(suite: CipherSuite, vault: VaultFile, papers: Sequence[str]) -> bytes:
    """The database key. Raises KeyProblem: not two papers of this vault's newest set."""
    if vault.recovery is None:
        raise KeyProblem("这个数据文件夹没有做过恢复钥匙。", what_is_safe="数据没有被改动。")
    try:
        one, other = (shares.read(paper) for paper in papers)
        secret = shares.join(one, other)
    except ValueError as error:
        raise KeyProblem(
            "恢复钥匙的两张纸没有对上。",
            what_is_safe="数据没有被改动。",
            what_to_do="请核对每一个字符，并确认是同一次做的两张不同的纸。",
        ) from error
    if one.key_id != vault.recovery.id:
        raise KeyProblem(
            "这两张纸不是现在这把恢复钥匙的。",
            what_is_safe="数据没有被改动。",
            what_to_do="请找最近一次做的那一套。",
        )
    try:
        return suite.open(
            suite.derive(secret, "recovery"), vault.recovery.sealed, _context(vault.id, vault.recovery.id)
        )
    except ValueError as error:
        raise KeyProblem("恢复钥匙打不开这个数据文件夹。", what_is_safe="数据没有被改动。") from error


def _context(vault_id: str, key_id: bytes) -> bytes:
    return canonical_bytes(["vault/2", "recovery", vault_id, key_id.hex()])
