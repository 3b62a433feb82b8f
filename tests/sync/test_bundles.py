"""The USB way over a live gateway: one case however often, however damaged and by however many ways it comes."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import CaseKind
from clerk_app.domain.feed import NewsKind
from clerk_app.domain.outbox import Delivery, OutboxMessage
from clerk_app.domain.time import SURE, SURE_FOR_MS
from clerk_app.errors import BadInput, Refused, StorageProblem
from clerk_app.ports import Arrived, Exported
from local_db.unit_of_work import SqlStore
from sync.bundle import format as form
from sync.bundle.packing import WindowKeys, export
from sync.bundle.reply import reply_from_bytes, take_reply
from sync.courier import Courier
from sync.gateway import feed, intake
from sync.gateway.stick_answers import Imported
from sync.gateway.sticks import answers, take_bundle
from sync.gateway.windows import revoke
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    HALL,
    SUITE,
    CountedIds,
    GatewayProcess,
    Window,
    enrol,
    new_store,
    sample_case,
    signed_message,
    take,
)

FUZZ = settings(
    max_examples=int(os.environ.get("CLERK_APP_FUZZ_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Ids:
    """Ids that never repeat between exports."""

    def new_id(self) -> str:
        return os.urandom(16).hex()


def keys_of(window: Window) -> WindowKeys:
    return WindowKeys(
        window.enrolled.window_id,
        SUITE,
        sign=lambda data: SUITE.sign(window.private, data),
        seal=lambda body, context: SUITE.seal_to(window.enrolled.gateway_sealing_public, body, context),
        reply_key=lambda bundle_id: SUITE.derive(window.private, f"bundle-reply:{bundle_id}"),
    )


def write(store: SqlStore, window: Window, folder: Path, **options: object) -> Exported:
    folder.mkdir(exist_ok=True)
    return export(store, keys_of(window), window.clock, Ids().new_id, [folder], **options)  # type: ignore[arg-type]


def bring(gateway: GatewayProcess, file: Path) -> Imported:
    with contextlib.closing(open_here(gateway.data)) as opened:
        return take_bundle(opened, gateway.data, file)


def back(store: SqlStore, window: Window, answer: bytes) -> Arrived:
    reply = reply_from_bytes(
        answer,
        SUITE,
        window.enrolled.window_id,
        keys_of(window).reply_key,
        lambda claim, signature: SUITE.verify(window.enrolled.gateway_signing_public, signature, claim),
    )
    return take_reply(store, window.clock, reply, lambda _uow, _entry: None, actor="wangmin")


def held(gateway: GatewayProcess, prefix: str) -> dict[str, dict]:
    rows = [row for row in gateway.dump() if row["case_id"].startswith(prefix)]
    assert len({row["case_id"] for row in rows}) == len(rows)
    return {row["case_id"]: row for row in rows}


def states(store: SqlStore, *case_ids: str) -> list[Delivery]:
    with store.begin(reading=True) as uow:
        return [message.state for each in case_ids for message in uow.outbox.of_case(each)]


def test_a_stick_goes_and_its_receipt_settles(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    page = os.urandom(3_000_000)
    hashes = {f"usb-{n}": take(store, window, sample_case(f"usb-{n}"), [page] if n == 1 else []) for n in range(3)}
    done = write(store, window, tmp_path / "stick")
    assert (len(done.files), done.cases, done.pages, done.left) == (1, 3, 1, 0)
    assert states(store, *hashes) == [Delivery.WAITING] * 3  # a stick settles nothing
    content = done.files[0].read_bytes()
    for secret in (b"usb-1", "龚㛃䶮".encode(), window.signer.suite_id.encode() + b'"message_id"', page[:64]):
        assert secret not in content
    assert "usb" not in done.files[0].name
    imported = bring(gateway, done.files[0])
    assert len(imported.whole) == 3
    assert (imported.lacking, imported.damaged, imported.refused) == ((), (), ())
    assert {each: row["content_sha256"] for each, row in held(gateway, "usb-").items()} == hashes
    assert held(gateway, "usb-")["usb-1"]["attachments"] == [bytes_hash(page)]
    came = back(store, window, imported.answer)
    assert (came.acknowledged, came.refused, came.pages, came.unknown) == (3, 0, 1, 0)
    assert states(store, *hashes) == [Delivery.ACKNOWLEDGED] * 3
    with store.begin(reading=True) as uow:
        assert (
            abs(uow.config.get(SURE) - window.clock.now().utc_ms) < SURE_FOR_MS
        )  # a stick brings the gateway's time too
        assert uow.outbox.open() == ()
        for case_id, row in held(gateway, "usb-").items():
            case = uow.cases.get(case_id)
            assert case is not None
            assert case.gateway_receipt == row["gateway_receipt"]
    assert back(store, window, imported.answer).acknowledged == 3  # again changes nothing


def test_stick_and_line_twice_and_copied_are_one_case(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    for n in range(4):
        take(store, window, sample_case(f"both-{n}"), [os.urandom(90_000)])
    first = write(store, window, tmp_path / "a").files[0]
    copy = Path(shutil.copy(first, tmp_path / "copy.bundle"))
    again = write(store, window, tmp_path / "b").files[0]
    early = bring(gateway, first)
    pushed = Courier(store, window.centre(gateway.url), window.clock, CountedIds()).push_once()
    assert (pushed.acknowledged, pushed.refused, pushed.waiting) == (4, 0, 0)
    late = [bring(gateway, copy), bring(gateway, again), bring(gateway, first)]
    assert all(len(each.whole) == 4 for each in late)
    receipts = {case_id: row["gateway_receipt"] for case_id, row in held(gateway, "both-").items()}
    assert len(receipts) == 4
    for each in (late[2], early, late[0]):  # out of order
        assert back(store, window, each.answer).refused == 0
    with store.begin(reading=True) as uow:
        for case_id, receipt in receipts.items():
            assert [message.receipt for message in uow.outbox.of_case(case_id)] == [receipt]


def test_several_sticks_take_what_the_first_had_no_room_for(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    for n in range(6):
        take(store, window, sample_case(f"many-{n}"), [os.urandom(400_000) for _ in range(2)])
    done = write(store, window, tmp_path / "one", file_limit=1_200_000)
    assert len(done.files) >= 6
    assert (done.cases, done.left) == (6, 0)
    assert max(each.stat().st_size for each in done.files) <= 1_200_000
    assert write(store, window, tmp_path / "two", fresh=True).files == ()
    for file in sorted(done.files, reverse=True):  # the last one first
        bring(gateway, file)
    assert all(len(row["attachments"]) == 2 for row in held(gateway, "many-").values())
    with contextlib.closing(open_here(gateway.data)) as opened:
        by_now = [
            content for name, content in answers(opened, gateway.data) if name.startswith(window.enrolled.window_id)
        ]
    assert len(by_now) == len(done.files)
    for each in by_now:
        back(store, window, each)
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()


def test_a_case_larger_than_a_file_is_cut_over_several(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    take(store, window, sample_case("huge-1"), [os.urandom(300_000) for _ in range(5)])
    done = write(store, window, tmp_path / "s", file_limit=800_000)
    assert len(done.files) == 3
    for file in reversed(done.files):
        bring(gateway, file)
    assert len(held(gateway, "huge-")["huge-1"]["attachments"]) == 5
    with pytest.raises(StorageProblem, match="太小"):
        write(store, window, tmp_path / "t", file_limit=200_000)


def test_chosen_cases_and_full_sticks(window: Window, store: SqlStore, tmp_path: Path) -> None:
    for n in range(3):
        take(store, window, sample_case(f"chosen-{n}"))
    done = write(store, window, tmp_path / "s", cases={"chosen-1"})
    assert (done.cases, len(done.files)) == (1, 1)
    rest = write(store, window, tmp_path / "s", fresh=True)
    assert rest.cases == 2
    full = write(store, window, tmp_path / "t", file_limit=1000)
    assert (full.files, full.left) == ((), 3)
    stopped = write(store, window, tmp_path / "u", stopping=lambda: True)
    assert (stopped.files, stopped.left, stopped.stopped) == ((), 3, True)
    assert list((tmp_path / "u").iterdir()) == []


def test_a_stick_that_opens_to_more_than_is_held_at_once_goes_in_whole(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "OPENED_LIMIT", 20_000)
    for n in range(9):
        take(store, window, sample_case(f"thick-{n}", noise="x" * 9_000))
    imported = bring(gateway, write(store, window, tmp_path / "stick").files[0])
    assert (len(imported.whole), imported.refused) == (9, ())
    assert {each.status for each in imported.receipts} == {"stored"}
    assert back(store, window, imported.answer).acknowledged == 9


def test_what_follows_a_refused_message_on_a_stick_is_held_wherever_it_lies(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    """The package is refused, its follower and its part lie fifty messages later; another stream's and a sister part's go on."""
    take(store, window, sample_case("torn-1"), change=unsigned)
    take(store, window, sample_case("torn-2", parent="torn-0", kind=CaseKind.PART), change=unsigned)
    for n in range(55):
        take(store, window, sample_case(f"whole-{n:02d}"))
    with store.begin() as uow:
        uow.outbox.add(signed_message(window, sample_case("torn-1", revision=2)))
        uow.outbox.add(signed_message(window, sample_case("torn-3", parent="torn-1", kind=CaseKind.PART)))
        uow.outbox.add(signed_message(window, sample_case("torn-4", parent="torn-0", kind=CaseKind.PART)))
        uow.commit()
    imported = bring(gateway, write(store, window, tmp_path / "stick").files[0])
    codes = {each.message_id: each.code for each in imported.receipts if each.code}
    assert codes == {
        "m-torn-1-1": "R101",
        "m-torn-2-1": "R101",
        "m-torn-1-2": "R115",
        "m-torn-3-1": "R115",
    }
    assert set(held(gateway, "torn-")) == {"torn-4"}


def unsigned(message: OutboxMessage) -> OutboxMessage:
    return replace(message, signatures={})


def test_a_damaged_stick_says_which_cases_are_whole(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    numbers = {}
    for n in range(8):
        case = sample_case(f"scratch-{n}")
        numbers[case.id] = case.local_number
        take(store, window, case, [os.urandom(50_000 + n)])
    file = write(store, window, tmp_path / "s").files[0]
    content = bytearray(file.read_bytes())
    envelopes = [at for at in _marks(content) if content[at + 16 : at + 17] == b"E"]
    blobs = [at for at in _marks(content) if content[at + 16 : at + 17] == b"B"]
    content[envelopes[2] + 80] ^= 1  # one case
    content[blobs[5] + 30_000] ^= 1  # one page: blobs go small before large, so it is case 5's
    file.write_bytes(content)
    imported = bring(gateway, file)
    assert imported.damaged == (numbers["scratch-2"],)
    assert imported.lacking == (numbers["scratch-5"],)
    assert set(imported.whole) == set(numbers.values()) - {numbers["scratch-2"], numbers["scratch-5"]}
    came = back(store, window, imported.answer)
    assert (came.acknowledged, came.pages) == (7, 6)
    pushed = Courier(store, window.centre(gateway.url), window.clock, CountedIds()).push_once()
    assert (pushed.sent, pushed.waiting) == (1, 0)  # the line brings the rest
    assert all(len(row["attachments"]) == 1 for row in held(gateway, "scratch-").values())


@pytest.mark.parametrize("cut", ["front", "back", "middle"])
def test_a_torn_file_still_gives_what_is_in_it(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path, cut: str
) -> None:
    for n in range(6):
        take(store, window, sample_case(f"torn-{cut}-{n}"))
    file = write(store, window, tmp_path / "s").files[0]
    content = file.read_bytes()
    marks = _marks(bytearray(content))
    torn = {
        "front": content[marks[3] :],  # the first head, manifest and envelope are gone
        "back": content[: marks[5]],
        "middle": content[: marks[4] + 40] + content[marks[6] :],
    }[cut]
    file.write_bytes(torn)
    imported = bring(gateway, file)
    assert len(imported.whole) + len(imported.damaged) == 6
    assert len(imported.whole) == {"front": 5, "back": 3, "middle": 4}[cut]
    assert set(held(gateway, f"torn-{cut}-")) == {
        f"torn-{cut}-{n}" for n in range(6) if sample_case(f"torn-{cut}-{n}").local_number in imported.whole
    }


def _marks(content: bytearray) -> list[int]:
    found, at = [], content.find(form.MARK)
    while at >= 0:
        found.append(at)
        at = content.find(form.MARK, at + 1)
    return found


def test_foreign_files_are_told_apart(gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path) -> None:
    take(store, window, sample_case("foreign-1"))
    file = write(store, window, tmp_path / "s").files[0]
    imported = bring(gateway, file)
    (tmp_path / "r.receipt").write_bytes(imported.answer)
    with pytest.raises(BadInput, match="这是给窗口的回执"):
        bring(gateway, tmp_path / "r.receipt")
    (tmp_path / "photo.jpg").write_bytes(os.urandom(5000))
    with pytest.raises(BadInput, match="不是窗口的办件包"):
        bring(gateway, tmp_path / "photo.jpg")
    with pytest.raises(StorageProblem):
        bring(gateway, tmp_path / "nothing.bundle")
    with pytest.raises(BadInput, match="送往前置的办件包"):
        back(store, window, file.read_bytes())
    other = replace(window, private=SUITE.new_signing_pair()[0])
    with pytest.raises(BadInput, match="签名"):  # another key opens nothing
        back(store, other, imported.answer)
    forged = write(store, other, tmp_path / "f").files[0]
    with pytest.raises(BadInput, match="签名与登记的窗口不符"):
        bring(gateway, forged)


def test_a_receipt_that_somebody_else_wrote_settles_nothing(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    take(store, window, sample_case("liar-1"))
    imported = bring(gateway, write(store, window, tmp_path / "s").files[0])
    liar = replace(window.enrolled, gateway_signing_public=SUITE.new_signing_pair()[1])
    with pytest.raises(BadInput, match="签名"):
        back(store, replace(window, enrolled=liar), imported.answer)
    assert states(store, "liar-1") == [Delivery.WAITING]


def test_a_lost_laptop_gets_nothing_in(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    take(store, window, sample_case("laptop-1"))
    file = write(store, window, tmp_path / "s").files[0]
    with contextlib.closing(open_here(gateway.data)) as opened:
        revoke(opened, window.enrolled.window_id)
    with pytest.raises(Refused, match="停用"):
        bring(gateway, file)
    assert held(gateway, "laptop-") == {}


def test_one_window_that_is_shut_out_keeps_no_other_from_its_receipt(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    """And one manifest that nobody can read any more does not either: the gateway's keys were changed, or a disk hurt it."""
    take(store, window, sample_case("shut-1"))
    bring(gateway, write(store, window, tmp_path / "s").files[0])
    lost = enrol(gateway.url, gateway.token(window="LOST"), window="LOST")
    with contextlib.closing(new_store(tmp_path / "lost")) as other:
        take(other, lost, sample_case("shut-2", hall=HALL))
        imported = bring(gateway, write(other, lost, tmp_path / "t").files[0])
    (gateway.data / "sticks" / "0-torn.manifest").write_bytes(b"{}\nnothing")
    with contextlib.closing(open_here(gateway.data)) as opened:
        revoke(opened, lost.enrolled.window_id)
        written = dict(answers(opened, gateway.data))
    assert imported.name not in written
    mine = [content for name, content in written.items() if name.startswith(window.enrolled.window_id)]
    assert [back(store, window, each).acknowledged for each in mine] == [1]
    (gateway.data / "sticks" / "0-torn.manifest").unlink()


