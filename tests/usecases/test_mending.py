"""置顶, 原样重送 and 更正后重送: a refused message never changes and never blocks; a new revision goes in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.canonical import bytes_hash, parse_json
from clerk_app.domain.case import Case
from clerk_app.domain.outbox import Delivery, acknowledged, due, refused
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.day_end import close_day, day_end, slip
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.mending import mend, mendable, pin, send_again
from clerk_app.usecases.queries import case_detail, sync_rows
from tests.fakes.desk import fill, newborn, pension


@pytest.fixture
def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


def turn_back(desk: Desk, case: Case, code: str = "R112", reason: str = "居住地编码已停用") -> None:
    with desk.store.begin() as uow:
        uow.outbox.save_all([refused(each, code, reason) for each in uow.outbox.of_case(case.id)])
        uow.commit()


def messages(desk: Desk, case: Case) -> list[tuple[int, Delivery]]:
    with desk.store.begin(reading=True) as uow:
        return [(each.revision, each.state) for each in uow.outbox.of_case(case.id)]


def test_a_mended_case_is_a_new_revision_with_a_message_of_its_own(desk: Desk, taken: Case) -> None:
    turn_back(desk, taken)
    found = mendable(desk, taken.id)
    assert (found.code, found.reason, found.as_it_is) == ("R112", "居住地编码已停用", False)
    key, name, before = found.texts[0]
    assert (key, name) == ("applicant.phone", "联系电话")
    with desk.store.begin(reading=True) as uow:
        (old,) = uow.outbox.of_case(taken.id)
    mended = mend(desk, taken.id, {key: "13900000000"}, "电话少一位")
    assert before != "13900000000"
    assert (mended.revision, mended.state) == (2, taken.state)
    assert messages(desk, taken) == [(1, Delivery.REPLACED), (2, Delivery.WAITING)]
    with desk.store.begin(reading=True) as uow:
        kept, new = uow.outbox.of_case(taken.id)
        assert due(uow.outbox.queue(), 0) != ()
    assert kept.body == old.body  # never changed
    assert kept.refusal_reason == "居住地编码已停用"
    body = parse_json(new.body)
    assert body["case"]["content"]["applicant"]["phone"] == "13900000000"
    (note,) = body["case"]["content"]["mended"]
    assert (note["reason"], note["signature"], note["keys"]) == ("电话少一位", "resign", ["applicant.phone"])
    assert bytes_hash(new.body) == new.body_sha256
    assert new.kind == old.kind
    assert ("更正后重送" in [what for _, what, _ in case_detail(desk, taken.id).journal]) is True
    with pytest.raises(Refused, match="没有被退回"):
        mend(desk, taken.id, {key: "1"}, "又改")


def test_nothing_is_mended_without_a_reason_a_change_or_a_known_key(desk: Desk, taken: Case) -> None:
    turn_back(desk, taken)
    key, _, value = mendable(desk, taken.id).texts[0]
    for changes, reason in (
        ({key: "139"}, "  "),
        ({key: value}, "原因"),
        ({}, "原因"),
        ({"applicant.name": "x"}, "原因"),
    ):
        with pytest.raises(Refused):
            mend(desk, taken.id, changes, reason)
    with pytest.raises(Refused):
        mend(desk, taken.id, {"fields.nothing": "x"}, "原因")
    assert messages(desk, taken) == [(1, Delivery.REFUSED)]


def test_a_refusal_of_the_window_goes_again_as_it_is(desk: Desk, taken: Case) -> None:
    turn_back(desk, taken, "R110", "前置打不开")
    assert mendable(desk, taken.id).as_it_is
    assert send_again(desk, taken.id) == 1
    assert messages(desk, taken) == [(1, Delivery.WAITING)]
    with pytest.raises(Refused):
        send_again(desk, taken.id)


def test_a_pinned_case_goes_first_with_its_package_and_parts(desk: Desk, taken: Case) -> None:
    package = accept_draft(desk, fill(desk, newborn()).id)
    with desk.store.begin(reading=True) as uow:
        assert due(uow.outbox.queue(), 0)[0].case_id == taken.id
    assert pin(desk, package.parts[0].id) == 1 + len(package.parts)
    with desk.store.begin(reading=True) as uow:
        order = [each.case_id for each in due(uow.outbox.queue(), 0)]
    assert order[0] == package.case.id  # a part waits for its package, so the package is pulled along
    assert order[-1] == taken.id
    with desk.store.begin() as uow:
        uow.outbox.save_all([acknowledged(each, "QZ-1") for each in uow.outbox.of_case(taken.id)])
        for message in uow.outbox.of_case(taken.id):
            done = frozenset(ref.blob_sha256 for ref in message.attachments)
            uow.outbox.save(replace(message, blobs_done=done))
        uow.commit()
    with pytest.raises(Refused, match="没有要送的"):
        pin(desk, taken.id)


def test_the_screen_shows_every_case_on_its_way_refused_first(desk: Desk, taken: Case) -> None:
    second = accept_draft(desk, fill(desk, pension()).id).case
    turn_back(desk, second)
    assert [(row.case_id, row.sync) for row in sync_rows(desk)] == [(second.id, "refused"), (taken.id, "waiting")]
    with desk.store.begin() as uow:
        uow.outbox.note_carried([each.id for each in uow.outbox.of_case(taken.id)], "b", desk.clock.now().utc_ms)
        uow.commit()
    assert "写到 U 盘，等回执" in sync_rows(desk)[1].sync_text


def test_the_day_ends_with_every_case_by_name(desk: Desk, taken: Case) -> None:
    second = accept_draft(desk, fill(desk, pension()).id).case
    with desk.store.begin() as uow:
        for message in uow.outbox.of_case(second.id):
            done = frozenset(ref.blob_sha256 for ref in message.attachments)
            uow.outbox.save(replace(acknowledged(message, "QZ500199-20261121-000001"), blobs_done=done))
        uow.commit()
    end = day_end(desk)
    assert [row.case_id for row in end.not_at_gateway] == [taken.id]
    assert [row.case_id for row in end.not_at_platform] == [second.id]
    assert not end.is_clear
    title, rows, notes = slip(end, shift=True)
    assert title == "交接班单"
    assert ("未到前置", "1 件") in rows
    assert any(taken.local_number in line for line in notes)
    assert any(second.local_number in line for line in notes)
    assert "样例" not in "".join(row.applicant for row in end.not_at_gateway)  # masked
    close_day(desk, end, shift=True)
    with desk.store.begin(reading=True) as uow:
        last = uow.journal.last()
    assert last is not None
    assert (last.happening.verb, last.happening.detail["gateway"]) == ("shift.handed_over", "1")
