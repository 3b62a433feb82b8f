"""ports.Store: the same contract for the encrypted database and for the fake that other tests stand on."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, Move, case_hash
from clerk_app.domain.draft import Draft
from clerk_app.domain.feed import FeedEntry, Scope
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.journal import GENESIS, Happening, first_break
from clerk_app.domain.outbox import (
    AttachmentRef,
    Delivery,
    OutboxMessage,
    acknowledged,
    due,
    failed,
    leased,
    refused,
    replaced,
)
from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused, StorageProblem
from clerk_app.ports import Store, UnitOfWork
from local_db.unit_of_work import SqlStore
from tests.fakes.fake_store import FakeStore

SUITE = InternationalSuite(os.urandom)
NUMBER = "500199195803142127"


@pytest.fixture(params=["sqlcipher", "sqlcipher under gm-1", "fake"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    suite = GuomiSuite(os.urandom) if "gm-1" in request.param else SUITE
    made: Store = FakeStore() if request.param == "fake" else SqlStore(tmp_path, os.urandom(32), suite, create=True)
    yield made
    made.close()


def make_case(case_id: str = "c1", *, name: str = "龚㛃䶮", number: str = NUMBER, item: str = "养老待遇申领") -> Case:
    return Case(
        id=case_id,
        kind=CaseKind.SINGLE,
        state=CaseState.ACCEPTED,
        revision=1,
        local_number=f"渝临500199-W03G1-20261121-{case_id}",
        item=CatalogueVersion("pension", item, "2026.1", "ab" * 32, sample=True),
        hall="500199",
        window="03",
        clerk="wangmin",
        received_at=Stamp(1_795_000_000_000).to_json(),
        accepted_on=dt.date(2026, 11, 21),
        deadline={"until": "2026-12-01"},
        content={"applicant": {"name": name, "document_number": number}, "agent": None, "fields": {"a": "1"}},
        document_numbers={"acceptance_notice": "演示受〔2026〕第 30009 号"},
    )


def make_message(message_id: str, case_id: str = "c1", *blobs: str, created_ms: int = 5) -> OutboxMessage:
    refs = tuple(AttachmentRef("p" + blob, blob, 10, 90, "image/jpeg") for blob in blobs)
    return OutboxMessage(
        id=message_id,
        seq=0,
        stream=case_id,
        case_id=case_id,
        revision=1,
        kind="case.accepted",
        body=f'{{"message_id":"{message_id}"}}'.encode(),
        body_sha256="cd" * 32,
        suite="intl-1",
        signatures={"window": "d2lu", "clerk": "Y2xr", "certificate": {"clerk": "wangmin"}},
        created_ms=created_ms,
        attachments=refs,
    )


def do(store: Store, act: Callable[[UnitOfWork], object]) -> None:
    with store.begin() as uow:
        act(uow)
        uow.commit()


def open_draft(uow: UnitOfWork, name: str, at: int) -> None:
    uow.drafts.open(Draft(name, "wangmin", at, at))


# --- the unit of work


def test_nothing_is_kept_without_commit(store: Store) -> None:
    with store.begin() as uow:
        uow.cases.add(make_case())
        uow.drafts.open(Draft("d1", "wangmin", 1, 1, {"step": "form"}))
        uow.numbers.next("day")
        uow.journal.append(Happening(Stamp(1), "wangmin", "draft.open", "d1"))
        uow.outbox.add(make_message("m1"))
        uow.attachments.put("d1", b"page", "image/png")
        uow.config.set("hall", {"code": "500199"})
    with store.begin(reading=True) as uow:
        assert uow.cases.count() == 0
        assert uow.drafts.all() == ()
        assert list(uow.journal.entries()) == []
        assert uow.outbox.open() == ()
        assert uow.config.get("hall") is None
        with pytest.raises(Bug):
            uow.attachments.ref("d1", bytes_hash(b"page"))
    with store.begin() as uow:
        assert uow.numbers.next("day") == 1


def test_an_error_inside_changes_nothing(store: Store) -> None:
    def fails() -> None:
        with store.begin() as uow:
            uow.cases.add(make_case())
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fails()
    with store.begin(reading=True) as uow:
        assert uow.cases.get("c1") is None


def test_the_end_of_the_block_ends_its_use(store: Store) -> None:
    with store.begin() as uow:
        uow.commit()
    with pytest.raises(Bug):
        uow.cases.count()


def test_one_inside_another_is_a_bug_and_not_a_long_wait(store: Store) -> None:
    with store.begin() as outer:
        outer.cases.add(make_case())
        with pytest.raises(Bug), store.begin():
            pass
        outer.commit()
    with store.begin(reading=True) as uow:
        assert uow.cases.count() == 1


def test_after_a_commit_the_block_may_go_on(store: Store) -> None:
    with store.begin() as uow:
        uow.cases.add(make_case())
        uow.commit()
        assert uow.cases.get("c1") is not None
        uow.cases.add(make_case("c2"))
    with store.begin(reading=True) as uow:
        assert [case.id for case in uow.cases.page()] == ["c1"]


def test_a_look_neither_writes_nor_waits(store: Store) -> None:
    do(store, lambda uow: uow.cases.add(make_case()))
    with store.begin(reading=True) as uow, pytest.raises(Bug):
        uow.numbers.next("day")
    inside, seen, done = threading.Event(), [], threading.Event()

    def write() -> None:
        with store.begin() as uow:
            uow.cases.add(make_case("c2"))
            inside.set()
            assert done.wait(20)
            uow.commit()

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(20)
    with store.begin(reading=True) as uow:
        seen.append(uow.cases.count())
    done.set()
    writer.join(20)
    with store.begin(reading=True) as uow:
        seen.append(uow.cases.count())
    assert seen == [1, 2]


def test_numbers_never_repeat_between_threads(store: Store) -> None:
    drawn: list[int] = []

    def draw() -> None:
        for _ in range(15):
            with store.begin() as uow:
                number = uow.numbers.next("day")
                uow.commit()
            drawn.append(number)

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(drawn) == list(range(1, 61))


def test_what_was_read_is_still_true_when_writing(store: Store) -> None:
    faults: list[str] = []

    def count_up() -> None:
        for _ in range(15):
            try:
                with store.begin() as uow:
                    before = uow.config.get("count") or 0
                    uow.config.set("count", before + 1)
                    uow.commit()
            except StorageProblem as problem:
                faults.append(problem.message)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with store.begin(reading=True) as uow:
        assert uow.config.get("count") == 60


def test_numbers_have_scopes_and_no_gaps(store: Store) -> None:
    with store.begin() as uow:
        assert [uow.numbers.next("a"), uow.numbers.next("a"), uow.numbers.next("b")] == [1, 2, 1]
        uow.commit()
    with store.begin() as uow:
        assert uow.numbers.next("a") == 3  # rolled back: drawn again
    with store.begin() as uow:
        assert uow.numbers.next("a") == 3


# --- drafts


def test_a_draft_is_saved_value_by_value(store: Store) -> None:
    do(store, lambda uow: uow.drafts.open(Draft("d1", "wangmin", 5, 5, {"step": "form", "parts": ["a", "b"]})))
    do(store, lambda uow: uow.drafts.save("d1", {"applicant.name": "龚㛃䶮", "step": "confirm"}, 9))
    do(store, lambda uow: uow.drafts.save("d1", {"parts": None, "signature": {"strokes": [[1, 2, 3, 4]]}}, 12))
    with store.begin(reading=True) as uow:
        assert uow.drafts.get("d1") == Draft(
            "d1",
            "wangmin",
            5,
            12,
            {"step": "confirm", "applicant.name": "龚㛃䶮", "signature": {"strokes": [[1, 2, 3, 4]]}},
        )
        assert uow.drafts.get("d2") is None


def test_drafts_are_listed_newest_saved_first(store: Store) -> None:
    for name, at in (("d1", 5), ("d2", 9), ("d3", 7)):
        do(store, partial(open_draft, name=name, at=at))
    do(store, lambda uow: uow.drafts.save("d1", {"step": "form"}, 20))
    with store.begin(reading=True) as uow:
        assert [draft.id for draft in uow.drafts.all()] == ["d1", "d2", "d3"]


def test_a_closed_draft_takes_no_more_values(store: Store) -> None:
    do(store, lambda uow: uow.drafts.open(Draft("d1", "wangmin", 5, 5, {"step": "form"})))
    do(store, lambda uow: uow.drafts.close("d1"))
    with store.begin() as uow, pytest.raises(Refused):
        uow.drafts.save("d1", {"step": "form"}, 9)
    with store.begin(reading=True) as uow:
        assert uow.drafts.get("d1") is None


def test_a_draft_is_opened_once(store: Store) -> None:
    do(store, lambda uow: uow.drafts.open(Draft("d1", "wangmin", 5, 5, {"step": "form"})))
    with store.begin() as uow, pytest.raises(Refused):
        uow.drafts.open(Draft("d1", "lisi", 6, 6))


@pytest.mark.parametrize("close_first", [True, False])
def test_an_accepted_draft_leaves_its_pages_to_the_case(store: Store, close_first: bool) -> None:
    do(store, lambda uow: uow.drafts.open(Draft("c1", "wangmin", 5, 5, {"step": "form"})))
    do(store, lambda uow: uow.attachments.put("c1", b"page one", "image/jpeg"))
    with store.begin() as uow:
        if close_first:
            uow.drafts.close("c1")
        uow.cases.add(make_case())
        if not close_first:
            uow.drafts.close("c1")
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.drafts.get("c1") is None
        assert uow.attachments.read("c1", bytes_hash(b"page one")) == b"page one"
        assert uow.cases.get("c1") == make_case()


def test_a_thrown_away_draft_takes_its_pages_along_but_not_shared_ones(store: Store) -> None:
    do(store, lambda uow: uow.drafts.open(Draft("d1", "wangmin", 5, 5)))
    with store.begin() as uow:
        own = uow.attachments.put("d1", b"own", "image/jpeg")
        shared = uow.attachments.put("d1", b"shared", "image/jpeg")
        uow.attachments.share("c2", "d1", shared.sha256)
        uow.commit()
    do(store, lambda uow: uow.drafts.close("d1"))
    with store.begin(reading=True) as uow:
        with pytest.raises(Bug):
            uow.attachments.read("d1", own.sha256)
        with pytest.raises(StorageProblem):
            uow.attachments.blob_bytes(own.blob_sha256, 0, 10)
        assert uow.attachments.read("c2", shared.sha256) == b"shared"


# --- cases


def test_a_case_comes_back_as_it_was(store: Store) -> None:
    case = replace(make_case(), accepted_on=None, deadline=None, outcome="准予", outcome_note="已办结")
    do(store, lambda uow: uow.cases.add(case))
    with store.begin(reading=True) as uow:
        stored = uow.cases.get("c1")
    assert stored == case
    assert stored is not None
    assert case_hash(stored) == case_hash(case)


def test_a_case_is_added_once(store: Store) -> None:
    do(store, lambda uow: uow.cases.add(make_case()))
    with store.begin() as uow, pytest.raises(Refused):
        uow.cases.add(make_case())
    with store.begin() as uow, pytest.raises(Refused):
        uow.cases.add(replace(make_case("c2"), local_number=make_case().local_number))
    with store.begin() as uow:
        uow.cases.add(replace(make_case("c2"), local_number=make_case().local_number, parent="c1", kind=CaseKind.PART))


def test_a_revision_follows_exactly_one(store: Store) -> None:
    do(store, lambda uow: uow.cases.add(make_case()))
    second = make_case().moved(Move.REVIEW)
    do(store, lambda uow: uow.cases.save(second))
    for late in (second, make_case().moved(Move.SUSPEND), replace(second, revision=4), make_case("c9")):
        with store.begin() as uow, pytest.raises(Refused):
            uow.cases.save(late)
    with store.begin(reading=True) as uow:
        assert uow.cases.get("c1") == second


def test_numbers_from_outside_stay_once_set_and_survive_a_revision(store: Store) -> None:
    do(store, lambda uow: uow.cases.add(make_case()))
    do(store, lambda uow: uow.cases.set_numbers("c1", gateway_receipt="QZ-1"))
    do(store, lambda uow: uow.cases.save(make_case().moved(Move.REVIEW)))  # read before the receipt came
    with store.begin(reading=True) as uow:
        assert [case.gateway_receipt for case in uow.cases.page()] == ["QZ-1"]
    do(store, lambda uow: uow.cases.set_numbers("c1", gateway_receipt="QZ-1", case_number="YKB-7"))
    with store.begin() as uow, pytest.raises(Bug):
        uow.cases.set_numbers("c1", case_number="YKB-8")
    with store.begin() as uow, pytest.raises(Bug):
        uow.cases.set_numbers("nobody", case_number="YKB-8")
    with store.begin(reading=True) as uow:
        case = uow.cases.get("c1")
        assert case is not None
        assert (case.gateway_receipt, case.case_number, case.revision) == ("QZ-1", "YKB-7", 2)
        found = [uow.cases.find(number) for number in ("c1", case.local_number, "QZ-1", "YKB-7")]
        assert found == [case] * 4
        assert uow.cases.find("") is None
        assert uow.cases.find("QZ-2") is None
        assert uow.cases.search("ykb-7") == (case,)


def test_newest_first_and_parts_follow_their_package(store: Store) -> None:
    with store.begin() as uow:
        uow.cases.add(make_case("c1"))
        uow.cases.add(replace(make_case("p1"), kind=CaseKind.PACKAGE))
        uow.cases.add(make_case("c2"))
        uow.cases.add(replace(make_case("p1a"), kind=CaseKind.PART, parent="p1"))
        uow.cases.add(replace(make_case("p1b"), kind=CaseKind.PART, parent="p1"))
        uow.cases.add(make_case("c3"))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [case.id for case in uow.cases.page()] == ["c3", "c2", "p1", "p1a", "p1b", "c1"]
        assert [case.id for case in uow.cases.page(limit=2, offset=2)] == ["p1", "p1a"]
        assert [case.id for case in uow.cases.parts_of("p1")] == ["p1a", "p1b"]
        assert uow.cases.parts_of("") == ()
        assert uow.cases.count() == 6


def test_those_in_some_states_in_the_order_of_the_list(store: Store) -> None:
    states = {
        "c1": CaseState.RECEIVED,
        "p1": CaseState.ACCEPTED,
        "p1a": CaseState.RECEIVED,
        "c2": CaseState.FINISHED,
        "c3": CaseState.RECEIVED,
    }
    with store.begin() as uow:
        for name, state in states.items():
            parent = "p1" if name == "p1a" else ""
            uow.cases.add(replace(make_case(name), state=state, parent=parent))
        uow.commit()
    with store.begin(reading=True) as uow:
        listed = uow.cases.page()
        for wanted in (
            {CaseState.RECEIVED},
            {CaseState.RECEIVED, CaseState.FINISHED},
            {CaseState.ACCEPTED},
            set(CaseState),
            set(),
        ):
            assert uow.cases.in_states(wanted) == tuple(case for case in listed if case.state in wanted)
        assert [case.id for case in uow.cases.in_states({CaseState.RECEIVED})] == ["c3", "p1a", "c1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("龚㛃䶮", ["c4", "c1"]),
        ("㛃䶮", ["c4", "c1"]),
        ("䶮", ["c4", "c1"]),
        ("𠅤", ["c3"]),  # beyond U+FFFF
        ("丁𠅤", ["c3"]),
        ("𠅤丁", []),
        ("张小张", ["c2"]),
        ("小张小", []),  # every pair stands in 张小张, the text does not
        ("张", ["c2"]),
        ("2127", ["c4", "c1"]),
        ("212x", ["c2"]),
        ("50019919580314212X", ["c2"]),
        ("500199195803142100", []),
        ("老待遇", ["c4", "c3", "c2", "c1"]),
        ("G1-20261121-C3", ["c3"]),
        ("c3", ["c3"]),
        ("zxz", ["c2"]),
        ("zhangxiaozh", ["c2"]),
        ("xiaozhang", ["c2"]),
        ("zhangxiaozhen", []),
        ("gong", ["c4", "c1"]),
        ("aygl", ["c5"]),
        ("ygl", ["c5"]),
        ("dx", ["c6", "c3"]),
        ("sx", ["c6"]),  # 单 is a surname too
        ("shanxiaom", ["c6"]),
        ("样例路18", ["c6"]),
        ("212", ["c4", "c2", "c1"]),
        ("阿依古丽·买买提", ["c5"]),
        ("买提", ["c5"]),
        ("  ", []),
        ('" OR "', []),
        ("*", []),
    ],
)
def test_search(store: Store, text: str, expected: list[str]) -> None:
    with store.begin() as uow:
        uow.cases.add(make_case("c1"))
        uow.cases.add(make_case("c2", name="张小张", number="50019919580314212X"))
        uow.cases.add(make_case("c3", name="丁𠅤", number="500199200001010011"))
        uow.cases.add(make_case("c4", name="龚㛃䶮"))
        uow.cases.add(make_case("c5", name="阿依古丽·买买提", number="500199200001010038", item="高龄津贴"))
        lives = make_case("c6", name="单小明", number="500199200001010046", item="高龄津贴")
        person = {**lives.content["applicant"], "address": "重庆市演示区演示镇样例路18号"}
        uow.cases.add(replace(lives, content={**lives.content, "applicant": person}))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [case.id for case in uow.cases.search(text)] == expected
        assert [case.id for case in uow.cases.search(text, limit=1)] == expected[:1]
        paged = [""]
        while page := uow.cases.search(text, 1, paged[-1]):
            paged += [case.id for case in page]
        assert paged[1:] == expected


PEOPLE_INSIDE = {
    "mother.name": "覃㴓样",
    "mother.id_number": "500199199203042128",
    "mother.phone": "13912345678",
    "relief.members": '[{"id_number":"500199201503042136","name":"覃小样"},{"name":"欧阳样"}]',
    "card.number": "AB1234567",
    "child.weight": "3200",
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("覃㴓", True),
        ("欧阳样", True),
        ("ouyang", True),
        ("qxy", True),
        ("500199199203042128", True),
        ("500199201503042136", True),
        ("500199201503042144", False),
        ("2136", True),
        ("13912345678", True),
        ("2345678", True),
        ("13698765432", True),  # the applicant's own
        ("E12345678", True),  # the guardian's passport, as a whole
        ("E12345679", False),
        ("5678", True),
        ("AB1234567", False),  # a card is nobody's document
        ("3200", False),
    ],
)
def test_people_numbers_and_phones_inside_the_form_are_found(store: Store, text: str, *, found: bool) -> None:
    case = make_case("c1")
    applicant = {**case.content["applicant"], "phone": "13698765432"}
    guardian = {"name": "史密斯", "document_number": "E12345678"}
    content = {**case.content, "applicant": applicant, "guardian": guardian, "fields": PEOPLE_INSIDE}
    do(store, lambda uow: uow.cases.add(replace(case, content=content)))
    with store.begin(reading=True) as uow:
        assert bool(uow.cases.search(text)) is found
    do(store, lambda uow: uow.keeping.erase(["c1"]))
    with store.begin(reading=True) as uow:
        assert not uow.cases.search(text)


# --- journal


def test_the_journal_is_a_chain(store: Store) -> None:
    with store.begin() as uow:
        first = uow.journal.append(Happening(Stamp(1), "wangmin", "draft.open", "c1"))
        second = uow.journal.append(Happening(Stamp(2), "wangmin", "case.accepted", "c1", 1, {"form": "F2"}))
        uow.commit()
    do(store, lambda uow: uow.journal.append(Happening(Stamp(3), "gateway", "news.notice")))
    with store.begin(reading=True) as uow:
        entries = list(uow.journal.entries())
        assert uow.journal.of_case("c1") == (first, second)
    assert entries[:2] == [first, second]
    assert (first.seq, first.previous, second.previous) == (1, GENESIS, first.digest)
    assert first_break(entries) is None
    assert store.quick_check() == ()


def test_what_the_journal_never_mentioned(store: Store) -> None:
    with store.begin() as uow:
        for case_id in ("c1", "c2"):
            uow.cases.add(make_case(case_id))
        for draft_id in ("d1", "d2"):
            uow.drafts.open(Draft(draft_id, "wangmin", 5, 6, {}))
        uow.journal.append(Happening(Stamp(1), "wangmin", "draft.open", "c1"))  # began, but never became a case
        uow.journal.append(Happening(Stamp(2), "wangmin", "case.accepted", "c2", 1))
        uow.journal.append(Happening(Stamp(3), "wangmin", "draft.open", "d2"))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.journal.unmentioned() == ("c1", "d1")
        assert uow.journal.unmentioned(1) == ("c1",)


def test_the_journal_is_read_from_its_end_in_pages(store: Store) -> None:
    with store.begin() as uow:
        uow.journal.append_all([Happening(Stamp(at), "wangmin", "draft.open", f"c{at}") for at in range(1, 6)])
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [entry.seq for entry in uow.journal.page(2)] == [5, 4]
        assert [entry.seq for entry in uow.journal.page(9, before=3)] == [2, 1]
        assert uow.journal.page(2, before=1) == ()


# --- outbox


def test_the_outbox_keeps_order_and_bodies(store: Store) -> None:
    with store.begin() as uow:
        seqs = [uow.outbox.add(make_message(f"m{n}", f"c{n % 2}", created_ms=n)) for n in range(1, 5)]
        uow.commit()
    assert seqs == sorted(seqs)
    with store.begin(reading=True) as uow:
        messages = uow.outbox.open()
        assert [message.id for message in messages] == ["m1", "m2", "m3", "m4"]
        assert messages[0] == replace(make_message("m1", "c1", created_ms=1), seq=seqs[0])
        assert [message.id for message in uow.outbox.open(limit=2)] == ["m1", "m2"]
        assert [message.id for message in uow.outbox.of_case("c1")] == ["m1", "m3"]
        assert uow.outbox.get("m9") is None
    with store.begin() as uow, pytest.raises(Refused):
        uow.outbox.add(make_message("m1"))


def test_delivery_moves_and_bodies_do_not(store: Store) -> None:
    do(store, lambda uow: uow.outbox.add(make_message("m1")))
    with store.begin() as uow:
        message = uow.outbox.open()[0]
        sent = leased(replace(message, body=b"changed"), 1000)
        uow.outbox.save(sent)
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.outbox.get("m1") == replace(sent, body=message.body)
    with store.begin() as uow, pytest.raises(Bug):
        uow.outbox.save(make_message("m9"))


def test_an_acknowledged_message_stays_open_until_its_pages_are_there(store: Store) -> None:
    with store.begin() as uow:
        uow.outbox.add(make_message("m1", "c1", "b1", "b2"))
        uow.outbox.add(make_message("m2", "c2", "b2", created_ms=3))
        uow.outbox.add(make_message("m3", "c3", "b3"))
        uow.outbox.add(make_message("m4", "c4"))
        uow.commit()
    with store.begin() as uow:
        first, _, third, fourth = uow.outbox.open()
        assert uow.outbox.counts().attachments == 3
        uow.outbox.save(replace(acknowledged(first, "QZ-1"), blobs_done=frozenset({"b1"})))
        uow.outbox.save(refused(third, "SCHEMA", "缺少字段"))
        uow.outbox.save(acknowledged(fourth, "QZ-4"))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [message.id for message in uow.outbox.open()] == ["m1", "m2", "m3"]
        counts = uow.outbox.counts()
        assert (counts.waiting, counts.refused, counts.acknowledged) == (1, 1, 2)
        assert (counts.attachments, counts.attachment_bytes, counts.oldest_ms) == (1, 90, 3)
        assert uow.outbox.open()[0].blobs_done == {"b1"}
    with store.begin() as uow:
        for message in uow.outbox.open():
            done = frozenset(ref.blob_sha256 for ref in message.attachments)
            uow.outbox.save(replace(acknowledged(message, "QZ"), blobs_done=done))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()
        counts = uow.outbox.counts()
        assert (counts.waiting, counts.attachments, counts.attachment_bytes, counts.oldest_ms) == (0, 0, 0, 0)


def test_the_queue_shows_what_may_go_without_bodies(store: Store) -> None:
    with store.begin() as uow:
        for n in range(1, 7):
            uow.outbox.add(replace(make_message(f"m{n}", f"c{n}", f"b{n}"), priority=n == 6))
        uow.outbox.save(acknowledged(uow.outbox.open()[0], "QZ-1"))
        uow.outbox.save(refused(uow.outbox.open()[1], "SCHEMA", "缺少字段"))
        uow.commit()
    with store.begin() as uow:
        assert [(m.id, m.state.value, m.body) for m in uow.outbox.queue(2)] == [
            ("m2", "refused", b""),
            ("m3", "waiting", b""),
            ("m6", "waiting", b""),  # pinned: found however far behind
        ]
        assert [m.id for m in uow.outbox.queue()] == ["m2", "m3", "m4", "m5", "m6"]
        whole = uow.outbox.load(["m4", "m3", "nothing"])
        assert [m.id for m in whole] == ["m3", "m4"]
        assert whole == (uow.outbox.get("m3"), uow.outbox.get("m4"))
        sizes = uow.outbox.sizes(["m3", "nothing"])
        assert list(sizes) == ["m3"]
        assert len(whole[0].body) <= sizes["m3"] <= len(whole[0].body) + 64
        assert [m.body for m in uow.outbox.load(["m3"], bodies=False)] == [b""]
        assert [m.id for m in uow.outbox.owing()] == ["m1"]
        assert uow.outbox.owing(after=1) == ()
        uow.outbox.save_all([acknowledged(m, f"QZ-{m.id}") for m in whole])
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [m.id for m in uow.outbox.queue()] == ["m2", "m5", "m6"]
        assert [m.id for m in uow.outbox.owing()] == ["m1", "m3", "m4"]
        assert [(each.message_id, each.case_id, each.receipt) for each in uow.outbox.receipted(0)] == [
            ("m1", "c1", "QZ-1"),
            ("m3", "c3", "QZ-m3"),
            ("m4", "c4", "QZ-m4"),
        ]
        assert uow.outbox.receipted(2**40) == ()
        assert [m.body for m in uow.outbox.load(["m3"])] == [m.body for m in whole[:1]]


def test_a_glance_is_enough_to_settle(store: Store) -> None:
    pages = (AttachmentRef("1" * 64, "2" * 64, 10, 26, "image/jpeg"),)
    with store.begin() as uow:
        for n in range(1, 5):
            uow.outbox.add(replace(make_message(f"m{n}", f"c{n}", f"b{n}"), attachments=pages if n == 4 else ()))
        uow.commit()
    with store.begin() as uow:
        seen = {each.id: each for each in uow.outbox.glance(["m4", "nothing", "m1", "m2"])}
        assert sorted(seen) == ["m1", "m2", "m4"]
        assert (seen["m4"].case_id, seen["m4"].revision, seen["m4"].state.value) == ("c4", 1, "waiting")
        assert (seen["m4"].body, seen["m4"].attachments, dict(seen["m4"].signatures)) == (b"", (), {})
        took = replace(refused(seen["m2"], "R112", '缺"少\\字段'), attempts=3, next_try_ms=2**41)
        uow.outbox.save_all([acknowledged(seen["m1"], "QZ-1"), took, acknowledged(seen["m4"], "QZ-4")])
        uow.outbox.save_all([])
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [m.id for m in uow.outbox.queue()] == ["m2", "m3"]
        assert [(m.id, m.attachments) for m in uow.outbox.owing()] == [("m4", pages)]  # its page is still to go
        (again,) = uow.outbox.glance(["m2"])
        assert (again.attempts, again.next_try_ms) == (3, 2**41)
        assert (again.refusal_code, again.refusal_reason) == ("R112", '缺"少\\字段')
        whole = uow.outbox.get("m1")
        assert whole is not None
        assert (whole.receipt, whole.body, whole.revision) == ("QZ-1", b'{"message_id":"m1"}', 1)


def test_what_a_mended_message_replaces_waits_no_more(store: Store) -> None:
    with store.begin() as uow:
        uow.outbox.add(make_message("m1", "c1", "b1"))
        uow.outbox.save(refused(uow.outbox.open()[0], "R112", "缺少字段"))
        uow.outbox.save(replaced(uow.outbox.open()[0]))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()
        assert uow.outbox.queue() == ()
        counts = uow.outbox.counts()
        assert (counts.waiting, counts.refused, counts.attachments) == (0, 0, 0)
        (kept,) = uow.outbox.of_case("c1")
        assert (kept.state, kept.refusal_code) == (Delivery.REPLACED, "R112")  # why it was, stays known


def test_the_feed_can_be_read_from_the_front_again(store: Store) -> None:
    do(store, lambda uow: uow.news.move_cursor(7))
    do(store, lambda uow: uow.news.begin_again())
    do(store, lambda uow: uow.news.move_cursor(3))
    with store.begin(reading=True) as uow:
        assert uow.news.cursor() == 3


def test_pages_that_went_are_noted_for_many_messages_at_once(store: Store) -> None:
    with store.begin() as uow:
        uow.outbox.add(make_message("m1", "c1", "shared", "b1"))
        uow.outbox.add(make_message("m2", "c2", "shared"))
        uow.outbox.add(make_message("m3", "c3", "shared", "b3"))
        there = uow.outbox.open()
        owing = [replace(acknowledged(each, "QZ"), next_try_ms=70_000) for each in there[:2]]
        uow.outbox.save_all([*owing, replace(there[2], next_try_ms=70_000)])
        uow.commit()
    went = {"m1": {"shared", "strange"}, "m2": ["shared"], "m3": {"b3"}, "elsewhere": {"shared"}}
    do(store, lambda uow: uow.outbox.pages_went(went))
    with store.begin(reading=True) as uow:
        still = {each.id: (set(each.blobs_done), each.next_try_ms) for each in uow.outbox.open()}
        assert still == {"m1": ({"shared"}, 0), "m3": ({"b3"}, 0)}
        assert [each.blobs_done for each in uow.outbox.of_case("c2")] == [{"shared"}]
        assert uow.outbox.counts().attachments == 2  # b1, and what m3 still owes
        assert [each.id for each in uow.outbox.owing()] == ["m1"]
    do(store, lambda uow: uow.outbox.pages_went({}))
    do(store, lambda uow: uow.outbox.pages_went({"m1": ["b1"]}))
    with store.begin(reading=True) as uow:
        assert [each.id for each in uow.outbox.open()] == ["m3"]


def test_what_was_put_off_waits_no_longer_once_its_reason_is_gone(store: Store) -> None:
    with store.begin() as uow:
        for name in ("put-off", "under-way", "owing"):
            uow.outbox.add(make_message(name, name, f"b-{name}"))
        there = {message.id: message for message in uow.outbox.open()}
        put_off = failed(leased(there["put-off"], 1_000), 1_000, 1.0, 90_000)
        owing = replace(acknowledged(there["owing"], "QZ-1"), attempts=3, next_try_ms=70_000)
        uow.outbox.save_all([put_off, leased(there["under-way"], 1_000), owing])
        uow.commit()
    do(store, lambda uow: uow.outbox.wait_no_longer())
    with store.begin(reading=True) as uow:
        assert [m.id for m in due(uow.outbox.queue(), 2_000)] == ["put-off"]
        found = {message.id: (message.next_try_ms, message.attempts) for message in uow.outbox.open()}
        assert found == {"put-off": (0, 0), "under-way": (0, 1), "owing": (0, 0)}
        (under_way,) = uow.outbox.of_case("under-way")
        assert under_way.lease_until_ms == 61_000


def test_what_was_written_to_a_stick_is_known(store: Store) -> None:
    do(store, lambda uow: uow.outbox.note_carried(["m1", "m2"], "b1", 5))
    do(store, lambda uow: uow.outbox.note_carried(["m2"], "b2", 9))
    with store.begin(reading=True) as uow:
        assert uow.outbox.carried(["m1", "m2", "m3"]) == {"m1": 5, "m2": 9}


def test_many_receipts_at_once_and_the_first_stands(store: Store) -> None:
    with store.begin() as uow:
        for n in range(1, 4):
            uow.cases.add(make_case(f"c{n}"))
        uow.cases.set_receipts({"c1": "QZ-0001", "c2": "QZ-0002", "elsewhere": "QZ-9"})
        uow.cases.set_receipts({"c1": "QZ-7777", "c3": "QZ-0003"})
        uow.cases.add(make_case("c4"))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [case.gateway_receipt for case in uow.cases.page()] == ["", "QZ-0003", "QZ-0002", "QZ-0001"]
        assert uow.cases.receipts({"c1", "c3", "c4", "elsewhere"}) == {"c1": "QZ-0001", "c3": "QZ-0003"}
        assert [case.id for case in uow.cases.search("qz-000")] == ["c3", "c2", "c1"]
        assert uow.cases.search("QZ-7777") == ()


# --- print queue


def test_print_jobs(store: Store) -> None:
    first = PrintJob("j1", "c1", 1, Form.F2, 5, detail={"reason": "材料齐全"})
    second = PrintJob("j2", "c1", 1, Form.F1, 6, copy_number=2)
    with store.begin() as uow:
        uow.print_jobs.add(first)
        uow.print_jobs.add(second)
        uow.commit()
    sent = replace(first, state=PrintState.SENT, spool_ref="77", printer="laser")
    do(store, lambda uow: uow.print_jobs.save(sent))
    with store.begin(reading=True) as uow:
        assert uow.print_jobs.open() == (sent, second)
        assert uow.print_jobs.of_case("c1") == (sent, second)
    do(store, lambda uow: uow.print_jobs.save(replace(sent, state=PrintState.PRINTED)))
    do(store, lambda uow: uow.print_jobs.save(replace(second, state=PrintState.FAILED, reason="缺纸")))
    with store.begin(reading=True) as uow:
        assert [job.id for job in uow.print_jobs.open()] == ["j2"]
        assert uow.print_jobs.get("j9") is None
    with store.begin() as uow, pytest.raises(Bug):
        uow.print_jobs.save(PrintJob("j9", "c1", 1, Form.F2, 5))
    with store.begin() as uow, pytest.raises(Refused):
        uow.print_jobs.add(first)


# --- attachments


def test_pages_are_kept_once_per_owner_and_sent_as_they_lie(store: Store) -> None:
    page = os.urandom(200_000)
    with store.begin() as uow:
        ref = uow.attachments.put("d1", page, "image/jpeg")
        assert uow.attachments.put("d1", page, "image/jpeg") == ref
        other = uow.attachments.put("d2", page, "image/jpeg")
        part = uow.attachments.share("p1", "d1", ref.sha256)
        assert uow.attachments.share("p1", "d1", ref.sha256) == part
        uow.commit()
    assert (ref.sha256, ref.size, ref.media_type) == (bytes_hash(page), 200_000, "image/jpeg")
    assert part == ref
    assert other.blob_sha256 != ref.blob_sha256
    with store.begin(reading=True) as uow:
        blob = b""
        while piece := uow.attachments.blob_bytes(ref.blob_sha256, len(blob), 65_536):
            blob += piece
        assert (len(blob), bytes_hash(blob)) == (ref.blob_size, ref.blob_sha256)
        suite = GuomiSuite(os.urandom) if blob.startswith(b"gm-1") else SUITE
        assert suite.open_blob(uow.attachments.key("p1", ref.sha256), blob) == page
        assert uow.attachments.read("p1", ref.sha256) == page
        assert uow.attachments.ref("d1", ref.sha256) == ref
        with pytest.raises(Bug):
            uow.attachments.read("d3", ref.sha256)
        with pytest.raises(StorageProblem):
            uow.attachments.blob_bytes("00" * 32, 0, 10)


# --- small tables


def test_news_clerks_and_config(store: Store) -> None:
    wang = Clerk("wangmin", "王敏", Role.CLERK, b"k" * 32)
    with store.begin() as uow:
        assert uow.news.cursor() == 0
        uow.news.move_cursor(7)
        uow.news.move_cursor(5)
        entry = FeedEntry(7, Scope.HALL, "from.the.future", {"x": 1})
        uow.news.keep(entry)
        uow.news.keep(entry)
        uow.clerks.add(wang)
        uow.clerks.add(Clerk("admin", "管理员", Role.ADMIN, active=False))
        uow.config.set("hall", {"code": "500199"})
        uow.config.set("hall", {"code": "500199", "window": "03"})
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.news.cursor() == 7
        assert uow.clerks.get("wangmin") == wang
        assert uow.clerks.get("nobody") is None
        assert [clerk.login for clerk in uow.clerks.all()] == ["wangmin", "admin"]
        assert uow.config.get("hall") == {"code": "500199", "window": "03"}
        assert uow.config.get("nothing") is None
    with store.begin() as uow, pytest.raises(Refused):
        uow.clerks.add(wang)
