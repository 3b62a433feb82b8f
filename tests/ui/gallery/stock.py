"""What lies in the gallery's halls: people, cases in every state, drafts, visits; all made through the use cases (样例)."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from clerk_app.bootstrap.demo import HALL, LOGIN, NAME, PIN, WINDOW, demo_hall
from clerk_app.bootstrap.eyes import sample_page
from clerk_app.bootstrap.gateway import DEMO_FOLDER, GatewayProcess, Office, gateway_office
from clerk_app.bootstrap.house import House, found_window, house
from clerk_app.bootstrap.house import sign_in as desk_of
from clerk_app.bootstrap.line import sync_once
from clerk_app.bootstrap.people import add_clerk
from clerk_app.commands.case_json import read_case
from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.case import Case, Outcome
from clerk_app.domain.hall import Role
from clerk_app.domain.outbox import refused
from clerk_app.domain.people import IdentityMeans, Verification
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed, RunsOut
from clerk_app.settings import Settings
from clerk_app.usecases import emergency, guide_errors, intake, rate, template, visiting
from clerk_app.usecases.accept import accept_application, draft_values, give_notice, take_in
from clerk_app.usecases.consent import give_consent
from clerk_app.usecases.deciding import Handing, Receiver, deliver
from clerk_app.usecases.desk import Desk
from local_db.engine import connect

PEOPLE = (
    ("zhangli", "张立", Role.ADMIN),
    (LOGIN, NAME, Role.CLERK),
    ("lihua", "李华", Role.CLERK),
    ("chenlan", "陈岚", Role.CHIEF),
    ("sunping", "孙平", Role.AUDITOR),
)
LIU: Mapping[str, Json] = {
    "applicant.name": "刘桂芳",
    "applicant.document_number": "500199196203142467",
    "applicant.ethnicity": "土家族",
    "applicant.address": "重庆市演示区演示镇样例村3组12号",
    "applicant.phone": "13800000000",
    "applicant.means": IdentityMeans.ID_CARD_SCAN.value,
    "applicant.verification": Verification.MANUAL.value,
}
PENSION: Mapping[str, Json] = {
    "field.applicant.residence": "重庆市演示区演示镇样例村3组12号",
    "field.pension.insured_place": "重庆市演示区",
    "field.pension.paid_from": "2005-01-01",
    "field.pension.paid_to": "2021-12-31",
    "field.pension.paid_months": "204",
    "field.pension.other_benefit": "no",
    "field.payout.account": "6217000000000000001",
    "delivery": "本窗口领取",
}
LONG_NAME = "买买提吐尔逊·阿布都热合曼·艾力阿洪"
NOTE_FILE = "stock.json"


@dataclass(frozen=True, slots=True)
class Stock:
    """Names of the prepared drafts and cases, with their ids."""

    ids: Mapping[str, str]

    def save(self, folder: Path) -> None:
        (folder / NOTE_FILE).write_bytes(canonical_bytes(dict(self.ids)))

    @classmethod
    def of(cls, folder: Path) -> Stock:
        """Empty where the folder was not stocked."""
        file = folder / NOTE_FILE
        found = parse_json(file.read_bytes()) if file.exists() else {}
        return cls({str(key): str(value) for key, value in dict(found).items()})


def found_hall(data: Path) -> None:
    """A demo window with five people, the administrator first."""
    os.environ["CLERK_APP_PIN"] = PIN
    process = GatewayProcess(data / DEMO_FOLDER)
    try:
        with gateway_office(data / DEMO_FOLDER) as office:
            token = office.enrol_token(HALL, WINDOW, name="演示镇便民服务中心")
        found_window(data, process.url, token, HALL, WINDOW)
        for at, (login, name, role) in enumerate(PEOPLE):
            add_clerk(data, login, name, role, PIN, by=PEOPLE[0][0] if at else "")
    finally:
        process.stop()


def lose_enrolment(data: Path) -> None:
    """The rows are gone, as a damaged page takes them."""
    raw = connect(data / "clerk.db", house(Settings(data)).vault.unlock(PEOPLE[0][0], PIN).database_key)
    raw.execute("DELETE FROM config WHERE name = 'hall' OR name LIKE 'window.%'")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def fill_hall(data: Path) -> Stock:
    """A day's work in the founded hall; returns what was made."""
    ids: dict[str, str] = {}
    with demo_hall(data), gateway_office(data / DEMO_FOLDER) as office:
        home = house(Settings(data, demo=True))
        colleague = desk_of(home, "lihua", PIN)
        _draft(
            colleague, {**LIU, "applicant.name": "谭国梅", "applicant.document_number": "500199196811053820"}, "item"
        )
        colleague.store.close()
        desk = desk_of(home, LOGIN, PIN)
        try:
            _settled(home, desk, office, ids)
            today = desk.clock.now().legal_date
            _under_way(desk, ids, today)
            lay_visits(desk, today)
            emergency.reserve(desk, 6)
            guide_errors.report_error(desk, "pension-claim", "materials.household_register", "户口簿已经共享，不用交")
        finally:
            desk.store.close()
    made = Stock(ids)
    made.save(data)
    return made


