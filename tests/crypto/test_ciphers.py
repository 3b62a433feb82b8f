"""The suites: round trips, and what a wrong key or a changed byte gets."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.crypto.blob import CHUNK, HEADER, SALT, TAG
from clerk_app.crypto.international import BOXES, KEY, NONCE, InternationalSuite
from clerk_app.crypto.suites import SUITES, suite_by_id
from clerk_app.errors import KeyProblem
from clerk_app.ports import CipherSuite

SMALL = {"time": 1, "memory_kib": 8, "lanes": 1}
CHUNKS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


@pytest.fixture(scope="module", params=sorted(SUITES))
def suite(request: pytest.FixtureRequest) -> CipherSuite:
    return suite_by_id(request.param, os.urandom)


def test_a_suite_stands_under_its_own_id(suite: CipherSuite) -> None:
    assert suite_by_id(suite.id, os.urandom).id == suite.id
    with pytest.raises(KeyProblem, match="不认识"):
        suite_by_id("rot13", os.urandom)


@given(plain=st.binary(max_size=3000), context=st.binary(max_size=50))
def test_sealing_comes_back(suite: CipherSuite, plain: bytes, context: bytes) -> None:
    key = suite.new_key()
    sealed = suite.seal(key, plain, context)
    assert suite.open(key, sealed, context) == plain
    assert sealed != suite.seal(key, plain, context)
    with pytest.raises(ValueError, match=r"key|changed"):
        suite.open(suite.new_key(), sealed, context)
    with pytest.raises(ValueError, match=r"key|changed"):
        suite.open(key, sealed, context + b"!")


@given(plain=st.binary(max_size=200), data=st.data())
def test_no_changed_or_cut_byte_gets_through(suite: CipherSuite, plain: bytes, data: st.DataObject) -> None:
    key = suite.new_key()
    sealed = suite.seal(key, plain, b"c")
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[place] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(changed), sealed[:place], sealed + b"\0"):
        with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract
            suite.open(key, bad, b"c")


@pytest.mark.parametrize("size", CHUNKS)
def test_a_blob_comes_back(suite: CipherSuite, size: int) -> None:
    key, plain = suite.new_key(), os.urandom(size)
    blob = suite.seal_blob(key, plain)
    chunks = max(1, -(-size // CHUNK))
    assert len(blob) == HEADER + SALT + size + chunks * TAG
    assert blob.startswith(suite.id.encode())
    assert suite.open_blob(key, blob) == plain
    assert suite.seal_blob(key, plain) != blob


def _swap(blob: bytes) -> bytes:
    head, body = blob[: HEADER + SALT], blob[HEADER + SALT :]
    step = CHUNK + TAG
    return head + body[step : 2 * step] + body[:step] + body[2 * step :]


STEP = CHUNK + TAG
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda blob: b"",
    "header only": lambda blob: blob[: HEADER + SALT],
    "half a header": lambda blob: blob[:5],
    "last byte gone": lambda blob: blob[:-1],
    "last chunk gone": lambda blob: blob[: HEADER + SALT + 2 * STEP],
    "first chunk gone": lambda blob: blob[: HEADER + SALT] + blob[HEADER + SALT + STEP :],
    "two chunks swapped": _swap,
    "a chunk twice": lambda blob: blob[: HEADER + SALT + STEP] + blob[HEADER + SALT :],
    "one byte more": lambda blob: blob + b"\0",
    "another suite": lambda blob: b"sm-1\0\0\0\0" + blob[HEADER:],
    "another salt": lambda blob: blob[:HEADER] + bytes(SALT) + blob[HEADER + SALT :],
}


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
@pytest.mark.parametrize("size", [3 * CHUNK, 2 * CHUNK + 5])
def test_a_damaged_blob_does_not_open(suite: CipherSuite, damage: str, size: int) -> None:
    key = suite.new_key()
    blob = suite.seal_blob(key, os.urandom(size))
    with pytest.raises(ValueError):  # noqa: PT011
        suite.open_blob(key, DAMAGES[damage](blob))


@given(data=st.data())
def test_no_changed_byte_of_a_blob_gets_through(suite: CipherSuite, data: st.DataObject) -> None:
    key, plain = suite.new_key(), bytes(CHUNK + 100)
    blob = bytearray(suite.seal_blob(key, plain))
    place = data.draw(st.integers(0, len(blob) - 1))
    cut = bytes(blob[:place])
    blob[place] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(blob), cut):
        with pytest.raises(ValueError):  # noqa: PT011
            suite.open_blob(key, bad)
    with pytest.raises(ValueError):  # noqa: PT011
        suite.open_blob(suite.new_key(), bytes(blob))


def test_chunks_of_two_blobs_under_one_key_do_not_mix(suite: CipherSuite) -> None:
    key = suite.new_key()
    one, two = suite.seal_blob(key, bytes(2 * CHUNK)), suite.seal_blob(key, bytes(2 * CHUNK))
    with pytest.raises(ValueError):  # noqa: PT011
        suite.open_blob(key, one[: HEADER + SALT + STEP] + two[HEADER + SALT + STEP :])


def test_derived_keys_and_hashes_depend_on_everything(suite: CipherSuite) -> None:
    one, two = suite.new_key(), suite.new_key()
    derived = {suite.derive(one, "a"), suite.derive(one, "b"), suite.derive(two, "a"), one, two}
    assert len(derived) == 5
    assert {len(key) for key in derived} == {32}
    assert suite.derive(one, "a") == suite.derive(one, "a")
    assert suite.keyed_hash(one, b"x") == suite.keyed_hash(one, b"x")
    assert len({suite.keyed_hash(one, b"x"), suite.keyed_hash(two, b"x"), suite.keyed_hash(one, b"y")}) == 3


def test_hkdf_and_hmac_against_their_definitions() -> None:
    suite, key = suite_by_id("intl-1", os.urandom), bytes(range(32))
    extracted = hmac.digest(bytes(32), key, "sha256")
    assert suite.derive(key, "case-keys") == hmac.digest(extracted, b"clerk-app/1/case-keys\x01", "sha256")
    assert suite.keyed_hash(key, b"x") == hmac.new(key, b"x", hashlib.sha256).hexdigest()


def test_stretching(suite: CipherSuite) -> None:
    salt = bytes(16)
    assert suite.stretch(b"246810", salt, SMALL) == suite.stretch(b"246810", salt, SMALL)
    others = {
        suite.stretch(b"246811", salt, SMALL),
        suite.stretch(b"246810", bytes(15) + b"1", SMALL),
        suite.stretch(b"246810", salt, SMALL | {"time": 2}),
        suite.stretch(b"246810", salt, SMALL),
    }
    assert len(others) == 4


@pytest.mark.parametrize("bad", [{"memory_kib": 2**40}, {"time": 0}, {"time": 10**9}, {"lanes": 0}, {"memory_kib": 1}])
def test_an_absurd_cost_is_not_paid(suite: CipherSuite, bad: dict[str, int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        suite.stretch(b"246810", bytes(16), SMALL | bad)


def test_signatures(suite: CipherSuite) -> None:
    private, public = suite.new_signing_pair()
    signature = suite.sign(private, b"body")
    assert suite.verify(public, signature, b"body")
    assert not suite.verify(public, signature, b"bodY")
    assert not suite.verify(suite.new_signing_pair()[1], signature, b"body")
    assert not suite.verify(public, signature[:-1], b"body")
    assert not suite.verify(b"short", signature, b"body")


def test_a_key_that_anybody_could_sign_for_proves_nothing() -> None:
    """Ed25519's neutral point as public key: a careless verifier takes one signature for every message."""
    neutral = b"\x01" + bytes(31)
    assert not InternationalSuite(os.urandom).verify(neutral, neutral + bytes(32), b"any body")


