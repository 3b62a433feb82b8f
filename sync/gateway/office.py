"""The back office, on the data folder itself, beside a running gateway or without one: look, number, decide, read what windows
found wrong in guides, tell the district's windows of a new catalogue and of broken promises.

``enrol_token`` and ``revoke`` are in windows.py.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, or_, select, update

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Outcome
from clerk_app.domain.feed import NewsKind, Scope
from clerk_app.domain.guide_report import report_from_body
from clerk_app.domain.versions import Version
from clerk_app.errors import BadInput, KeyProblem, Refused
from sync.gateway import feed, forwarding, schema
from sync.gateway.gateway import Gateway
from sync.gateway.opening import open_body, stored_envelope

CORRECTION = "补正"
RESULTS = (*(outcome.value for outcome in Outcome), CORRECTION)
_CHINA = dt.timezone(dt.timedelta(hours=8))
_PEOPLE_AT_ONCE = 5000


def dump(gateway: Gateway) -> Iterator[dict[str, Json]]:
    """One row for each case held, in order of arrival; ``attachments``: the pages that are here whole and proved."""
    cases, named, blobs = schema.case, schema.attachment, schema.blob
    with gateway.store.reading() as connection:
        whole: dict[str, list[str]] = {}
        joined = named.join(blobs, named.c.blob_sha256 == blobs.c.blob_sha256)
        query = select(named.c.case_id, named.c.sha256).select_from(joined).where(blobs.c.complete_ms > 0)
        for row in connection.execute(query.order_by(named.c.message_id, named.c.position)):
            pages = whole.setdefault(row.case_id, [])
            if row.sha256 not in pages:
                pages.append(row.sha256)
        rows = connection.execute(select(cases).order_by(cases.c.ordinal)).all()
    for row in rows:
        line: dict[str, Json] = {
            "case_id": row.case_id,
            "gateway_receipt": row.receipt,
            "case_number": row.case_number or "",
            "content_sha256": row.content_sha256,
            "attachments": whole.get(row.case_id, []),
            "received_at": _china_time(row.received_ms),
        }
        if row.parent:
            line["parent"] = row.parent
        yield line


def reports(gateway: Gateway) -> Iterator[dict[str, Json]]:
    """One row for each error in a guide that a clerk reported, in order of arrival.

    Raises:
        KeyProblem: the gateway's keys are not those that the reports were sealed to.
    """
    table = schema.report
    with gateway.store.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.received_ms, table.c.receipt)).all()
    for row in rows:
        try:
            report = report_from_body(open_body(gateway, stored_envelope(row)))
        except ValueError as error:
            raise KeyProblem(
                "前置的密钥打不开已存的纠错。", what_is_safe="纠错都在前置。", what_to_do="请用备份恢复密钥文件。"
            ) from error
        received = {"clerk": row.clerk, "received_at": _china_time(row.received_ms)}
        yield {"receipt": row.receipt, **report.to_json(), **received}


def _china_time(utc_ms: int) -> str:
    return dt.datetime.fromtimestamp(utc_ms / 1000, tz=_CHINA).isoformat(timespec="milliseconds")


def tick(gateway: Gateway) -> int:
    """Hand on what waits for the platform, and tell the windows the numbers that came back. Returns how many.

    Raises:
        LineProblem: the platform does not answer; what was numbered stays so. StorageProblem.
    """
    return take_answers(gateway) + forwarding.one_round(gateway)


def take_answers(gateway: Gateway) -> int:
    """Numbers and results that the platform told later. Returns how many numbers were new."""
    numbered = 0
    for answer in gateway.platform.answers():
        understood = True
        try:
            if answer.case_number:
                numbered += _take_number(gateway, answer.case_id, answer.case_number)
            if answer.result:
                decide(gateway, answer.case_id, answer.result, answer.note)
        except Refused:
            understood = False
        gateway.platform.settle(answer.mark, understood=understood)
    return numbered


def _take_number(gateway: Gateway, case_id: str, number: str) -> int:
    """Raises Refused when the gateway does not hold the case, or the number belongs to another."""
    cases = schema.case
    with gateway.store.transaction() as connection:
        held = connection.execute(select(cases.c.case_id).where(cases.c.case_id == case_id)).first()
        other = select(cases.c.case_id).where(cases.c.case_number == number, cases.c.case_id != case_id)
        if held is None or connection.execute(other).first() is not None:
            raise Refused("前置没有这件办件，或编号已属于别的办件。", what_is_safe="没有改动任何数据。")
        return forwarding.note_numbers(connection, gateway.clock.now().utc_ms, {case_id: number})


def decide(gateway: Gateway, case_id_or_number: str, result: str, note: str = "") -> dict[str, Json]:
    """Act as the back office: finish a case with a result (准予, 不予, 撤回, 终止) or ask for a correction (补正).

    The case goes by its id, gateway receipt or platform number. Deciding the same again says the same and adds nothing.

    Raises:
        BadInput: no such result. Refused: no such case, pages still missing, or decided otherwise before.
    """
    if result not in RESULTS:
        raise BadInput(f"没有“{result}”这种结果。", what_to_do=f"可选：{'、'.join(RESULTS)}。")
    row = _find(gateway, case_id_or_number)
    if row.case_number is None:
        forwarding.one_round(gateway)
        row = _find(gateway, case_id_or_number)
    if row.case_number is None:
        raise Refused("这件的附件还没有到齐。", what_is_safe="没有改动任何数据。", what_to_do="等窗口送完附件后再办。")
    cases, now_ms = schema.case, gateway.clock.now().utc_ms
    with gateway.store.transaction() as connection:
        current = connection.execute(select(cases).where(cases.c.case_id == row.case_id).with_for_update()).one()
        target = feed.owner_target(current)
        body: dict[str, Json] = {"case_id": current.case_id, "revision": current.revision}
        told: dict[str, Json] = {"case_id": current.case_id, "case_number": current.case_number, "result": result}
        if current.result and current.result != result:
            raise Refused(f"这件已经办结（{current.result}）。", what_is_safe="没有改动任何数据。")
        if result == CORRECTION:
            body["reasons"] = [note] if note else []
            feed.append(connection, now_ms, NewsKind.CORRECTION.value, body, target=target)
        elif not current.result:
            connection.execute(update(cases).where(cases.c.case_id == current.case_id).values(result=result))
            entry = {**body, "result": result, "note": note}
            feed.append(connection, now_ms, NewsKind.DECIDED.value, entry, target=target)
    return told


def publish_catalogue(gateway: Gateway, version: str, package: bytes) -> int:
    """Send a signed package to every window of the district; returns the feed's cursor.

    Raises:
        Refused: too large for the feed; it travels as a file then.
    """
    text = base64.b64encode(package).decode("ascii")
    if len(text) > feed.LARGEST_ENTRY:
        raise Refused(
            "目录包太大，不能随消息下发。", what_is_safe="没有发布。", what_to_do="请把目录包文件发到各窗口导入。"
        )
    return feed.publish(gateway, NewsKind.CATALOGUE.value, {"version": version, "package": text})


def pin_program(gateway: Gateway, version: str, hall: str = "") -> int:
    """Hold the windows of a hall, or of the district, at a version of the program; an empty one lets go. Returns the cursor.

    Raises:
        Refused: this is no version.
    """
    if version:
        try:
            Version.parse(version)
        except ValueError as error:
            raise Refused("版本号写得不对。", what_is_safe="没有下发。", what_to_do="请写成 0.2.0 这样。") from error
    scope = Scope.HALL if hall else Scope.DISTRICT
    return feed.publish(gateway, NewsKind.PROGRAM_PINNED.value, {"version": version}, scope=scope, target=hall)


def tell_promises(gateway: Gateway, people: Sequence[str], *, lifted: bool) -> int:
    """Who broke a promise (失信), or is on the list no more (信用修复), to every window of the district, by hash only
    (usecases/knowing.py); returns how many people.

    Raises:
        Refused: nobody is named, or too many at once.
    """
    told = sorted(set(people))
    if not 1 <= len(told) <= _PEOPLE_AT_ONCE:
        raise Refused(f"一次写 1 到 {_PEOPLE_AT_ONCE} 人。", what_is_safe="没有下发。")
    feed.publish(gateway, NewsKind.PROMISE_BROKEN.value, {"people": told, "lifted": lifted})
    return len(told)


def _find(gateway: Gateway, text: str) -> Row[*tuple[Any, ...]]:
    cases = schema.case
    wanted = or_(cases.c.case_id == text, cases.c.receipt == text, cases.c.case_number == text)
    with gateway.store.reading() as connection:
        row = connection.execute(select(cases).where(wanted)).first()
    if row is None:
        raise Refused(
            "前置没有这件办件。", what_is_safe="没有改动任何数据。", what_to_do="请核对编号，或等窗口同步后再试。"
        )
    return row
