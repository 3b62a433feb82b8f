"""Cutting, packing and the list of a release: what is meant comes back, and nothing else does."""

from __future__ import annotations

import hashlib
import lzma
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.updates import pieces
from sync.updates.contents import Contents, FileEntry, Piece, from_bytes, to_bytes
from sync.updates.pieces import LEAST, MOST, cuts, pack, split, unpack

HASH = "0" * 64


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def test_pieces_have_their_sizes_and_make_up_the_whole():
    data = noise(3_000_000)
    parts = list(split(data))
    assert b"".join(part for _sha256, part in parts) == data
    assert all(LEAST <= len(part) <= MOST for _sha256, part in parts[:-1])
    assert all(hashlib.sha256(part).hexdigest() == sha256 for sha256, part in parts)
    assert list(split(b"")) == []
    assert [part for _sha256, part in split(b"x")] == [b"x"]


def test_an_insertion_changes_only_the_pieces_around_it():
    data = noise(4_000_000)
    before = {sha256 for sha256, _part in split(data)}
    after = {sha256 for sha256, _part in split(data[:1_500_000] + b"a new function" + data[1_500_000:])}
    assert len(after - before) <= 2
    assert len(before) > 15


def test_all_alike_is_cut_too():
    assert cuts(b"\0" * (MOST * 2 + 5)) == [MOST, MOST * 2, MOST * 2 + 5]


def test_how_much_is_looked_at_at_once_changes_nothing(monkeypatch):
    data = noise(1_500_000, 3)
    whole = cuts(data)
    monkeypatch.setattr(pieces, "_STRETCH", 70_001)
    assert cuts(data) == whole


@given(st.binary(min_size=1, max_size=2000))
@settings(deadline=None, max_examples=50)
def test_a_piece_comes_back_and_another_does_not(data):
    sha256, told = hashlib.sha256(data).hexdigest(), pack(data)
    assert unpack(told, sha256, len(data)) == data
    for bad in (told[:-1], told + b"x", b"", b"\1" + told[1:], b"\0" + told[1:]):
        if bad != told:
            with pytest.raises(ValueError, match="piece"):
                unpack(bad, sha256, len(data))
    with pytest.raises(ValueError, match="piece"):
        unpack(told, HASH, len(data))


def test_a_piece_that_would_grow_without_end_is_not_unpacked():
    bomb = b"\1" + lzma.compress(b"\0" * 50_000_000, format=lzma.FORMAT_ALONE)
    with pytest.raises(ValueError, match="piece"):
        unpack(bomb, HASH, 1000)


def contents(**changes) -> Contents:
    wanted = {
        "version": "0.2.0",
        "platform": "linux-x86_64",
        "files": (FileEntry("库/龚.bin", HASH, 5, True, (0,)), FileEntry("empty", HASH, 0, False, ())),
        "pieces": (Piece(HASH, 5, HASH, 0, 6),),
        "links": {"库/link": "../empty"},
    }
    return Contents(**(wanted | changes))


def test_a_list_comes_back():
    assert from_bytes(to_bytes(contents())) == contents()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../up",
        "a/../../b",
        "a//b",
        "./a",
        "a\\b",
        "C:/x",
        "c:x",
        "con",
        "aux.txt",
        "x.",
        "x ",
        "",
        "a\x00b",
        "a\nb",
        "x" * 500,
    ],
)
def test_a_path_that_leads_elsewhere_makes_the_list_worthless(path):
    with pytest.raises(ValueError, match=r"path|list"):
        from_bytes(to_bytes(contents(files=(FileEntry(path, HASH, 5, False, (0,)),))))


@pytest.mark.parametrize("target", ["/etc/passwd", "../../up", "..\\x", "", "a/../../../b"])
def test_a_link_that_leads_elsewhere_too(target):
    with pytest.raises(ValueError, match="link"):
        from_bytes(to_bytes(contents(links={"库/link": target})))


@pytest.mark.parametrize(
    "changes",
    [
        {"files": (FileEntry("a", HASH, 5, False, (0,)), FileEntry("A", HASH, 5, False, (0,)))},
        {"files": (FileEntry("a", HASH, 5, False, (0,)), FileEntry("a/b", HASH, 5, False, (0,)))},
        {"files": (FileEntry("a", HASH, 6, False, (0,)),)},
        {"files": (FileEntry("a", HASH, 5, False, (7,)),)},
        {"files": (FileEntry("a", "x", 5, False, (0,)),)},
        {"pieces": (Piece(HASH, 5, "../x", 0, 6),)},
        {"pieces": (Piece(HASH, -5, HASH, 0, 6),)},
        {"links": {"empty": "x"}},
        {"links": {"empty/x": "y"}},
    ],
)
def test_a_list_that_contradicts_itself_is_none(changes):
    with pytest.raises(ValueError, match=r".+"):
        from_bytes(to_bytes(contents(**changes)))


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lzma.compress))
@settings(deadline=None)
def test_anything_else_is_no_list(data):
    with pytest.raises(ValueError, match=r".+"):
        from_bytes(data)
