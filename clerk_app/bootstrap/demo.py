"""The demo hall (样例): its own gateway, one clerk 王敏, a simulated camera; and the whole main job without a window."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from clerk_app.bootstrap.eyes import SAMPLE_PERSON, DemoDesk, classify, recognise_camera
from clerk_app.bootstrap.gateway import DEMO_FOLDER, GatewayProcess, gateway_office
from clerk_app.bootstrap.house import House, found_window, house, note_hall, open_store, sign_in
from clerk_app.bootstrap.line import sync_once
from clerk_app.bootstrap.paper import print_waiting
from clerk_app.bootstrap.people import add_clerk
from clerk_app.bootstrap.readers import DEMO as READER
from clerk_app.bootstrap.readers import read_card
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Outcome
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import FORM_NAMES
from clerk_app.domain.people import id_number_fault, mask_id
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.durable import make_folder
from clerk_app.errors import Bug, Refused, StorageProblem
from clerk_app.settings import Settings
from clerk_app.usecases import intake, setup
from clerk_app.usecases.accept import Accepted, accept_draft
from clerk_app.usecases.consent import give_consent
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import plan
from clerk_app.usecases.queries import case_detail
from local_db.single_instance import WindowLock
from ui.services import CodeNote

HALL, WINDOW = "500199", "03"
LOGIN, NAME, PIN = "wangmin", "王敏", "246810"
CARD_FIELDS = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "id_number": "号码",
}
ITEM, QUESTION = "pension-claim", "领养老金"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo hall. ``gateway``: the gateway's data folder."""

    data: Path
    gateway: Path


@contextmanager
def demo_hall(data: Path, name: str = "演示镇便民服务中心") -> Iterator[Demo]:
    """Start the gateway, set the window up if it is not; stop the gateway at the end.

    Raises:
        StorageProblem: the folder cannot be made, or a demo runs on it already.
    """
    gateway = data / DEMO_FOLDER
    try:
        make_folder(gateway)
    except OSError as error:
        raise StorageProblem("建不了演示文件夹。", what_to_do="请换一个文件夹，或检查磁盘和权限。") from error
    with WindowLock(gateway):  # a second demo on the same folder would take the first one's gateway away
        yield from _running_hall(data, gateway, name)


def _running_hall(data: Path, gateway: Path, name: str) -> Iterator[Demo]:
    process = GatewayProcess(gateway)
    try:
        if not (data / "vault.json").exists():
            with gateway_office(gateway) as office:
                token = office.enrol_token(HALL, WINDOW, name=name)
            found_window(data, process.url, token, HALL, WINDOW)
        home = house(Settings(data))
        if LOGIN not in home.vault.logins():
            add_clerk(data, LOGIN, NAME, Role.CLERK, PIN, by="")
        _follow_gateway(data, process.url)
        yield Demo(data, gateway)
    finally:
        process.stop()


def _follow_gateway(data: Path, url: str) -> None:
    """The demo's gateway has a new port at each start: note it."""
    home = house(Settings(data))
    store = open_store(home, home.vault.unlock(LOGIN, PIN))
    try:
        hall = setup.hall_of(store)
        if hall.gateway != url:
            moved = replace(hall, gateway=url)
            setup.move_gateway(store, moved)
            note_hall(data, moved)
    finally:
        store.close()