def test_news_come_back_on_the_stick(gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path) -> None:
    take(store, window, sample_case("news-1"))
    file = write(store, window, tmp_path / "s").files[0]
    with contextlib.closing(open_here(gateway.data)) as opened:
        feed.publish(opened, NewsKind.NOTICE.value, {"text": "样例通知"})
    imported = bring(gateway, file)
    assert back(store, window, imported.answer).news >= 1
    assert back(store, window, imported.answer).news == 0  # the cursor has moved


@pytest.fixture
def filled(gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path) -> tuple[Path, bytes]:
    for n in range(3):
        take(store, window, sample_case(f"fuzz-{window.enrolled.window_id}-{n}"), [os.urandom(2000)])
    file = write(store, window, tmp_path / "s").files[0]
    return file, bring(gateway, file).answer


def damaged(data: bytes, seed: int, how: int) -> bytes:
    """The bytes with seeded damage: flips, cuts, insertions, stretches doubled or moved, marks planted."""
    chance, out = random.Random(seed), bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(out) + 1), chance.choice((1, 7, 64, 900))
        match how % 6:
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = chance.randbytes(length)
            case 3:
                out[at:at] = out[chance.randrange(len(out)) :][: length * 9]
            case 4:
                out[at:at] = form.MARK + chance.choice((b"E", b"B", b"M", b"H", b"?")) + chance.randbytes(40)
            case _:
                out[at : at + length] = bytes(length)
        how //= 3
    return bytes(out)


