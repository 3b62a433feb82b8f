"""The USB way at a window: what it writes on a stick, and what it does with the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.line import applier
from clerk_app.ports import Arrived, Exported
from clerk_app.usecases import setup
from clerk_app.usecases.desk import Desk, must_take_cases
from sync.bundle.packing import FILE_LIMIT, Progress, WindowKeys, export
from sync.bundle.reply import read_file, reply_from_bytes, take_reply


def keys_for(home: House, desk: Desk) -> WindowKeys:
    """This window's keys for bundles."""
    window_id, window, gateway = setup.keys_of(desk.store)
    return WindowKeys(
        window_id,
        home.suite,
        sign=lambda data: home.suite.sign(window["private"], data),
        seal=lambda body, context: home.suite.seal_to(gateway["sealing"], body, context),
        reply_key=lambda bundle_id: home.suite.derive(window["private"], f"bundle-reply:{bundle_id}"),
    )


def export_bundles(
    home: House,
    desk: Desk,
    folders: Sequence[Path],
    *,
    cases: Collection[str] = (),
    fresh: bool = False,
    file_limit: int = FILE_LIMIT,
    progress: Progress = lambda _done, _all, _doing: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Exported:
    """See sync.bundle.packing.export. Refused when the role may not take cases."""
    must_take_cases(desk)
    return export(
        desk.store,
        keys_for(home, desk),
        home.clock,
        home.ids.new_id,
        folders,
        actor=desk.session.login,
        cases=cases,
        fresh=fresh,
        file_limit=file_limit,
        progress=progress,
        stopping=stopping,
    )


def import_receipt(home: House, desk: Desk, file: Path) -> Arrived:
    """Settle by a receipt file from the gateway. BadInput when it is none of this window's."""
    must_take_cases(desk)
    window_id, _window, gateway = setup.keys_of(desk.store)
    reply = reply_from_bytes(
        read_file(file),
        home.suite,
        window_id,
        keys_for(home, desk).reply_key,
        lambda claim, signature: home.suite.verify(gateway["signing"], signature, claim),
    )
    return take_reply(desk.store, home.clock, reply, applier(home), actor=desk.session.login)


class StickDesk:
    """The USB way as the window sees it (ui.services.StickControl)."""

    def __init__(self, home: House) -> None:
        self._home = home

    def export(
        self,
        desk: Desk,
        folder: Path,
        cases: Sequence[str],
        *,
        fresh: bool,
        progress: Progress,
        stopping: Callable[[], bool],
    ) -> Exported:
        """See ui.services.StickControl."""
        return export_bundles(
            self._home, desk, [folder], cases=cases, fresh=fresh, progress=progress, stopping=stopping
        )

    def take_receipt(self, desk: Desk, file: Path) -> Arrived:
        """See ui.services.StickControl."""
        return import_receipt(self._home, desk, file)