def walk_main_job(demo: Demo) -> Iterator[dict[str, Json]]:
    """The ten steps of the main job on real input, each yielded once it is done. Raises whatever went wrong."""
    home = house(Settings(demo.data, demo=True))
    desk = sign_in(home, LOGIN, PIN)
    try:
        yield _step(1, "登录", f"{desk.session.name}（{LOGIN}）离线登录，数据库已解锁；{home.vault.protection()}")
        desk_before_camera = DemoDesk(demo.data)
        desk_before_camera.draw()
        seen: dict[SeenKind, Seen] = {}
        for thing in recognise_camera(str(desk_before_camera.folder)):
            if thing.kind is SeenKind.CODE:
                note = classify(
                    thing.text
                )  # at once: a code is good for a minute, and a slow machine takes longer for the rest
            seen[thing.kind] = thing
        draft_id, text = _identify(desk, seen, note)
        yield _step(2, "识别申请人", text)
        hits = desk.catalogue.search(QUESTION, 5)
        intake.choose(desk, draft_id, ITEM)
        found = next((n for n, hit in enumerate(hits, 1) if hit.id == ITEM), 0)
        yield _step(3, "找事项", f"搜“{QUESTION}”，第 {found} 条：{desk.catalogue.item(ITEM).name}")
        yield _step(4, "情形与材料", _materials(desk, draft_id, seen))
        yield _step(5, "填表", _fill(desk, draft_id))
        yield _step(6, "申请人确认", _confirm(desk, draft_id))
        accepted = accept_draft(desk, draft_id)
        yield _step(7, "受理", _accepted(accepted), case_id=accepted.case.id, local_number=accepted.case.local_number)
        papers = print_waiting(desk, demo.data / "export")
        names = "、".join(f"{FORM_NAMES[form]}（{path.name}）" for form, path in papers)
        yield _step(8, "打印", f"{names}，在 export 文件夹", files=[str(path) for _form, path in papers])
        yield _step(9, "同步", _deliver(home, desk, demo, accepted))
        yield _step(10, "办结", _decide(home, desk, demo, accepted))
    finally:
        desk.store.close()


def _step(number: int, title: str, text: str, **more: Json) -> dict[str, Json]:
    return {"step": number, "title": title, "text": text, **more}


def _identify(desk: Desk, seen: dict[SeenKind, Seen], note: CodeNote) -> tuple[str, str]:
    person = SAMPLE_PEOPLE[SAMPLE_PERSON]
    draft_id = intake.open_draft(desk).id
    if not note.ours:
        raise Refused(note.sentence)
    for kind in (SeenKind.CODE, SeenKind.ID_FRONT, SeenKind.ID_BACK):
        intake.take_seen(desk, draft_id, seen[kind])
    told = _chip(desk, draft_id)
    read = seen[SeenKind.ID_FRONT]
    printed = {
        **{name: getattr(person, name) for name in CARD_FIELDS if name != "id_number"},
        "id_number": person.id_number,
    }
    wrong = [name for name in CARD_FIELDS if read.fields.get(name) != printed[name]]
    values: dict[str, Json] = {_applicant_key(name): printed[name] for name in wrong}
    intake.save(desk, draft_id, {**values, "applicant.phone": "13800000000"})
    for name in read.doubtful:
        intake.looked_at(desk, draft_id, _applicant_key(name).removeprefix("applicant."))
    view = plan(desk, intake.load(desk, draft_id))
    if view.applicant_faults:
        raise Refused("样例人员的信息对不上。", reasons=tuple(view.applicant_faults.values()))
    doubt = "、".join(CARD_FIELDS[name] for name in read.doubtful) or "无"
    mended = "、".join(CARD_FIELDS[name] for name in wrong) or "无"
    taken = view.application.applicant
    fault = id_number_fault(taken.document_number, desk.clock.now().legal_date)
    return draft_id, (
        f"{note.label}；身份证正反面已读：{taken.name} {mask_id(taken.document_number)}，号码校验{'没过' if fault else '通过'}；"
        f"机器拿不准、由人看过的：{doubt}；由人改过的：{mended}；证件有效期至 {seen[SeenKind.ID_BACK].fields.get('valid_to', '')}{told}"
    )


def _chip(desk: Desk, draft_id: str) -> str:
    """The same card on the emulated reader, where there are pseudo-terminals (Linux)."""
    if sys.platform == "win32":
        return ""
    intake.take_seen(desk, draft_id, read_card(READER))
    differs = intake.load(desk, draft_id).values.get("card.differs")
    return f"；模拟读卡器：{'芯片和证面不一样' if differs else '芯片已读，和证面没有不一样'}"


def _applicant_key(name: str) -> str:
    """The draft's key for a field of the card."""
    return "applicant.document_number" if name == "id_number" else f"applicant.{name}"


