"""The bundled fonts, as paths. The licence texts lie beside them; ``build_fonts.py`` says where the files come from.

Regular and Bold cover Latin, punctuation and the 8,105 characters of the Table of General Standard Chinese
Characters (通用规范汉字表); FALLBACK has CJK extensions B-F only (no Latin, no digits). Together: every hanzi of
GB 18030-2022 level 3. Missing in all three: U+2611 and U+2714 (ticks) - draw them.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent

REGULAR: Path = _HERE / "NotoSansSC-Regular.ttf"
BOLD: Path = _HERE / "NotoSansSC-Bold.ttf"
FALLBACK: Path = _HERE / "HanaMinB.ttf"
