"""The window's digital signature over a kept PDF, and its check without any line (ISO 32000-1 12.8, CMS by pyHanko).

The window has no certificate of an authority: it makes its own, which says hall and window and carries its public key. Who
checks a file learns that nothing was changed since, and which key signed it; the fingerprint of the key, printed at the foot of
each paper and kept by the office, tells whose key that is. An office's electronic seal is another thing: see seals.py.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pikepdf

from clerk_app.domain.hall import Hall
from clerk_app.domain.paper import fingerprint
from clerk_app.domain.time import Stamp
from clerk_app.ports import FileSigner
from printing.archive import HASH_URN, content_hash

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.validation import EmbeddedPdfSignature

FIELD = "Window"
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_RESERVED = 4096
"""Hexadecimal digits for the signature: certificate and attributes take about 2,200."""


class Verdict(StrEnum):
    """What a check found."""

    INTACT = "intact"
    CHANGED = "changed"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Checked:
    """``key``: fingerprint of the key that signed. ``window``: what its certificate says. ``signed_at``: as the window's clock
    had it. ``case_number``, ``form``, ``version``: out of the metadata."""

    verdict: Verdict
    key: str = ""
    window: str = ""
    signed_at: str = ""
    case_number: str = ""
    form: str = ""
    version: str = ""


def signed(pdf: bytes, signer: FileSigner, hall: Hall, at: Stamp) -> bytes:
    """The file with the signature behind it; the pages stay byte for byte what they were. Takes about 30 ms."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign import signers

    class WindowSigner(signers.Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return bytes(64) if dry_run else signer.sign_file(data)

    class AtItsTime(signers.PdfSigner):
        def init_signing_session(self, *args: Any, **options: Any) -> Any:
            session = super().init_signing_session(*args, **options)
            session.system_time = at.local
            return session

    certificate = _certificate(signer, hall)
    count = len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)
    name = f"{FIELD}{count + 1}" if count else FIELD
    meta = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha512", location=f"{hall.name} {hall.window}")
    worker = AtItsTime(meta, WindowSigner(signing_cert=certificate, cert_registry=_no_others()))
    out = worker.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=_RESERVED)
    return bytes(out.getvalue())


def _no_others() -> Any:
    """Certificates beside the window's own: none."""
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    return SimpleCertificateStore()  # type: ignore[no-untyped-call] # their constructor has no annotations


def _certificate(signer: FileSigner, hall: Hall) -> x509.Certificate:
    """The window's own certificate: the same for the same key, hall and window."""
    from asn1crypto import algos, core, keys, x509

    name = x509.Name.build(
        {"organization_name": hall.name, "common_name": f"{hall.code}-W{hall.window}G{hall.generation}"}
    )
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "ed25519"})
    key = keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": signer.public})
    claim = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(signer.public).digest()[:8], "big") >> 1,
            "signature": algorithm,
            "issuer": name,
            "validity": {
                "not_before": x509.Time({"utc_time": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}),
                "not_after": x509.Time({"general_time": dt.datetime(9999, 12, 31, tzinfo=dt.UTC)}),
            },
            "subject": name,
            "subject_public_key_info": key,
            "extensions": [
                {"extn_id": "key_usage", "critical": True, "extn_value": core.ParsableOctetString(_usage())},
            ],
        }
    )
    return x509.Certificate(
        {"tbs_certificate": claim, "signature_algorithm": algorithm, "signature_value": signer.sign_file(claim.dump())}
    )


def _usage() -> bytes:
    from asn1crypto import x509

    return bytes(x509.KeyUsage({"digital_signature", "non_repudiation"}).dump())


def check(pdf: bytes) -> Checked:
    """What stands behind a file: never raises for a bad one."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        told = _told(pdf)
        reader = PdfFileReader(io.BytesIO(pdf))
        signatures = reader.embedded_regular_signatures
    except (
        pikepdf.PdfError,
        PdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
        RecursionError,
    ):
        return Checked(Verdict.UNREADABLE)
    if not signatures:
        return Checked(Verdict.UNSIGNED, **told)
    return _judged(signatures[-1], told, pdf)


def _judged(signature: EmbeddedPdfSignature, told: dict[str, str], pdf: bytes) -> Checked:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import PathError, ValidationError

    try:
        certificate = signature.signer_cert
        context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        key = _key_words(certificate)
        common = certificate.subject.native
        is_intact = not any(_padding(signature)) and bool(
            status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        )
        when = status.signer_reported_dt
    except (
        PdfError, SigningError, ValidationError, PathError, ValueError, KeyError,
        TypeError, IndexError, AttributeError,
    ):  # fmt: skip
        return Checked(Verdict.CHANGED, **told)
    verdict = Verdict.INTACT if is_intact and _pages_hold(pdf) else Verdict.CHANGED
    window = "　".join(str(common.get(part, "")) for part in ("organization_name", "common_name"))
    return Checked(verdict, key, window, _local(when), **told)


def _key_words(certificate: x509.Certificate) -> str:
    """The fingerprint that a window prints is that of the bare 32 bytes; of any other kind of key that of the whole entry."""
    key = certificate.public_key
    is_ours = key["algorithm"]["algorithm"].native == "ed25519"
    return fingerprint(bytes(key["public_key"].native) if is_ours else key.dump())


def seal_holds(pdf: bytes) -> bool:
    """Whether the last signature of a file, whoever's, covers all of it and holds. Whose seal it is, its keeper tells."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return bool(signatures) and _judged(signatures[-1], {}, pdf).verdict is Verdict.INTACT
    except (
        pikepdf.PdfError,
        PdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
        RecursionError,
    ):
        return False


def _padding(signature: EmbeddedPdfSignature) -> bytes:
    """What stands behind the signature in its place: only zeros, or somebody wrote there."""
    from asn1crypto import parser

    content = bytes(signature.pkcs7_content)
    return content[int(parser.peek(content)) :]


def _local(when: dt.datetime | None) -> str:
    return f"{when.astimezone(_BEIJING):%Y-%m-%d %H:%M}" if when else ""


def _pages_hold(pdf: bytes) -> bool:
    """Whether the pages are those that the metadata was made for."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return str(document.open_metadata().get("xmpMM:DocumentID", "")) == HASH_URN + content_hash(document)


def _told(pdf: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        facts = document.open_metadata()
        forms = facts.get("dc:type", [])
        return {
            "case_number": str(facts.get("dc:identifier", "")),
            "form": next(iter(sorted(map(str, forms))), "") if isinstance(forms, set | list) else str(forms),
            "version": str(facts.get("xmpMM:VersionID", "")),
        }
