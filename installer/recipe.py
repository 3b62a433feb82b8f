"""What goes into each bundle and what stays out: data for the two spec files, and for the tests that hold them to it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = sys.platform == "win32"
OURS = ("clerk_app", "local_db", "printing", "sync", "ui")

# Never in a bundle: what only tests, builds and benchmarks use, what other engines bring, and what is GPL (readline, gdbm).
_NEVER = (
    "IPython", "PyInstaller", "_gdbm", "_pytest", "_pytest.*", "chardet", "dbm.gnu", "fontTools", "hypothesis", "importlinter",
    "justmytype_intl_cjk", "matplotlib", "moto", "mypy", "numpy.f2py", "numpy.testing", "pandas", "pip", "pytest", "readline",
    "ruff", "schemathesis", "scipy", "selenium", "setuptools", "stdnum", "tests", "tkinter", "torch", "paddle", "openvino",
    "tensorrt", "MNN", "uv", "installer", "distutils",
)  # fmt: skip

# Fonts, X, GL and the C++ runtime come from the desktop: it always has them, they fit its graphics driver, and the build
# machine's copies would ask for the build machine's glibc. The .deb depends on their packages.
FROM_THE_SYSTEM = {
    "libEGL": "libegl1",
    "libGL": "libgl1",
    "libGLX": "libglx0",
    "libX11": "libx11-6",
    "libX11-xcb": "libx11-xcb1",
    "libXau": "libxau6",
    "libXdmcp": "libxdmcp6",
    "libXext": "libxext6",
    "libdbus-1": "libdbus-1-3",
    "libdrm": "libdrm2",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libgbm": "libgbm1",
    "libgcc_s": "libgcc-s1 | libgcc1",
    "libglib-2.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgthread-2.0": "libglib2.0-0 | libglib2.0-0t64",
    "libstdc++": "libstdc++6",
    "libwayland-client": "libwayland-client0",
    "libwayland-cursor": "libwayland-cursor0",
    "libwayland-egl": "libwayland-egl1",
    "libxcb": "libxcb1",
    "libxcb-glx": "libxcb-glx0",
    "libxcb-render": "libxcb-render0",
    "libxcb-shm": "libxcb-shm0",
    "libxkbcommon": "libxkbcommon0",
    "libzstd": "libzstd1",
}
"""Library and the Debian package that has it, in Debian 10 to 13, Kylin V10 and UOS 20 alike where the name says so."""

# Brought in by what is left out below, or by those of the system.
_THEIRS = (
    "libICE", "libSM", "libXcomposite", "libXcursor", "libXdamage", "libXfixes", "libXi", "libXinerama", "libXrandr",
    "libXrender", "libatk-1.0", "libatk-bridge-2.0", "libatspi", "libavahi-client", "libavahi-common", "libblkid",
    "libbrotlicommon", "libbrotlidec", "libbsd", "libcairo", "libcairo-gobject", "libcap", "libcom_err", "libcups",
    "libdatrie", "libepoxy", "libfribidi", "libgcrypt", "libgdk-3", "libgdk_pixbuf-2.0", "libgio-2.0", "libgmodule-2.0", "libgmp",
    "libgnutls", "libgobject-2.0", "libgpg-error", "libgraphite2", "libgssapi_krb5", "libgtk-3", "libharfbuzz", "libhogweed",
    "libidn2", "libjpeg", "libk5crypto", "libkeyutils", "libkrb5", "libkrb5support", "liblz4", "libmd", "libmount", "libnettle",
    "libp11-kit", "libpango-1.0", "libpangocairo-1.0", "libpangoft2-1.0", "libpcre2-8", "libpixman-1", "libpng16", "libreadline",
    "libselinux", "libsystemd", "libtasn1", "libthai", "libtinfo", "libtirpc", "libunistring",
)  # fmt: skip


def _libraries(names: tuple[str, ...]) -> str:
    """Those that PyInstaller laid at the top of the folder: they came from the build machine, a wheel's own lie in its folder."""
    return rf"^({'|'.join(re.escape(name) for name in names)})\.so(\.|$)"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One frozen program. ``excludes``: modules; ``drop``: patterns of files that PyInstaller's hooks bring and nobody opens."""

    name: str
    packages: tuple[str, ...]
    data_of: tuple[str, ...]
    metadata_of: tuple[str, ...]
    excludes: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


