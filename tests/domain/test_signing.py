"""By fingerprint: who reads, who witnesses, and what neither may be."""

from __future__ import annotations

import pytest

from clerk_app.domain.signing import Signature, Thumbprint, thumb_faults

GOOD = Thumbprint("王敏", "李见证", "样例社区网格员")


def test_a_reader_and_another_witness_are_enough() -> None:
    assert thumb_faults(GOOD, ("刘桂芳",)) == {}


@pytest.mark.parametrize(
    ("thumb", "field"),
    [
        (Thumbprint("", "李见证", "网格员"), "read_by"),
        (Thumbprint("王敏", " ", "网格员"), "witness"),
        (Thumbprint("王 敏", "王敏", "网格员"), "witness"),
        (Thumbprint("王敏", "刘 桂芳", "本人"), "witness"),
        (Thumbprint("王敏", "李见证", " "), "witness_is"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field(thumb: Thumbprint, field: str) -> None:
    assert list(thumb_faults(thumb, ("刘桂芳", "刘大明"))) == [field]


def test_it_says_on_paper_who_read_and_who_stood_by() -> None:
    words = Signature("thumb", "x", thumb=GOOD).words
    assert all(part in words for part in ("按指印", "王敏", "李见证", "样例社区网格员"))


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "thumb", "shown_sha256": "x"},
        {"kind": "pad", "shown_sha256": "x", "thumb": GOOD.to_json()},
        {"kind": "thumb", "thumb": GOOD.to_json()},
        {"kind": "thumb", "shown_sha256": "x", "thumb": {"read_by": 1, "witness": "", "witness_is": ""}},
    ],
)
def test_half_a_fingerprint_is_no_signature(data: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Signature.from_json(data)
