"""The catalogue of a data folder, and publishing: keys, signing, importing."""

from __future__ import annotations

import base64
import binascii
import contextlib
import secrets
from pathlib import Path

from clerk_app.bootstrap.system import SystemClock
from clerk_app.catalogue.check import findings_of
from clerk_app.catalogue.kept import Imported, KeptCatalogues
from clerk_app.catalogue.loader import LoadedCatalogue, folder_files, read_files
from clerk_app.catalogue.package import LARGEST_PACKAGE, NotTrusted, open_package, pack
from clerk_app.catalogue.problems import CatalogueProblems
from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.durable import write_durably
from clerk_app.errors import BadInput, Refused, StorageProblem

__all__ = [
    "Imported",
    "import_package",
    "keep_starter",
    "kept_catalogues",
    "load_catalogue",
    "make_key",
    "public_key",
    "read_package",
    "sign_folder",
    "take_published",
    "trust_key",
]


def kept_catalogues(data: Path) -> KeptCatalogues:
    """The catalogue versions of a data folder."""
    return KeptCatalogues(data, InternationalSuite(secrets.token_bytes))


def load_catalogue(data: Path) -> LoadedCatalogue:
    """The folder's imported catalogue when it has one, else the starter catalogue that ships."""
    return kept_catalogues(data).load()


def keep_starter(data: Path, in_use: LoadedCatalogue) -> None:
    """Keep the shipped catalogue beside the cases it was used for; a full disk must not keep a clerk from signing in."""
    with contextlib.suppress(OSError):
        kept_catalogues(data).keep_starter(in_use)


def trust_key(data: Path, public: bytes) -> tuple[Imported, ...]:
    """Take packages signed by this key from now on, and those that came before and waited for it. Raises StorageProblem."""
    kept = kept_catalogues(data)
    kept.trust(public)
    return kept.take_waiting(at=str(SystemClock().now().to_json()["utc_ms"]))


def import_package(data: Path, file: Path, *, downgrade: bool, reason: str) -> Imported:
    """clerk-app catalogue import.

    Raises:
        BadInput, Refused: see KeptCatalogues.take. StorageProblem: the file cannot be read, or the disk is full.
    """
    kept = kept_catalogues(data)
    if not kept.trusted():
        raise Refused(
            "这台电脑还没有信任的目录签名人。",
            what_is_safe="正在用的目录没有动。",
            what_to_do="请管理员用 --trust 加上发布单位给的公钥。",
        )
    at = SystemClock().now().to_json()["utc_ms"]
    return kept.take(_bytes(file), downgrade=downgrade, reason=reason, at=str(at))


def take_published(data: Path, package: bytes, at: str) -> Imported:
    """What came by the feed, signed by somebody whom an admin of this PC trusts. One by another hand waits until its key is
    trusted.

    Raises:
        BadInput, Refused, StorageProblem: see KeptCatalogues.take.
    """
    kept = kept_catalogues(data)
    try:
        return kept.take(package, at=at)
    except NotTrusted:
        kept.put_aside(package)
        raise


def read_package(file: Path) -> tuple[str, bytes]:
    """(version, bytes) of a package file that is whole and signed, by whomever: who is trusted, each window says itself.

    Raises:
        BadInput: it is no whole package, or changed after signing. StorageProblem: it cannot be read.
    """
    data = _bytes(file)
    try:
        public = _raw(parse_json(data)["public_key"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("这个文件不是完整的目录包。", what_is_safe="没有发布。", what_to_do="请重新签一份。") from error
    return open_package(data, InternationalSuite(secrets.token_bytes), (public,)).version, data


def make_key(file: Path) -> str:
    """A new signing key in ``file`` (readable for this user only) and its public half beside it (``.pub``), returned too.

    Raises:
        Refused: the file is there already. StorageProblem: it cannot be written.
    """
    if file.exists():
        raise Refused("这个密钥文件已经有了。", what_is_safe="没有改动它。", what_to_do="请换一个文件名。")
    suite = InternationalSuite(secrets.token_bytes)
    private, public = suite.new_signing_pair()
    shown = _text(public)
    try:
        write_durably(file, canonical_bytes({"suite": suite.id, "private": _text(private), "public": shown}))
        write_durably(file.with_name(file.name + ".pub"), (shown + "\n").encode("ascii"), mode=0o644)
    except OSError as error:
        raise StorageProblem("密钥没有写进磁盘。", what_to_do="请检查磁盘和权限。") from error
    return shown


def sign_folder(folder: Path, key: Path, out: Path) -> str:
    """Publish a folder as one signed package; returns its version.

    Raises:
        CatalogueProblems: check finds problems. BadInput: the key file is none. StorageProblem: the disk.
    """
    data = folder_files(folder)
    files = read_files(data)
    if problems := [each for each in findings_of(files) if not each.warning]:
        raise CatalogueProblems(problems)
    suite = InternationalSuite(secrets.token_bytes)
    try:
        held = parse_json(_bytes(key))
        private, public = _raw(held["private"]), _raw(held["public"])
        package = pack(data, files.version, suite, private, public)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("这个密钥文件不能用。", what_to_do="请用 clerk-app catalogue key 做的密钥文件。") from error
    try:
        write_durably(out, package, mode=0o644)
    except OSError as error:
        raise StorageProblem("目录包没有写进磁盘。", what_to_do="请检查磁盘和权限。") from error
    return files.version


def public_key(text: str) -> bytes:
    """A public key given as base64, or as the path of a file that holds it.

    Raises:
        BadInput: neither.
    """
    path = Path(text)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if path.is_file():
            text = path.read_text("ascii").strip()
    try:
        raw = _raw(text)
    except (ValueError, TypeError):
        raw = b""
    if len(raw) != 32:
        raise BadInput("这不是目录签名的公钥。", what_to_do="请给公钥文件（.pub），或里面的那一行文字。")
    return raw


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_PACKAGE + 1)
    except OSError as error:
        raise StorageProblem("文件读不出来。", what_to_do="请检查路径后再试。") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
