"""The SAM-V driver against an emulated reader on a real pseudo-terminal: every card, every fault, plugging and unplugging."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.devices import sample_permits
from clerk_app.devices.chip import sample_chip
from clerk_app.devices.chip.emulator import SAM_ID, Emulator, Faults
from clerk_app.devices.chip.frames import PREAMBLE, Answer, AnswerReader, BadFrame, Command, Status, answer, request
from clerk_app.devices.chip.photo import BITMAP, WLT_SIZE, decoded
from clerk_app.devices.chip.session import Chip, Outcome, Session, chip_of
from clerk_app.devices.chip.text_block import SIZE, read_text_block
from clerk_app.devices.sam_v import SamVReader, seen_of
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.serial_line import SerialLine
from clerk_app.domain.people import DocumentKind
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import DeviceProblem

LIU = SAMPLE_PEOPLE["liu_guifang"]
CHEN = SAMPLE_PEOPLE["chen_zhiqiang"]
PATIENCE = 15.0


@contextmanager
def reader(faults: Faults | None = None) -> Iterator[tuple[Emulator, queue.Queue[Seen], queue.Queue[str]]]:
    emulator = Emulator(faults)
    seen: queue.Queue[Seen] = queue.Queue()
    problems: queue.Queue[str] = queue.Queue()
    driver = SamVReader(emulator.path, clock=time.monotonic, poll=0.01, pause=0.02)
    driver.start(seen.put, problems.put)
    try:
        yield emulator, seen, problems
    finally:
        driver.stop()
        emulator.stop()


@contextmanager
def session(faults: Faults | None = None) -> Iterator[tuple[Emulator, Session]]:
    emulator = Emulator(faults)
    line = SerialLine(emulator.path)
    try:
        yield emulator, Session(line, time.monotonic)
    finally:
        line.close()
        emulator.stop()


# --- the wire ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (Command.RESET, "AAAAAA9669 0003 10FF EC"),
        (Command.SAM_STATUS, "AAAAAA9669 0003 11FF ED"),
        (Command.SAM_ID, "AAAAAA9669 0003 12FF EE"),
        (Command.FIND, "AAAAAA9669 0003 2001 22"),
        (Command.SELECT, "AAAAAA9669 0003 2002 21"),
        (Command.READ_BASE, "AAAAAA9669 0003 3001 32"),
        (Command.READ_BASE_FINGERPRINT, "AAAAAA9669 0003 3010 23"),
        (Command.READ_NEWEST_ADDRESS, "AAAAAA9669 0003 3003 30"),
    ],
)
def test_requests_are_the_published_bytes(command: Command, wire: str) -> None:
    assert request(command) == bytes.fromhex(wire)


@pytest.mark.parametrize(
    ("status", "data", "wire"),
    [
        (Status.OK, b"", "AAAAAA9669 0004 000090 94"),
        (Status.FOUND, bytes(4), "AAAAAA9669 0008 00009F 00000000 97"),
        (Status.OK, bytes(8), "AAAAAA9669 000C 000090 0000000000000000 9C"),
        (Status.NOT_FOUND, b"", "AAAAAA9669 0004 000080 84"),
        (Status.READ_FAILED, b"", "AAAAAA9669 0004 000041 45"),
    ],
)
def test_answers_are_the_published_bytes(status: int, data: bytes, wire: str) -> None:
    assert answer(status, data) == bytes.fromhex(wire)
    assert AnswerReader().feed(bytes.fromhex(wire)) == Answer(status, data)


@given(st.integers(0, 255), st.binary(max_size=1300), st.binary(max_size=40), st.lists(st.integers(1, 400), max_size=9))
def test_an_answer_is_found_among_stray_bytes_in_any_pieces(
    status: int, data: bytes, noise: bytes, cuts: list[int]
) -> None:
    noise = noise.replace(b"\xaa", b"")
    wire, found, parser = noise + answer(status, data), None, AnswerReader()
    for cut in [*cuts, len(wire)]:
        piece, wire = wire[:cut], wire[cut:]
        found = parser.feed(piece) or found
    assert found == Answer(status, data)


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=60) | st.just(PREAMBLE) | st.just(answer(0x90, b"x" * 20)), max_size=30))
def test_any_bytes_give_answers_or_bad_frames(pieces: list[bytes]) -> None:
    parser = AnswerReader()
    for piece in pieces:
        try:
            parser.feed(piece)
        except BadFrame:
            continue
        assert len(parser._held) < 4000


def test_a_changed_bit_is_never_an_answer() -> None:
    good = answer(Status.OK, bytes(range(64)))
    for at in range(7, len(good)):
        broken = bytearray(good)
        broken[at] ^= 0x01
        with pytest.raises(BadFrame):
            AnswerReader().feed(bytes(broken))


# --- what a chip says -------------------------------------------------------------------------------------------------


def test_a_resident_card_field_by_field() -> None:
    chip = read_text_block(sample_chip.citizen_chip(LIU).text)
    assert chip.document is DocumentKind.RESIDENT_ID
    names = ("name", "sex", "ethnicity", "birth", "address", "id_number", "authority", "valid_from", "valid_to")
    assert dict(chip.fields) == {name: getattr(LIU, name) for name in names}
    assert read_text_block(sample_chip.citizen_chip(CHEN).text).fields["valid_to"] == "长期"


def test_a_residence_permit() -> None:
    person = sample_permits.residence_permit(LIU, "820000")
    chip = read_text_block(sample_chip.residence_chip(person, "M00000000", "02").text)
    assert chip.document is DocumentKind.HMT_RESIDENCE
    assert chip.fields["id_number"].startswith("820000")
    assert (chip.fields["pass_number"], chip.fields["issue_count"]) == ("M00000000", "02")
    assert "ethnicity" not in chip.fields


@pytest.mark.parametrize("is_new", [True, False])
def test_both_permanent_residents(is_new: bool) -> None:
    who = replace(sample_permits.a_foreigner(np.random.default_rng(4), is_new=is_new), name_zh="安娜")
    block = sample_chip.permanent_chip_2023(who) if is_new else sample_chip.permanent_chip_2017(who)
    chip = read_text_block(block.text)
    assert chip.document is DocumentKind.PERMANENT_RESIDENT
    assert {name: chip.fields[name] for name in ("name", "name_zh", "sex", "birth", "id_number", "nationality")} == {
        "name": who.name, "name_zh": "安娜", "sex": who.sex, "birth": who.birth, "id_number": who.id_number,
        "nationality": who.country[1],
    }  # fmt: skip


def test_an_english_name_runs_over_into_its_second_place() -> None:
    who = sample_permits.a_foreigner(np.random.default_rng(4), is_new=True)
    long = "VANDENBROUCKE-WASHINGTON, MARIA-MAGDALENA"[:46]
    assert read_text_block(sample_chip.permanent_chip_2023(replace(who, name=long)).text).fields["name"] == long


def test_a_private_use_character_of_an_old_chip_stays() -> None:
    assert read_text_block(sample_chip.citizen_chip(replace(LIU, name="刘\ue863")).text).fields["name"] == "刘\ue863"


@settings(max_examples=300)
@given(st.binary(min_size=SIZE, max_size=SIZE) | st.binary(max_size=300))
def test_any_block_is_read_or_refused(block: bytes) -> None:
    try:
        chip = read_text_block(block)
    except ValueError:
        return
    assert chip.fields["id_number"]


@settings(max_examples=200)
@given(st.binary(max_size=2400))
def test_any_content_is_a_chip_or_none(data: bytes) -> None:
    chip_of(data)


def test_a_number_that_its_check_digit_denies_is_a_damaged_read() -> None:
    sizes = b"\x01\x00\x04\x00"
    good = sample_chip.citizen_chip(LIU)
    bent = sample_chip.citizen_chip(replace(LIU, id_number=LIU.id_number[:-1] + "1"))
    assert chip_of(sizes + good.text + good.photo) is not None
    assert chip_of(sizes + bent.text + bent.photo) is None


def test_the_portrait_is_kept_and_its_decoder_pluggable() -> None:
    blob = sample_chip.citizen_chip(LIU).photo

    class Vendor:
        def __init__(self, bitmap: bytes) -> None:
            self._bitmap = bitmap

        def bitmap(self, wlt: bytes) -> bytes:
            if wlt != blob:
                raise ValueError
            return self._bitmap

    picture = b"BM" + bytes(BITMAP - 2)
    assert len(blob) == WLT_SIZE
    assert decoded(blob, None) == b""
    assert decoded(blob, Vendor(picture)) == picture
    assert decoded(blob, Vendor(b"no picture")) == b""
    assert decoded(bytes(WLT_SIZE), Vendor(picture)) == b""
    chip = Chip(read_text_block(sample_chip.citizen_chip(LIU).text), blob)
    assert (seen_of(chip).photo, seen_of(chip).portrait) == (blob, b"")
    assert seen_of(chip, Vendor(picture)).portrait == picture


# --- the driver on a real pseudo-terminal -----------------------------------------------------------------------------


def test_a_card_laid_down_is_seen_with_its_photo() -> None:
    with reader() as (emulator, seen, _):
        card = sample_chip.citizen_chip(LIU)
        emulator.lay(card)
        found = seen.get(timeout=PATIENCE)
        assert found.kind is SeenKind.CHIP
        assert found.document == DocumentKind.RESIDENT_ID.value
        assert found.fields["id_number"] == LIU.id_number
        assert found.photo == card.photo
        assert set(found.confidence.values()) == {1.0}
        assert found.doubtful == ()
        assert LIU.name not in repr(card)


def test_every_kind_of_card_in_turn() -> None:
    rng = np.random.default_rng(2)
    cards = [
        sample_chip.citizen_chip(CHEN),
        sample_chip.residence_chip(sample_permits.residence_permit(LIU)),
        sample_chip.permanent_chip_2017(sample_permits.a_foreigner(rng, is_new=False)),
        sample_chip.permanent_chip_2023(sample_permits.a_foreigner(rng, is_new=True)),
    ]
    with reader() as (emulator, seen, _):
        documents = []
        for card in cards:
            emulator.lay(card)
            documents.append(seen.get(timeout=PATIENCE).document)
    assert documents == ["111", "hmt", "553", "553"]


def test_a_later_address_on_the_chip_wins() -> None:
    with reader() as (emulator, seen, _):
        emulator.lay(sample_chip.citizen_chip(LIU, newest_address="重庆市演示区新街9号"))
        assert seen.get(timeout=PATIENCE).fields["address"] == "重庆市演示区新街9号"


@pytest.mark.parametrize(
    "faults",
    [
        Faults(piece=1),
        Faults(piece=7, noise=b"\x00\xaa\xaa\x13\xff\xaa"),
        Faults(wrong_checksums=2),
        Faults(wrong_lengths=2),
        Faults(fingerprint=512),
        Faults(fingerprint=1024),
    ],
    ids=["byte by byte", "noise and pieces", "wrong checksum", "wrong length", "1297+", "2321-like"],
)
def test_a_bad_line_still_reads(faults: Faults) -> None:
    with session(faults) as (emulator, asked):
        emulator.lay(sample_chip.citizen_chip(LIU))
        outcome, chip = asked.look()
        assert outcome is Outcome.READ
        assert chip is not None
        assert chip.text.fields["name"] == LIU.name


def test_the_readers_own_number() -> None:
    with session() as (_, asked):
        assert asked.ask(Command.SAM_ID).data == SAM_ID


def test_a_card_lifted_half_way_asks_to_be_laid_again() -> None:
    with session(Faults(lifted_reads=1)) as (emulator, asked):
        emulator.lay(sample_chip.citizen_chip(LIU))
        assert asked.look() == (Outcome.LAY_AGAIN, None)
        emulator.lay(sample_chip.citizen_chip(LIU))
        assert asked.look()[0] is Outcome.READ


def test_the_clerk_is_told_once_to_lay_it_again_and_then_it_is_read() -> None:
    with reader(Faults(lifted_reads=1)) as (emulator, seen, _):
        emulator.lay(sample_chip.citizen_chip(LIU))
        advice = seen.get(timeout=PATIENCE)
        assert advice.kind is SeenKind.NOTHING
        assert "重新放" in advice.advice
        emulator.lay(sample_chip.citizen_chip(LIU))
        assert seen.get(timeout=PATIENCE).kind is SeenKind.CHIP


def test_a_card_that_keeps_answering_is_offered_once() -> None:
    with reader(Faults(keeps_answering=True)) as (emulator, seen, _):
        emulator.lay(sample_chip.citizen_chip(LIU))
        assert seen.get(timeout=PATIENCE).fields["name"] == LIU.name
        assert emulator.wait_for_reads(4, PATIENCE)
        emulator.lay(sample_chip.citizen_chip(CHEN))
        assert seen.get(timeout=PATIENCE).fields["name"] == CHEN.name, "no second offer of the first card came between"


def test_a_silent_reader_is_a_device_problem() -> None:
    clock = iter(range(10_000))
    emulator = Emulator(Faults(silences=99))
    line = SerialLine(emulator.path)
    try:
        with pytest.raises(DeviceProblem):
            Session(line, lambda: next(clock) * 0.4).check()
    finally:
        line.close()
        emulator.stop()


def test_unplugged_and_plugged_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Emulator()
    paths = [first.path]
    monkeypatch.setattr("clerk_app.devices.sam_v.usb_serial", lambda *_: paths[-1])
    seen: queue.Queue[Seen] = queue.Queue()
    problems: queue.Queue[str] = queue.Queue()
    driver = SamVReader("", clock=time.monotonic, poll=0.01, pause=0.02)
    driver.start(seen.put, problems.put)
    try:
        first.lay(sample_chip.citizen_chip(LIU))
        assert seen.get(timeout=PATIENCE).fields["name"] == LIU.name
        paths.append("")
        first.stop()
        problem = problems.get(timeout=PATIENCE)
        assert "读卡器" in problem or "断开" in problem
        assert "已填的内容都在" in problem
        second = Emulator()
        paths.append(second.path)
        second.lay(sample_chip.citizen_chip(CHEN))
        assert problems.get(timeout=PATIENCE) == ""
        assert seen.get(timeout=PATIENCE).fields["name"] == CHEN.name
    finally:
        driver.stop()
    second.stop()


def test_no_reader_at_all_is_no_problem() -> None:
    problems: queue.Queue[str] = queue.Queue()
    driver = SamVReader("", clock=time.monotonic, pause=0.01)
    driver.start(lambda _: None, problems.put)
    driver.stop()
    assert problems.empty()
