"""Which version runs: no sequence of updates, crashes, deletions and rollbacks leaves a window without a program that worked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clerk_app.domain.versions import (
    BAD_STARTS,
    INSTALLED,
    Outcome,
    Version,
    Versions,
    cannot_run,
    chosen,
    disposable,
    ended_well,
    made_ready,
    proven,
    sign_in_failed,
    taken_back,
    to_start,
)

SHIPPED = "0.1.0"


def test_versions_are_ordered_as_numbers():
    assert Version.parse("0.10.0") > Version.parse("0.9.9")
    assert str(Version.parse("10.0.2")) == "10.0.2"


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.-3", " 1.2.3", "1.2.3\n", "１.2.3"]
)
def test_nothing_else_is_a_version(text):
    with pytest.raises(ValueError, match="three whole numbers"):
        Version.parse(text)


def test_two_bad_starts_and_the_one_before_runs_again():
    state = chosen(made_ready(Versions(), "0.2.0"))
    for _ in range(BAD_STARTS):
        state, runs = to_start(state, SHIPPED, {"0.2.0"})
        assert runs == "0.2.0"
    state, runs = to_start(state, SHIPPED, {"0.2.0"})
    assert runs == INSTALLED
    assert (state.outcome, state.about, state.failed) == (Outcome.ROLLED_BACK, "0.2.0", ("0.2.0",))


def test_a_start_that_ended_well_does_not_count_and_neither_does_another_command():
    state = chosen(made_ready(Versions(), "0.2.0"))
    for _ in range(5):
        state, _runs = to_start(state, SHIPPED, {"0.2.0"})
        state = ended_well(state, "0.2.0")
        state, _runs = to_start(state, SHIPPED, {"0.2.0"}, counted=False)
    assert to_start(state, SHIPPED, {"0.2.0"})[1] == "0.2.0"


def test_two_sign_ins_that_could_not_open_the_data_count_whatever_the_window_says_when_it_closes():
    state = chosen(made_ready(Versions(), "0.2.0"))
    assert sign_in_failed(state, "0.3.0") == state
    assert sign_in_failed(Versions(), INSTALLED) == Versions()
    for _ in range(BAD_STARTS):
        state, runs = to_start(state, SHIPPED, {"0.2.0"})
        assert runs == "0.2.0"
        state = ended_well(sign_in_failed(state, "0.2.0"), "0.2.0")
    assert to_start(state, SHIPPED, {"0.2.0"})[1] == INSTALLED


def test_a_package_that_caught_up_is_what_runs():
    state = proven(chosen(made_ready(Versions(), "0.2.0")), "0.2.0")
    assert to_start(state, SHIPPED, {"0.2.0"})[1] == "0.2.0"
    assert to_start(state, "0.2.0", {"0.2.0"})[1] == INSTALLED


def test_only_the_version_on_trial_is_proven():
    state = chosen(made_ready(Versions(), "0.2.0"))
    assert proven(state, "0.3.0") == state
    assert proven(state, INSTALLED) == state
    assert proven(Versions(), INSTALLED) == Versions()


def test_going_back_by_hand():
    first = proven(chosen(made_ready(Versions(), "0.2.0")), "0.2.0")
    second = proven(chosen(made_ready(first, "0.3.0")), "0.3.0")
    back = taken_back(second)
    assert (back.running, back.outcome, back.failed) == ("0.2.0", Outcome.TAKEN_BACK, ("0.3.0",))
    assert taken_back(back).running == INSTALLED
    with pytest.raises(ValueError, match="nothing to go back"):
        taken_back(taken_back(back))


def test_what_is_in_use_is_not_made_ready_again_and_nothing_is_chosen_over_a_trial():
    trial = chosen(made_ready(Versions(), "0.2.0"))
    with pytest.raises(ValueError, match="in use"):
        made_ready(trial, "0.2.0")
    with pytest.raises(ValueError, match="on trial"):
        chosen(made_ready(trial, "0.3.0"))
    with pytest.raises(ValueError, match="nothing is ready"):
        chosen(Versions())


class Life(RuleBasedStateMachine):
    """A PC with an installed program, a disk with versions, and everything that can happen to them in any order.

    ``worked`` is the model: the version that last ran with somebody signed in, as long as it lies on the disk.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state = Versions()
        self.disk: set[str] = set()
        self.worked = [INSTALLED]
        self.bad = 0
        self.runs = INSTALLED

    @rule(minor=st.integers(2, 9))
    def an_update_is_fetched(self, minor: int) -> None:
        version = f"0.{minor}.0"
        if version not in {self.state.active, self.state.trial}:
            self.disk.add(version)
            self.state = made_ready(self.state, version)

    @precondition(lambda self: self.state.ready and not self.state.trial)
    @rule()
    def it_is_put_to_use(self) -> None:
        self.state, self.bad = chosen(self.state), 0

    @rule()
    def the_window_is_started(self) -> None:
        trial = self.state.trial
        self.state, self.runs = to_start(self.state, SHIPPED, self.disk)
        if trial and trial in self.disk:
            assert (self.runs == trial) == (self.bad < BAD_STARTS), "exactly two bad starts"
        self.bad += 1

    @rule()
    def it_ends_in_order(self) -> None:
        if self.runs == self.state.trial and self.state.starts:
            self.bad = max(self.bad - 1, 0)
        self.state = ended_well(self.state, self.runs)

    @rule()
    def the_right_pin_opens_nothing(self) -> None:
        if self.runs and self.runs == self.state.trial:
            self.bad = min(self.bad + 1, BAD_STARTS + 1)
        self.state = sign_in_failed(self.state, self.runs)

    @rule()
    def somebody_signs_in(self) -> None:
        if self.runs and self.runs == self.state.trial:
            self.worked.append(self.runs)
        self.state = proven(self.state, self.runs)

    @rule()
    def the_system_cannot_start_it(self) -> None:
        self.state = cannot_run(self.state, self.runs)

    @precondition(lambda self: self.state.trial or self.state.active)
    @rule()
    def a_person_goes_back(self) -> None:
        self.state = taken_back(self.state)

    @rule()
    def room_is_made(self) -> None:
        gone = disposable(self.state, self.disk)
        assert not gone & {self.state.running, self.state.active, self.state.previous, self.state.ready}
        self.disk -= gone

    @rule(data=st.data())
    def a_folder_is_lost(self, data: st.DataObject) -> None:
        if self.disk:
            self.disk.discard(data.draw(st.sampled_from(sorted(self.disk))))

    @invariant()
    def what_runs_next_is_there_and_is_no_failure_or_stranger(self) -> None:
        after, runs = to_start(self.state, SHIPPED, self.disk)
        assert runs == INSTALLED or runs in self.disk
        assert runs == after.trial or runs in self.worked, "only what once worked, or what is on trial"
        assert after.active in self.worked
        assert self.state.starts <= BAD_STARTS + 1
        assert self.state.trial not in self.state.failed or not self.state.trial


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


@given(
    st.builds(
        Versions,
        *[st.sampled_from(["", "0.2.0", "0.3.0", "0.4.0"])] * 4,
        st.integers(0, 9),
        st.lists(st.sampled_from(["0.2.0", "0.3.0"]), unique=True).map(tuple),
    ),
    st.sets(st.sampled_from(["0.2.0", "0.3.0", "0.4.0"])),
)
def test_whatever_a_state_file_says_something_runs(state, disk):
    after, runs = to_start(state, SHIPPED, disk)
    assert runs in disk | {INSTALLED}
    assert to_start(after, SHIPPED, disk, counted=False)[1] in disk | {INSTALLED}
    assert not disposable(after, disk) & {after.active, after.previous, after.trial, after.ready, runs}
