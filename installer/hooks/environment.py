"""Run before anything else in the frozen program: other programs get the system's own library path, not the bundle's.

PyInstaller points LD_LIBRARY_PATH at its folder, and whatever is started from here (lp, espeak-ng, the browser) would load our
libraries in place of the system's. A second copy of this program, or another version of it, finds its libraries by itself.
"""

from __future__ import annotations

import os
import sys

for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    before = os.environ.pop(f"{name}_ORIG", None)
    if before is not None:
        os.environ[name] = before
    else:
        os.environ.pop(name, None)
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
# Chinese typing: fcitx 5 answers for IBus too, whose plugin Qt brings; a session that names only fcitx would leave us without.
if sys.platform.startswith("linux") and "fcitx" in os.environ.get("QT_IM_MODULE", ""):
    os.environ.setdefault("QT_IM_MODULES", "fcitx;ibus;compose")
