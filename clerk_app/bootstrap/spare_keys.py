"""What lies beside the rolling copies so that each of them opens by itself: the key slots, the hall, and the salt of the database.

data/copies/vault.json    the newest key slots, sealed as ever: they open every copy, for the database key never changes. write_vault
                          keeps it abreast, so that a removed person's slot does not live on in it
data/copies/window.json   hall and window
data/copies/clerk.salt    the first 16 bytes of the database, in hexadecimal: with them damaged, no page could be proved
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clerk_app.bootstrap.noted import HALL_FILE
from clerk_app.crypto.vault_file import FILE_NAME as VAULT_FILE
from clerk_app.crypto.vault_file import SPARE_FOLDER, read_vault, stands_on_spare
from clerk_app.durable import write_durably
from clerk_app.errors import DiskProblem, KeyProblem
from local_db.engine import FILE_NAME as DATABASE

SALT_FILE = "clerk.salt"
_SALT = 16


def lay_beside(data: Path) -> None:
    """Bring the spare files up to date, where there is a folder of copies. Raises StorageProblem."""
    folder = data / SPARE_FOLDER
    if not folder.is_dir():
        return
    try:
        for name in (VAULT_FILE, HALL_FILE):
            if name == VAULT_FILE and stands_on_spare(data):
                continue  # the spare is the good one
            while (data / name).is_file() and _read(folder / name) != (newest := (data / name).read_bytes()):
                write_durably(folder / name, newest)  # once more, should another program have changed it meanwhile
    except OSError as error:
        raise DiskProblem(
            "副本旁的钥匙文件没有写成。", what_is_safe="原来的都在。", what_to_do="请检查磁盘空间和文件夹权限。"
        ) from error


def note_salt(data: Path) -> None:
    """After a copy was made: the database opened, so its first bytes are what they have to be. Raises StorageProblem."""
    try:
        with (data / DATABASE).open("rb") as file:
            salt = file.read(_SALT).hex().encode("ascii")
        if _read(data / SPARE_FOLDER / SALT_FILE) != salt:
            write_durably(data / SPARE_FOLDER / SALT_FILE, salt)
    except OSError as error:
        raise DiskProblem("副本旁的文件没有写成。", what_to_do="请检查磁盘空间和文件夹权限。") from error


def noted_salts(data: Path) -> Iterator[bytes]:
    """What the database's first bytes were when the newest copy was made."""
    try:
        yield bytes.fromhex(_read(data / SPARE_FOLDER / SALT_FILE).decode("ascii"))
    except ValueError:
        return


def is_good_vault(folder: Path) -> bool:
    """Whether there is a vault file in a folder that can be read."""
    try:
        read_vault(folder)
    except KeyProblem:
        return False
    return True


def put_keys(source: Path, target: Path) -> None:
    """Key slots and hall from one folder into another; from the spare ones where the first are damaged. Raises StorageProblem."""
    good = source / SPARE_FOLDER if stands_on_spare(source) else source
    try:
        for name in (VAULT_FILE, HALL_FILE):
            raw = _read(good / name) or _read(source / SPARE_FOLDER / name)
            if raw:
                write_durably(target / name, raw)
    except OSError as error:
        raise DiskProblem("钥匙文件没有拷成。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
