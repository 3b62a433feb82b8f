"""For whoever watches the gateway: is it up, can it store, how much is there. No personal data, and no secrets.

GET /healthz    the process answers
GET /readyz     the database answers too; 503 when it does not
GET /metrics    Prometheus; for this machine and for who brings the token in $CLERK_APP_METRICS_TOKEN, nobody else
"""

from __future__ import annotations

import hmac
import os
import threading
from ipaddress import ip_address

from fastapi import FastAPI, Request, Response
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from clerk_app.domain.canonical import canonical_bytes
from clerk_app.errors import StorageProblem
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.limits import address_of
from sync.gateway.metrics import CONTENT_TYPE

TOKEN = "CLERK_APP_METRICS_TOKEN"  # noqa: S105 -- the variable's name
COUNT_EVERY_MS = 10_000


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

    token, counted = os.environ.get(TOKEN, ""), _Counted(gateway)

    async def metrics(request: Request) -> Response:
        if not _may_watch(address_of(request), request.headers.get("authorization", ""), token):
            return _json({"status": "not for you"}, 403)
        try:
            await run_in_threadpool(counted.refresh)
        except StorageProblem:
            return _json({"status": "database"}, 503)
        return Response(gateway.metrics.text(), 200, media_type=CONTENT_TYPE)

    for path, endpoint in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_route(path, endpoint, methods=["GET"])


def _look(gateway: Gateway) -> None:
    with gateway.store.reading() as connection:
        connection.execute(select(schema.hall.c.code).limit(1)).first()


def _may_watch(address: str, authorization: str, token: str) -> bool:
    try:
        is_here = ip_address(address).is_loopback
    except ValueError:
        is_here = False
    return is_here or (bool(token) and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()))


class _Counted:
    """Counting walks through all cases: once in ``COUNT_EVERY_MS``, by one asker, however many ask."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._next_ms = 0

    def refresh(self) -> None:
        """Raises StorageProblem."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            now_ms = self._gateway.clock.now().monotonic_ms
            if now_ms >= self._next_ms:
                _count(self._gateway)
                self._next_ms = now_ms + COUNT_EVERY_MS
        finally:
            self._lock.release()


def _count(gateway: Gateway) -> None:
    free = gateway.blobs.free()
    gateway.metrics.free.set(-1 if free is None else free)
    table = schema.forward
    waiting = select(func.count()).select_from(table).where(table.c.done_revision < table.c.revision)
    with gateway.store.reading() as connection:
        gateway.metrics.cases.set(connection.execute(select(func.count()).select_from(schema.case)).scalar() or 0)
        gateway.metrics.waiting.set(connection.execute(waiting).scalar() or 0)


def _json(told: dict[str, str], status: int) -> Response:
    return Response(canonical_bytes(told), status, media_type="application/json")
