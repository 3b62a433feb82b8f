"""The quick JSON of the line is the canonical JSON: the same values, the same bytes, the same refusals."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clerk_app.domain import canonical
from clerk_app.domain.canonical import Json
from sync import quick_json

_LEAVES = st.none() | st.booleans() | st.integers() | st.text()
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5)
)


def read_by(reader: object, data: bytes) -> tuple[str, Json]:
    try:
        value = reader(data)  # type: ignore[operator]
    except ValueError:
        return "refused", None
    return "read", _typed(value)


def _typed(value: Json) -> Json:
    """1 and True, 0 and False are equal in Python and are not in JSON; so is the order of keys, which is kept."""
    if isinstance(value, dict):
        return [(key, _typed(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return type(value).__name__, value


@given(_VALUES)
@example({"\uffff": 1, "\U00020000": 2, "é": 3, "": [], '\x00\x1f\x7f\b\f\n\r\t"\\/': "\u2028"})
@example([2**63, 2**64, -(2**63) - 1, 10**40])
@example({"a": {"b": [True, 1, None, {}]}})
def test_the_same_bytes_and_back(value: Json) -> None:
    data = canonical.canonical_bytes(value)
    assert quick_json.sound_bytes(value) == data
    assert _typed(quick_json.parse_json(data)) == _typed(canonical.parse_json(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1.5",
        b"[1e3]",
        b"-0",
        b'{"a":1.0}',
        b"NaN",
        b"[1,]",
        b'{"a":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b' {"a" : 1}\n',
        b'"\\u4e2d"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\x01"',
        b"\xef\xbb\xbf1",
        b"1 2",
        b"9" * 5000,
        b"[" * 200 + b"]" * 200,
        b"[" * 201 + b"]" * 201,
        b"[" * 202 + b"]" * 202,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"[" + b",".join([b"[]"] * 1000) + b"]",
        b'{"a":' * 300 + b"1" + b"}" * 300,
    ],
)
def test_what_is_odd_is_judged_alike(data: bytes) -> None:
    assert read_by(quick_json.parse_json, data) == read_by(canonical.parse_json, data)


@given(_VALUES, st.data())
def test_damaged_json_is_judged_alike(value: Json, data: st.DataObject) -> None:
    whole = canonical.canonical_bytes(value)
    at = data.draw(st.integers(0, len(whole)))
    until = data.draw(st.integers(at, len(whole)))
    bent = (
        whole[:at]
        + data.draw(st.sampled_from([b"", b'"', b",", b"1.5", b" ", b"\\u0041", b"[", b"}", b"\xff"]))
        + whole[until:]
    )
    assert read_by(quick_json.parse_json, bent) == read_by(canonical.parse_json, bent)


def test_what_has_no_canonical_form_is_refused_and_a_view_is_written() -> None:
    assert quick_json.sound_bytes(MappingProxyType({"b": 1, "a": 2})) == b'{"a":2,"b":1}'
    for value in ("\ud800", {"a": "\udfff"}):
        with pytest.raises(ValueError, match="surrogate"):
            quick_json.sound_bytes(value)
