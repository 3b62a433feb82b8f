"""Chips of people who do not exist (样例): the text block written the way ``text_block`` reads it, and a portrait's blob."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from clerk_app.devices.chip.photo import WLT_SIZE
from clerk_app.devices.chip.text_block import SIZE
from clerk_app.devices.recognition.tables import tables
from clerk_app.devices.sample_people import SamplePerson
from clerk_app.devices.sample_permits import SampleForeigner

_SEX = {"男": "1", "女": "2"}


@dataclass(frozen=True, slots=True, repr=False)
class SampleChip:
    """What the emulated card holds. ``newest_address``: a later address on the chip; empty when it has none."""

    text: bytes
    photo: bytes
    newest_address: str = ""


def citizen_chip(person: SamplePerson, newest_address: str = "") -> SampleChip:
    """A resident card."""
    return SampleChip(_block(_citizen(person)), _portrait(person.id_number), newest_address)


def residence_chip(person: SamplePerson, permit: str = "H00000000", issue: str = "01") -> SampleChip:
    """港澳台居民居住证 ('J'); ``person`` with a number of 81, 82 or 83; ``permit``: of the pass (通行证号码)."""
    fields = {**_citizen(person), 32: (4, ""), 220: (18, permit), 238: (4, issue), 248: (2, "J")}
    return SampleChip(_block(fields), _portrait(person.id_number))


def permanent_chip_2017(who: SampleForeigner) -> SampleChip:
    """永久居留证 of 2017 ('I')."""
    fields = {
        0: (120, who.name), 120: (2, _SEX[who.sex]), 122: (30, who.id_number), 152: (6, who.country[1]), 158: (30, who.name_zh),
        188: (16, _day(who.valid_from)), 204: (16, _day(who.valid_to)), 220: (16, _day(who.birth)), 248: (2, "I"),
    }  # fmt: skip
    return SampleChip(_block(fields), _portrait(who.id_number))


def permanent_chip_2023(who: SampleForeigner) -> SampleChip:
    """永久居留证 since December 2023 ('Y')."""
    fields = {
        0: (30, who.name_zh), 30: (2, _SEX[who.sex]), 32: (4, "00"), 36: (16, _day(who.birth)), 52: (70, who.name[:35]),
        122: (36, who.id_number), 188: (16, _day(who.valid_from)), 204: (16, _day(who.valid_to)), 220: (22, who.name[35:46]),
        242: (6, who.country[1]), 248: (2, "Y"),
    }  # fmt: skip
    return SampleChip(_block(fields), _portrait(who.id_number))


def _citizen(person: SamplePerson) -> dict[int, tuple[int, str]]:
    names = tables().ethnic
    code = f"{names.index(person.ethnicity) + 1:02d}" if person.ethnicity in names else ""
    return {
        0: (30, person.name), 30: (2, _SEX[person.sex]), 32: (4, code), 36: (16, _day(person.birth)), 52: (70, person.address),
        122: (36, person.id_number), 158: (30, person.authority), 188: (16, _day(person.valid_from)),
        204: (16, _day(person.valid_to)), 248: (2, ""),
    }  # fmt: skip


def _block(fields: Mapping[int, tuple[int, str]]) -> bytes:
    block = bytearray(" ".encode("utf-16-le") * (SIZE // 2))
    for start, (size, text) in fields.items():
        raw = text.encode("utf-16-le")[:size]
        block[start : start + len(raw)] = raw
    return bytes(block)


def _day(iso: str) -> str:
    return iso.replace("-", "")


def _portrait(seed: str) -> bytes:
    """1,024 bytes that no decoder knows: there is no portrait of nobody."""
    return hashlib.shake_256(seed.encode("ascii")).digest(WLT_SIZE)