def test_boxes_in_a_row_share_a_key_agreement_but_never_a_nonce() -> None:
    suite = InternationalSuite(os.urandom)
    (private, public), (other_private, other_public) = suite.new_sealing_pair(), suite.new_sealing_pair()
    boxes = [suite.seal_to(public, b"body", b"%d" % n) for n in range(BOXES + 1)]
    assert len({box[:KEY] for box in boxes[:BOXES]}) == 1
    assert boxes[BOXES][:KEY] != boxes[0][:KEY]  # after so many, a new one
    assert len({box[KEY : KEY + NONCE] for box in boxes}) == len(boxes)
    assert all(suite.open_sealed(private, box, b"%d" % n) == b"body" for n, box in enumerate(boxes))
    theirs = suite.seal_to(other_public, b"theirs", b"c")
    assert theirs[:KEY] not in {box[:KEY] for box in boxes}  # another reader never shares it
    assert suite.open_sealed(other_private, theirs, b"c") == b"theirs"
    with pytest.raises(ValueError):  # noqa: PT011
        suite.open_sealed(other_private, boxes[0], b"0")


def test_a_sealed_box_opens_for_its_owner_only(suite: CipherSuite) -> None:
    private, public = suite.new_sealing_pair()
    box = suite.seal_to(public, b"body", b"envelope")
    assert suite.open_sealed(private, box, b"envelope") == b"body"
    wrong = [
        (suite.new_sealing_pair()[0], box, b"envelope"),
        (private, box, b"other"),
        (private, box[:-1], b"envelope"),
        (private, bytes(32) + box[32:], b"envelope"),  # a point of low order
        (private, bytes([box[0] ^ 1]) + box[1:], b"envelope"),
        (private, b"", b"envelope"),
    ]
    for key, sealed, context in wrong:
        with pytest.raises(ValueError):  # noqa: PT011
            suite.open_sealed(key, sealed, context)
    with pytest.raises(ValueError):  # noqa: PT011
        suite.seal_to(b"short", b"body", b"envelope")
