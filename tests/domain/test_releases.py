"""What is offered, and when it may be fetched and put to use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.releases import HOLD_WORDS, Hold, Policy, Release, may_apply, may_fetch, offered
from clerk_app.domain.versions import Version

PLATFORM = "linux-x86_64"
versions = st.builds(Version, st.integers(0, 2), st.integers(0, 3), st.integers(0, 3))


def release(version: Version | str, platform: str = PLATFORM) -> Release:
    version = Version.parse(version) if isinstance(version, str) else version
    return Release(version, platform, 5, 100, f"releases/{platform}/{version}")


@given(
    st.lists(st.tuples(versions, st.sampled_from([PLATFORM, "windows-x86_64"]))),
    versions,
    st.none() | versions,
    st.lists(versions),
)
def test_never_older_never_beyond_the_pin_never_another_machines_never_one_that_failed(told, running, pin, failed):
    releases = [release(*each) for each in told]
    failed_here = [str(each) for each in failed]
    found = offered(
        releases,
        platform=PLATFORM,
        running=running,
        policy=Policy(pinned=str(pin) if pin else ""),
        failed=failed_here,
    )
    good = [
        version
        for version, platform in told
        if platform == PLATFORM
        and version > running
        and (not pin or version <= pin)
        and str(version) not in failed_here
    ]
    assert (found.version if found else None) == max(good, default=None)


def test_a_metered_line_waits_for_a_person_and_cases_go_first():
    assert may_fetch(Policy(metered=True), waiting=0, by_hand=False) is Hold.METERED
    assert may_fetch(Policy(), waiting=3, by_hand=False) is Hold.CASES_FIRST
    assert may_fetch(Policy(metered=True), waiting=3, by_hand=True) is None
    assert may_fetch(Policy(), waiting=0, by_hand=False) is None


def test_put_to_use_only_with_nobody_at_the_counter_and_a_copy_that_was_checked():
    assert may_apply("0.3.0", Policy(), case_open=False, copied=True, on_trial=False) is None
    assert may_apply("0.3.0", Policy(), case_open=True, copied=True, on_trial=False) is Hold.CASE_OPEN
    assert may_apply("0.3.0", Policy(), case_open=False, copied=False, on_trial=False) is Hold.NO_COPY
    assert may_apply("0.3.0", Policy(), case_open=False, copied=True, on_trial=True) is Hold.ON_TRIAL
    held = Policy(pinned="0.2.9")
    assert may_apply("0.3.0", held, case_open=False, copied=True, on_trial=False) is Hold.PINNED
    assert may_apply("0.2.9", held, case_open=False, copied=True, on_trial=False) is None
    assert set(HOLD_WORDS) == set(Hold)
