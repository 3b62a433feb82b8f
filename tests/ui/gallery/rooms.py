"""The kinds of window that pictures are taken in. Each room is one process on a hall folder of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stock(StrEnum):
    """What a room's folder begins with."""

    FULL = "full"  # a hall that has worked for a while
    EMPTY = "empty"  # one that was founded a minute ago
    NONE = "none"  # no window yet: the first start


class Wire(StrEnum):
    """The line to the demo's own gateway."""

    UP = "up"
    DOWN = "down"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Room:
    """``size`` and ``second`` in pixels of the screens; ``lies``: what the simulated camera sees (see devices/samples.py),
    nothing for a PC without one; ``login`` empty: nobody signs in by itself; ``lost``: a damaged disk took its enrolment; ``printer``:
    a queue of the system that is not there, in the place of the demo's own."""

    id: str
    stock: Stock = Stock.FULL
    size: tuple[int, int] = (1366, 768)
    second: tuple[int, int] | None = None
    scale: int = 100
    contrast: bool = False
    login: str = "wangmin"
    lies: tuple[str, ...] = ("1-bare",)
    wire: Wire = Wire.UP
    training: bool = False
    lost: bool = False
    printer: str = ""


ROOMS = (
    Room("counter", second=(1280, 800), lies=("8-page-0",)),
    Room("card", lies=("4-front",)),
    Room("fresh", Stock.EMPTY),
    Room("offline", second=(1280, 800), lies=(), wire=Wire.DOWN),
    Room("weak", wire=Wire.WEAK),
    Room("door", login="", lies=()),
    Room("unplugged", second=(1280, 800), printer="大厅打印机"),
    Room("lost", Stock.EMPTY, login="", lies=(), lost=True),
    Room("first", Stock.NONE, login=""),
    Room("citizen", second=(1280, 800)),
    Room("citizen_contrast", second=(1280, 800), contrast=True),
    Room("single"),
    Room("wide", size=(1920, 1080)),
    Room("touch", size=(1280, 800)),
    Room("contrast", contrast=True),
    Room("large", scale=150),
    Room("large_wide", size=(1920, 1080), scale=150),
    Room("training", Stock.EMPTY, login="", training=True),
    Room("admin", login="zhangli"),
    Room("auditor", login="sunping"),
    Room("chief", login="chenlan"),
)
