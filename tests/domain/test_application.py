"""What is handed in: read strictly, back as it was, and what a signature binds to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.application import Application, Given, shown_hash
from clerk_app.domain.draft import Draft, application_of
from clerk_app.domain.hall import MAY_SEE_CASES, MAY_TAKE_CASES, Hall, Role
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.outbox import AttachmentRef
from clerk_app.domain.people import DocumentKind, IdentityMeans, Person, Verification
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from tests.domain.test_case import a_case

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
people = st.builds(
    Person, texts, document_number=st.just("E1"), phone=texts, means=st.sampled_from(IdentityMeans),
    verification=st.sampled_from(Verification), document_kind=st.just(DocumentKind.PASSPORT),
)  # fmt: skip
givens = st.builds(
    Given,
    st.sampled_from(WayKind),
    st.lists(texts, max_size=2).map(tuple),
    texts,
    st.none() | st.sampled_from(Verification),
    st.lists(texts, max_size=2).map(tuple),
)
points = st.tuples(*[st.integers(0, 10_000)] * 4)
signatures = st.builds(
    Signature, st.sampled_from(["pad", "paper"]), texts, st.lists(st.lists(points).map(tuple), max_size=2).map(tuple)
)
applications = st.builds(
    Application,
    texts,
    people,
    st.none() | people,
    st.lists(texts, max_size=2).map(tuple),
    st.dictionaries(texts, texts, max_size=2),
    st.dictionaries(texts, givens, max_size=2),
    st.dictionaries(texts, texts, max_size=2),
    texts,
    st.none() | signatures,
    texts,
)
ROWS = [("办什么事", "养老待遇申领"), ("发放账户", "****5678")]
WHOLE = Application("pension", Person("冉样例"), fields={"account": "62140000005678"})


@given(applications)
def test_an_application_comes_back_from_json(application: Application) -> None:
    assert Application.from_json(json.loads(json.dumps(application.to_json()))) == application


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(WHOLE.to_json())), anything)
def test_a_foreign_value_anywhere_is_one_of_the_named_errors(key: str, value: Any) -> None:
    data = {**WHOLE.to_json(), key: value}
    try:
        read = Application.from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    json.dumps(read.to_json())


@given(
    st.dictionaries(
        st.sampled_from(["agent.name", "applicant.name", "answer.a", "field.f", "material.m", "parts"]), anything
    )
)
def test_a_foreign_draft_is_one_of_the_named_errors(values: dict[str, Any]) -> None:
    try:
        application_of(Draft("d", "", 0, 0, values))
    except (ValueError, KeyError, TypeError, AttributeError):
        return


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "thumb", "shown_sha256": "x"},
        {"kind": "pad", "shown_sha256": 3},
        {"kind": "pad", "shown_sha256": "x", "strokes": [[[1, 2, 3]]]},
        {"kind": "pad", "shown_sha256": "x", "strokes": [[[1, 2, 3, 0.5]]]},
        {"kind": "pad", "shown_sha256": "x", "strokes": [[[1, 2, 3, True]]]},
    ],
)
def test_a_signature_that_is_none_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        Signature.from_json(data)


def test_the_hash_binds_the_rows_their_order_and_what_is_behind_them() -> None:
    base = shown_hash(ROWS, WHOLE)
    assert shown_hash(list(ROWS), replace(WHOLE)) == base
    assert shown_hash(ROWS[::-1], WHOLE) != base
    assert shown_hash([("办什么事养老", "待遇申领"), ROWS[1]], WHOLE) != base
    assert shown_hash(ROWS, replace(WHOLE, fields={"account": "62149999995678"})) != base  # the same masked row
    assert shown_hash(ROWS, replace(WHOLE, signature=Signature("paper", base))) == base  # it cannot hold itself


def test_what_is_known_of_people_need_not_be_asked() -> None:
    agent = Person("田样例", phone="13900000000")
    known = replace(WHOLE, agent=agent).known()
    assert known == {"applicant.name": "冉样例", "agent.name": "田样例", "agent.phone": "13900000000"}


def test_a_message_names_its_case_and_opens_its_pages() -> None:
    ref = AttachmentRef("a" * 64, "b" * 64, 10, 38, "image/jpeg")
    body = json.loads(message_body("m", MessageKind.ACCEPTED, a_case(), (ref,), {"a" * 64: b"key"}))
    assert body["attachments"] == [
        {
            "sha256": "a" * 64,
            "blob_sha256": "b" * 64,
            "size": 10,
            "blob_size": 38,
            "media_type": "image/jpeg",
            "key": "a2V5",
        }
    ]
    assert (body["message_id"], body["kind"], body["case"]["case_id"]) == ("m", "case.accepted", "c" * 32)


def test_roles_are_apart() -> None:
    """§8.4: an admin sees no case content, an auditor only logs."""
    assert MAY_TAKE_CASES < MAY_SEE_CASES
    assert not MAY_SEE_CASES & {Role.ADMIN, Role.AUDITOR}


def test_a_hall_comes_back_from_json() -> None:
    hall = Hall("500199", "演示镇便民服务中心", "演示", "03", 2, "http://127.0.0.1:1", "023", sample=True)
    assert Hall.from_json(json.loads(json.dumps(hall.to_json()))) == hall
    with pytest.raises(KeyError):
        Hall.from_json({})
