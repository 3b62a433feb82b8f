"""The name as the card shows it: a strip cut out of the straightened front, for a name that no font can draw.

On the resident card (GA 448) the name stands in the first line, right of its label; shares of the card's width and height, with
room for a line that lies a little high or low.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clerk_app.devices.recognition.geometry import Image8

_LEFT, _RIGHT, _TOP, _BOTTOM = 0.165, 0.62, 0.075, 0.215


def name_strip(upright: Image8) -> bytes:
    """A grey PNG; empty when the picture is too small to hold a name."""
    import cv2

    tall, wide = upright.shape[:2]
    if wide < 300:
        return b""
    strip = upright[int(tall * _TOP) : int(tall * _BOTTOM), int(wide * _LEFT) : int(wide * _RIGHT)]
    grey = strip if strip.ndim == 2 else cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    done, data = cv2.imencode(".png", grey)
    return data.tobytes() if done else b""
