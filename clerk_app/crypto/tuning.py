"""How dear a guess at a PIN is made on this machine: argon2id measured at set-up and at each change of PIN, kept in the slot.

The floor is never gone below, however slow the PC: a slow PC waits longer, it does not protect less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

TARGET_S = 0.25
"""Seconds of this machine's processor for one try. An old counter PC at the floor takes about twice that."""
FLOOR: Mapping[str, int] = {"time": 3, "memory_kib": 64 * 1024, "lanes": 1}
MOST_MEMORY_KIB = 256 * 1024
"""A PC of 4 GB still has it to spare, four sign-ins at once as well."""
MOST_PASSES = 12

Stretch = Callable[[bytes, bytes, Mapping[str, int]], bytes]


def tuned_cost(stretch: Stretch, seconds: Callable[[], float], *, target_s: float = TARGET_S) -> dict[str, int]:
    """{"time", "memory_kib", "lanes"}: memory first, for that is what guessing machines lack; then passes.

    Args:
        stretch: of the suite in use. seconds: processor time of this thread, so that a busy PC is not taken for a slow one.
    """
    began = seconds()
    stretch(b"measure", bytes(16), FLOOR)
    spent = max(seconds() - began, 1e-6)
    cost = dict(FLOOR)
    while spent * 2 <= target_s and cost["memory_kib"] * 2 <= MOST_MEMORY_KIB:
        cost["memory_kib"], spent = cost["memory_kib"] * 2, spent * 2
    while spent * (cost["time"] + 1) / cost["time"] <= target_s and cost["time"] < MOST_PASSES:
        spent, cost["time"] = spent * (cost["time"] + 1) / cost["time"], cost["time"] + 1
    return cost
