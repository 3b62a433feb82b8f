"""Look-ups: masked, in words, by role; an unmasked look is journalled before it is shown. And setting up."""

from __future__ import annotations

import dataclasses
import re

import pytest

from clerk_app.domain.acts import Act, with_act
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case, CaseState, Move, case_hash
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.outbox import OutboxMessage, acknowledged, leased, refused
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import Enrolled, Store
from clerk_app.usecases import figures, queries
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.journal_words import VERBS
from clerk_app.usecases.people_of_window import Acting, add_clerk
from clerk_app.usecases.sending_anew import send_lost
from clerk_app.usecases.setup import enrolled, hall_of, keys_of, sign_in
from clerk_app.usecases.unmasking import unmask
from tests.fakes.desk import HALL, PERSON, StandingClock, a_desk, clock_of, fill, newborn, pension
from tests.fakes.faulty_store import FaultyStore
from tests.fakes.items import SmallCatalogue


@pytest.fixture
def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


def put(desk: Desk, message: OutboxMessage) -> None:
    with desk.store.begin() as uow:
        uow.outbox.save(message)
        uow.commit()


def message_of(desk: Desk, case_id: str) -> OutboxMessage:
    with desk.store.begin(reading=True) as uow:
        return uow.outbox.of_case(case_id)[0]


def test_lists_hold_no_full_name_and_no_number(desk: Desk, taken: Case) -> None:
    (row,) = queries.case_rows(desk)
    assert (row.applicant, row.item, row.state_text, row.received) == (
        "冉*例",
        "养老待遇申领",
        "已受理",
        "2026-11-23 09:30",
    )
    for text in (repr(row), repr(queries.row_json(row))):
        for datum in (PERSON.name, PERSON.document_number, PERSON.phone):
            assert datum not in text
    assert queries.masked_applicant(taken) == ("冉*例", "500199********0120")


def test_the_keys_of_the_command_line_are_there(desk: Desk, taken: Case) -> None:
    (row,) = queries.case_rows(desk)
    data = queries.row_json(row)
    assert {"case_id", "local_number", "gateway_receipt", "case_number", "item", "state", "sync"} <= set(data)
    assert (data["case_id"], data["gateway_receipt"], data["sync"]) == (taken.id, None, "waiting")


def test_the_state_of_sending_in_words(desk: Desk, taken: Case) -> None:
    """The status is what the centre said plus what is pending; never a guess."""
    words = []
    waiting = message_of(desk, taken.id)
    now = desk.clock.now().utc_ms
    blobs = frozenset(ref.blob_sha256 for ref in waiting.attachments)
    for message in (
        waiting,
        leased(waiting, now),
        dataclasses.replace(waiting, attempts=3),
        refused(waiting, "x", "材料页打不开"),
        acknowledged(waiting, "R1"),
        dataclasses.replace(acknowledged(waiting, "R1"), blobs_done=blobs),
    ):
        put(desk, message)
        (row,) = queries.case_rows(desk)
        words.append((row.sync, row.sync_tone))
        assert row.sync_text
        assert row.attachments_total == 1
    assert words == [
        ("waiting", "grey"),
        ("waiting", "blue"),
        ("waiting", "amber"),
        ("refused", "red"),
        ("attachments", "blue"),
        ("acknowledged", "green"),
    ]
    with desk.store.begin() as uow:
        uow.cases.set_numbers(taken.id, gateway_receipt="R1", case_number="5000000124")
        uow.commit()
    assert queries.case_rows(desk)[0].sync == "numbered"


def test_a_refusal_is_said_with_its_reason(desk: Desk, taken: Case) -> None:
    put(desk, refused(message_of(desk, taken.id), "x", "平台不认识这个事项"))
    (row,) = queries.case_rows(desk)
    assert row.refusal == "平台不认识这个事项"
    assert "平台不认识这个事项" in row.sync_text
    assert figures.sync_overview(desk).refused == 1


def test_a_case_is_found_by_each_of_its_numbers(desk: Desk, taken: Case) -> None:
    with desk.store.begin() as uow:
        uow.cases.set_numbers(taken.id, gateway_receipt="GW-1", case_number="5000000124")
        uow.commit()
    for number in (taken.id, taken.local_number, "GW-1", "5000000124"):
        detail = queries.case_detail(desk, number)
        assert detail.case.id == taken.id
        assert detail.content_sha256 == case_hash(taken)
    assert detail.materials == (("身份证", "电子证照免交"), ("户口簿", "高拍 1 页")) or set(detail.materials) == {
        ("身份证", "电子证照免交"),
        ("户口簿", "高拍 1 页"),
    }
    assert [(what, who) for _, what, who in detail.journal] == [("开始收件", "wangmin"), ("受理", "wangmin")]
    with pytest.raises(Refused, match="没有找到"):
        queries.case_detail(desk, "渝临500199-W03G1-20261123-9999")


