"""`make package`: from the lock to bundles, Debian packages, the bill of materials and their hashes, with sizes printed.

python -m installer.build [--version V] [--out DIR] [--bundles-only]

The bundles are frozen in an environment of their own that holds the runtime lock and PyInstaller and nothing else, with the wheels
of the oldest target (glibc 2.28 or 2.31) rather than the newest that this machine could take.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from clerk_app import __version__
from installer import bill, debian, smoke
from installer.elf import report, shared_objects, strangers
from installer.recipe import OURS, ROOT, WINDOWS
from installer.sizes import folder_size, lines
from installer.wheels import table

PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "aarch64": "aarch64-manylinux_2_31", "AMD64": "windows"}
FREEZER = (
    "pyinstaller",
    "pyinstaller-hooks-contrib",
    "altgraph",
    "packaging",
    "setuptools",
    "pefile",
    "pywin32-ctypes",
)
SPECS = {"clerk-app": "clerk_app.spec", "clerk-gateway": "clerk_gateway.spec"}
# Compiled with their debugging symbols inside; PyInstaller's own strip would also touch libraries that auditwheel patched.
STRIPPED = (
    "libpython3*.so*",
    "python3*/lib-dynload/*.so",
    "uvloop/*.so",
    "sqlcipher3/*.so",
    "httptools/**/*.so",
    "yaml/*.so",
)


def build_lock() -> str:
    """The part of requirements.lock that a bundle is made from and with: what the table of wheels names, and PyInstaller."""
    wanted = {wheel.name for wheel in table()} | set(FREEZER)
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    return (
        "\n".join(block for block in blocks if (match := re.match(r"[a-z0-9._-]+", block)) and match[0] in wanted)
        + "\n"
    )


def build_environment(folder: Path) -> Path:
    """The environment that freezes; its Python. Made anew when the lock changed."""
    lock = build_lock()
    stamp = folder / f".ready-{hashlib.sha256(lock.encode()).hexdigest()[:16]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if stamp.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else f"bin/python3.{sys.version_info.minor}")
    subprocess.run([str(base), "-m", "venv", "--without-pip", str(folder)], check=True)
    file = folder / "build.lock"
    file.write_text(lock, encoding="utf-8")
    uv = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
    target = PLATFORMS[platform.machine()]
    command = [str(uv), "pip", "install", "--quiet", "--python", str(python), "--python-platform", target]
    subprocess.run([*command, "--require-hashes", "--only-binary", ":all:", "-r", str(file)], check=True)
    stamp.touch()
    return python


def snapshot(folder: Path, version: str = __version__) -> Path:
    """A copy of the source to freeze from: a checkout that changes meanwhile would give a bundle of two halves. ``version``: what it
    calls itself."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in (*OURS, "installer", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "THIRD_PARTY_NOTICES.md", "requirements-runtime.lock", "requirements.lock"):
        shutil.copyfile(ROOT / name, folder / name)
    start = folder / "clerk_app" / "__init__.py"
    start.write_text(start.read_text(encoding="utf-8").replace(f'"{__version__}"', f'"{version}"'), encoding="utf-8")
    return folder


def state_of(source: Path) -> str:
    """One hash, in hex, of a snapshot and of what it is frozen with."""
    whole = hashlib.sha256(build_lock().encode())
    for path in sorted(each for each in source.rglob("*") if each.is_file()):
        whole.update(f"{path.relative_to(source).as_posix()} {sha256(path)}\n".encode())
    return whole.hexdigest()


def freeze(name: str, python: Path, source: Path, out: Path) -> Path:
    """One bundle, stripped; its folder. ``source``: a snapshot. Raises CalledProcessError."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(source),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(debian.source_date()),
    }
    command = [
        str(python),
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--clean",
        "--log-level",
        "WARN",
        "--distpath",
        str(out),
    ]
    command += ["--workpath", str(out / "work"), str(source / "installer" / SPECS[name])]
    subprocess.run(command, check=True, env=environment, cwd=source)
    bundle = out / name
    strip(bundle)
    return bundle


def strip(bundle: Path) -> None:
    """Take debugging symbols out of what was built with them, where there is a `strip`."""
    if shutil.which("strip") is None:
        return
    for pattern in STRIPPED:
        for path in sorted((bundle / "_internal").glob(pattern)):
            if not path.is_symlink():
                subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


def note_files(bundle: Path) -> None:
    """`files.sha256` inside the bundle: every file with its hash, for `sha256sum -c` on any machine."""
    target = bundle / "files.sha256"
    target.unlink(missing_ok=True)
    files = sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())
    text = "".join(f"{sha256(path)}  {path.relative_to(bundle).as_posix()}\n" for path in files)
    target.write_text(text, encoding="utf-8")


def examine(bundle: Path, out: Path) -> list[str]:
    """Write the report of what its shared objects ask of the system; the libraries that would be missing there."""
    found = list(shared_objects(bundle))
    (out / f"{bundle.name}.glibc.txt").write_text(report(bundle, found) + "\n", encoding="utf-8")
    return strangers(bundle, found)


def sha256(path: Path) -> str:
    """Of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Prints what was built and how large it is; 1 when a bundle does not start or would miss a library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", default=__version__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--bundles-only", action="store_true", help="no packages, no bill of materials")
    args = parser.parse_args()
    out: Path = args.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    python = build_environment(ROOT / "build" / "venv")
    source = snapshot(ROOT / "build" / "source")
    bundles = [freeze(name, python, source, out) for name in SPECS if name == "clerk-app" or not WINDOWS]
    shutil.rmtree(out / "work", ignore_errors=True)
    missing = [] if WINDOWS else [line for bundle in bundles for line in examine(bundle, out)]
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    for bundle in bundles:
        note_files(bundle)
    smoke.everything(bundles[0], None if WINDOWS else bundles[1], out)
    made: list[Path] = []
    if not args.bundles_only:
        made = [bill.write(bundle, python, out / f"{bundle.name}.cdx.json", args.version) for bundle in bundles]
        if not WINDOWS:
            made += [debian.build_deb(debian.PACKAGES[bundle.name], bundle, out, args.version) for bundle in bundles]
        (out / "SHA256SUMS").write_text("".join(f"{sha256(path)}  {path.name}\n" for path in made), encoding="utf-8")
    for bundle in bundles:
        print(f"{bundle.name}/  {folder_size(bundle) / 1e6:.0f} MB")
        print("\n".join(f"    {line}" for line in lines(bundle)))
        if not WINDOWS:
            print("    " + (out / f"{bundle.name}.glibc.txt").read_text(encoding="utf-8").splitlines()[0])
    for path in made:
        print(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB  {sha256(path)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
