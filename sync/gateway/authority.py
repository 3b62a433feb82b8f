"""The gateway's own certificate authority: its server certificate and one for each window, for mutual TLS outside loopback.

ECDSA on P-256, because TLS stays international (国密 TLCP and a certified module would take this room's place). Files in the data
folder, mode 0600, made once: ``authority.pem`` (key and certificate), ``server.pem`` (renewed when names change or it ends).
The authority's fingerprint goes into each enrolment token, so that a window trusts the right gateway from its first request.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from clerk_app.durable import sync_folder, write_durably
from clerk_app.errors import KeyProblem
from clerk_app.ports import Clock
from sync.certificates import fingerprint

AUTHORITY_FILE, SERVER_FILE = "authority.pem", "server.pem"
AUTHORITY_YEARS, WINDOW_DAYS, SERVER_DAYS = 20, 397, 397
RENEW_BEFORE_DAYS = 60


class Authority:
    """Founded on first use. Methods raise KeyProblem when its file is damaged, OSError when it cannot be written."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._opened: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None = None

    @property
    def certificate_pem(self) -> str:
        """What windows trust."""
        return self._open()[1].public_bytes(Encoding.PEM).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that name it (certificates.py)."""
        return fingerprint(self.certificate_pem)

    def certify(self, window_id: str, csr_pem: str) -> tuple[str, str]:
        """A certificate for a window's own key: (PEM, serial number as hexadecimal). Raises ValueError when it is no request."""
        request = x509.load_pem_x509_csr(csr_pem.encode("ascii"))
        public = request.public_key()
        if not request.is_signature_valid or not isinstance(public, ec.EllipticCurvePublicKey):
            raise ValueError("this request is not signed by an EC key")
        names = x509.SubjectAlternativeName([x509.DNSName(f"{window_id.lower()}.window.invalid")])
        made = self._issue(window_id, public, WINDOW_DAYS, names, ExtendedKeyUsageOID.CLIENT_AUTH)
        return made.public_bytes(Encoding.PEM).decode("ascii"), f"{made.serial_number:x}"

    def server_context(self, names: Sequence[str]) -> ssl.SSLContext:
        """TLS for the server: own certificate for these names; windows show theirs, a browser and a new window have none yet."""
        path = self._folder / SERVER_FILE
        wanted = sorted({*names, "localhost", "127.0.0.1", "::1"})
        if not self._is_good(path, wanted):
            key = ec.generate_private_key(ec.SECP256R1())
            made = self._issue(
                wanted[-1], key.public_key(), SERVER_DAYS, _alternative(wanted), ExtendedKeyUsageOID.SERVER_AUTH
            )
            mine = path.with_name(f"{path.name}.{os.getpid()}")
            write_durably(mine, _key_pem(key) + made.public_bytes(Encoding.PEM), mode=0o600)
            mine.replace(path)
            sync_folder(self._folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        context.load_verify_locations(cadata=self.certificate_pem)
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _is_good(self, path: Path, wanted: Sequence[str]) -> bool:
        try:
            held = x509.load_pem_x509_certificate(path.read_bytes())
            told = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (OSError, ValueError, x509.ExtensionNotFound):
            return False
        soon = self._now() + dt.timedelta(days=RENEW_BEFORE_DAYS)
        issued_here = held.issuer == self._open()[1].subject
        return issued_here and held.not_valid_after_utc > soon and told == _alternative(wanted)

    def _issue(
        self,
        name: str,
        public: ec.EllipticCurvePublicKey,
        days: int,
        names: x509.SubjectAlternativeName,
        usage: x509.ObjectIdentifier,
    ) -> x509.Certificate:
        key, own = self._open()
        now = self._now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(own.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        )
        return builder.sign(key, SHA256())

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock.now().utc_ms / 1000, tz=dt.UTC)

    def _open(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        if self._opened is None:
            path = self._folder / AUTHORITY_FILE
            if not path.exists():
                self._found(path)
            try:
                data = path.read_bytes()
                key, certificate = load_pem_private_key(data, None), x509.load_pem_x509_certificate(data)
            except ValueError as error:
                raise _damaged() from error
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise _damaged()
            self._opened = key, certificate
        return self._opened

    def _found(self, path: Path) -> None:
        key, now = ec.generate_private_key(ec.SECP256R1()), self._now()
        name = _name(f"clerk-app gateway {now:%Y-%m-%d}")
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=366 * AUTHORITY_YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, SHA256())
        )
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        write_durably(mine, _key_pem(key) + made.public_bytes(Encoding.PEM), mode=0o600)
        try:
            os.link(mine, path)  # fails when another process was first: then its authority counts
            sync_folder(path.parent)
        except FileExistsError:
            pass
        finally:
            mine.unlink()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternative(names: Sequence[str]) -> x509.SubjectAlternativeName:
    told: list[x509.GeneralName] = []
    for each in names:
        try:
            told.append(x509.IPAddress(ipaddress.ip_address(each)))
        except ValueError:
            told.append(x509.DNSName(each))
    return x509.SubjectAlternativeName(told)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _damaged() -> KeyProblem:
    return KeyProblem(
        "前置的证书文件读不懂。", what_is_safe="没有改动任何数据。", what_to_do="请用备份恢复 authority.pem 后再启动。"
    )
