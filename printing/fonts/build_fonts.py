"""Rebuild the bundled fonts from their published sources; run by hand, never by the program.

    python -m printing.fonts.build_fonts [folder with HanaMinB.ttf]

Noto Sans SC comes as one variable font (PyPI ``justmytype-intl-cjk``, a development dependency, SIL OFL 1.1) and is
cut into a static Regular and Bold. Each gets its OWN PostScript name: PDF writers key fonts by it, and with one name
for both they embed one of the two. HanaMinB (Debian ``fonts-hanazono``) is copied unchanged; it draws the rare
characters of CJK extensions B-F that people carry in their names.
"""

from __future__ import annotations

import argparse
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent
DEBIAN_HANAZONO = Path("/usr/share/fonts/truetype/hanazono")
FAMILY = "Noto Sans SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
_STYLE_BITS = {"Regular": (0x40, 0x00), "Bold": (0x20, 0x01)}  # OS/2 fsSelection, head macStyle


def cut_static(variable: Path, style: str, target: Path) -> None:
    """Write the static ``style`` of the variable font to ``target``, at the source's own 1000 units per em."""
    # recalcTimestamp off: the same source must give the same bytes, whoever builds it and whenever.
    font = TTFont(variable, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True)
    names = font["name"]
    version = names.getDebugName(5) or ""
    kept = {0, 5, 7, 8, 9, 10, 11, 13, 14}  # copyright, version, trademark, people, licence: the licence asks for them
    names.names = [record for record in names.names if record.nameID in kept]
    for name_id, text in {
        1: FAMILY,
        2: style,
        3: f"{version};{FAMILY.replace(' ', '')}-{style}",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    if "STAT" in font:
        del font["STAT"]  # it describes axes that are gone
    selection, mac_style = _STYLE_BITS[style]
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | selection
    font["head"].macStyle = mac_style
    font.save(target)


def write_profile(target: Path) -> None:
    """The sRGB output intent of the PDFs: Little CMS's built-in profile, with a fixed date so that the bytes stay the same."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"".join(each.to_bytes(2, "big") for each in (2026, 1, 1, 0, 0, 0))
    profile[84:100] = bytes(16)  # the profile id: zero means not calculated
    target.write_bytes(profile)


def build(hanazono: Path = DEBIAN_HANAZONO, target: Path = HERE) -> None:
    """Write the three font files into ``target``."""
    source = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
    with as_file(source) as folder:
        for style in WEIGHTS:
            cut_static(folder / "NotoSansSC[wght].ttf", style, target / f"NotoSansSC-{style}.ttf")
        shutil.copyfile(folder / "OFL.txt", target / "LICENSE-NotoSansSC.txt")
    shutil.copyfile(hanazono / "HanaMinB.ttf", target / "HanaMinB.ttf")
    write_profile(target.parent / "srgb.icc")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rebuild the bundled fonts.")
    parser.add_argument("hanazono", nargs="?", type=Path, default=DEBIAN_HANAZONO)
    build(parser.parse_args().hanazono)
