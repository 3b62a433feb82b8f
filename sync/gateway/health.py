"""For whoever watches the gateway: is it up, can it store, how much is there. No personal data, and no secrets.

GET /healthz    the process answers
GET /readyz     the database answers too; 503 when it does not
GET /metrics    Prometheus
"""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from clerk_app.domain.canonical import canonical_bytes
from clerk_app.errors import StorageProblem
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.metrics import CONTENT_TYPE


def add_to(app: FastAPI, gateway: Gateway) -> None:
    """Three paths beside those of the wire contract."""

    async def healthz(_request: Request) -> Response:
        return _json({"status": "up"}, 200)

    async def readyz(_request: Request) -> Response:
        try:
            await run_in_threadpool(_look, gateway)
        except StorageProblem:
            return _json({"status": "database"}, 503)
        return _json({"status": "ready"}, 200)

    async def metrics(_request: Request) -> Response:
        try:
            await run_in_threadpool(_count, gateway)
        except StorageProblem:
            return _json({"status": "database"}, 503)
        return Response(gateway.metrics.text(), 200, media_type=CONTENT_TYPE)

    for path, endpoint in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_route(path, endpoint, methods=["GET"])


def _look(gateway: Gateway) -> None:
    with gateway.store.reading() as connection:
        connection.execute(select(schema.hall.c.code).limit(1)).first()


def _count(gateway: Gateway) -> None:
    table = schema.forward
    waiting = select(func.count()).select_from(table).where(table.c.done_revision < table.c.revision)
    with gateway.store.reading() as connection:
        gateway.metrics.cases.set(connection.execute(select(func.count()).select_from(schema.case)).scalar() or 0)
        gateway.metrics.waiting.set(connection.execute(waiting).scalar() or 0)


def _json(told: dict[str, str], status: int) -> Response:
    return Response(canonical_bytes(told), status, media_type="application/json")