CLIENT = Bundle(
    name="clerk-app",
    packages=OURS,
    data_of=(*OURS, "rapidocr", "escpos"),
    metadata_of=("keyring",),
    excludes=(
        *_NEVER,
        *("boto3", "botocore", "psycopg", "psycopg_binary", "psycopg_c"),
        *("PySide6.QtDBus", "PySide6.QtNetwork"),
        *(() if WINDOWS else ("PySide6.QtPrintSupport", "ui.windows_printer")),
    ),
    hidden=("sqlcipher3.dbapi2",),
    drop=(
        _libraries((*FROM_THE_SYSTEM, *_THEIRS)),
        r"Qt[^/]*/(plugins/)?(egldeviceintegrations|generic|networkinformation|tls)/",
        r"/platforms/(lib)?q(eglfs|linuxfb|minimal|minimalegl|vkkhrdisplay|vnc|direct2d)\.",
        r"/platformthemes/libqgtk3\.",
        r"/imageformats/(lib)?q(gif|icns|tga|tiff|wbmp|webp)\.",
        r"libQt6(Egl|Network)",
        r"/translations/(?!qtbase_zh_CN)",
        r"opencv_videoio_ffmpeg(?!.*64)",  # the 32-bit back end of the Windows wheel
        r"opengl32sw\.dll$",  # a software OpenGL: widgets paint without
        *(() if WINDOWS else (r"/printsupport/", r"libQt6PrintSupport")),
    ),
)

WINDOW_ONLY = (
    "PIL", "PySide6", "cv2", "keyring", "local_db", "lxml", "numpy", "onnxruntime", "pikepdf", "printing", "pypdfium2", "pypinyin",
    "pyzbar", "qrcode", "rapidocr", "reportlab", "serial", "shapely", "shiboken6", "sqlcipher3", "ui", "zxingcpp",
)  # fmt: skip
"""What a gateway runs without; a test holds it to that."""

GATEWAY = Bundle(
    name="clerk-gateway",
    packages=("clerk_app.commands.gateway", "clerk_app.bootstrap.gateway", "sync"),
    data_of=("clerk_app", "sync"),
    metadata_of=(),
    excludes=(*_NEVER, *WINDOW_ONLY),
    hidden=("psycopg", "psycopg_binary", "boto3"),
    drop=(
        _libraries((*FROM_THE_SYSTEM, *_THEIRS)),
        # the descriptions of 400 services of one maker, of which the object store is one
        r"^botocore/data/(?!s3/|endpoints\.json|partitions\.json|_retry\.json|sdk-default)",
    ),
)


def program(folder: Path) -> Path:
    """The program of a bundle's folder."""
    return folder / (f"{folder.name}.exe" if WINDOWS else folder.name)


def hidden_imports(bundle: Bundle) -> list[str]:
    """Modules that are imported by name at run time: our commands, schema steps and drivers."""
    from PyInstaller.utils.hooks import collect_submodules

    found = [name for package in bundle.packages for name in collect_submodules(package)]
    return sorted({name for name in found if not _built_from(name)} | set(bundle.hidden))


def _built_from(name: str) -> bool:
    return name in {"clerk_app.commands.bench", "printing.fonts.build_fonts"} or (
        name == "ui.windows_printer" and not WINDOWS
    )


def datas(bundle: Bundle) -> list[tuple[str, str]]:
    """Files that are read at run time: catalogue, fonts, templates, models, migrations (Alembic reads those as source)."""
    from PyInstaller.utils.hooks import collect_data_files, copy_metadata

    found = [entry for package in bundle.data_of for entry in collect_data_files(package)]
    for package in ("local_db", "sync"):
        if package in bundle.data_of:
            found += collect_data_files(package, include_py_files=True, includes=["**/migrations/**/*.py"])
    for name in bundle.metadata_of:
        found += copy_metadata(name)
    return [*found, *_terms()]


def _terms() -> list[tuple[str, str]]:
    """Our licence, the notices, and the licence texts of every package in the environment that freezes."""
    found = [(str(ROOT / name), ".") for name in ("LICENSE", "THIRD_PARTY_NOTICES.md")]
    for each in metadata.distributions():
        for file in each.files or ():
            if re.match(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", file.name.upper()) and ".dist-info" in str(file):
                below = Path(*Path(str(file)).parts[1:-1])
                found.append((str(file.locate()), str(Path("licences") / each.name.lower() / below)))
    return found


def dropped(bundle: Bundle, name: str) -> bool:
    """Whether a file of the bundle, by its path inside, is left out."""
    path = name.replace("\\", "/")
    return any(re.search(pattern, path) for pattern in bundle.drop)
