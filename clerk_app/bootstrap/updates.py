"""Updates, wired: from a gateway or a file to a version that is ready on this PC, and its first steps.

Nothing here changes which version runs but ``usecases.updating``; whatever fails, the version in use goes on.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clerk_app import __version__
from clerk_app.bootstrap.line import tls_identity
from clerk_app.bootstrap.programs import Programs
from clerk_app.domain.releases import Release, offered
from clerk_app.domain.versions import Version, disposable, made_ready
from clerk_app.durable import alone, make_folder
from clerk_app.errors import Refused
from clerk_app.launching.folder import PROGRAM, program_folder
from clerk_app.launching.start import LAUNCHED_VARIABLE, installed_program
from clerk_app.usecases.desk import Desk
from sync.certificates import context_for
from sync.http_line import HttpLine
from sync.updates.building import build, check_room, remove_folder, remove_version
from sync.updates.faults import disk_trouble
from sync.updates.fetching import PieceFolder, fetch, missing
from sync.updates.sources import UNTOUCHED, BundleSource, GatewaySource, Source
from sync.updates.trusted import Trusted

REHEARSAL_S = 180
Progress = Callable[[int, int], None]


def platform_id() -> str:
    """linux-x86_64, linux-aarch64, windows-x86_64: what a release is for."""
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return f"{platform.system().lower()}-{machine}"


class Updates:
    """Of one data folder. One process, and one thread, at a time asks or brings; the others wait."""

    def __init__(self, data: Path) -> None:
        self.folder = program_folder(data)
        self.programs = Programs(self.folder)
        self.trusted = Trusted(self.folder.path / "trust")
        self._pieces = PieceFolder(self.folder.path / "pieces")
        self.running = Version.parse(__version__)

    def look(self, source: Source, *, again: bool = False) -> Release | None:
        """What is offered to this window. ``again``: also a version that failed here before (a person asks for it).

        Raises:
            Refused, LineProblem, StorageProblem: see sync.updates.trusted.
        """
        with self._alone():
            releases = self.trusted.look(source)
        state = self.programs.read()
        return offered(
            releases,
            platform=platform_id(),
            running=self.running,
            policy=self.programs.policy(),
            failed=() if again else state.failed,
        )

    def bring(
        self,
        source: Source,
        release: Release,
        *,
        go_on: Callable[[], bool] = lambda: True,
        progress: Progress = lambda _done, _all: None,
    ) -> bool:
        """Make a release ready on this PC; False when ``go_on`` said no, and the next call goes on there.

        Raises:
            Refused: something is not what was signed, or the new version does not even answer here. LineProblem.
            StorageProblem: no room. The version in use goes on working through all of them.
        """
        version = str(release.version)
        with self._alone():
            state = self.programs.read()
            if version in self.folder.present() and version in {state.ready, state.trial, state.active}:
                remove_folder(self.folder.path / "pieces")
                return True
            contents = self.trusted.contents(source, release)
            needed = missing(contents, self._pieces, self._trees())
            check_room(self.folder.path, needed.stored + contents.size)
            came = 0

            def count(size: int) -> None:
                nonlocal came
                came += size
                progress(came, needed.stored)

            progress(0, needed.stored)
            if not fetch(needed.pieces, source, self._pieces, go_on=go_on, progress=count):
                return False
            tree, listed = self.folder.tree(version), self.folder.list_of(version)
            build(contents, needed, self._pieces, self.folder.path / "staging", tree, listed)
            try:
                self._rehearse(version)
            except Refused:
                remove_version(tree, listed)
                raise
            self.programs.change(lambda state: made_ready(state, version))
            remove_folder(self.folder.path / "pieces")
            return True

    def to_fetch(self, source: Source, release: Release) -> int:
        """How many bytes would have to come. Raises as ``bring``."""
        with self._alone():
            return missing(self.trusted.contents(source, release), self._pieces, self._trees()).stored

    def throw_away(self) -> None:
        """Versions that nobody needs any more. Raises StorageProblem."""
        with self._alone():
            for version in disposable(self.programs.read(), self.folder.present()):
                remove_version(self.folder.tree(version), self.folder.list_of(version))

    def _trees(self) -> Iterator[Path]:
        """Programs on this PC that pieces may come from: versions here, and the installed one."""
        yield from (self.folder.tree(version) for version in sorted(self.folder.present(), reverse=True))
        home = Path(installed_program()[0]).parent
        if getattr(sys, "frozen", False) and (home / PROGRAM).is_file():
            yield home

    def _rehearse(self, version: str) -> None:
        """The new version says its own name: the system can run it at all."""
        command = [str(self.folder.program(version)), "--version"]
        inner = {**os.environ, LAUNCHED_VARIABLE: version, "PYINSTALLER_RESET_ENVIRONMENT": "1"}
        try:
            told = subprocess.run(command, env=inner, capture_output=True, timeout=REHEARSAL_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _does_not_run() from error
        if told.returncode or told.stdout.decode("utf-8", "replace").split()[-1:] != [version]:
            raise _does_not_run()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            make_folder(self.folder.path)
            with alone(self.folder.path / "update.lock"):
                yield
        except OSError as error:
            raise disk_trouble(error) from error


def _does_not_run() -> Refused:
    return Refused(
        "新版本在这台电脑上跑不起来（系统太旧，或者不是给这种电脑的）。没有采用。",
        what_is_safe=UNTOUCHED,
        what_to_do="请联系发布更新的单位。",
    )


@contextmanager
def source_of(file: Path | None, gateway: str, desk: Desk | None) -> Iterator[Source]:
    """A bundle file, or the gateway's line. ``desk``: where the gateway speaks TLS of its own, its keys are in there."""
    if file is not None:
        with BundleSource(file) as bundle:
            yield bundle
        return
    identity = tls_identity(desk) if desk is not None else None
    line = HttpLine(gateway, context=context_for(identity) if identity is not None else None)
    try:
        yield GatewaySource(line)
    finally:
        line.close()
