"""The other windows of the hall, wired: the signed and sealed questions of one clerk at this window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.line import centre_of
from clerk_app.usecases import setup
from clerk_app.usecases.desk import Desk
from sync.hall_line import Asker, HallLine


@contextmanager
def hall_cases(home: House, desk: Desk) -> Iterator[HallLine]:
    """For one errand: belongs to one thread, closed afterwards."""
    window_id, _window, gateway = setup.keys_of(desk.store)
    with closing(centre_of(home, desk)) as centre:
        offset_ms = centre.greet().server_ms - home.clock.now().utc_ms  # a wrong PC clock must not stop a citizen
        asker = Asker(
            window_id,
            desk.session.login,
            desk.session.role.value,
            home.suite,
            desk.signer.sign,
            lambda body, context: home.suite.seal_to(gateway["sealing"], body, context),
            lambda: home.clock.now().utc_ms + offset_ms,
        )
        yield HallLine(centre, asker)
