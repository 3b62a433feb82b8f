"""The two Debian packages, from frozen bundles: trees with their metadata, packed by dpkg-deb with xz.

python -m installer.debian BUNDLE --out DIR [--version V]     the package that the bundle's name says: clerk-app or clerk-gateway
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clerk_app import __version__
from installer.elf import SharedObject, shared_objects
from installer.recipe import FROM_THE_SYSTEM, ROOT

LINUX = Path(__file__).parent / "linux"
MAINTAINER = "clerk-app contributors <clerk-app@localhost>"
"""An address at no host: the project has none of its own; whoever distributes the package sets CLERK_APP_MAINTAINER."""

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_LAUNCHER, _PLAIN = 0o755, 0o644


@dataclass(frozen=True, slots=True)
class Package:
    """``files``: where each file of installer/linux/ goes, and its mode; ``scripts``: the maintainer's, by name."""

    name: str
    folder: str
    section: str
    words: str
    details: str
    files: Mapping[str, tuple[str, int]]
    scripts: tuple[str, ...]
    conffiles: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    libraries: tuple[str, ...] = field(default=())


CLIENT = Package(
    name="clerk-app",
    folder="client",
    section="misc",
    words="counter of a service hall that works with and without a line",
    details=(
        "The window of the all-subject counter with its commands, and the gateway\n"
        " that its demo and training use. It takes applications without a network,\n"
        " keeps them encrypted, and delivers each exactly once."
    ),
    files={
        "client/clerk-app": ("usr/bin/clerk-app", _LAUNCHER),
        "client/clerk-app.desktop": ("usr/share/applications/clerk-app.desktop", _PLAIN),
        "client/clerk-app-training.desktop": ("usr/share/applications/clerk-app-training.desktop", _PLAIN),
        "client/clerk-app.xml": ("usr/share/mime/packages/clerk-app.xml", _PLAIN),
        "client/70-clerk-app.rules": ("lib/udev/rules.d/70-clerk-app.rules", _PLAIN),
        "clerk-app.svg": ("usr/share/icons/hicolor/scalable/apps/clerk-app.svg", _PLAIN),
        **{
            f"clerk-app-{size}.png": (f"usr/share/icons/hicolor/{size}x{size}/apps/clerk-app.png", _PLAIN)
            for size in (32, 48, 128, 256)
        },
    },
    scripts=("preinst", "postinst", "postrm", "config", "templates"),
    depends=("debconf (>= 0.5) | debconf-2.0",),
    recommends=("cups-client", "espeak-ng", "libzbar0"),
    libraries=tuple(FROM_THE_SYSTEM),
)

GATEWAY = Package(
    name="clerk-gateway",
    folder="gateway",
    section="net",
    words="district gateway of the all-subject counters",
    details=(
        "The gateway that the counters of a district's halls deliver to: one\n"
        " service on SQLite or PostgreSQL, with mutual TLS by its own authority,\n"
        " pages for its administrator, and a hand-over to the platform."
    ),
    files={
        "gateway/clerk-gateway": ("usr/bin/clerk-gateway", _LAUNCHER),
        "gateway/clerk-gateway.service": ("lib/systemd/system/clerk-gateway.service", _PLAIN),
        "gateway/gateway.toml": ("etc/clerk-gateway/gateway.toml", _PLAIN),
    },
    scripts=("postinst", "prerm", "postrm", "config", "templates"),
    conffiles=("/etc/clerk-gateway/gateway.toml",),
    depends=("adduser", "debconf (>= 0.5) | debconf-2.0"),
    recommends=("systemd",),
)
PACKAGES = {package.name: package for package in (CLIENT, GATEWAY)}


def build_deb(package: Package, bundle: Path, out: Path, version: str, compression: str = "xz") -> Path:
    """Pack it into ``out``; the file. ``compression``: xz, or none for a trial. Raises CalledProcessError when dpkg-deb refuses."""
    tree = out / f"{package.name}-tree"
    shutil.rmtree(tree, ignore_errors=True)
    lay_out(package, bundle, tree, version)
    _settle_times(tree)
    target = out / f"{package.name}_{version}_{ARCHITECTURES[os.uname().machine]}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", str(tree), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(source_date())},
    )
    shutil.rmtree(tree)
    return target


