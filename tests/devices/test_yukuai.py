"""The 演示码: made, verified, expired, forged; and what a scanned text is."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.devices.yukuai import CodeKind, case_number_of, classify_code, make_demo_code, verify_demo_code
from clerk_app.errors import BadInput

SECRET = b"demo hall only"
NOW = 1_795_000_000


def test_round_trip_and_label() -> None:
    code = make_demo_code("liu_guifang", secret=SECRET, now=NOW)
    assert classify_code(code) is CodeKind.YUKUAI_DEMO
    token = verify_demo_code(code + "\r\n", secret=SECRET, now=NOW + 59)
    assert (token.id_token, token.expires) == ("liu_guifang", NOW + 60)


@pytest.mark.parametrize("later", [60, 61, 86_400])
def test_expires_after_60_seconds(later: int) -> None:
    code = make_demo_code("x", secret=SECRET, now=NOW)
    with pytest.raises(BadInput, match="过期"):
        verify_demo_code(code, secret=SECRET, now=NOW + later)


def test_a_code_from_the_future_is_not_taken() -> None:
    code = make_demo_code("x", secret=SECRET, now=NOW + 3600)
    with pytest.raises(BadInput):
        verify_demo_code(code, secret=SECRET, now=NOW)


def test_another_secret_or_another_body_is_refused() -> None:
    code = make_demo_code("x", secret=SECRET, now=NOW)
    with pytest.raises(BadInput):
        verify_demo_code(code, secret=b"other", now=NOW)
    body = base64.urlsafe_b64encode(json.dumps({"idToken": "y", "exp": NOW + 60}).encode()).decode().rstrip("=")
    with pytest.raises(BadInput):
        verify_demo_code(f"YKU-DEMO.{body}.{code.rsplit('.', 1)[1]}", secret=SECRET, now=NOW)


@given(st.text(max_size=80), st.integers(0, 400), st.characters())
def test_any_change_is_refused_and_nothing_else_is_raised(tail: str, at: int, character: str) -> None:
    with pytest.raises(BadInput):
        verify_demo_code(f"YKU-DEMO.{tail}", secret=SECRET, now=NOW)
    code = make_demo_code("x", secret=SECRET, now=NOW)
    at %= len(code)
    changed = code[:at] + character + code[at + 1 :]
    if changed != code:
        try:
            token = verify_demo_code(changed, secret=SECRET, now=NOW)
        except BadInput:
            return
        assert token.id_token == "x", "base64 may spell the same bytes in two ways; never other content"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("YKU8f3a0c", CodeKind.YUKUAI_UNKNOWN),
        ("YKA8f3a0c\r", CodeKind.YUKUAI_UNKNOWN),
        ("yk-case:YL-500199-0001", CodeKind.CASE_QR),
        ("渝临500199-W03G1-20261121-0009\n", CodeKind.CASE_QR),
        ("yk-case:", CodeKind.FOREIGN),
        ("YKU", CodeKind.FOREIGN),
        ("https://example.invalid/pay", CodeKind.FOREIGN),
        ("付款码 㛃䶮", CodeKind.FOREIGN),
        ("", CodeKind.FOREIGN),
    ],
)
def test_classify(text: str, kind: CodeKind) -> None:
    assert classify_code(text) is kind


def test_case_number() -> None:
    assert case_number_of("yk-case:YL-500199-0001\n") == "YL-500199-0001"
    assert case_number_of("渝临500199-W03G1-20261121-0009") == "渝临500199-W03G1-20261121-0009"
    assert case_number_of("YKU123") == ""
