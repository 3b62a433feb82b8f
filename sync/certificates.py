"""THE WIRE CONTRACT of trust: mutual TLS with certificates from the gateway's own authority, and how a window comes to them.

    enrolment code   TOKEN, or TOKEN.FINGERPRINT where the gateway speaks TLS: the fingerprint names the gateway's authority
    GET  /v1/hello   answers ``authority`` (PEM) too; a new window believes it only when its fingerprint is the one in the code
    POST /v1/enrol   with ``csr`` (PEM): answers ``certificate`` (PEM) for the window's own TLS key
    POST /v1/renew   {"csr"}: a new certificate, before the old one ends; the old one is worth nothing from then on

The PC's clock decides nothing here: the authority is the window's own and pinned, so that times in certificates are not checked by
the window (a PC that believes it is 2019 must still deliver). The gateway checks them, by its own clock.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from clerk_app.domain.canonical import canonical_bytes, parse_json
from sync.strict import a_text, an_object

RENEW = "/v1/renew"
RENEW_BEFORE_DAYS = 60
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME; the ssl module has no name for it
_LONGEST_PEM = 8000


@dataclass(frozen=True, slots=True, repr=False)
class TlsIdentity:
    """What a window shows and trusts, all PEM. No repr: ``key`` is secret and belongs into the encrypted store."""

    authority: str
    certificate: str
    key: str


def fingerprint(authority_pem: str) -> str:
    """The first 32 hexadecimal digits of SHA-256 over the certificate: what stands in an enrolment code.

    Raises:
        ValueError: this is no certificate.
    """
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority_pem)).hexdigest()[:32]


def split_code(code: str) -> tuple[str, str]:
    """An enrolment code as (token, fingerprint); the fingerprint is empty where the gateway speaks no TLS."""
    token, _, named = code.strip().partition(".")
    return token, named.lower()


def new_key_and_csr(window: str) -> tuple[str, str]:
    """A fresh EC key (PEM) and the request to certify it (PEM). ``window``: any name; the gateway puts its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _pem(key), _csr(key, window)


def csr_for(key_pem: str, window: str) -> str:
    """A request for a key that is there already. Raises ValueError when it is no EC key."""
    key = load_pem_private_key(key_pem.encode("ascii"), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("an EC key is needed")
    return _csr(key, window)


def context_for(identity: TlsIdentity | None, authority_pem: str = "") -> ssl.SSLContext:
    """TLS towards the gateway. Without an identity: only ``authority_pem`` is trusted, and nothing is shown.

    Raises:
        ValueError: a certificate or key is damaged.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    try:
        context.load_verify_locations(cadata=identity.authority if identity else authority_pem)
        if identity is not None:
            _load(context, identity)
    except (ssl.SSLError, OSError) as error:
        raise ValueError("this certificate or key is damaged") from error
    return context


def unproved_context() -> ssl.SSLContext:
    """For the one question a new window asks before it can trust anyone: which authority are you? Nothing secret goes over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ends_soon(certificate_pem: str, now_ms: int) -> bool:
    """Whether a certificate should be renewed by now. Raises ValueError when it is none."""
    return ends_ms(certificate_pem) < now_ms + RENEW_BEFORE_DAYS * 86_400_000


def has_ended(certificate_pem: str, now_ms: int) -> bool:
    """Whether a certificate is worth nothing any more. Raises ValueError when it is none."""
    return ends_ms(certificate_pem) <= now_ms


def ends_ms(certificate_pem: str) -> int:
    """Until when it is good, UTC milliseconds. Raises ValueError when it is none."""
    return int(x509.load_pem_x509_certificate(certificate_pem.encode("ascii")).not_valid_after_utc.timestamp() * 1000)


def renew_bytes(csr: str) -> bytes:
    return canonical_bytes({"csr": csr})


def csr_from_bytes(data: bytes) -> str:
    """Raises ValueError when the data is no renewal."""
    return a_text(an_object(parse_json(data)), "csr", _LONGEST_PEM)


def certificate_bytes(certificate: str, server_ms: int) -> bytes:
    return canonical_bytes({"certificate": certificate, "server_ms": server_ms})


def certificate_from_bytes(data: bytes) -> str:
    """The certificate in an answer to /v1/enrol or /v1/renew; empty where there is none. Raises ValueError."""
    fields = an_object(parse_json(data))
    return a_text(fields, "certificate", _LONGEST_PEM) if "certificate" in fields else ""


def authority_from_bytes(data: bytes) -> str:
    """The authority in an answer to /v1/hello; empty where the gateway has none. Raises ValueError."""
    fields = an_object(parse_json(data))
    return a_text(fields, "authority", _LONGEST_PEM) if "authority" in fields else ""


def _load(context: ssl.SSLContext, identity: TlsIdentity) -> None:
    """The ssl module reads keys from files only: a file of this user, its key under a passphrase of this moment, and gone at once."""
    passphrase = os.urandom(16).hex().encode("ascii")
    key = load_pem_private_key(identity.key.encode("ascii"), None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    with tempfile.TemporaryDirectory(prefix="clerk-tls-") as folder:
        path = Path(folder) / "window.pem"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed + identity.certificate.encode("ascii"))
        context.load_cert_chain(path, password=passphrase)


def _csr(key: ec.EllipticCurvePrivateKey, window: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, window[:64])])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    return request.public_bytes(Encoding.PEM).decode("ascii")


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
