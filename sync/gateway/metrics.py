"""Figures for Prometheus: counts and times, never a name, a number of a person or a case id. A registry for each gateway."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from clerk_app.ports import Receipt

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STEPS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What this process counts; several workers are several targets for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.messages = Counter(
            "clerk_gateway_messages", "Messages by how they were answered", ["status"], registry=own
        )
        self.refusals = Counter("clerk_gateway_refusals", "Refused messages by number", ["code"], registry=own)
        self.requests = Counter("clerk_gateway_requests", "Requests", ["route", "status"], registry=own)
        self.seconds = Histogram("clerk_gateway_seconds", "Time to answer", ["route"], registry=own, buckets=_STEPS)
        self.page_bytes = Counter("clerk_gateway_page_bytes", "Bytes of pages taken in", registry=own)
        self.busy = Gauge("clerk_gateway_requests_in_progress", "Requests being answered", registry=own)
        self.cases = Gauge("clerk_gateway_cases", "Cases held", registry=own)
        self.waiting = Gauge("clerk_gateway_forward_waiting", "Cases not yet handed on to the platform", registry=own)
        self.free = Gauge("clerk_gateway_free_bytes", "Room for pages; -1 where that cannot be told", registry=own)

    def took(self, receipts: Sequence[Receipt]) -> None:
        """One batch was answered."""
        for each in receipts:
            self.messages.labels(each.status).inc()
            if each.code:
                self.refusals.labels(each.code).inc()

    def text(self) -> bytes:
        """The exposition format."""
        return bytes(generate_latest(self.registry))
