"""Asks the CUPS library what became of a job.

Not through ``lpstat``: CUPS 2.4.2 leaves the reason of a finished job at 'processing-to-stop-point', so that its listing
cannot tell printed from cancelled. The library gives the state itself (IPP job-state, RFC 8011 5.3.7).
"""

from __future__ import annotations

import ctypes
import ctypes.util
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
