"""The benchmarks behind ``clerk-app bench``: ratios against a baseline in the same run, never asserted in a test.

ADD A BENCHMARK HERE: one file with ``measure() -> Iterator[dict]`` and one line in ``BENCHMARKS``. What its arguments are
named as options of the command (seed, count, groups, failures, minutes), the command line can set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.benchmarks import (
    accept,
    bad_line,
    camera,
    chaos,
    crash,
    find,
    fuzz,
    fuzz_bundles,
    fuzz_eyes,
    fuzz_wire,
    herd,
    leaks,
    long_list,
    names,
    peers,
    recognise,
    search,
    slow_disk,
    start,
    stopwatch,
    sync,
    waiting,
)

Figures = dict[str, str | int | float]

BENCHMARKS: Mapping[str, Callable[..., Iterator[Figures]]] = {
    "accept": accept.measure,
    "sync": sync.measure,
    "waiting": waiting.measure,
    "long_list": long_list.measure,
    "bad_line": bad_line.measure,
    "chaos": chaos.measure,
    "recognise": recognise.measure,
    "camera": camera.measure,
    "crash": crash.measure,
    "find": find.measure,
    "fuzz": fuzz.measure,
    "fuzz_bundles": fuzz_bundles.measure,
    "fuzz_eyes": fuzz_eyes.measure,
    "fuzz_wire": fuzz_wire.measure,
    "herd": herd.measure,
    "leaks": leaks.measure,
    "names": names.measure,
    "peers": peers.measure,
    "search": search.measure,
    "slow_disk": slow_disk.measure,
    "start": start.measure,
    "stopwatch": stopwatch.measure,
}
