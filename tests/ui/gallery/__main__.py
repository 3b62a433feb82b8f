"""``python -m tests.ui.gallery OUTDIR [NAME ...]``: take every picture (or these), make them small, write the index page."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from tests.ui.gallery.rooms import ROOMS, Room, Stock
from tests.ui.gallery.table import SECTIONS, shots_of

COLOURS = 128
ROOM_S = 900
AT_ONCE = 2


def main(out: Path, names: Sequence[str]) -> int:
    """Returns 1 when a room was not finished; the others' pictures are there."""
    out.mkdir(parents=True, exist_ok=True)
    all_names = {shot.name for _title, shots in SECTIONS for shot in shots}
    if unknown := set(names) - all_names:
        print(f"no such picture: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(AT_ONCE) as pool:
        stock = Path(made)
        _fill(stock)
        wanted = [
            (room, [shot.name for shot in shots_of(room.id) if not names or shot.name in names]) for room in ROOMS
        ]
        jobs = [pool.submit(_take, room, stock, out, each) for room, each in wanted if each]
        failed = [room for room in (job.result() for job in jobs) if room]
    for file in out.glob("*.png"):
        if file.stem not in all_names:
            file.unlink()
    (out / "README.md").write_text(index(), encoding="utf-8")
    if failed:
        print(f"rooms that were not finished: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _take(room: Room, stock: Path, out: Path, names: list[str]) -> str:
    """One room in a process of its own; its id when it was not finished."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.ui.gallery.one_room", room.id, str(stock), str(out), *names]
    try:
        code = subprocess.run(command, timeout=ROOM_S, check=False).returncode
    except subprocess.TimeoutExpired:
        code = 1
    for name in names:
        if (out / f"{name}.png").exists():
            make_small(out / f"{name}.png")
    print(f"{room.id}: {len(names)} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return room.id if code else ""


def _fill(folder: Path) -> None:
    from tests.ui.gallery.stock import fill_hall, found_hall

    for kind in (Stock.EMPTY, Stock.FULL):
        found_hall(folder / kind)
    fill_hall(folder / Stock.FULL)


def make_small(file: Path) -> None:
    """A palette picture: a screen has few colours, and a camera's frame among them stays recognisable."""
    with Image.open(file) as image:
        flat = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat.save(file, optimize=True)


def index() -> str:
    """The index page: each picture with what it shows."""
    lines = ["# 全部界面", "", "`make screenshots` 从运行着的演示大厅重新截取；人和号码都是样例。", ""]
    for title, shots in SECTIONS:
        lines += [f"## {title}", "", "| 画面 | 看什么 |", "| --- | --- |"]
        lines += [f"| ![{shot.name}]({shot.name}.png) | {shot.shows} |" for shot in shots]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