def test_every_journal_verb_that_is_written_has_words() -> None:
    """A clerk never reads an English identifier in the life of a case."""
    import inspect

    from clerk_app.usecases import accept, intake, news, printing
    from sync import courier

    written: set[str] = {"print.sent", "print.printed", "print.failed", "print.cancelled"}
    written |= {"case.accepted", "case.accepted_deferred", "case.correction_asked"}
    for module in (accept, intake, news, printing, courier, queries):
        source = inspect.getsource(module)
        written |= set(re.findall(r'"((?:draft|news|print|sync|case)\.[a-z_]+)"', source))
    written -= {"case.correction", "print.waiting"}
    assert {verb for verb in written if verb not in VERBS} == set()


def test_a_case_whose_entry_left_the_catalogue_can_still_be_read(store: Store) -> None:
    catalogue = SmallCatalogue()
    desk = a_desk(store, catalogue=catalogue)
    case = accept_draft(desk, fill(desk, pension()).id).case
    catalogue.forget("pension")
    assert ("register", "高拍 1 页") in queries.case_detail(desk, case.id).materials


def test_parts_follow_their_package(desk: Desk, taken: Case) -> None:
    accepted = accept_draft(desk, fill(desk, newborn()).id)
    rows = queries.case_rows(desk)
    assert [row.case_id for row in rows] == [accepted.case.id, *(part.id for part in accepted.parts), taken.id]
    assert [row.parent for row in rows] == ["", accepted.case.id, accepted.case.id, ""]
    assert [row.case_id for row in queries.case_detail(desk, accepted.case.id).parts] == [p.id for p in accepted.parts]


def test_searching(desk: Desk, taken: Case) -> None:
    assert [row.case_id for row in queries.search(desk, " 冉样例 ")] == [taken.id]
    assert [row.case_id for row in queries.search(desk, "0120")] == [taken.id]
    assert queries.search(desk, "没有的人") == ()
    assert queries.search(desk, " ") == queries.case_rows(desk)


def test_an_unmasked_look_is_journalled_and_if_it_cannot_be_it_is_not_shown(store: Store) -> None:
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    case = accept_draft(desk, fill(desk, pension()).id).case
    full = unmask(desk, case.id)
    assert (full.name, full.document_number) == (PERSON.name, PERSON.document_number)
    assert queries.case_detail(desk, case.id).journal[-1][1:] == ("查看完整信息", "wangmin")
    faulty.arm(0)
    with pytest.raises(StorageProblem):
        unmask(desk, case.id)
    with pytest.raises(Refused):
        unmask(desk, "f" * 32)


def test_who_does_not_serve_the_person_says_why(store: Store) -> None:
    case = accept_draft(a_desk(store), fill(a_desk(store), pension()).id).case
    desk = a_desk(store, role=Role.SUPERVISOR)
    for reason in ("", "因为刘桂芳要看"):
        with pytest.raises(Refused, match="为什么"):
            unmask(desk, case.id, reason)
    assert unmask(desk, case.id, "complaint").name == PERSON.name
    with desk.store.begin(reading=True) as uow:
        last = uow.journal.last()
    assert last is not None
    assert dict(last.happening.detail) == {"reason": "complaint"}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_cases(store: Store, role: Role) -> None:
    """§8.4: an admin sees no case content, an auditor only logs."""
    case = accept_draft(a_desk(store), fill(a_desk(store), pension()).id).case
    desk = a_desk(store, role=role)
    for ask in (
        lambda: queries.case_rows(desk),
        lambda: queries.search(desk, "冉"),
        lambda: queries.case_detail(desk, case.id),
        lambda: figures.today_figures(desk),
        lambda: unmask(desk, case.id, "file"),
    ):
        if role in (Role.ADMIN, Role.AUDITOR):
            with pytest.raises(Refused, match="岗位"):
                ask()
        else:
            assert ask()


def test_what_was_handed_over_and_what_was_corrected_count_for_the_day(store: Store) -> None:
    chief = a_desk(store, role=Role.CHIEF)
    case = accept_draft(chief, fill(chief, pension()).id).case
    with store.begin() as uow:
        case = dataclasses.replace(case, state=CaseState.DELIVERED, revision=case.revision + 1)
        uow.cases.save(case)
        uow.commit()
    assert figures.today_figures(chief)["已办结"] == 1
    notice = Act(Move.ASK_CORRECTION, chief.clock.now(), "wangmin", "W03")
    with store.begin() as uow:
        uow.cases.save(dataclasses.replace(case, revision=case.revision + 1, content=with_act(case.content, notice)))
        uow.commit()
    assert figures.today_figures(chief)["一次性告知"] == 1


