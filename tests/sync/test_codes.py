"""A scanned code over real HTTP: resolved for the sample hall, expired, foreign, sealed for another window; hostile questions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.bootstrap.demo_codes import DEMO_HALL, DEMO_SECRET, DemoResolver
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.yukuai import make_demo_code
from clerk_app.domain.identity import CodeAnswer, CodeStatus
from clerk_app.errors import LineProblem, Refused
from sync.code_wire import answer_bytes, answer_from_bytes, ask_from_bytes, context, plain_bytes, plain_from_bytes
from tests.sync.hall import SUITE, GatewayProcess, Window

NOW = 1_795_000_000_000


def ask(gateway: GatewayProcess, window: Window, code: str, *, for_window: str = "") -> CodeAnswer:
    at_ms = int(time.time() * 1000)
    sealed = SUITE.seal_to(
        window.enrolled.gateway_sealing_public,
        plain_bytes(code, at_ms),
        context(for_window or window.enrolled.window_id),
    )
    return window.centre(gateway.url).resolve_code(SUITE.id, sealed)


def test_a_fresh_demo_code_names_its_sample_person_and_is_labelled(gateway: GatewayProcess, window: Window) -> None:
    code = make_demo_code("demo-liu_guifang", secret=DEMO_SECRET, now=int(time.time()))
    answer = ask(gateway, window, code)
    assert (answer.status, answer.label) == (CodeStatus.RESOLVED, "演示码")
    assert answer.fields["id_number"] == SAMPLE_PEOPLE["liu_guifang"].id_number


def test_a_real_looking_code_is_not_pretended_to(gateway: GatewayProcess, window: Window) -> None:
    assert ask(gateway, window, "YKU0123456789").status is CodeStatus.UNSUPPORTED


def test_a_code_sealed_for_another_window_does_not_open(gateway: GatewayProcess, window: Window) -> None:
    with pytest.raises((Refused, LineProblem)):
        ask(gateway, window, "YKU0123456789", for_window="somebody-else")


def test_expired_forged_and_other_halls() -> None:
    resolver = DemoResolver()
    code = make_demo_code("demo-liu_guifang", secret=DEMO_SECRET, now=NOW // 1000)
    assert resolver.resolve(code, NOW, NOW + 30_000, DEMO_HALL).status is CodeStatus.RESOLVED
    assert resolver.resolve(code, NOW, NOW + 61_000, DEMO_HALL).status is CodeStatus.EXPIRED
    assert resolver.resolve(code[:-2] + "AA", NOW, NOW, DEMO_HALL).status is CodeStatus.UNKNOWN
    assert resolver.resolve(code, NOW, NOW, "500101").status is CodeStatus.UNSUPPORTED
    child = make_demo_code("demo-he_xingran", secret=DEMO_SECRET, now=NOW // 1000)
    assert resolver.resolve(child, NOW, NOW, DEMO_HALL).status is CodeStatus.UNKNOWN


@given(
    st.sampled_from(CodeStatus),
    st.text(max_size=10),
    st.dictionaries(st.sampled_from(["name", "id_number"]), st.text(max_size=30)),
)
def test_answers_come_back_as_they_were(status: CodeStatus, label: str, fields: dict[str, str]) -> None:
    answer = CodeAnswer(status, label, {name: value for name, value in fields.items() if value})
    try:
        back = answer_from_bytes(answer_bytes(answer, 5))
    except ValueError:
        assert status is CodeStatus.RESOLVED
        assert not answer.fields.get("id_number")
        return
    assert (back.status, back.label, dict(back.fields)) == (status, label, dict(answer.fields))


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (answer_from_bytes, ask_from_bytes, plain_from_bytes):
        try:
            read(data)
        except ValueError:
            continue
