"""The window's hand on its own enrolment (ports.EnrolmentDesk), and the same from the sign-in page where the enrolment is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clerk_app.bootstrap.enrolling_anew import enrol_anew, open_by
from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.line import LineDesk, is_shut_out, tls_identity
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.safekeeping import store_of
from clerk_app.domain.time import Stamp, chinese_date
from clerk_app.errors import KeyProblem, LineProblem
from clerk_app.ports import EnrolmentState
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.people_of_window import Acting, must_run_window
from sync.certificates import ends_ms
from sync.http_line import SAFE


class EnrolmentDeskOfWindow:
    """See ports.EnrolmentDesk. ``start`` and ``stop`` with each clerk who signs in. ``one_at_a_time``: held by whoever signs in, so
    that no desk is handed out with the keys that are being replaced."""

    def __init__(self, home: House, line: LineDesk, one_at_a_time: threading.RLock) -> None:
        self._home, self._line, self._one_at_a_time = home, line, one_at_a_time
        self._at: Desk | None = None

    def start(self, desk: Desk) -> None:
        """A clerk signed in."""
        self._at = desk

    def stop(self) -> None:
        """Nobody is signed in."""
        self._at = None

    def state(self) -> EnrolmentState:
        """See ports.EnrolmentDesk."""
        desk = self._desk()
        hall, identity = desk.hall, tls_identity(desk)
        until = chinese_date(Stamp(ends_ms(identity.certificate)).legal_date) if identity else ""
        words = f"{hall.name}（{hall.code}）"
        return EnrolmentState(
            words, hall.window, hall.generation, hall.gateway, until, self._line.status().wants_enrolling
        )

    def enrol_anew(self, own: str, gateway: str, code: str, say: Callable[[str], None]) -> None:
        """See ports.EnrolmentDesk. Nothing else is on the line meanwhile."""
        with self._one_at_a_time:
            self._enrol_anew(self._desk(), own, gateway, code, say)

    def _enrol_anew(self, desk: Desk, own: str, gateway: str, code: str, say: Callable[[str], None]) -> None:
        acting, store = Acting(desk.session.login, desk.session.role), store_of(desk)
        say("正在核对 PIN")
        self._home.vault.unlock(acting.login, own)
        must_run_window(store, acting)
        say("正在停下同步，问前置还认不认这个窗口")
        self._line.stop()
        try:
            if not is_shut_out(self._home, store, gateway):
                raise _is_taken()
            with _in_these_words():
                enrol_anew(self._home, store, acting, gateway, code, desk.hall.code, desk.hall.window, say)
        except BaseException:
            self._line.start(desk)
            raise

    def _desk(self) -> Desk:
        if self._at is None:
            raise KeyProblem("还没有登录。", what_to_do="请先登录。")
        return self._at


def find_enrolment_again(
    home: House, login: str, pin: str, gateway: str, code: str, say: Callable[[str], None]
) -> None:
    """WindowServices.enrol_anew up to signing in: for a folder that opens and whose enrolment is lost; hall and window are those noted
    beside the vault.

    Raises:
        KeyProblem: wrong PIN. StorageProblem: nothing is lost here. Refused: no right to, or the code is not good. LineProblem: no
            gateway there.
    """
    say("正在核对 PIN")
    store, acting = open_by(home, login, pin)
    try:
        known = noted_hall(home.data)
        with _in_these_words():
            enrol_anew(home, store, acting, gateway, code, known.code, known.window, say)
    finally:
        store.close()


@contextmanager
def _in_these_words() -> Iterator[None]:
    """A line that fails here is tried again by a person, and not by itself as when something is sent."""
    try:
        yield
    except LineProblem as error:
        raise LineProblem(
            error.message,
            what_is_safe=SAFE,
            what_to_do=(
                "还没有登记成。请核对前置地址和登记码（要抄全，点后面的也要），再试一次；说登记码用过了的，请再要一个。"
            ),
        ) from error


def _is_taken() -> LineProblem:
    return LineProblem(
        "前置没有说不认这个窗口：要么还认，要么这个地址现在连不上。",
        what_is_safe=f"登记码没有用掉。{SAFE}",
        what_to_do="请核对前置地址和网络，再试一次；连得上还是送不出去，请联系前置管理员。",
    )
