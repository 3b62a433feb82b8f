"""How much each part of a bundle weighs.

python -m installer.sizes BUNDLE [OTHER]     with a second bundle: what the first leaves out of it
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

PARTS: Mapping[str, str] = {
    "ICU (Qt6Core is linked with it)": r"PySide6/Qt/lib/libicu|icudt|icuuc|icuin",
    "Qt": r"^_internal/(PySide6|shiboken6)/",
    "OpenCV's video back ends (FFmpeg)": r"opencv_python_headless\.libs/lib(av(codec|format|util)|sw|vpx|dav1d)|videoio_ffmpeg",
    "OpenCV, with its OpenBLAS": r"^_internal/(cv2|opencv_python_headless\.libs)/",
    "recognition: models and their runtime": r"^_internal/(rapidocr|onnxruntime|shapely|shapely\.libs|pyclipper)/",
    "fonts and paper": r"^_internal/(printing|pikepdf|pikepdf\.libs|pypdfium2\w*|lxml)/",
    "NumPy, with its OpenBLAS": r"^_internal/numpy(\.libs)?/",
    "Pillow": r"^_internal/(PIL|pillow\.libs)/",
    "SQLCipher and cryptography": r"^_internal/(sqlcipher3|cryptography)/",
    "PostgreSQL and object store": r"^_internal/(psycopg|boto)",
    "Python and its own modules": r"^_internal/(libpython|python3|base_library|python3\d*\.dll)",
    "our code and every pure module": r"^clerk-[a-z-]+(\.exe)?$",
}


def by_part(bundle: Path) -> dict[str, int]:
    """Bytes of each part, largest first; what no part names is 'the rest'."""
    found: dict[str, int] = {}
    for path in bundle.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(bundle).as_posix()
        part = next((part for part, pattern in PARTS.items() if re.search(pattern, name)), "the rest")
        found[part] = found.get(part, 0) + path.stat().st_size
    return dict(sorted(found.items(), key=lambda entry: -entry[1]))


def folder_size(folder: Path) -> int:
    """Bytes of all its files, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def lines(bundle: Path) -> list[str]:
    """One line a part."""
    return [f"{size / 1e6:7.1f} MB  {part}" for part, size in by_part(bundle).items()]


def main() -> int:
    """Prints the parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("other", type=Path, nargs="?")
    args = parser.parse_args()
    print(f"{folder_size(args.bundle) / 1e6:.1f} MB")
    print("\n".join(lines(args.bundle)))
    if args.other:
        ours, theirs = by_part(args.bundle), by_part(args.other)
        print(f"the other: {folder_size(args.other) / 1e6:.1f} MB; left out here:")
        for part, size in theirs.items():
            if (less := size - ours.get(part, 0)) > 100_000:
                print(f"{less / 1e6:7.1f} MB  {part}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
