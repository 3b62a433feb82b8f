"""The wire contract under fuzz: a value or ValueError, whatever arrives; what was written is read back the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json, sound_bytes
from clerk_app.domain.feed import FeedEntry, IfUnknown, Scope
from clerk_app.domain.hall import Hall
from clerk_app.ports import Enrolled, Greeting, Receipt
from sync import protocol
from sync.protocol import Envelope, Header
from sync.strict import gunzipped, gzipped

_PARSERS: dict[str, Callable[[bytes], object]] = {
    "batch": protocol.batch_items,
    "receipts": lambda data: protocol.receipts_from_bytes(data, ["a"]),
    "error": protocol.error_from_bytes,
    "greeting": protocol.greeting_from_bytes,
    "enrol": protocol.enrol_request_from_bytes,
    "enrolled": lambda data: protocol.enrolled_from_bytes(data, "http://x"),
    "offset": lambda data: protocol.offset_from_bytes(data, 10),
    "news": lambda data: protocol.news_from_bytes(data, 0),
    "body": protocol.body_from_bytes,
    "gunzip": lambda data: gunzipped(data, 1000),
}
_HASH = "ab" * 32
_ENROLLED = Enrolled(
    Hall("500199", "样例", "演示", "03", 2, "http://x", sample=True), "500199-W03-G2", b"s" * 32, b"v" * 32
)
_ATTACHMENT = {
    "sha256": _HASH,
    "blob_sha256": _HASH,
    "size": 1,
    "blob_size": 2,
    "media_type": "image/jpeg",
    "key": "AA==",
}
_SOUND: dict[str, bytes] = {
    "batch": canonical_bytes({"protocol": 1, "messages": [{}]}),
    "receipts": protocol.receipts_bytes([Receipt("a", "stored", "QZ1")], 5),
    "error": protocol.error_bytes(protocol.Code.CLOCK, 7),
    "greeting": protocol.greeting_bytes(Greeting(5, (1,), "前置"), "intl-1", b"a", b"b"),
    "enrol": protocol.enrol_request_bytes(protocol.EnrolRequest("t", "500199", "03", b"k" * 32)),
    "enrolled": protocol.enrolled_bytes(_ENROLLED),
    "offset": protocol.offset_bytes(3),
    "news": protocol.news_bytes([FeedEntry(3, Scope.HALL, "notice", {"text": "x"}, IfUnknown.SKIP)], False, 9),
    "body": canonical_bytes(
        {"format": "message/1", "message_id": "m", "kind": "k", "case": {}, "attachments": [_ATTACHMENT]}
    ),
    "gunzip": gzipped(b"hello"),
}
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(_HASH) | st.just("\ud800")
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


def test_every_parser_reads_what_is_sound() -> None:
    assert _SOUND.keys() == _PARSERS.keys()
    for name, data in _SOUND.items():
        assert _PARSERS[name](data)
    assert protocol.enrolled_from_bytes(_SOUND["enrolled"], "http://x") == _ENROLLED
    assert protocol.greeting_from_bytes(_SOUND["greeting"]) == Greeting(5, (1,), "前置")
    (entry,) = protocol.news_from_bytes(_SOUND["news"], 2).entries
    assert entry == FeedEntry(3, Scope.HALL, "notice", {"text": "x"}, IfUnknown.SKIP)


@pytest.mark.parametrize("name", _PARSERS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_value_error(name: str, data: bytes) -> None:
    _only_value_error(_PARSERS[name], data)


@pytest.mark.parametrize("name", [name for name in _PARSERS if name != "gunzip"])
@given(choices=st.data())
def test_any_change_of_a_sound_one_is_a_value_or_a_value_error(name: str, choices: st.DataObject) -> None:
    import json

    value = json.loads(_SOUND[name])
    holders = [value, *_dicts(value)]
    holder = choices.draw(st.sampled_from(holders))
    key = choices.draw(st.sampled_from(sorted(holder)) if holder else st.just("x"))
    if choices.draw(st.booleans()):
        holder[key] = choices.draw(_JSON)
    else:
        holder.pop(key, None)
    _only_value_error(_PARSERS[name], json.dumps(value).encode())


@given(_JSON)
def test_any_json_is_an_envelope_or_a_value_error(value: Json) -> None:
    protocol.message_id_of(value)
    protocol.message_id_of({"header": value})
    for each in (value, {"header": value, "signatures": {}, "sealed": ""}):
        try:
            protocol.envelope_from_json(each)
        except ValueError:
            continue


_NAMES = st.from_regex(r"[0-9A-Za-z._:-]{1,64}", fullmatch=True)


@given(
    _NAMES,
    _NAMES,
    st.integers(1, 2**31 - 1),
    st.binary(max_size=50),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5).filter(lambda text: text.isprintable()), max_size=3),
)
def test_an_envelope_reads_back_with_the_same_context(
    name: str, other: str, revision: int, sealed: bytes, extra: dict[str, str]
) -> None:
    extra = {key: value for key, value in extra.items() if key.isprintable() and key not in Header.__slots__}
    header = Header("intl-1", name, other, "case.accepted", other, revision, _HASH, "gzip", extra)
    envelope = Envelope(header, {"window": "x"}, sealed)
    back = protocol.envelope_from_json(protocol.batch_items(protocol.batch_bytes([envelope]))[0])
    assert back == envelope
    assert back.header.context() == header.context()


@given(_JSON)
def test_what_was_parsed_is_sound_and_written_canonically_without_a_second_look(value: Json) -> None:
    try:
        written = canonical_bytes(value)
    except ValueError:
        return
    assert sound_bytes(parse_json(written)) == written


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded_however_few_brackets_there_are(opening: str, closing: str) -> None:
    assert parse_json(opening * 199 + "1" + closing * 199)
    for depth in (202, 900, 100_000):
        with pytest.raises(ValueError, match="nested"):
            parse_json(opening * depth + "1" + closing * depth)
    assert len(parse_json("[" + ",".join(['"[{"'] * 400) + "]")) == 400  # brackets in texts nest nothing


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_gzip_is_whole_and_bounded(data: bytes, limit: int) -> None:
    packed = gzipped(data)
    if len(data) <= limit:
        assert gunzipped(packed, limit) == data
    else:
        with pytest.raises(ValueError, match="too large"):
            gunzipped(packed, limit)
    for broken in (packed[:-1], packed + b"x", packed[: len(packed) // 2]):
        with pytest.raises(ValueError, match=r"gzip|large"):
            gunzipped(broken, limit)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"message_id": "b", "status": "stored", "receipt": "Q", "code": "", "reason": ""}],
        [{"message_id": "a", "status": "stored", "receipt": "", "code": "", "reason": ""}],
        [{"message_id": "a", "status": "refused", "receipt": "Q", "code": "", "reason": ""}],
        [{"message_id": "a", "status": "fine", "receipt": "Q", "code": "", "reason": ""}],
        [{"message_id": "a", "status": "stored", "receipt": "Q", "code": "", "reason": ""}] * 2,
    ],
)
def test_receipts_must_be_exactly_ours(rows: list[Json]) -> None:
    with pytest.raises(ValueError, match=r"receipt|list"):
        protocol.receipts_from_bytes(canonical_bytes({"receipts": rows, "server_ms": 1}), ["a"])


def test_the_feed_must_go_forward() -> None:
    entries = [FeedEntry(cursor, Scope.HALL, "notice", {"text": "x"}) for cursor in (4, 4)]
    for bad, cursor in ((entries, 0), (entries[:1], 4)):
        with pytest.raises(ValueError, match="cursor"):
            protocol.news_from_bytes(protocol.news_bytes(bad, False, 1), cursor)
    with pytest.raises(ValueError, match="never end"):
        protocol.news_from_bytes(protocol.news_bytes([], True, 1), 0)


def test_every_code_has_a_reason_and_its_own_number() -> None:
    assert set(protocol.REASONS) == set(protocol.Code)
    assert len({code.value for code in protocol.Code}) == len(protocol.Code)


def _dicts(value: Json) -> list[dict[str, Json]]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [child for child in children if isinstance(child, dict)]
    return found + [deeper for child in children for deeper in _dicts(child)]


def _only_value_error(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        parse(data)
    except ValueError:
        return