def source_date() -> int:
    """SOURCE_DATE_EPOCH, or the time of the last commit: what every file in a package is dated, in seconds."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(asked.stdout.strip() or time.time())


def lay_out(package: Package, bundle: Path, tree: Path, version: str) -> None:
    """The package's tree: the bundle under /opt, our files in the system's places, documents, and DEBIAN/."""
    home = tree / "opt" / package.name
    home.parent.mkdir(parents=True)
    shutil.copytree(bundle, home, symlinks=True)
    for source, (place, mode) in package.files.items():
        target = tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(LINUX / source, target)
        target.chmod(mode)
    _documents(package, tree, version)
    _modes(tree)
    control = tree / "DEBIAN"
    control.mkdir()
    for name in package.scripts:
        shutil.copyfile(LINUX / package.folder / name, control / name)
        (control / name).chmod(_PLAIN if name == "templates" else _LAUNCHER)
    if package.conffiles:
        (control / "conffiles").write_text("".join(f"{path}\n" for path in package.conffiles), encoding="utf-8")
    (control / "control").write_text(control_text(package, home, version, _size(tree)), encoding="utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(tree)}\n"
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not path.is_symlink() and control not in path.parents
        and f"/{path.relative_to(tree)}" not in package.conffiles
    ]  # fmt: skip
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def control_text(package: Package, home: Path, version: str, size: int) -> str:
    """DEBIAN/control. The libc that it depends on is the one that its shared objects ask for. ``size`` in KiB."""
    found = list(shared_objects(home))
    depends = sorted({*package.depends, *library_packages(found)})
    lines = [
        f"Package: {package.name}",
        f"Version: {version}",
        f"Architecture: {ARCHITECTURES[os.uname().machine]}",
        f"Maintainer: {os.environ.get('CLERK_APP_MAINTAINER', MAINTAINER)}",
        f"Installed-Size: {size}",
        f"Depends: {', '.join(depends)}",
        *([f"Recommends: {', '.join(package.recommends)}"] if package.recommends else []),
        f"Section: {package.section}",
        "Priority: optional",
        f"Description: {package.words}",
        f" {package.details}",
    ]
    return "\n".join(lines) + "\n"


def library_packages(found: list[SharedObject]) -> set[str]:
    """What the shared objects need of the system, as relations to packages."""
    glibc = max(each.glibc for each in found)
    needed = {name.split(".so")[0] for each in found for name in each.needs}
    inside = {each.path.name.split(".so")[0] for each in found}
    packages = {package for library, package in FROM_THE_SYSTEM.items() if library in needed - inside}
    return (
        packages | {f"libc6 (>= {glibc[0]}.{glibc[1]})"} | ({"libgl1", "libegl1"} if "libQt6Gui" in inside else set())
    )


def _documents(package: Package, tree: Path, version: str) -> None:
    place = tree / "usr" / "share" / "doc" / package.name
    place.mkdir(parents=True)
    (place / "copyright").write_text(_copyright(), encoding="utf-8")
    shutil.copyfile(ROOT / "THIRD_PARTY_NOTICES.md", place / "THIRD_PARTY_NOTICES.md")
    (place / "changelog.gz").write_bytes(_gzip((ROOT / "CHANGELOG.md").read_bytes()))
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(source_date()))
    entry = (
        f"{package.name} ({version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n"
        f" -- {os.environ.get('CLERK_APP_MAINTAINER', MAINTAINER)}  {stamp}\n"
    )
    (place / "changelog.Debian.gz").write_bytes(_gzip(entry.encode()))
    page = next((LINUX / package.folder).glob("*.[18]"))
    manual = tree / "usr" / "share" / "man" / f"man{page.suffix[1]}"
    manual.mkdir(parents=True)
    (manual / f"{page.name}.gz").write_bytes(_gzip(page.read_bytes()))
    overrides = LINUX / package.folder / "lintian-overrides"
    if overrides.exists():
        target = tree / "usr" / "share" / "lintian" / "overrides" / package.name
        target.parent.mkdir(parents=True)
        shutil.copyfile(overrides, target)


def _copyright() -> str:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    body = "\n".join(f" {line}" if line.strip() else " ." for line in licence.splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: clerk-app\n\n"
        "Files: *\nCopyright: 2026 the clerk-app contributors\nLicense: MulanPSL-2.0\n"
        "Comment: What others made and on what terms: THIRD_PARTY_NOTICES.md in this folder.\n\n"
        f"License: MulanPSL-2.0\n{body}\n"
    )


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _modes(tree: Path) -> None:
    """Folders 755; files 644, or 755 where the owner may run them and they are programs (shared objects are data, and so is a
    licence that its maker marked as a program)."""
    for path in tree.rglob("*"):
        if path.is_symlink():
            continue
        path.chmod(_LAUNCHER if path.is_dir() or _runs(path) else _PLAIN)


def _runs(path: Path) -> bool:
    if not path.stat().st_mode & 0o100 or ".so" in path.name:
        return False
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x7fELF", b"#!"))


def _settle_times(tree: Path) -> None:
    date = source_date()
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (date, date), follow_symlinks=False)


def _size(tree: Path) -> int:
    return sum((path.lstat().st_size + 1023) // 1024 for path in tree.rglob("*") if path.is_file())


def main() -> int:
    """Prints the package's path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default=__version__)
    args = parser.parse_args()
    print(build_deb(PACKAGES[args.bundle.name], args.bundle, args.out, args.version))
    return 0


if __name__ == "__main__":
    sys.exit(main())