def take(desk: Desk, item: str, seed: int) -> Case:
    """A case of a synthetic applicant, accepted by the rules of the counter."""
    data = template.samples(desk, item, {}, random.Random(seed), sample_page)
    return accept_application(desk, *read_case(data)).case


def _settled(home: House, desk: Desk, office: Office, ids: dict[str, str]) -> None:
    """Cases that went the whole way, some that came back with a result, one that asks for more."""
    items = ("pension-claim", "longevity-allowance", "social-card", "minimum-living", "newborn", "disability-allowance",
             "resident-medical-insurance", "temporary-relief", "pension-enrolment", "fertility-registration")  # fmt: skip
    cases = [take(desk, item, seed) for seed, item in enumerate(items, 3)]
    sent_back = take(desk, "destitute-support", 29)
    with desk.store.begin() as uow:  # as the courier writes the gateway's answer down
        uow.outbox.save_all([refused(each, "R112", "居住地编码已停用") for each in uow.outbox.of_case(sent_back.id)])
        uow.commit()
    _round(home, desk, office)
    for case, outcome in zip(cases[:5], (Outcome.GRANTED,) * 4 + (Outcome.REFUSED,), strict=True):
        office.decide(case.id, outcome.value, "样例办结")
    office.decide(cases[7].id, "补正", "缺收入证明")
    _round(home, desk, office)
    deliver(desk, cases[0].id, Receiver(Handing.APPLICANT))
    rate.rate(desk, cases[0].id, 5)
    ids |= {"delivered": cases[0].id, "finished": cases[1].id, "event": cases[4].id, "open": cases[5].id}
    ids |= {"correction": cases[7].id, "refused": sent_back.id}


def _round(home: House, desk: Desk, office: Office) -> None:
    sync_once(home, desk, until_empty=True)
    while office.tick():
        pass
    sync_once(home, desk, until_empty=True)


