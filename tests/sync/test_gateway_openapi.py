"""The published contract: true to the code, and a live gateway keeps to it whatever is sent."""

from __future__ import annotations

import json
from pathlib import Path

from clerk_app.bootstrap.gateway import openapi_document
from sync.gateway.endpoints import PATHS
from sync.gateway.openapi import description
from sync.protocol import Code
from tests.sync.hall import GatewayProcess, Window
from tests.sync.wire_fuzz import probe

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_every_path_and_number_is_described() -> None:
    told = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    assert told == {(path.method, path.template.replace("{version}", "1")) for path in PATHS}
    for code in Code:
        assert code.value in description()["info"]["description"]


def test_the_published_file_is_this_contract() -> None:
    assert json.loads(DOCUMENT.read_text("utf-8")) == description(), "clerk-app gateway openapi > docs/openapi.json"
    assert json.loads(openapi_document()) == description()


def test_nothing_that_is_sent_makes_it_stumble(gateway: GatewayProcess, window: Window) -> None:
    statuses = probe(gateway.url, window, examples=4)
    assert statuses[200] > 5
    assert statuses[400] > 5
    assert window.centre(gateway.url).greet().name  # and it is still there
