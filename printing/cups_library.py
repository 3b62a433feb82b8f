"""Asks the CUPS library what became of a job, and how a queue stands.

Not through ``lpstat``: CUPS 2.4.2 leaves the reason of a finished job at 'processing-to-stop-point', so that its listing
cannot tell printed from cancelled. The library gives the state itself (IPP job-state, RFC 8011 5.3.7).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import cache

from clerk_app.domain.paper import PrintState
from clerk_app.errors import DeviceProblem

_ALL_JOBS, _EVERYBODYS = -1, 0
_FINAL = {7: PrintState.CANCELLED, 8: PrintState.FAILED, 9: PrintState.PRINTED}


class _Job(ctypes.Structure):
    """cups_job_t of cups/cups.h, libcups 2."""

    _fields_ = (
        ("id", ctypes.c_int),
        ("dest", ctypes.c_char_p),
        ("title", ctypes.c_char_p),
        ("user", ctypes.c_char_p),
        ("format", ctypes.c_char_p),
        ("state", ctypes.c_int),
        ("size", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("completed_time", ctypes.c_long),
        ("creation_time", ctypes.c_long),
        ("processing_time", ctypes.c_long),
    )


class _Option(ctypes.Structure):
    """cups_option_t."""

    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_char_p))


class _Destination(ctypes.Structure):
    """cups_dest_t of cups/cups.h, libcups 2."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("instance", ctypes.c_char_p),
        ("is_default", ctypes.c_int),
        ("num_options", ctypes.c_int),
        ("options", ctypes.POINTER(_Option)),
    )


STOPPED = 5
"""printer-state, RFC 8011 5.4.11: 3 idle, 4 processing, 5 stopped."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """``reasons``: the keywords of printer-state-reasons (RFC 8011 5.4.12) without their severity."""

    is_stopped: bool
    is_accepting: bool
    reasons: frozenset[str]


@cache
def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("cups") or "libcups.so.2"
    try:
        library = ctypes.CDLL(name)
        library.cupsGetJobs.argtypes = (
            ctypes.POINTER(ctypes.POINTER(_Job)),
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_int,
        )
        library.cupsFreeJobs.argtypes = (ctypes.c_int, ctypes.POINTER(_Job))
        library.cupsGetNamedDest.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
        library.cupsGetNamedDest.restype = ctypes.POINTER(_Destination)
        library.cupsFreeDests.argtypes = (ctypes.c_int, ctypes.POINTER(_Destination))
    except (OSError, AttributeError):
        return None
    return library


def job_state(queue: str, number: int) -> PrintState:
    """PRINTED, FAILED or CANCELLED once the scheduler says so; SENT before, and when it no longer knows the job.

    Raises:
        DeviceProblem: the scheduler does not answer.
    """
    library = _library()
    if library is None:
        return PrintState.SENT
    jobs = ctypes.POINTER(_Job)()
    count = library.cupsGetJobs(ctypes.byref(jobs), queue.encode("utf-8"), _EVERYBODYS, _ALL_JOBS)
    if count < 0:
        raise DeviceProblem("打印系统没有回话。", what_is_safe="这份文书还在打印队列里。")
    try:
        states = {jobs[index].id: int(jobs[index].state) for index in range(count)}
    finally:
        library.cupsFreeJobs(count, jobs)
    return _FINAL.get(states.get(number, 0), PrintState.SENT)


def is_there() -> bool:
    """Whether this PC has the library."""
    return _library() is not None


def queue_state(queue: str) -> QueueState | None:
    """How a queue stands; None when the scheduler does not know it or does not answer."""
    library = _library()
    found = library.cupsGetNamedDest(None, queue.encode("utf-8"), None) if library is not None else None
    if library is None or not found:
        return None
    try:
        told = found.contents
        options = {
            (told.options[at].name or b"").decode(): (told.options[at].value or b"").decode("utf-8", "replace")
            for at in range(told.num_options)
        }
    finally:
        library.cupsFreeDests(1, found)
    if "printer-state" not in options:
        return None
    reasons = (each.strip() for each in options.get("printer-state-reasons", "none").split(","))
    return QueueState(
        options["printer-state"] == str(STOPPED),
        options.get("printer-is-accepting-jobs", "true") == "true",
        frozenset(_without_severity(each) for each in reasons if each and each != "none"),
    )


def _without_severity(keyword: str) -> str:
    for ending in ("-error", "-warning", "-report"):
        keyword = keyword.removesuffix(ending)
    return keyword
