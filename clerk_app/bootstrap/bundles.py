"""The USB way, wired: what a window writes on a stick, what it does with the answer, and the gateway's half."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from clerk_app.bootstrap.gateway import gateway_folder, gateway_office
from clerk_app.bootstrap.house import HALL_FILE, House
from clerk_app.bootstrap.line import applier
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem
from clerk_app.ports import Arrived, Exported
from clerk_app.usecases import setup
from clerk_app.usecases.desk import Desk, must_take_cases
from sync.bundle.packing import FILE_LIMIT, Progress, WindowKeys, export
from sync.bundle.reply import read_file, reply_from_bytes, take_reply
from sync.gateway.sticks import Imported


def is_window(data: Path) -> bool:
    """Whether this data folder is a window's (else it is taken for a gateway's)."""
    return (data / HALL_FILE).is_file()


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


def import_bundle(
    data: Path,
    file: Path,
    out: Path,
    database: str = "",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Imported, Path]:
    """At the gateway: take a bundle in and write the answer into the folder ``out``; returns both."""
    with gateway_office(data, database, found=False) as office:
        imported = office.take_bundle(gateway_folder(data), file, progress)
    return imported, _written(out, imported.name, imported.answer)


def export_answers(data: Path, out: Path, database: str = "") -> tuple[Path, ...]:
    """At the gateway: how things stand by now, one receipt file for each bundle that ever came."""
    with gateway_office(data, database, found=False) as office:
        return tuple(_written(out, name, answer) for name, answer in office.answers(gateway_folder(data)))


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    try:
        write_durably(path, content)
    except OSError as error:
        raise StorageProblem(
            "回执没有写成。", what_is_safe="办件已在前置。", what_to_do="请检查 U 盘，再导入一次同一个文件。"
        ) from error
    return path


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