@FUZZ
@given(seed=st.integers(0, 2**32), how=st.integers(0, 728))
def test_no_damage_makes_a_crash_or_a_wrong_case(
    gateway: GatewayProcess, filled: tuple[Path, bytes], seed: int, how: int
) -> None:
    file, _answer = filled
    before = gateway.dump()
    bent = file.with_name("bent.bundle")
    bent.write_bytes(damaged(file.read_bytes(), seed, how))
    with contextlib.suppress(BadInput, Refused):
        bring(gateway, bent)
    assert [{**row, "case_number": ""} for row in gateway.dump()] == [{**row, "case_number": ""} for row in before]


@FUZZ
@given(seed=st.integers(0, 2**32), how=st.integers(0, 728))
def test_no_damaged_receipt_settles_anything_else(
    window: Window, filled: tuple[Path, bytes], seed: int, how: int, tmp_path: Path
) -> None:
    _file, answer = filled
    folder = tmp_path / f"r{seed}-{how}"
    bent = damaged(answer, seed, how)
    with contextlib.suppress(BadInput):
        reply_from_bytes(
            bent,
            SUITE,
            window.enrolled.window_id,
            keys_of(window).reply_key,
            lambda claim, signature: SUITE.verify(window.enrolled.gateway_signing_public, signature, claim),
        )
        assert bent == answer or bent.strip() == answer.strip(), folder
