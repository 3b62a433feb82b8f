"""Seals and files signed by somebody else's key, of the kinds that authorities give out: RSA and elliptic curves."""

from __future__ import annotations

import datetime as dt
import io
import sys
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from clerk_app.cli import main
from clerk_app.crypto.window_key import WindowKey
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form
from printing.paper import ReportlabPaper
from printing.signing import Verdict, check
from printing.specimens.orders import specimen
from tests.fakes.desk import SUITE

KINDS = ("rsa", "curve")
SEALER = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.printing.test_foreign_keys import signed_with
field = f"Seal{{sys.argv[1]}}"  # a sheet for the applicant and one for the file: two seals
sys.stdout.buffer.write(signed_with(Path({store!r}).read_bytes(), sys.stdin.buffer.read(), field))
"""


@cache
def key_store(kind: str) -> bytes:
    """A key with its certificate (PKCS#12), as a keeper of seals has them."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "样例区行政审批局印章")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, begin, begin.replace(year=2036))
    certificate = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    return serialization.pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, None, serialization.NoEncryption()
    )


def signed_with(store: bytes, pdf: bytes, field: str = "Seal") -> bytes:
    """The file with a signature of that key behind it."""
    signer = signers.SimpleSigner.load_pkcs12_data(store, [])
    assert signer is not None
    meta = signers.PdfSignatureMetadata(field_name=field)
    return bytes(signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer).getvalue())


@pytest.mark.parametrize("kind", KINDS)
def test_a_seal_of_any_usual_kind_of_key_is_taken_and_the_window_signs_over_it(kind: str, tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(key_store(kind))
    script = tmp_path / "sealer.py"
    script.write_text(SEALER.format(path=sys.path, store=str(tmp_path / "store")), encoding="utf-8")
    paper = ReportlabPaper(Office(seal_program=(sys.executable, str(script))))
    order = specimen(Form.F2)
    sealed = paper.file(order, None)
    assert check(sealed).verdict is Verdict.INTACT
    both = paper.file(order, WindowKey(SUITE, *SUITE.new_signing_pair()))
    assert (sealed.count(b"/ByteRange"), both.count(b"/ByteRange")) == (2, 3)
    assert check(both).verdict is Verdict.INTACT


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_another_key_signed_is_told_so(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "foreign.pdf"
    file.write_bytes(signed_with(key_store(kind), ReportlabPaper().render(specimen(Form.F2))))
    assert main(["print", "--verify", str(file), "--data", str(tmp_path / "none")]) == 3
    told = capsys.readouterr().out
    assert "没有改动过" in told
    assert "样例区行政审批局印章" in told
    file.write_bytes(file.read_bytes().replace(b"/Creator (clerk-app)", b"/Creator (clerk-apq)"))
    assert main(["print", "--verify", str(file), "--data", str(tmp_path / "none")]) == 3