def _under_way(desk: Desk, ids: dict[str, str], today: dt.date) -> None:
    """Drafts at each step, a case only received, one with a one-time notice."""
    chosen = {**LIU, "item": "pension-claim"}
    answered = {**chosen, "answer.paid_elsewhere": "yes"}
    until = (today + dt.timedelta(days=7)).isoformat()
    deferred = {"material.multi_place_payment_proof": {"way": WayKind.DEFER.value, "until": until}}
    ids["notice"] = take_in(desk, _draft(desk, {**answered, "applicant.name": "向世友"}, "materials")).case.id
    house = {**LIU, "item": "rural-homestead", "answer.has_old_homestead": "no"}
    ids["noticed"] = give_notice(desk, _draft(desk, {**house, "applicant.name": "彭明光"}, "materials")).case.id
    ids["typing"] = _draft(
        desk, {"applicant.name": "陈志", "applicant.document_number": "50019919940230401"}, "applicant"
    )
    ids["item"] = _draft(desk, chosen, "item")
    ids["materials"] = _draft(desk, {**answered, **deferred}, "materials")
    ids["missing"] = _draft(desk, house, "materials")
    ids["form"] = _draft(desk, {**answered, **deferred, "field.pension.paid_from": "2005-02-30"}, "form")
    ready = {**answered, **deferred, **PENSION}
    ids["confirm"] = _draft(desk, ready, "confirm")
    ids["unsigned"] = _draft(desk, {**answered, **PENSION}, "confirm")
    ids["sensitive"] = _filled(desk, "disability-allowance", 41, "confirm")
    ids["newborn"] = _filled(desk, "newborn", 44, "form")
    long = {**ready, "applicant.name": LONG_NAME, "applicant.address": "重庆市演示区演示镇" + "样例路一百二十八号" * 6}
    ids["long"] = _draft(desk, long, "form")
    give_consent_where_due(desk, ids["confirm"])


def give_consent_where_due(desk: Desk, draft_id: str) -> None:
    """What the applicant agreed to before signing."""
    if intake.plan(desk, intake.load(desk, draft_id)).unconsented:
        give_consent(desk, draft_id)


def _filled(desk: Desk, entry: str, seed: int, step: str) -> str:
    """A draft of a synthetic applicant in which only the signature and pages are left."""
    application, _pages = read_case(template.samples(desk, entry, {}, random.Random(seed), sample_page))
    values = draft_values(replace(application, consents={}, signature=None), desk.clock.now())
    kept = {key: value for key, value in values.items() if not (isinstance(value, dict) and value.get("pages"))}
    return _draft(desk, {key: value for key, value in kept.items() if key != "received_at"}, step)


def _draft(desk: Desk, values: Mapping[str, Json], step: str) -> str:
    draft = intake.open_draft(desk)
    intake.save(desk, draft.id, {key: value for key, value in values.items() if key != "item"})
    if item := values.get("item"):
        intake.choose(desk, draft.id, str(item))
        intake.save(desk, draft.id, {"parts": values.get("parts") or None})
    intake.save(desk, draft.id, {"step": step})
    return draft.id


def lay_visits(desk: Desk, today: dt.date) -> None:
    """Sample people in the register, somebody whose term runs out soon, and the same visits on the day of the stock and the next: the
    last picture may be taken after midnight."""
    consent = Consent(ConsentBy.SELF, ConsentHow.SIGNED, today, today + dt.timedelta(365))
    where = "演示镇样例路18号"
    li = Listed("", "李秀样", "50019919440208562X", (Group.OLD, Group.FRAIL), "听力不好", where, grid="样例社区 3 网格",
                consent=consent)  # fmt: skip
    chen = Listed("", "陈大样", "", (Group.DISABLED,), "要轮椅", where, guardian="陈志样", consent=consent)
    ran = Listed("", "冉启样", "", (Group.OLD,), "行动不便", "演示镇河坝村6组", phone="13900000000", consent=consent)
    soon = (RunsOut("养老待遇资格认证", today + dt.timedelta(9), "pension-claim"),)
    he = Listed("", "何光样", "50019919350716141X", (Group.OLD,), "独居", where, consent=consent, runs_out=soon)
    kept = [visiting.keep_person(desk, each) for each in (li, chen, ran, he)]
    for day in (today, today + dt.timedelta(days=1)):
        visiting.plan_visit(desk, kept[0].id, day, "09:10", ("longevity-allowance",), "户口簿", "")
        visiting.plan_visit(desk, kept[1].id, day, "10:30", ("disability-allowance",), "残疾证、银行卡", "")
        visiting.plan_visit(desk, kept[2].id, day, "15:20", ("social-card",), "", "本人来电")
    visiting.set_out(desk, visiting.day_of(desk, today).stops[0].visit.id)