def test_the_figures_of_the_day(desk: Desk, taken: Case) -> None:
    accept_draft(desk, fill(desk, newborn()).id)
    assert figures.today_figures(desk) == {
        "收件": 2,
        "受理": 2,
        "容缺受理": 1,
        "一次性告知": 0,
        "免交材料": 1,
        "已办结": 0,
        "待同步": 4,
    }
    overview = figures.sync_overview(desk)
    assert (overview.waiting, overview.refused, overview.attachments) == (4, 0, 3)
    assert overview.oldest_text == "2026-11-23 09:30"
    clock_of(desk).move(days=1)
    assert figures.today_figures(desk)["收件"] == 0


def test_a_case_whose_message_is_lost_never_says_received(desk: Desk, taken: Case) -> None:
    """As after a salvage that could not read the outbox."""
    with desk.store.begin() as uow:
        case = uow.cases.get(taken.id)
        assert case is not None
        uow.cases.save(dataclasses.replace(case, revision=2))  # the amendment is here, its message is not
        uow.commit()
    (row,) = queries.case_rows(desk)
    assert (row.sync, row.sync_text, row.sync_tone) == ("never_sent", "没有送出的记录，请核对后补送", queries.RED)
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("sync.acknowledged", taken.id, 2))
        uow.commit()
    (row,) = queries.case_rows(desk)
    assert row.sync == "waiting"


def test_what_was_lost_goes_again_whole_and_once(desk: Desk, taken: Case) -> None:
    with pytest.raises(Refused, match="不用补送"):
        send_lost(desk, taken.id)
    with desk.store.begin() as uow:
        case = uow.cases.get(taken.id)
        assert case is not None
        uow.cases.save(dataclasses.replace(case, revision=2))
        uow.journal.append(desk.happening("case.withdrawn", taken.id, 2))
        uow.commit()
    again = send_lost(desk, taken.id)
    with desk.store.begin(reading=True) as uow:
        first, message = uow.outbox.of_case(taken.id)
        lost = uow.keeping.never_sent()
    assert (again.revision, message.revision, message.kind, lost) == (3, 3, "case.withdrawn", ())
    assert {ref.sha256 for ref in message.attachments} == {ref.sha256 for ref in first.attachments}
    assert again.content["sent_anew"][0]["lost"] == [2]
    (row,) = queries.case_rows(desk)
    assert row.sync == "waiting"
    with pytest.raises(Refused, match="不用补送"):
        send_lost(desk, taken.id)


# --- setting up --------------------------------------------------------------------------------------------------------


def test_what_enrolment_brought_is_kept(store: Store) -> None:
    with pytest.raises(StorageProblem, match="没有登记"):
        hall_of(store)
    enrolled(store, StandingClock(), Enrolled(HALL, "w-1", b"seal", b"sign"), b"private", b"public")
    assert hall_of(store) == HALL
    assert keys_of(store) == (
        "w-1",
        {"private": b"private", "public": b"public"},
        {"sealing": b"seal", "signing": b"sign"},
    )


def test_clerks_are_added_by_an_admin_and_sign_in_while_active(store: Store) -> None:
    clock = StandingClock()
    boss = Acting("boss", Role.ADMIN)
    add_clerk(store, clock, Clerk("boss", "管理员", Role.ADMIN), Acting("setup", None), has_slot=False)
    add_clerk(store, clock, Clerk("wangmin", "王敏", Role.CLERK), boss, has_slot=False)
    add_clerk(store, clock, Clerk("gone", "已离岗", Role.CLERK, active=False), boss, has_slot=False)
    with pytest.raises(Refused, match="已经有人"):
        add_clerk(store, clock, Clerk("wangmin", "别人", Role.CHIEF), boss, has_slot=True)
    with pytest.raises(Refused, match="管理员"):
        add_clerk(store, clock, Clerk("x", "某", Role.CLERK), Acting("wangmin", Role.CLERK), has_slot=False)
    assert sign_in(store, clock, "wangmin").name == "王敏"
    for login in ("gone", "nobody"):
        with pytest.raises(Refused, match="停用"):
            sign_in(store, clock, login)
    with store.begin(reading=True) as uow:
        text = repr(list(uow.journal.entries()))
    assert "王敏" not in text
    assert bytes_hash(b"") not in text
