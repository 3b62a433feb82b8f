"""Two signatures and a certificate: who accepted, and at which window."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.signer import MessageSigner, verify_signatures
from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.ports import Unlocked

SUITE = InternationalSuite(os.urandom)
WINDOW, WINDOW_PUBLIC = SUITE.new_signing_pair()
BODY = b'{"format":"message/1"}'


def clerk(login: str) -> Unlocked:
    return Unlocked(login, bytes(32), *SUITE.new_signing_pair())


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture
def signed() -> dict[str, Any]:
    signer = MessageSigner(SUITE, clerk("wangmin"), WINDOW)
    assert signer.suite_id == SUITE.id
    result: dict[str, Any] = parse_json(canonical_bytes(dict(signer.sign(BODY))))  # as it travels
    return result


def test_the_gateway_learns_who_accepted(signed: dict[str, Any]) -> None:
    assert verify_signatures(SUITE, BODY, signed, WINDOW_PUBLIC) == "wangmin"


def test_another_body_or_window_is_refused(signed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not verify"):
        verify_signatures(SUITE, BODY + b" ", signed, WINDOW_PUBLIC)
    with pytest.raises(ValueError, match="does not verify"):
        verify_signatures(SUITE, BODY, signed, SUITE.new_signing_pair()[1])


def test_a_clerk_that_the_window_did_not_certify_is_refused(signed: dict[str, Any]) -> None:
    stranger = clerk("stranger")
    for changed in (
        signed["certificate"] | {"clerk": "stranger"},
        signed["certificate"] | {"public_key": text(stranger.signing_public)},
        dict(MessageSigner(SUITE, stranger, SUITE.new_signing_pair()[0]).sign(BODY))["certificate"],
    ):
        forged = {**signed, "certificate": changed, "clerk": text(SUITE.sign(stranger.signing_private, BODY))}
        with pytest.raises(ValueError, match="does not verify"):
            verify_signatures(SUITE, BODY, forged, WINDOW_PUBLIC)


@pytest.mark.parametrize("name", ["window", "clerk"])
def test_each_signature_counts(signed: dict[str, Any], name: str) -> None:
    raw = bytearray(base64.b64decode(signed[name]))
    raw[10] ^= 1
    with pytest.raises(ValueError, match="does not verify"):
        verify_signatures(SUITE, BODY, {**signed, name: text(bytes(raw))}, WINDOW_PUBLIC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARTS = st.sampled_from(["window", "clerk", "certificate", "certificate.clerk", "certificate.public_key"])


@given(part=PARTS, value=JSON)
def test_whatever_comes_instead_is_a_value_error(part: str, value: Any) -> None:
    signatures: dict[str, Any] = dict(MessageSigner(SUITE, clerk("wangmin"), WINDOW).sign(BODY))
    name, _, inner = part.partition(".")
    signatures[name] = {**signatures[name], inner: value} if inner else value
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract
        verify_signatures(SUITE, BODY, signatures, WINDOW_PUBLIC)
