"""Electronic seals (电子印章): a real one is made by the seal's own keeper, with the seal's own key and certificate. A pasted picture
is no seal, so this program never draws one.

The port is a program of the keeper: it is given the PDF on standard input and, as its last arguments, page (from 0) and the place
for the seal in points from the bottom left corner; it answers with the sealed PDF on standard output. What comes back is taken
only if it is our file with something added behind it, and what was added is a signature that holds over all of it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from clerk_app.errors import DeviceProblem
from clerk_app.ports import SealPlace
from printing.signing import seal_holds

_PATIENCE_S = 20.0
_SAFE = "没有盖章的那一份还在，办件没有变。"


class CommandSeal:
    """Fulfils ports.ElectronicSeal. ``command``: the keeper's program with its own arguments."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    def sealed(self, pdf: bytes, place: SealPlace) -> bytes:
        """The sealed file.

        Raises:
            DeviceProblem: the seal's program is not there, refuses, or gives back something else than this file, sealed.
        """
        box = [f"{edge:.2f}" for edge in (place.left, place.low, place.width, place.height)]
        try:
            done = subprocess.run(
                [*self._command, str(place.page), *box],
                input=pdf,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DeviceProblem(
                "电子印章没有回应。", what_is_safe=_SAFE, what_to_do="请看看印章设备，或者改盖实物章。"
            ) from error
        if done.returncode:
            raise DeviceProblem("电子印章没有盖成。", what_is_safe=_SAFE, what_to_do="请看看印章设备，或者改盖实物章。")
        if not done.stdout.startswith(pdf) or len(done.stdout) == len(pdf) or not seal_holds(done.stdout):
            raise DeviceProblem(
                "印章程序交回来的不是这一份盖了章的文书。", what_is_safe=_SAFE, what_to_do="请联系管理员。"
            )
        return done.stdout
