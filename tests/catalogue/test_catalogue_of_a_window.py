"""An enrolled window takes a package signed by its gateway's key; a case taken before keeps its rules; a clerk trusts nobody."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from clerk_app.catalogue.loader import folder_files
from clerk_app.catalogue.package import pack
from clerk_app.crypto.international import InternationalSuite
from clerk_app.errors import EXIT_REFUSED
from sync.gateway.keys import open_keys
from tests.catalogue.folder import copy_to, spoil
from tests.e2e.conftest import Hall
from tests.e2e.conftest import founded as founded  # noqa: PLC0414 - the fixtures
from tests.e2e.conftest import hall as hall  # noqa: PLC0414
from tests.e2e.conftest import offline as offline  # noqa: PLC0414

ENTRY = "longevity-allowance"


def package(folder: Path, private: bytes, public: bytes) -> bytes:
    folder.mkdir()
    copy_to(folder)
    spoil(folder, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    spoil(folder, f"items/{ENTRY}.json", lambda data: data["limits"]["promised"].update(count=3))
    return pack(folder_files(folder), "2026-12-01", InternationalSuite(secrets.token_bytes), private, public)


def test_from_the_gateways_key_to_a_case_that_keeps_its_rules(hall: Hall, tmp_path: Path) -> None:
    suite = InternationalSuite(secrets.token_bytes)
    keys = open_keys(hall.gateway_data, suite)

    def accepted() -> dict[str, object]:
        made = hall.run("case", "template", ENTRY, "--sample", "1", *hall.at())[0]
        case = hall.run("case", "accept", "-", *hall.at(), stdin=json.dumps(made) + "\n")[0]
        return dict(hall.run("case", "show", str(case["case_id"]), *hall.at())[0])

    before = accepted()
    foreign_private, foreign_public = suite.new_signing_pair()
    foreign = tmp_path / "foreign.package"
    foreign.write_bytes(package(tmp_path / "one", foreign_private, foreign_public))
    key = tmp_path / "foreign.pub"
    key.write_text(base64.b64encode(foreign_public).decode(), encoding="ascii")
    refused = hall.raw("catalogue", "import", str(foreign), "--data", str(hall.data))
    assert refused.returncode == EXIT_REFUSED
    assert "不在这台电脑信任的名单里" in refused.stderr.decode()
    refused = hall.raw("catalogue", "import", str(foreign), "--data", str(hall.data), "--trust", str(key))
    assert refused.returncode == EXIT_REFUSED
    assert "只有管理员" in refused.stderr.decode()

    ours = tmp_path / "ours.package"
    ours.write_bytes(package(tmp_path / "two", keys.signing_private, keys.signing_public))
    told = hall.run("catalogue", "import", str(ours), *hall.at())[0]
    assert told["version"] == "2026-12-01"
    assert [change["id"] for change in told["changes"]] == [ENTRY]

    after = accepted()
    limits = [dict(case["deadline"])["count"] for case in (before, after)]  # type: ignore[call-overload]
    assert limits == [10, 3]
    again = hall.run("case", "show", str(before["case_id"]), *hall.at())[0]
    assert again["deadline"] == before["deadline"]
    assert again["content_sha256"] == before["content_sha256"]
