"""Pictures from outside: what is none is said, what is too large is not even decoded, what a phone takes is made smaller."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from clerk_app.devices.pictures import LONGEST_SIDE, decoded
from clerk_app.errors import BadInput


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes whose head speaks of so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(4096))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (LONGEST_SIDE + 1, 10), (12_000, 9_000), (2**31 - 1, 1)]
)
def test_some_bytes_that_claim_gigabytes_are_refused_before_anything_is_decoded(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(cv2, "imdecode", never)
    with pytest.raises(BadInput, match="太大"):
        decoded(png_that_claims(width, height))


@pytest.mark.parametrize(("longest", "halved"), [(8000, 1), (8001, 2), (16_000, 2), (20_000, 4)])
def test_a_large_photograph_is_made_smaller(longest: int, halved: int) -> None:
    done, data = cv2.imencode(".jpg", np.full((longest // 10, longest, 3), 200, np.uint8))
    assert done
    assert max(decoded(data.tobytes()).shape) == -(-longest // halved)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0" + bytes(40), png_that_claims(40, 30)[:60]])
def test_what_is_no_picture_is_said(data: bytes) -> None:
    with pytest.raises(BadInput, match="不是能看的图片"):
        decoded(data)


@pytest.mark.parametrize("kind", [".png", ".jpg", ".bmp", ".webp"])
def test_every_kind_that_a_folder_may_hold_is_read(kind: str) -> None:
    done, data = cv2.imencode(kind, np.full((30, 40, 3), 90, np.uint8))
    assert done
    assert decoded(data.tobytes()).shape == (30, 40, 3)
