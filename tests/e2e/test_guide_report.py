"""查错纠错 as a clerk types it: reported without a line, delivered by sync, read at the gateway."""

from __future__ import annotations

from tests.e2e.conftest import Hall


def test_reported_here_read_there(hall: Hall) -> None:
    hall.stop_gateway()
    words = (
        "catalogue",
        "report",
        "longevity-allowance",
        "--element",
        "limits.promised",
        "--text",
        "现在是 8 个工作日",
    )
    first = hall.run(*words, "--proposed", "8 个工作日", *hall.at())[0]
    again = hall.run(*words, "--proposed", "8 个工作日", *hall.at())[0]
    assert (first["new"], again["new"], again["report"]) == (True, False, first["report"])
    refused = hall.raw("catalogue", "report", "longevity-allowance", "--element", "price", "--text", "x", *hall.at())
    assert refused.returncode == 3
    assert "这个事项里没有这个要素" in refused.stderr.decode()
    hall.start_gateway()
    assert hall.run("sync", *hall.at())[0]["acknowledged"] == 1
    (row,) = hall.run("gateway", "reports", "--data", str(hall.gateway_data), "--json")
    assert (row["item"], row["element"], row["proposed"]) == ("longevity-allowance", "limits.promised", "8 个工作日")
    assert (row["hall"], row["window"], row["clerk"]) == ("500199", "03", "wangmin")
    assert hall.dump() == []
    shown = hall.run("catalogue", "show", "longevity-allowance", *hall.at())[0]
    assert row["sha256"] == shown["sha256"]
