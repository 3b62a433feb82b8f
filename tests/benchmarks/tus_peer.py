"""The peer of peers.py for pages: tuspy to tuspyserver, each in a process of its own, in their own environment.

    python tus_peer.py server FOLDER            → {"port"}
    python tus_peer.py client FOLDER COUNT URL  → {"written", "seconds"}; sends the files page-0000, page-0001 … of the folder

It imports nothing of ours; three uploads at once, in whole files, as ours has three connections.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def _serve(folder: str) -> None:
    import uvicorn
    from fastapi import FastAPI
    from tuspyserver import create_tus_router  # type: ignore[import-not-found, unused-ignore]

    app = FastAPI()
    app.include_router(create_tus_router(files_dir=folder))
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


def _send(folder: str, count: str, url: str) -> None:
    from tusclient.client import TusClient  # type: ignore[import-not-found, unused-ignore]

    def one(path: Path) -> Any:
        told = {"filename": path.name, "filetype": "image/jpeg"}
        return TusClient(f"{url}/files").uploader(str(path), chunk_size=1024 * 1024, metadata=told).upload()

    files = sorted(Path(folder).glob("page-*"))[: int(count)]
    began = time.perf_counter()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(one, files))
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"written": len(files), "seconds": seconds}) + "\n")


if __name__ == "__main__":
    _serve(sys.argv[2]) if sys.argv[1] == "server" else _send(*sys.argv[2:])