def _materials(desk: Desk, draft_id: str, seen: dict[SeenKind, Seen]) -> str:
    intake.save(desk, draft_id, {"answer.paid_elsewhere": "yes"})
    view = plan(desk, intake.load(desk, draft_id))
    words = []
    for row in view.rows:
        if not row.needed:
            continue
        if row.until:
            deferred = {"way": WayKind.DEFER.value, "until": row.until.isoformat()}
            intake.save(desk, draft_id, {f"material.{row.material.id}": deferred})
            words.append(f"{row.material.name} 容缺（{row.until.isoformat()} 前补）")
        elif row.material.id == "social_security_card" and SeenKind.PAGE in seen:
            page, reason = seen[SeenKind.PAGE].page_jpeg, intake.PAPER_REASONS[0]
            intake.add_page(desk, draft_id, row.material.id, page, WayKind.CAPTURE.value, reason=reason)
            words.append(f"{row.material.name} 高拍 1 页")
        elif row.given:
            waived = row.given.way in (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA)
            words.append(f"{row.material.name} {'免交（待联网核验）' if waived else '窗口填写'}")
    return "；".join(words)


def _fill(desk: Desk, draft_id: str) -> str:
    sample = {"month": "180", "account": "6210000000000000000", "phone": "13900000000"}
    view = plan(desk, intake.load(desk, draft_id))
    for field in view.fields:
        value = field.default or _sample_value(field.type.value, [choice.value for choice in field.choices], sample)
        intake.save(desk, draft_id, {f"field.{field.id}": value})
    view = plan(desk, intake.load(desk, draft_id))
    if view.scheme is None:
        raise Bug("the item was chosen")
    asked = len(view.fields)
    return f"只填 {asked} 项，{len(view.scheme.fields) - asked} 项已知不再问；每项填完就存盘"


def _sample_value(kind: str, choices: list[str], sample: dict[str, str]) -> str:
    by_type = {
        "number": sample["month"],
        "money": "100",
        "account": sample["account"],
        "phone": sample["phone"],
        "date": "2005-01-15",
        "yes_no": "no",
        "name": "冉小雨",
        "id_number": "500199199508174025",
        "address": "重庆市演示区演示镇样例路18号2-3",
    }
    return choices[0] if choices else by_type.get(kind, "样例")


def _confirm(desk: Desk, draft_id: str) -> str:
    view = plan(desk, intake.load(desk, draft_id))
    if view.unconsented:  # the applicant is asked for their sensitive data first, by itself
        view = intake.plan(desk, give_consent(desk, draft_id))
    strokes = tuple(
        tuple((1500 + n * 90 + s * 1200, 3000 + (n * n) % 900, (s * 30 + n) * 10, 500) for n in range(20))
        for s in range(3)
    )
    signature = Signature("pad", view.shown_sha256, strokes)
    intake.save(desk, draft_id, {"signature": signature.to_json(), "step": "confirm"})
    view = plan(desk, intake.load(desk, draft_id))
    if view.obstacles:
        raise Refused("还不能受理。", reasons=view.obstacles)
    return f"第二屏共 {len(view.shown)} 行，签名 {len(strokes)} 笔（样例笔迹），绑定内容指纹 {view.shown_sha256[:12]}…"


def _accepted(accepted: Accepted) -> str:
    case = accepted.case
    estimated = "（预估）" if case.deadline["estimated"] else ""
    return f"受理编号 {case.local_number}，最迟 {case.deadline['day']}{estimated} 办结；办件、日志、待发消息、打印任务同一事务写盘"


def _deliver(home: House, desk: Desk, demo: Demo, accepted: Accepted) -> str:
    summary, trouble = sync_once(home, desk, until_empty=True)
    if trouble:
        raise trouble
    with gateway_office(demo.gateway) as office:
        office.tick()
    sync_once(home, desk, until_empty=True)
    detail = case_detail(desk, accepted.case.id)
    return (
        f"送出 {summary['sent']} 件、{summary['bytes']} 字节；前置回执 {detail.row.gateway_receipt}；"
        f"平台编号 {detail.row.case_number or '待换发'}；内容指纹 {detail.content_sha256[:12]}…"
    )


def _decide(home: House, desk: Desk, demo: Demo, accepted: Accepted) -> str:
    with gateway_office(demo.gateway) as office:
        office.decide(accepted.case.id, Outcome.GRANTED.value, "样例办结")
    sync_once(home, desk, until_empty=True)
    return f"后台办结后下一次同步到达窗口：{case_detail(desk, accepted.case.id).row.state_text}"
