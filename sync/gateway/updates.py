"""The gateway hands out signed releases of the program: a folder of files as they are, by ranges.

It is no authority: whatever it hands out, windows check by the publisher's signatures. So nobody has to be known to fetch it.

GET /updates/metadata/…  /updates/targets/…  /updates/packs/…
"""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from sync import protocol
from sync.gateway.gateway import Gateway
from sync.protocol import Code

FOLDERS = ("metadata", "targets", "packs")
_PART = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")


def add_to(app: FastAPI, gateway: Gateway) -> None:
    """One path beside those of the wire contract."""

    async def answer(request: Request) -> Response:
        path = await run_in_threadpool(_file, gateway.updates, str(request.path_params["path"]))
        if path is None:
            told = protocol.error_bytes(Code.NO_SUCH_PATH, gateway.clock.now().utc_ms)
            return Response(told, 404, media_type="application/json")
        return FileResponse(path, media_type="application/octet-stream")

    app.add_route("/updates/{path:path}", answer, methods=["GET"])


def _file(folder: Path, asked: str) -> Path | None:
    parts = asked.split("/")
    if parts[0] not in FOLDERS or not all(_PART.fullmatch(part) for part in parts):
        return None
    path = folder.joinpath(*parts)
    return path if path.is_file() else None
