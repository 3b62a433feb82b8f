"""Group commit: jobs that wait at the same moment share one transaction, and so one fsync.

A disk that takes 5 ms to make something durable takes them once for everybody who waits. Whoever comes first leads: it runs
all jobs that are waiting by then, commits once, and hands each its own result. When any of them fails, nothing was kept, and
each is run again alone, so that one job's trouble is its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from clerk_app.errors import AppError

_T = TypeVar("_T")
AT_ONCE = 16
"""A transaction of about 300 messages: later ones wait a little, but no one waits for ever."""


class _Ticket(Generic[_T]):
    """One job and, once it is done, its result or what it raised."""

    def __init__(self, job: Callable[[Connection], _T], order: str) -> None:
        self.job, self.order = job, order
        self.is_done = False
        self.results: list[_T] = []
        self.error: Exception | None = None


class GroupCommit:
    """``transaction``: opens one, durable when left well. Safe to use from any thread."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._leading = threading.Lock()
        self._waiting: list[_Ticket[Any]] = []

    def run(self, job: Callable[[Connection], _T], order: str = "") -> _T:
        """The job's result once it is durable. Raises what the job raises, or StorageProblem.

        ``order``: what the job locks first; jobs run in this order, so that two processes never wait for each other.
        """
        ticket: _Ticket[_T] = _Ticket(job, order)
        with self._lock:
            self._waiting.append(ticket)
        while not ticket.is_done:
            with self._leading:
                if not ticket.is_done:
                    self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.results[0]

    def _lead(self) -> None:
        with self._lock:
            mine, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        mine.sort(key=lambda each: each.order)
        try:
            with self._transaction() as connection:
                results = [each.job(connection) for each in mine]
        except (AppError, SQLAlchemyError) as error:
            if len(mine) == 1:
                mine[0].error, mine[0].is_done = error, True
            else:
                self._one_by_one(mine)
            return
        except BaseException as error:
            self._give_up(mine, error)
            raise
        for each, result in zip(mine, results, strict=True):
            each.results.append(result)
            each.is_done = True

    def _one_by_one(self, tickets: list[_Ticket[Any]]) -> None:
        for each in tickets:
            try:
                with self._transaction() as connection:
                    result = each.job(connection)
                each.results.append(result)
            except (AppError, SQLAlchemyError) as error:
                each.error = error
            except BaseException as error:
                self._give_up(tickets, error)
                raise
            each.is_done = True

    @staticmethod
    def _give_up(tickets: list[_Ticket[Any]], error: BaseException) -> None:
        """A fault of ours must not leave the others waiting for ever."""
        for each in tickets:
            if not each.is_done:
                each.error = error if isinstance(error, Exception) else RuntimeError("the leader was stopped")
                each.is_done = True
