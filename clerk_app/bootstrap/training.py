"""训练模式: the demo hall in a folder of its own beside the window's, with its own gateway on this PC and nothing but synthetic people.

Nothing of it reaches the district: the folder is marked before anything is in it, an unmarked one is never taken for training,
and the only gateway it knows is the one that runs with it on the loopback address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from clerk_app.bootstrap.demo import Demo, demo_hall
from clerk_app.bootstrap.noted import HALL_FILE, noted_hall
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import Bug, Refused, StorageProblem
from sync.gateway.serve import LOOPBACK

MARK = "training.mark"
HALL_NAME = "训练大厅"


def training_folder(data: Path) -> Path:
    """Beside the window's own folder."""
    return data.absolute().with_name(f"{data.absolute().name}-training")


@contextmanager
def training_hall(data: Path) -> Iterator[Demo]:
    """The training hall that belongs to the window of ``data``.

    Raises:
        Refused: the folder for it holds a real window. StorageProblem: it cannot be made, or is open already.
    """
    folder = training_folder(data)
    if (folder / HALL_FILE).exists() and not (folder / MARK).exists():
        raise Refused(
            "这个文件夹是正式窗口，不能拿来训练。",
            what_is_safe="里面的数据没有动。",
            what_to_do="请换一个数据文件夹。",
        )
    try:
        make_folder(folder)
        write_durably(folder / MARK, b"training\n")
    except OSError as error:
        raise StorageProblem("建不了训练文件夹。", what_to_do="请检查磁盘和权限。") from error
    with demo_hall(folder, HALL_NAME) as demo:
        must_be_here(folder)
        yield demo


def must_be_here(folder: Path) -> None:
    """Bug when the training window would talk to anything but this PC."""
    if urlsplit(noted_hall(folder).gateway).hostname not in LOOPBACK:
        raise Bug("a training window knows a gateway elsewhere")
